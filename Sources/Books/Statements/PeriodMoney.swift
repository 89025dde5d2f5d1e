import Market
import Metrics

/// Money of portfolios over some instants: what there was, what came in and went out, what there is.
///
/// It is told by instants, as statements are: what moves after the last bar of a period is part of it, though a history by
/// bars shows it at the next bar.
struct PeriodMoney {
  private(set) var begin = 0.0
  private(set) var end = 0.0
  private(set) var paidIn = 0.0
  private(set) var paidOut = 0.0
  private var flows: [DatedFlow] = []
  private let years: Double
  private let span: Range<Int64>

  /// Nothing.
  init(_ span: Range<Int64>) {
    self.span = span
    years = Self.years(span.upperBound - span.lowerBound)
  }

  private static func years(_ ns: Int64) -> Double {
    Double(ns) / (DatedFlow.daysPerYear * Double(Calendar.dayNs))
  }

  /// Adds a portfolio.
  ///
  /// - Parameters:
  ///   - before: what it owned before the first instant; nil if no bar had ended by then.
  ///   - after: what it owns after the last.
  ///   - wallets: its wallets over the span.
  ///   - together: by portfolio, whether it is one account with this one; nil for this one alone.
  mutating func add(
    _ before: Holdings?, _ after: Holdings, _ wallets: [Statement], in book: Book,
    market: BookMarket, currency: String, together: [Bool]? = nil
  ) {
    let own = book.portfolios[after.portfolio].currency.uppercased()
    func rate(_ source: String, _ bar: Int) -> Double {
      market.rate(from: source.uppercased(), to: currency, at: bar)
    }
    if let before {
      begin += before.equity == 0 ? 0 : before.equity * rate(own, before.bar)
    } else {
      for wallet in wallets where wallet.opening != 0 {
        begin += wallet.opening * rate(book.wallets[wallet.wallet].currency, 0)
      }
    }
    end += after.equity == 0 ? 0 : after.equity * rate(own, after.bar)
    for row in book.entries.range(of: after.portfolio)
    where span.contains(book.entries.timeNs[row]) {
      let entry = book.entries[row]
      guard entry.isExternal(in: book) else { continue }
      if let together, let counter = entry.counter, together[book.wallets[counter].portfolio] {
        continue
      }
      let bar = min(market.bar(endingAfter: entry.timeNs), after.bar)
      var amount = entry.cash + entry.fee
      if amount != 0 { amount *= rate(book.wallets[entry.wallet].currency, bar) }
      if let instrument = entry.instrument, entry.units != 0 {
        let told = market.currencies[instrument]
        let price = market.mark(instrument, at: bar)?.price ?? .nan
        amount += entry.units * price * rate(told.isEmpty ? own : told, bar)
      }
      // What has no mark is neither in nor out, and the sum must say so.
      if !(amount <= 0) { paidIn += amount }
      if !(amount >= 0) { paidOut -= amount }
      flows.append(
        DatedFlow(years: Self.years(entry.timeNs - span.lowerBound), amount: amount))
    }
  }

  /// What the money earned for its owner, not annualised; NaN where no rate explains the flows.
  var moneyWeightedReturn: Double {
    let annual = DatedFlow.internalRate(
      of: [DatedFlow(years: 0, amount: begin)] + flows, final: end, years: years)
    return LaneSummary.ratePerBar(annual: annual, barsPerYear: 1 / years)
  }
}
