import Kernels
import Market

/// Prices of one symbol over a run, in contiguous columns; one worker fills it again for each symbol.
///
/// A bar trades if its close is positive and finite, and its open too where a fill could happen there. Where levels are
/// watched, the high and low of such a bar are widened to enclose its open and close, which a missing one then equals.
/// The last columns are what all lanes would otherwise compute alike: growths of a bar, and what a unit costs and brings.
final class SymbolColumns {
  let bars: Int
  private let stride: Int
  private let memory: AlignedBuffer<Double>
  private let fieldPositions: [Int]
  private let positions: [Int?]
  private let run: LaneRun

  // A bar before the first can be read.
  private static let pad = 8
  private static let fixedColumns = 13

  /// Index of the first bar with a close; `bars` if there is none.
  private(set) var firstPrice = 0

  /// Whether every close is a price, and none is so small that quantities overflow.
  private(set) var isOrdinary = true

  /// Room for the columns of a run.
  init(run: LaneRun) {
    self.run = run
    bars = run.window.upperBound - run.historyStart
    stride = (Self.pad + bars + 15) / 8 * 8
    fieldPositions = run.strategy.fields.map { run.panel.fieldIndex($0) ?? -1 }
    positions = ["open", "high", "low", "close"].map { run.panel.fieldIndex($0) }
    memory = AlignedBuffer(
      repeating: .nan, count: (fieldPositions.count + Self.fixedColumns) * stride)
  }

  private func column(_ index: Int) -> UnsafeMutablePointer<Double> {
    memory.base + index * stride + Self.pad
  }

  private func constant(_ index: Int) -> UnsafePointer<Double> { UnsafePointer(column(index)) }

  /// The columns from the first bar on.
  var prices: PricePointers {
    PricePointers(
      open: constant(0), high: constant(1), low: constant(2), close: constant(3),
      mark: constant(4), fillable: constant(5), held: constant(6), heldGain: constant(11),
      heldSquare: constant(12), entered: constant(7), left: constant(8),
      unitsPerCash: constant(9), cashPerUnit: constant(10))
  }

  /// Columns that signals read.
  var fields: [UnsafePointer<Double>] {
    fieldPositions.indices.map { constant(Self.fixedColumns + $0) }
  }

  /// Reads a symbol by its position in the panel.
  func load(symbol: Int) {
    let range = run.historyStart..<run.window.upperBound
    for (index, field) in positions.enumerated() {
      if let field {
        run.panel.copyColumn(field: field, symbol: symbol, bars: range, into: column(index))
      }
    }
    for (index, field) in fieldPositions.enumerated() where field >= 0 {
      run.panel.copyColumn(
        field: field, symbol: symbol, bars: range, into: column(Self.fixedColumns + index))
    }
    let (open, high, low, close) = (column(0), column(1), column(2), column(3))
    let (mark, fillable) = (column(4), column(5))
    let watchesLevels = run.rules.watchesLevels
    let needsOpen = run.rules.fill == .nextOpen || watchesLevels
    firstPrice = (0..<bars).first { !close[$0].isNaN } ?? bars
    isOrdinary = true
    var last = firstPrice < bars ? close[firstPrice] : 1
    for bar in 0..<bars {
      let price = close[bar]
      if !price.isNaN { last = price }
      mark[bar] = last
      if !isPrice(last) { isOrdinary = false }
      let trades = isPrice(price) && (!needsOpen || isPrice(open[bar]))
      fillable[bar] = trades ? 1 : 0
      if trades && watchesLevels {
        let top = max(open[bar], price)
        let bottom = min(open[bar], price)
        if !isPrice(high[bar]) || high[bar] < top { high[bar] = top }
        if !isPrice(low[bar]) || low[bar] > bottom { low[bar] = bottom }
      }
    }
    derive()
  }

  private func derive() {
    let rules = run.rules
    let price = rules.fill == .nextOpen ? column(0) : column(3)
    let (mark, fillable) = (column(4), column(5))
    let (held, entered, left) = (column(6), column(7), column(8))
    let (unitsPerCash, cashPerUnit) = (column(9), column(10))
    let (heldGain, heldSquare) = (column(11), column(12))
    for bar in 0..<bars {
      let before = bar > 0 ? mark[bar - 1] : mark[bar]
      let cost = price[bar] * (1 + rules.slippageRate) * (1 + rules.commissionRate)
      let proceeds = price[bar] * (1 - rules.slippageRate) * (1 - rules.commissionRate)
      held[bar] = mark[bar] / before
      let gain = held[bar] - 1
      heldGain[bar] = gain
      heldSquare[bar] = gain * gain
      entered[bar] = mark[bar] / cost
      left[bar] = proceeds / before
      unitsPerCash[bar] = 1 / cost
      cashPerUnit[bar] = proceeds
      if fillable[bar] != 0 && !(unitsPerCash[bar] < 1e150 && proceeds > 1e-150) {
        isOrdinary = false
      }
    }
  }

  private func isPrice(_ value: Double) -> Bool { value > 0 && value < .infinity }
}
