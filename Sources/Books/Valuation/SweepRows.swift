import Kernels

/// Rows that a block of one portfolio is computed from: cash, symbols whose units change within the block, flows.
struct SweepRows: ~Copyable {
  private static var width: Int { HeldRowBlock.width }

  private let flows = AlignedBuffer(repeating: 0.0, count: 2 * width)
  /// Cash, and then the rows of symbols.
  private var written = AlignedBuffer(repeating: 0.0, count: 16 * width)
  private var pieces: AlignedBuffer<HeldRowBlock.Piece>
  private var pieceCount = 0
  /// Prices of what is held, and units; as many as the book has symbols.
  private let prices: AlignedBuffer<UnsafePointer<Double>>
  private let units: AlignedBuffer<Double>
  /// Row of a symbol of the portfolio, by slot; 0 while its units are constant.
  private let rowOf: AlignedBuffer<Int32>
  /// Slot of each row, and the bar that it is written up to.
  private let slots: AlignedBuffer<Int32>
  private let filled: AlignedBuffer<Int32>
  /// Where the symbol of each row stands among what is held.
  private let places: AlignedBuffer<Int32>
  /// Number of rows, that of cash among them.
  private var count = 1

  init(symbols: Int) {
    let none = UnsafePointer(flows.base)
    pieces = AlignedBuffer(
      repeating: HeldRowBlock.Piece(prices: none, units: 0, row: 0, from: 0, to: 0), count: 64)
    prices = AlignedBuffer(repeating: none, count: symbols)
    rowOf = AlignedBuffer(repeating: 0, count: symbols)
    slots = AlignedBuffer(repeating: 0, count: symbols + 1)
    filled = AlignedBuffer(repeating: 0, count: symbols + 1)
    places = AlignedBuffer(repeating: 0, count: symbols + 1)
    units = AlignedBuffer(repeating: 0, count: symbols)
  }

  /// Cash after each bar, for those who write it themselves.
  var cash: UnsafeMutablePointer<Double> { written.base }
  var flowsIn: UnsafeMutablePointer<Double> { flows.base }
  var flowsOut: UnsafeMutablePointer<Double> { flows.base + Self.width }

  /// No rows but that of cash, and no pieces.
  mutating func begin() { (count, pieceCount) = (1, 0) }

  func clearFlows() { flows.base.update(repeating: 0, count: 2 * Self.width) }

  /// Symbols whose units change within the block.
  var touched: Range<Int> { 1..<count }
  /// Slot of a row.
  func slot(_ row: Int) -> Int { Int(slots[row]) }

  /// A stretch of cash.
  @inline(always)
  mutating func cash(_ rates: UnsafePointer<Double>, _ balance: Double, _ bars: Range<Int>) {
    if !bars.isEmpty { add(0, rates, balance, bars.lowerBound, bars.upperBound) }
  }

  /// Units of a symbol up to a bar, at which they change.
  @inline(always)
  mutating func touch(
    _ slot: Int, _ prices: UnsafePointer<Double>, _ units: Double, upTo bar: Int
  ) {
    var row = Int(rowOf[slot])
    if row == 0 {
      row = count
      count += 1
      if count * Self.width > written.count { growRows() }
      rowOf[slot] = Int32(row)
      (slots[row], filled[row]) = (Int32(slot), 0)
    }
    let from = Int(filled[row])
    if from < bar {
      add(row, prices, units, from, bar)
      filled[row] = Int32(bar)
    }
  }

  @inline(always)
  private mutating func add(
    _ row: Int, _ prices: UnsafePointer<Double>, _ units: Double, _ from: Int, _ to: Int
  ) {
    if pieceCount == pieces.count { growPieces() }
    pieces[pieceCount] = HeldRowBlock.Piece(
      prices: prices, units: units, row: Int32(row), from: Int32(from), to: Int32(to))
    pieceCount += 1
  }

  private mutating func growRows() {
    let larger = AlignedBuffer(repeating: 0.0, count: 2 * written.count)
    larger.base.update(from: written.base, count: written.count)
    written = larger
  }

  private mutating func growPieces() {
    let larger = AlignedBuffer(repeating: pieces[0], count: 2 * pieces.count)
    larger.base.update(from: pieces.base, count: pieces.count)
    pieces = larger
  }

  /// Ends a row, whose symbol stands at a place among what is held.
  mutating func close(
    _ row: Int, at place: Int, _ held: UnsafePointer<SweepHolding>, _ marks: UnsafePointer<Double>
  ) {
    let prices = marks + Int(held[place].symbol) &* Self.width
    touch(slot(row), prices, held[place].units, upTo: Self.width)
    places[row] = Int32(place)
    rowOf[slot(row)] = 0
  }

  /// The block, once its rows are closed.
  ///
  /// - Parameters:
  ///   - held: in the order of first mention.
  ///   - marks: of the first symbol; the others follow.
  func block(
    _ held: UnsafePointer<SweepHolding>, _ count: Int, _ marks: UnsafePointer<Double>,
    _ equity: UnsafeMutablePointer<Double>, _ returns: UnsafeMutablePointer<Double>, hasFlows: Bool
  ) -> HeldRowBlock {
    for place in 0..<count {
      prices.base[place] = marks + Int(held[place].symbol) &* Self.width
      units.base[place] = held[place].units
    }
    for row in touched {
      let place = Int(places[row])
      (prices[place], units[place]) = (UnsafePointer(written.base + row * Self.width), 1)
    }
    return HeldRowBlock(
      pieces: pieces.base, pieceCount: pieceCount, written: written.base, rows: prices.base,
      units: units.base, count: count, flowsIn: hasFlows ? UnsafePointer(flowsIn) : nil,
      flowsOut: hasFlows ? UnsafePointer(flowsOut) : nil, equity: equity, returns: returns)
  }
}
