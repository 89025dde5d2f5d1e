import Kernels
import Market

/// Prices of one symbol over a run, in contiguous columns; one worker fills it again for each symbol.
///
/// A bar trades if its close is positive and finite, and its open too where a fill could happen there. Where levels are
/// watched, the high and low of such a bar are widened to enclose its open and close, which a missing one then equals.
final class SymbolColumns {
  let bars: Int
  private let stride: Int
  private let pad: Int
  private let memory: AlignedBuffer<Double>
  private let fieldPositions: [Int]
  private let prices: [Int?]
  private let run: LaneRun

  /// Index of the first bar with a close; `bars` if there is none.
  private(set) var firstPrice = 0

  /// Room for the columns of a run, with `history` bars of NaN before the signal columns.
  init(run: LaneRun, history: Int) {
    self.run = run
    bars = run.window.upperBound - run.historyStart
    pad = (history + 7) / 8 * 8
    stride = (pad + bars + 15) / 8 * 8
    fieldPositions = run.strategy.fields.map { run.panel.fieldIndex($0) ?? -1 }
    prices = ["open", "high", "low", "close"].map { run.panel.fieldIndex($0) }
    memory = AlignedBuffer(repeating: .nan, count: (fieldPositions.count + 6) * stride)
  }

  private func column(_ index: Int) -> UnsafeMutablePointer<Double> {
    memory.base + index * stride + pad
  }

  var open: UnsafePointer<Double> { UnsafePointer(column(0)) }
  var high: UnsafePointer<Double> { UnsafePointer(column(1)) }
  var low: UnsafePointer<Double> { UnsafePointer(column(2)) }
  var close: UnsafePointer<Double> { UnsafePointer(column(3)) }
  /// Last known close; before the first one, the first.
  var mark: UnsafePointer<Double> { UnsafePointer(column(4)) }
  /// 1 where orders can fill.
  var fillable: UnsafePointer<Double> { UnsafePointer(column(5)) }
  /// Columns that signals read.
  var fields: [UnsafePointer<Double>] {
    fieldPositions.indices.map { UnsafePointer(column(6 + $0)) }
  }

  /// Reads a symbol by its position in the panel.
  func load(symbol: Int) {
    let range = run.historyStart..<run.window.upperBound
    for (index, field) in prices.enumerated() {
      if let field {
        run.panel.copyColumn(field: field, symbol: symbol, bars: range, into: column(index))
      }
    }
    for (index, field) in fieldPositions.enumerated() where field >= 0 {
      run.panel.copyColumn(field: field, symbol: symbol, bars: range, into: column(6 + index))
    }
    let watchesLevels = run.rules.watchesLevels
    let needsOpen = run.rules.fill == .nextOpen || watchesLevels
    firstPrice = (0..<bars).first { !close[$0].isNaN } ?? bars
    var last = firstPrice < bars ? close[firstPrice] : 1
    for bar in 0..<bars {
      let price = close[bar]
      if !price.isNaN { last = price }
      column(4)[bar] = last
      let trades = isPrice(price) && (!needsOpen || isPrice(open[bar]))
      column(5)[bar] = trades ? 1 : 0
      if trades && watchesLevels {
        let top = max(open[bar], price)
        let bottom = min(open[bar], price)
        if !isPrice(high[bar]) || high[bar] < top { column(1)[bar] = top }
        if !isPrice(low[bar]) || low[bar] > bottom { column(2)[bar] = bottom }
      }
    }
  }

  private func isPrice(_ value: Double) -> Bool { value > 0 && value < .infinity }
}
