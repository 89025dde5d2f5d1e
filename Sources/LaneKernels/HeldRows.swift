import CShims
import Kernels

/// The worth of a portfolio whose units seldom change, over a block of bars.
enum HeldRows {
  /// Sums symbols in their order at every bar, so that the sum has the bits of a plain loop, and adds cash last.
  @inline(never)
  static func run(_ block: HeldRowBlock) {
    for place in 0..<block.pieceCount { write(block.pieces[place], block.written) }
    // Several sums at a time hide the latency of an addition, and share the look-up of a row.
    #if FOUR_IN_FLIGHT
      var (a, b, c, d) = (Four(), Four(), Four(), Four())
      for place in 0..<block.count {
        let row = block.rows[place]
        let units = Vector(repeating: block.units[place])
        a.add(row, units)
        b.add(row + Four.width, units)
        c.add(row + 2 * Four.width, units)
        d.add(row + 3 * Four.width, units)
      }
      a.store(block, 0)
      b.store(block, Four.width)
      c.store(block, 2 * Four.width)
      d.store(block, 3 * Four.width)
    #else
      var bar = 0
      while bar < HeldRowBlock.width {
        var sums = Four()
        for place in 0..<block.count {
          sums.add(block.rows[place] + bar, Vector(repeating: block.units[place]))
        }
        sums.store(block, bar)
        bar += Four.width
      }
    #endif
    if let flowsIn = block.flowsIn, let flowsOut = block.flowsOut {
      returns(block, flowsIn, flowsOut)
    } else {
      returns(block)
    }
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

  /// Four vectors of neighbouring bars.
  private struct Four {
    static var width: Int { 4 * laneWidth }

    private var a = Vector.zero
    private var b = Vector.zero
    private var c = Vector.zero
    private var d = Vector.zero

    @inline(always)
    init() {}

    @inline(always)
    mutating func add(_ row: UnsafePointer<Double>, _ units: Vector) {
      a += units * apus_load(row)
      b += units * apus_load(row + laneWidth)
      c += units * apus_load(row + 2 * laneWidth)
      d += units * apus_load(row + 3 * laneWidth)
    }

    @inline(always)
    func store(_ sums: UnsafeMutablePointer<Double>) {
      HeldRows.store(a, sums)
      HeldRows.store(b, sums + laneWidth)
      HeldRows.store(c, sums + 2 * laneWidth)
      HeldRows.store(d, sums + 3 * laneWidth)
    }

    @inline(always)
    func store(_ block: HeldRowBlock, _ bar: Int) {
      let cash = UnsafePointer(block.written) + bar
      let equity = block.equity + bar
      HeldRows.store(a + apus_load(cash), equity)
      HeldRows.store(b + apus_load(cash + laneWidth), equity + laneWidth)
      HeldRows.store(c + apus_load(cash + 2 * laneWidth), equity + 2 * laneWidth)
      HeldRows.store(d + apus_load(cash + 3 * laneWidth), equity + 3 * laneWidth)
    }
  }

  /// Whole vectors: what stands before the piece in its first one stays, what comes after its last bar the next piece writes.
  @inline(always)
  private static func write(_ piece: HeldRowBlock.Piece, _ written: UnsafeMutablePointer<Double>) {
    let row = written + Int(piece.row) &* HeldRowBlock.width
    let (from, end) = (Int(piece.from), Int(piece.to))
    let units = Vector(repeating: piece.units)
    var bar = from & ~(laneWidth - 1)
    let before: Vector = apus_load(row + bar)
    let isBefore =
      Vector(0, 1, 2, 3, 4, 5, 6, 7) .< Vector(repeating: Double(from & (laneWidth - 1)))
    let first = bar
    let isNone = units .== Vector.zero
    while bar < end {
      let worth = units * apus_load(piece.prices + bar)
      store(worth.replacing(with: Vector.zero, where: isNone), row + bar)
      bar += laneWidth
    }
    store(apus_load(row + first).replacing(with: before, where: isBefore), row + first)
  }

  @inline(always)
  private static func returns(_ block: HeldRowBlock) {
    let one = Vector(repeating: 1)
    var bar = 0
    while bar < HeldRowBlock.width {
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
    while bar < HeldRowBlock.width {
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
