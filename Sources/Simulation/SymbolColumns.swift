import Kernels
import Market

/// Prices of one symbol, a block of bars at a time, in columns that stay in the nearest cache.
///
/// A bar trades if its close is positive and finite, and its open too where a fill could happen there. Where levels are
/// watched, the high and low of such a bar are widened to enclose its open and close, which a missing one then equals.
/// The last columns are what all lanes would otherwise compute alike: growths of a bar, and what a unit costs and brings.
final class SymbolColumns {
  /// Bars of the run, with those before its window that indicators see.
  let bars: Int
  private let run: LaneRun
  private let memory: AlignedBuffer<Double>
  /// Positions of open, high, low and close in the panel.
  private let positions: [Int?]
  /// Columns that signals read, with their positions in the panel.
  private let signalFields: [(column: Int, position: Int)]

  // One bar before the first of a block can be read; eight keep the columns aligned.
  private static let pad = 8
  private static let stride = pad + laneBlockBars + 8
  private static let fixedColumns = 13

  private var symbol = 0
  private var lastMark = 1.0
  private var count = 0
  /// Index of the first bar with a close; `bars` if there is none.
  private(set) var firstPrice = 0
  /// Whether every close of the block and the one before it are prices, and none is so small that quantities overflow.
  private(set) var isOrdinary = true
  /// Whether every bar of the block trades.
  private(set) var isGapless = true

  /// Room for a block.
  init(run: LaneRun) {
    self.run = run
    bars = run.window.upperBound - run.historyStart
    positions = ["open", "high", "low", "close"].map { run.panel.fieldIndex($0) }
    var next = Self.fixedColumns
    signalFields = run.strategy.fields.map { name in
      let position = run.panel.fieldIndex(name) ?? -1
      // High and low may be widened, and signals see them as they are.
      if name == "open" { return (0, -1) }
      if name == "close" { return (3, -1) }
      next += 1
      return (next - 1, position)
    }
    memory = AlignedBuffer(repeating: .nan, count: next * Self.stride)
  }

  private func column(_ index: Int) -> UnsafeMutablePointer<Double> {
    memory.base + index * Self.stride + Self.pad
  }

  private func constant(_ index: Int) -> UnsafePointer<Double> { UnsafePointer(column(index)) }

  /// The columns from the block's first bar on.
  var prices: PricePointers {
    PricePointers(
      open: constant(0), high: constant(1), low: constant(2), close: constant(3),
      mark: constant(4), fillable: constant(5), held: constant(6), heldGain: constant(11),
      heldSquare: constant(12), entered: constant(7), left: constant(8),
      unitsPerCash: constant(9), cashPerUnit: constant(10))
  }

  /// Columns that signals read, from the block's first bar on.
  var fields: [UnsafePointer<Double>] { signalFields.map { constant($0.column) } }

  /// Turns to a symbol by its position in the panel.
  func begin(symbol: Int) {
    self.symbol = symbol
    count = 0
    firstPrice = bars
    lastMark = 1
    guard let close = positions[3] else { return }
    var bar = 0
    while bar < bars && firstPrice == bars {
      let count = min(laneBlockBars, bars - bar)
      copy(close, bar, count, to: 3)
      for place in 0..<count where firstPrice == bars && !column(3)[place].isNaN {
        firstPrice = bar + place
        lastMark = column(3)[place]
      }
      bar += count
    }
  }

  /// Reads the next block, of at most `laneBlockBars` bars.
  func load(from bar: Int, count: Int) {
    let before = bar == 0 ? lastMark : column(4)[self.count - 1]
    self.count = count
    let fillsAtOpen = run.rules.fill == .nextOpen
    let watchesLevels = run.rules.watchesLevels
    let readsOpen = fillsAtOpen || watchesLevels || signalFields.contains { $0.column == 0 }
    let isRead = [readsOpen, watchesLevels, watchesLevels, true]
    for (index, position) in positions.enumerated() where isRead[index] {
      if let position { copy(position, bar, count, to: index) }
    }
    for field in signalFields where field.position >= 0 {
      copy(field.position, bar, count, to: field.column)
    }
    column(4)[-1] = before
    mark(count, needsOpen: fillsAtOpen || watchesLevels, watchesLevels: watchesLevels)
    derive(count, from: fillsAtOpen ? column(0) : column(3))
  }

  private func copy(_ position: Int, _ bar: Int, _ count: Int, to index: Int) {
    let first = run.historyStart + bar
    run.panel.copyColumn(
      field: position, symbol: symbol, bars: first..<first + count, into: column(index))
  }

  private func mark(_ count: Int, needsOpen: Bool, watchesLevels: Bool) {
    let (open, high, low, close) = (column(0), column(1), column(2), column(3))
    let (mark, fillable) = (column(4), column(5))
    isOrdinary = isPrice(mark[-1])
    isGapless = true
    for bar in 0..<count {
      let price = close[bar]
      mark[bar] = price.isNaN ? mark[bar - 1] : price
      if !isPrice(mark[bar]) { isOrdinary = false }
      let trades = isPrice(price) && (!needsOpen || isPrice(open[bar]))
      fillable[bar] = trades ? 1 : 0
      if !trades { isGapless = false }
      if trades && watchesLevels {
        let top = max(open[bar], price)
        let bottom = min(open[bar], price)
        if !isPrice(high[bar]) || high[bar] < top { high[bar] = top }
        if !isPrice(low[bar]) || low[bar] > bottom { low[bar] = bottom }
      }
    }
  }

  private func derive(_ count: Int, from price: UnsafeMutablePointer<Double>) {
    let rules = run.rules
    let (mark, fillable) = (column(4), column(5))
    let (held, heldGain, heldSquare) = (column(6), column(11), column(12))
    let (entered, left) = (column(7), column(8))
    let (unitsPerCash, cashPerUnit) = (column(9), column(10))
    for bar in 0..<count {
      let cost = price[bar] * (1 + rules.slippageRate) * (1 + rules.commissionRate)
      let proceeds = price[bar] * (1 - rules.slippageRate) * (1 - rules.commissionRate)
      let growth = mark[bar] / mark[bar - 1]
      held[bar] = growth
      heldGain[bar] = growth - 1
      heldSquare[bar] = (growth - 1) * (growth - 1)
      entered[bar] = mark[bar] / cost
      left[bar] = proceeds / mark[bar - 1]
      unitsPerCash[bar] = 1 / cost
      cashPerUnit[bar] = proceeds
      if fillable[bar] != 0 && !(unitsPerCash[bar] < 1e150 && proceeds > 1e-150) {
        isOrdinary = false
      }
    }
  }

  private func isPrice(_ value: Double) -> Bool { value > 0 && value < .infinity }
}
