import CShims
import Kernels

/// The worth of a portfolio whose units seldom change, over a block of bars.
enum HeldRows {
  /// Sums symbols in their order at every bar, so that the sum has the bits of a plain loop, and adds cash last.
  @inline(never)
  static func run(_ block: HeldRowBlock) {
    var bar = 0
    while bar < block.bars {
      // Four sums at a time hide the latency of an addition.
      var (a, b, c, d) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
      for place in 0..<block.count {
        let row = block.rows[place] + bar
        let units = Vector(repeating: block.units[place])
        a += units * apus_load(row)
        b += units * apus_load(row + laneWidth)
        c += units * apus_load(row + 2 * laneWidth)
        d += units * apus_load(row + 3 * laneWidth)
      }
      let cash = block.cash + bar
      store(a + apus_load(cash), block.equity + bar)
      store(b + apus_load(cash + laneWidth), block.equity + bar + laneWidth)
      store(c + apus_load(cash + 2 * laneWidth), block.equity + bar + 2 * laneWidth)
      store(d + apus_load(cash + 3 * laneWidth), block.equity + bar + 3 * laneWidth)
      bar += HeldRowBlock.pass
    }
    if let flowsIn = block.flowsIn, let flowsOut = block.flowsOut {
      returns(block, flowsIn, flowsOut)
    } else {
      returns(block)
    }
  }

  @inline(always)
  private static func returns(_ block: HeldRowBlock) {
    let one = Vector(repeating: 1)
    var bar = 0
    while bar < block.bars {
      let before: Vector = apus_load(block.equity + (bar &- 1))
      let growth = apus_load(block.equity + bar) / before - one
      store(growth.replacing(with: Vector.zero, where: before .<= Vector.zero), block.returns + bar)
      bar += laneWidth
    }
  }

  @inline(always)
  private static func returns(
    _ block: HeldRowBlock, _ flowsIn: UnsafePointer<Double>, _ flowsOut: UnsafePointer<Double>
  ) {
    let one = Vector(repeating: 1)
    var bar = 0
    while bar < block.bars {
      let before = apus_load(block.equity + (bar &- 1)) + apus_load(flowsIn + bar)
      let growth = (apus_load(block.equity + bar) + apus_load(flowsOut + bar)) / before - one
      store(growth.replacing(with: Vector.zero, where: before .<= Vector.zero), block.returns + bar)
      bar += laneWidth
    }
  }

  @inline(always)
  private static func store(_ values: Vector, _ place: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(place).storeBytes(of: values, as: Vector.self)
  }
}
