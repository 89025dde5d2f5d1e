import Books
import Interchange
import Market
import Metrics

extension OwnerReportText {
  /// Names of the numbers of an account, as in tables.
  static let accountColumns =
    [
      "currency", "begin", "paid_in", "paid_out", "gain", "end", "time_weighted_return",
      "money_weighted_return", "period_drawdown",
    ] + risk.map(\.name)

  /// Adds the numbers of an account to a row.
  static func add(_ account: AccountReport, to text: inout CSVText) {
    text.add(account.currency)
    for number in [
      account.begin, account.paidIn, account.paidOut, account.gain, account.end,
      account.timeWeightedReturn, account.moneyWeightedReturn, account.periodDrawdown,
    ] { text.add(number) }
    for metric in risk { text.add(HistoryMetrics.value(metric, of: account.lane).number) }
  }

  /// The tables, by their names.
  var tables: [(name: String, bytes: [UInt8])] {
    [
      ("portfolios", portfolios), ("holdings", holdings), ("transactions", transactions),
      ("trading_days", tradingDays), ("months", monthly),
    ]
  }

  private var portfolios: [UInt8] {
    var text = CSVText(columns: ["portfolio"] + Self.accountColumns)
    for part in report.parts {
      text.add(book.portfolios[part.holdings.portfolio].id)
      Self.add(part.account, to: &text)
      text.endRow()
    }
    return text.bytes
  }

  private var holdings: [UInt8] {
    var text = CSVText(columns: [
      "portfolio", "symbol", "sector", "units", "price", "value", "share", "cost", "unrealised",
      "price_time",
    ])
    for part in report.parts {
      for row in part.holdings.rows {
        text.add(book.portfolios[part.holdings.portfolio].id)
        text.add(book.instruments[row.instrument].symbol)
        text.add(market.sectors[row.instrument])
        for number in [
          row.units, row.price, row.value, part.holdings.weight(of: row), row.cost, row.unrealised,
        ] { text.add(number) }
        text.add(priceTime(row) ?? "")
        text.endRow()
      }
    }
    return text.bytes
  }

  private var transactions: [UInt8] {
    var text = CSVText(columns: [
      "wallet", "currency", "time", "kind", "symbol", "quantity", "price", "fee", "amount",
      "balance", "other_wallet", "id",
    ])
    for wallet in report.parts.flatMap(\.wallets) {
      for line in wallet.lines {
        let entry = book.entries[line.row]
        text.add(book.wallets[wallet.wallet].id)
        text.add(book.wallets[wallet.wallet].currency)
        text.add(Timestamp.text(nanoseconds: entry.timeNs))
        text.add(entry.kind.name)
        text.add(entry.instrument.map { book.instruments[$0].symbol } ?? "")
        text.add(entry.instrument == nil ? .nan : entry.units)
        for number in [entry.price, entry.fee, entry.cash, line.balance] { text.add(number) }
        text.add(entry.counter.map { book.wallets[$0].id } ?? "")
        text.add(entry.id)
        text.endRow()
      }
    }
    return text.bytes
  }

  private var tradingDays: [UInt8] {
    var text = CSVText(columns: [
      "day", "currency", "purchases", "bought", "sells", "sold", "fees", "income", "net",
    ])
    for day in report.days {
      text.add(CivilDate(daysSinceEpoch: day.day).description)
      text.add(day.currency)
      text.add(day.purchases)
      text.add(day.bought)
      text.add(day.sells)
      for number in [day.sold, day.fees, day.income, day.net] { text.add(number) }
      text.endRow()
    }
    return text.bytes
  }

  private var monthly: [UInt8] {
    var text = CSVText(columns: ["portfolio", "year", "month", "return"])
    for part in report.parts {
      guard let lane = part.account.lane, let returns = lane.returns, let context = lane.context
      else { continue }
      for (year, months, _) in Self.months(returns, context) {
        for (month, value) in months.enumerated() where value.isFinite {
          text.add(book.portfolios[part.holdings.portfolio].id)
          text.add(year)
          text.add(month + 1)
          text.add(value)
          text.endRow()
        }
      }
    }
    return text.bytes
  }
}
