import Market
import Metrics

/// Everything that defines the lanes of a portfolio run: one account with shared cash for each set of target weights.
public struct PortfolioRun: Sendable {
  /// Prices.
  public var panel: PricePanel
  /// Columns of the panel to trade; weights count them from 0.
  public var symbols: [Int]
  /// Target weights, by set and bar.
  public var weights: any WeightSource
  /// When they are acted on.
  public var rebalance: Rebalance
  /// Fills, costs and margin.
  public var rules: ExecutionRules
  /// Equity before the first bar.
  public var cash: Double
  /// Bars of the panel in which the accounts trade.
  public var window: Range<Int>
  /// First bar of the panel that weights see; at most the window's first.
  public var historyStart: Int
  /// The rules of the panel's zone, for rebalances of bars shorter than a day.
  public var zone = ZoneRules.utc
  /// Deposits and withdrawals; bars count from the window's first.
  public var flows: [CashFlow] = []
  /// Corporate actions; bars count from the window's first.
  ///
  /// Ends of symbols are added by the engine.
  public var actions = LedgerActions.none
  /// Rates of the symbols' currencies; nil where all are the account's.
  public var currencies: CurrencyRates?
  /// Annual risk-free rate.
  public var riskFree = 0.0
  /// Annual minimum acceptable return.
  public var minimumAcceptable = 0.0
  /// Whether summaries carry the returns of every bar.
  public var keepsReturns = false

  /// A run over a window of a panel.
  ///
  /// - Precondition: weights are for as many symbols as there are; the window lies within the panel.
  public init(
    panel: PricePanel, symbols: [Int], weights: any WeightSource, rebalance: Rebalance,
    rules: ExecutionRules, cash: Double, window: Range<Int>, historyStart: Int = 0
  ) {
    precondition(window.lowerBound >= historyStart && window.upperBound <= panel.barCount)
    precondition(symbols.allSatisfy { (0..<panel.symbolCount).contains($0) })
    precondition(weights.symbolCount == symbols.count, "a weight for each symbol")
    self.panel = panel
    self.symbols = symbols
    self.weights = weights
    self.rebalance = rebalance
    self.rules = rules
    self.cash = cash
    self.window = window
    self.historyStart = historyStart
  }

  /// Bars in a year.
  public var barsPerYear: Double { panel.calendar.barsPerYear(frequencyNs: panel.frequencyNs) }

  /// Bar of the window from which a set has weights; the window's length if it never has.
  func firstWarmBar(of set: Int) -> Int {
    min(window.count, max(0, historyStart + weights.warmup(of: set) - window.lowerBound))
  }

  /// The actions, and an end for every symbol that the panel outlives: at the first bar without it.
  func actionsWithEnds() -> LedgerActions {
    var ended = Set<Int>()
    for row in actions.rows {
      if case .end = row.event { ended.insert(row.symbol) }
    }
    var rows = actions.rows
    for (symbol, column) in symbols.enumerated() where !ended.contains(symbol) {
      guard let life = panel.lifetimes[column], life.upperBound + 1 < window.upperBound,
        life.upperBound + 1 >= window.lowerBound
      else { continue }
      rows.append(
        LedgerActions.Row(
          bar: life.upperBound + 1 - window.lowerBound, symbol: symbol, event: .end(.nan)))
    }
    return LedgerActions(rows)
  }

  /// What is known of a lane before its first bar.
  func emptySummary(of set: Int) -> LaneSummary {
    var summary = LaneSummary()
    summary.bars = window.count
    summary.barsPerYear = barsPerYear
    if let first = window.first, let last = window.last {
      let span = panel.time.ns[last] - panel.time.ns[first] + panel.frequencyNs
      summary.calendarDays = Double(span) / Double(Calendar.dayNs)
    }
    summary.riskFreePerBar = perBar(riskFree)
    summary.minimumAcceptablePerBar = perBar(minimumAcceptable)
    summary.initialEquity = cash
    summary.finalEquity = cash
    summary.warmBars = firstWarmBar(of: set)
    return summary
  }

  /// The annual rate per bar.
  func perBar(_ annual: Double) -> Double {
    LaneSummary.ratePerBar(annual: annual, barsPerYear: barsPerYear)
  }
}
