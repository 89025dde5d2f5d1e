import Books
import Kernels
import Market
import Risk

/// What the worth of portfolios depends on: prices of symbols and rates of currencies, all in the currency of the market.
///
/// Factors are symbols, then currencies: cash is a factor that grows with its rate. The currency of the market does not grow.
public struct ForwardFactors: Sendable {
  /// Raw prices, splits and rates of all symbols of the panel.
  public let market: BookMarket
  /// Columns of the panel, ascending: `[S]`.
  public let columns: [Int]
  /// Currencies, that of the market first: `[K]`.
  public let currencies: [String]
  /// The last bar that has ended: worth today is at its end.
  public let bar: Int
  private let places: [Int?]

  /// Number of factors, `N`.
  public var count: Int { columns.count + currencies.count }
  /// Names of the factors: symbols, and currencies in round brackets.
  public var names: [String] {
    columns.map { market.panel.symbols.names[$0] } + currencies.map { "(\($0))" }
  }

  /// Factors of some symbols and currencies.
  ///
  /// - Parameters:
  ///   - market: whose symbols are all those of its panel, in the same order.
  ///   - columns: of the panel.
  ///   - currencies: of wallets and portfolios.
  ///   - bar: whose end is today.
  public init(market: BookMarket, columns: Set<Int>, currencies: Set<String>, bar: Int) {
    self.market = market
    self.columns = columns.sorted()
    self.currencies = [market.currency] + currencies.subtracting([market.currency, ""]).sorted()
    self.bar = bar
    var places = [Int?](repeating: nil, count: market.columns.count)
    for (place, column) in self.columns.enumerated() { places[column] = place }
    self.places = places
  }

  /// The factor of a column of the panel.
  public func factor(column: Int) -> Int? { places[column] }

  /// The place of a currency among `currencies`; that of the market for an empty one.
  public func currency(_ name: String) -> Int { currencies.firstIndex(of: name) ?? 0 }

  /// The factor of cash in a currency, by its place.
  public func cash(_ currency: Int) -> Int { columns.count + currency }

  /// Whether a symbol has no currency of its own, so that its price is in that of whoever holds it.
  public func isHomeless(_ factor: Int) -> Bool {
    factor < columns.count && market.currencies[columns[factor]].isEmpty
  }

  /// What one of each currency is worth today in that of the market: `[K]`, NaN if unknown.
  public var rates: [Double] {
    currencies.map { market.rate(from: $0, to: market.currency, at: bar) }
  }

  // MARK: - Bars of the past and after

  /// What happened to the factors at bars of the panel, from the last known close to the next: units are split, marks are kept
  /// while there is no close, as in a portfolio's history.
  ///
  /// - Parameters:
  ///   - bars: after the first bar of the panel.
  ///   - dividends: by symbol of the market, put back into it at its close; empty for none.
  /// - Returns: growths `[bars, N]`, 1 where a mark or a rate is unknown, and factors that lack one.
  public func growths(
    over bars: Range<Int>, dividends: [[AdviceUniverse.Dividend]] = []
  ) -> (growths: Matrix, missing: [Int]) {
    precondition(
      bars.lowerBound > 0 && bars.upperBound <= market.panel.barCount, "bars with one before")
    var result = Matrix(rows: bars.count, columns: count, repeating: 1)
    var missing: Set<Int> = []
    let walked = bars.lowerBound - 1..<bars.upperBound
    for (factor, column) in columns.enumerated() {
      let marks = market.marks(column, bars: walked)
      let rates = market.rates(from: market.currencies[column], to: market.currency, bars: walked)
      var extra = [Double](repeating: 1, count: bars.count)
      for split in market.splits[column] {
        let bar = market.bar(endingAfter: split.timeNs)
        if bars.contains(bar) { extra[bar - bars.lowerBound] *= split.ratio }
      }
      for dividend in dividends.isEmpty ? [] : dividends[column] {
        let bar = market.bar(endingAfter: dividend.timeNs)
        guard bars.contains(bar) else { continue }
        extra[bar - bars.lowerBound] *= 1 + dividend.amount / marks[bar - bars.lowerBound + 1]
      }
      for place in 0..<bars.count {
        let growth =
          extra[place] * marks[place + 1] / marks[place] * (rates[place + 1] / rates[place])
        if growth.isFinite, growth >= 0 {
          result[place, factor] = growth
        } else {
          missing.insert(factor)
        }
      }
    }
    for (place, currency) in currencies.enumerated() where place > 0 {
      let rates = market.rates(from: currency, to: market.currency, bars: walked)
      for bar in 0..<bars.count {
        let growth = rates[bar + 1] / rates[bar]
        if growth.isFinite {
          result[bar, cash(place)] = growth
        } else {
          missing.insert(cash(place))
        }
      }
    }
    return (result, missing.sorted())
  }

  /// Returns to estimate from: of the bars that end with today, NaN where a symbol has no close.
  ///
  /// - Parameters:
  ///   - lookback: number of bars; fewer at the beginning of a panel.
  ///   - least: part of the bars at which a factor must have a return.
  /// - Returns: returns of factors that have enough of them and vary, `[T, M]`, those factors, and the others but the market's currency.
  public func returns(
    lookback: Int, least: Double, dividends: [[AdviceUniverse.Dividend]] = []
  ) -> (table: ReturnTable, members: [Int], left: [Int]) {
    let universe = AdviceUniverse(
      market: market, dividends: dividends, currency: market.currency, bar: bar, lookback: lookback)
    let all = universe.returns
    let first = bar + 1 - all.barCount
    var values: [[Double]] = columns.map { all.values.column($0) }
    for currency in currencies {
      let rates = market.rates(
        from: currency, to: market.currency, bars: max(0, first - 1)..<bar + 1)
      values.append(rates.count > 1 ? zip(rates.dropFirst(), rates).map { $0 / $1 - 1 } : [])
    }
    func isMember(_ factor: Int) -> Bool {
      let known = values[factor].filter(\.isFinite)
      return known.count >= 2 && Double(known.count) >= least * Double(all.barCount)
        && known.contains { $0 != known[0] }
    }
    let home = cash(0)
    let members = (0..<count).filter { $0 != home && isMember($0) }
    var matrix = Matrix(rows: all.barCount, columns: members.count)
    for (place, factor) in members.enumerated() {
      for row in 0..<all.barCount { matrix[row, place] = values[factor][row] }
    }
    let names = names
    let table = ReturnTable(
      symbols: members.map { names[$0] }, timeNs: all.timeNs, values: matrix,
      barsPerYear: all.barsPerYear)
    let left = Set(0..<count).subtracting(members).subtracting([home]).sorted()
    return (table, members, left)
  }
}
