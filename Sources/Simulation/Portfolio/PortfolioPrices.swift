import Kernels
import Market

/// The rows of a portfolio run's prices, in the order of its symbols, for one worker.
///
/// Where a run trades all columns of its panel in their order, rows are read where they lie; else a block of bars is gathered.
final class PortfolioPrices {
  /// Most bars of a block.
  static let blockBars = 64

  private let run: PortfolioRun
  private let count: Int
  private let positions: [Int?]
  /// Gathered rows, field after field; empty where rows are read in place.
  private let gathered: AlignedBuffer<Double>
  private let rates: AlignedBuffer<Double>
  private var block = 0..<0
  private let nothing: AlignedBuffer<Double>

  private enum Field: Int, CaseIterable {
    case open, high, low, close, volume, bid, ask
  }

  init(_ run: PortfolioRun) {
    self.run = run
    count = run.symbols.count
    let isInPlace = run.symbols == Array(0..<run.panel.symbolCount)
    positions = ["open", "high", "low", "close", "volume", "bid", "ask"].map {
      run.panel.fieldIndex($0)
    }
    gathered = AlignedBuffer(
      repeating: .nan, count: isInPlace ? 0 : Field.allCases.count * Self.blockBars * count)
    nothing = AlignedBuffer(repeating: .nan, count: count)
    rates = AlignedBuffer(repeating: 1, count: run.currencies == nil ? 0 : 2 * count)
  }

  /// Turns to a block of bars of the window, at most `blockBars`.
  func load(_ bars: Range<Int>) {
    precondition(bars.count <= Self.blockBars, "more bars than a block has")
    if bars == block { return }
    block = bars
    if gathered.count == 0 { return }
    let columns = run.panel.symbolCount
    for field in Field.allCases {
      guard let position = positions[field.rawValue] else { continue }
      let values = run.panel.field(position)
      for bar in bars {
        let source = values + (run.window.lowerBound + bar) * columns
        let output = place(field, bar)
        for (index, column) in run.symbols.enumerated() { output[index] = source[column] }
      }
    }
  }

  private func place(_ field: Field, _ bar: Int) -> UnsafeMutablePointer<Double> {
    gathered.base + (field.rawValue * Self.blockBars + bar - block.lowerBound) * count
  }

  private func row(_ field: Field, _ bar: Int) -> UnsafePointer<Double> {
    guard let position = positions[field.rawValue] else { return UnsafePointer(nothing.base) }
    if gathered.count == 0 {
      return run.panel.field(position) + (run.window.lowerBound + bar) * count
    }
    return UnsafePointer(place(field, bar))
  }

  /// `[N]` closes of a bar of the block.
  func closes(_ bar: Int) -> UnsafePointer<Double> { row(.close, bar) }
  /// `[N]` prices at which orders of a bar fill; a symbol trades if this and its close are prices.
  func fills(_ bar: Int) -> UnsafePointer<Double> {
    row(run.rules.fill == .nextOpen ? .open : .close, bar)
  }
  /// `[N]` highs of a bar; closes where the panel has none.
  func highs(_ bar: Int) -> UnsafePointer<Double> {
    row(positions[Field.high.rawValue] == nil ? .close : .high, bar)
  }
  /// `[N]` lows of a bar; closes where the panel has none.
  func lows(_ bar: Int) -> UnsafePointer<Double> {
    row(positions[Field.low.rawValue] == nil ? .close : .low, bar)
  }
  /// Units of a symbol that traded in a bar; NaN if it isn't known.
  func volume(_ bar: Int, _ symbol: Int) -> Double { row(.volume, bar)[symbol] }

  /// What slippage may ask of a bar.
  func slippageBar(_ bar: Int, _ symbol: Int) -> Slippage.Bar {
    var context = Slippage.Bar()
    context.tick = run.rules.tick
    context.bid = row(.bid, bar)[symbol]
    context.ask = row(.ask, bar)[symbol]
    context.volume = row(.volume, bar)[symbol]
    guard let model = run.rules.slippage.almgrenChriss else { return context }
    (context.volatility, context.meanVolume) = history(symbol, before: bar, model.window)
    return context
  }

  /// Standard deviation of close-to-close returns and mean volume of the bars before one.
  private func history(_ symbol: Int, before bar: Int, _ window: Int) -> (Double, Double) {
    guard let close = positions[Field.close.rawValue] else { return (.nan, .nan) }
    let last = run.window.lowerBound + bar - 1
    let first = last - window + 1
    if first < 1 || window < 2 { return (.nan, .nan) }
    let (columns, column) = (run.panel.symbolCount, run.symbols[symbol])
    let closes = run.panel.field(close)
    let volumes = positions[Field.volume.rawValue].map { run.panel.field($0) }
    var (sum, squares, volume) = (0.0, 0.0, 0.0)
    for t in first...last {
      let change = closes[t * columns + column] / closes[(t - 1) * columns + column] - 1
      sum += change
      squares += change * change
      volume += volumes?[t * columns + column] ?? .nan
    }
    let n = Double(window)
    return (max(0, (squares - sum * sum / n) / (n - 1)).squareRoot(), volume / n)
  }

  /// `[N]` account currency for one of each symbol's at the close of a bar; nil where all are the account's.
  func closingRates(_ bar: Int) -> UnsafePointer<Double>? {
    rates(bar, at: 0) { $0.closes[$1][$2] }
  }

  /// The same when orders of a bar fill.
  func fillRates(_ bar: Int) -> UnsafePointer<Double>? {
    let isOpen = run.rules.fill == .nextOpen
    return rates(bar, at: count) { isOpen ? $0.opens[$1][$2] : $0.closes[$1][$2] }
  }

  private func rates(
    _ bar: Int, at place: Int, _ rate: (CurrencyRates, Int, Int) -> Double
  ) -> UnsafePointer<Double>? {
    guard let currencies = run.currencies else { return nil }
    let output = rates.base + place
    for (symbol, currency) in currencies.currencyOfSymbol.enumerated() {
      output[symbol] = currency.map { rate(currencies, $0, run.window.lowerBound + bar) } ?? 1
    }
    return UnsafePointer(output)
  }

  /// Whether the rate at the close of a bar is of an earlier one.
  func hasStaleRate(_ bar: Int, _ symbol: Int) -> Bool {
    guard let currencies = run.currencies, let currency = currencies.currencyOfSymbol[symbol] else {
      return false
    }
    return currencies.isStale[currency][run.window.lowerBound + bar]
  }

  /// Whether a symbol trades in a bar when orders fill.
  static func isPrice(_ value: Double) -> Bool { value > 0 && value < .infinity }
}
