import CShims
import Kernels

/// The worth of a portfolio whose units seldom change, over a block of bars.
enum HeldRows {
  /// Sums symbols in their order at every bar, so that the sum has the bits of a plain loop, and adds cash last.
  @inline(never)
  static func run(_ block: HeldRowBlock) {
    var bar = block.from & ~(laneWidth &- 1)
    let begin = bar
    let before: Vector = apus_load(block.equity + begin)
    var left = (block.to &- bar &+ (laneWidth &- 1)) / laneWidth
    // Several sums at a time hide the latency of an addition, and share the look-up of a row.
    #if FOUR_IN_FLIGHT
      if left == HeldRowBlock.width / laneWidth {
        var (a, b, c, d) = (Four(), Four(), Four(), Four())
        for place in 0..<block.count {
          let (row, units) = (block.row(place), block.units(place))
          a.add(row, units)
          b.add(row + Four.width, units)
          c.add(row + 2 * Four.width, units)
          d.add(row + 3 * Four.width, units)
        }
        a.store(block, 0)
        b.store(block, Four.width)
        c.store(block, 2 * Four.width)
        d.store(block, 3 * Four.width)
        left = 0
      }
    #endif
    while left >= 4 {
      var sums = Four()
      for place in 0..<block.count { sums.add(block.row(place) + bar, block.units(place)) }
      sums.store(block, bar)
      bar &+= Four.width
      left &-= 4
    }
    if left >= 2 {
      var sums = Two()
      for place in 0..<block.count { sums.add(block.row(place) + bar, block.units(place)) }
      sums.store(block, bar)
      bar &+= Two.width
      left &-= 2
    }
    if left == 1 {
      var sum = Vector.zero
      for place in 0..<block.count { sum += block.units(place) * apus_load(block.row(place) + bar) }
      block.store(sum, bar)
    }
    // The first vector may begin before the stretch.
    let isBefore =
      Vector(0, 1, 2, 3, 4, 5, 6, 7) .< Vector(repeating: Double(block.from &- begin))
    let first = apus_load(block.equity + begin).replacing(with: before, where: isBefore)
    store(first, block.equity + begin)
  }

  /// Units times rows over `HeldRowBlock.pass` bars, symbols in their order at every bar.
  @inline(never)
  static func sum(
    _ rows: UnsafePointer<UnsafePointer<Double>>, _ units: UnsafePointer<Double>, _ count: Int,
    _ sums: UnsafeMutablePointer<Double>
  ) {
    var four = Four()
    for place in 0..<count { four.add(rows[place], Vector(repeating: units[place])) }
    four.store(sums)
  }

  /// (equity + out) / (equity before + in) − 1 at each bar of a block; 0 where the divisor isn't above 0.
  ///
  /// - Parameters:
  ///   - equity: after each bar; the place before it has the equity before the first.
  ///   - flowsIn: what came in at each bar, and `flowsOut` what went out; nil if nothing did.
  @inline(never)
  static func returns(
    _ equity: UnsafePointer<Double>, _ flowsIn: UnsafePointer<Double>?,
    _ flowsOut: UnsafePointer<Double>?, _ returns: UnsafeMutablePointer<Double>
  ) {
    var bar = 0
    if let flowsIn, let flowsOut {
      while bar < HeldRowBlock.width {
        let before = apus_load(equity + (bar &- 1)) + apus_load(flowsIn + bar)
        store(growth(apus_load(equity + bar) + apus_load(flowsOut + bar), before), returns + bar)
        bar &+= laneWidth
      }
    } else {
      while bar < HeldRowBlock.width {
        store(growth(apus_load(equity + bar), apus_load(equity + (bar &- 1))), returns + bar)
        bar &+= laneWidth
      }
    }
  }

  @inline(always)
  private static func growth(_ after: Vector, _ before: Vector) -> Vector {
    let growth = after / before - Vector(repeating: 1)
    return growth.replacing(with: Vector.zero, where: before .<= Vector.zero)
  }

  /// Four vectors of neighbouring bars.
  private struct Four {
    static var width: Int { 2 * Two.width }

    private var a = Two()
    private var b = Two()

    @inline(always)
    init() {}

    @inline(always)
    mutating func add(_ row: UnsafePointer<Double>, _ units: Vector) {
      a.add(row, units)
      b.add(row + Two.width, units)
    }

    @inline(always)
    func store(_ sums: UnsafeMutablePointer<Double>) {
      a.store(sums)
      b.store(sums + Two.width)
    }

    @inline(always)
    func store(_ block: HeldRowBlock, _ bar: Int) {
      a.store(block, bar)
      b.store(block, bar + Two.width)
    }
  }

  private struct Two {
    static var width: Int { 2 * laneWidth }

    private var a = Vector.zero
    private var b = Vector.zero

    @inline(always)
    init() {}

    @inline(always)
    mutating func add(_ row: UnsafePointer<Double>, _ units: Vector) {
      a += units * apus_load(row)
      b += units * apus_load(row + laneWidth)
    }

    @inline(always)
    func store(_ sums: UnsafeMutablePointer<Double>) {
      HeldRows.store(a, sums)
      HeldRows.store(b, sums + laneWidth)
    }

    @inline(always)
    func store(_ block: HeldRowBlock, _ bar: Int) {
      block.store(a, bar)
      block.store(b, bar + laneWidth)
    }
  }

  @inline(always)
  fileprivate static func store(_ values: Vector, _ place: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(place).storeBytes(of: values, as: Vector.self)
  }
}

extension HeldRowBlock {
  @inline(always)
  fileprivate func row(_ place: Int) -> UnsafePointer<Double> {
    prices + Int(rows[place].symbol) &* Self.width
  }

  @inline(always)
  fileprivate func units(_ place: Int) -> Vector { Vector(repeating: rows[place].units) }

  /// Equity, once its sum is known.
  @inline(always)
  fileprivate func store(_ sum: Vector, _ bar: Int) {
    HeldRows.store(sum + Vector(repeating: cash) * apus_load(rates + bar), equity + bar)
  }
}
