import Books
import Kernels
import Market
import Risk

/// The symbols of a panel as they were known at the end of a bar, in one currency: what advice may look at.
///
/// Nothing of a later bar, and no later split or dividend, has any part in it.
public struct AdviceUniverse: Sendable {
  /// Cash that a unit of a symbol earned.
  public struct Dividend: Sendable, Equatable {
    /// Ex-date.
    public var timeNs: Int64
    /// In the symbol's currency, a unit.
    public var amount: Double

    /// A dividend.
    public init(timeNs: Int64, amount: Double) {
      self.timeNs = timeNs
      self.amount = amount
    }
  }

  /// Raw prices, splits, rates and sectors of all symbols of the panel.
  public let market: BookMarket
  /// Symbols of the panel: `[N]`.
  public let symbols: [String]
  /// Currency that returns are in.
  public let currency: String
  /// The last bar that has any part.
  public let bar: Int
  /// Last closes, in the symbols' currencies: `[N]`, NaN without one.
  public let prices: [Double]
  /// What one of a symbol's currency is worth: `[N]`, NaN if unknown.
  public let rates: [Double]
  /// Total returns in `currency`: `[lookback, N]`; fewer bars at the beginning of a panel.
  ///
  /// NaN where a symbol has no close, but in a panel with weekends: there it stands still between closes less than a week apart.
  public let returns: ReturnTable

  /// Looks back from the end of a bar.
  ///
  /// - Parameters:
  ///   - market: whose symbols are all those of its panel, in the same order.
  ///   - dividends: by symbol; none where empty.
  ///   - bar: of the panel.
  ///   - lookback: number of returns.
  ///   - asOf: splits before it count for prices, though no bar shows them yet; nil for those that the bar shows.
  public init(
    market: BookMarket, dividends: [[Dividend]] = [], currency: String, bar: Int, lookback: Int,
    asOf: Int64? = nil
  ) {
    let panel = market.panel
    precondition(
      market.columns.count == panel.symbolCount
        && market.columns.enumerated().allSatisfy { $0 == $1 },
      "a market of all symbols of its panel")
    precondition(panel.time.ns.indices.contains(bar), "a bar of the panel")
    self.market = market
    symbols = panel.symbols.names
    self.currency = currency
    self.bar = bar
    let columns = panel.symbols.names.indices
    prices = columns.map { market.mark($0, at: bar, before: asOf)?.price ?? .nan }
    rates = columns.map { market.rate(from: market.currencies[$0], to: currency, at: bar) }
    let first = max(1, bar + 1 - lookback)
    let rows = max(0, bar + 1 - first)
    var values = Matrix(rows: rows, columns: panel.symbolCount, repeating: .nan)
    let close = panel.fieldIndex("close") ?? 0
    // Shares beside coins: their weekend is no hole in what is known of them.
    let hasWeekends = (first..<first + rows).contains {
      CivilDate.weekday(daysSinceEpoch: Timestamp.split(panel.time.ns[$0]).day) >= 5
    }
    for column in columns {
      let dividends = dividends.isEmpty ? [] : dividends[column]
      func worth(at bar: Int) -> Double {
        market.rate(from: market.currencies[column], to: currency, at: bar)
      }
      func raw(_ bar: Int) -> Double { panel.value(field: close, bar: bar, symbol: column) }
      // Of two closes the later one shows a split whose bar lies after the earlier one's.
      let splits = market.splits[column].map { (market.bar(endingAfter: $0.timeNs), $0.ratio) }
      let paid = dividends.map { (market.bar(endingAfter: $0.timeNs), $0.amount) }
      var last = market.mark(column, at: first - 1).map(\.bar)
      for bar in first..<max(first, bar + 1) {
        guard raw(bar) > 0, raw(bar).isFinite else { continue }
        if let last, raw(last) > 0 {
          let stoodStill =
            hasWeekends && panel.time.ns[bar] - panel.time.ns[last] < 7 * Calendar.dayNs
          for still in stoodStill ? max(first, last + 1)..<bar : bar..<bar {
            let growth = worth(at: still) / worth(at: still - 1)
            values[still - first, column] = growth.isFinite ? growth - 1 : .nan
          }
          let valued = stoodStill ? bar - 1 : last
          var (units, income) = (1.0, 0.0)
          for (shown, ratio) in splits where shown > last && shown <= bar { units *= ratio }
          for (shown, amount) in paid where shown > last && shown <= bar { income += amount }
          let growth =
            (raw(bar) * units + income) / raw(last) * (worth(at: bar) / worth(at: valued))
          values[bar - first, column] = growth.isFinite ? growth - 1 : .nan
        }
        last = bar
      }
    }
    returns = ReturnTable(
      symbols: symbols, timeNs: (first..<first + rows).map { panel.time.ns[$0] }, values: values,
      barsPerYear: panel.calendar.barsPerYear(frequencyNs: panel.frequencyNs))
  }
}
