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
  public let returns: ReturnTable

  /// Looks back from the end of a bar.
  ///
  /// - Parameters:
  ///   - market: whose symbols are all those of its panel, in the same order.
  ///   - dividends: by symbol; none where empty.
  ///   - bar: of the panel.
  ///   - lookback: number of returns.
  public init(
    market: BookMarket, dividends: [[Dividend]] = [], currency: String, bar: Int, lookback: Int
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
    prices = columns.map { market.mark($0, at: bar)?.price ?? .nan }
    rates = columns.map { market.rate(from: market.currencies[$0], to: currency, at: bar) }
    let first = max(1, bar + 1 - lookback)
    let rows = max(0, bar + 1 - first)
    var values = Matrix(rows: rows, columns: panel.symbolCount, repeating: .nan)
    let close = panel.fieldIndex("close") ?? 0
    for column in columns {
      let dividends = dividends.isEmpty ? [] : dividends[column]
      func worth(at bar: Int) -> Double {
        market.rate(from: market.currencies[column], to: currency, at: bar)
      }
      var last = market.mark(column, at: first - 1)
      for bar in first..<max(first, bar + 1) {
        let price = panel.value(field: close, bar: bar, symbol: column)
        guard price > 0, price.isFinite else { continue }
        if let last, last.price > 0 {
          let (after, upTo) = (panel.time.ns[last.bar], panel.time.ns[bar])
          let ratio = market.splitRatio(column, after: after, upTo: upTo)
          var paid = 0.0
          for dividend in dividends where dividend.timeNs > after && dividend.timeNs <= upTo {
            paid += dividend.amount
          }
          let growth = (price * ratio + paid) / last.price * (worth(at: bar) / worth(at: last.bar))
          values[bar - first, column] = growth.isFinite ? growth - 1 : .nan
        }
        last = (price, bar)
      }
    }
    returns = ReturnTable(
      symbols: symbols, timeNs: (first..<first + rows).map { panel.time.ns[$0] }, values: values,
      barsPerYear: panel.calendar.barsPerYear(frequencyNs: panel.frequencyNs))
  }
}
