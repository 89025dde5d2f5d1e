import Books
import Interchange
import Market
import Metrics

extension OwnerReportText {
  /// The whole report.
  func json(_ origin: [(name: String, value: String)]) -> [UInt8] {
    var text = JSONText()
    text.object(lines: true) { text in
      text.add("apus_format", "client_report")
      text.add("apus_version", 1)
      text.object("origin") { text in for (name, value) in origin { text.add(name, value) } }
      text.add(level, id)
      if level == "client", let client = report.parts.first.map(client) {
        text.add("name", client.name)
        text.add("external_id", client.externalID)
        text.add("advisor", book.advisors[client.advisor].id)
      }
      text.object("period") { text in
        text.add("name", period.name)
        text.add("from", Timestamp.text(nanoseconds: span.lowerBound))
        text.add("to", AsOf.text(span.upperBound))
        text.add("is_complete", span.upperBound >= period.end)
      }
      text.object("total", lines: true) { account(report.total, into: &$0) }
      text.list("portfolios") { text in
        for part in report.parts { text.object(lines: true) { self.part(part, into: &$0) } }
      }
      text.list("trading_days") { text in
        for day in report.days { text.object { self.day(day, into: &$0) } }
      }
    }
    text.end()
    return text.bytes
  }

  private func account(_ account: AccountReport, into text: inout JSONText) {
    text.add("currency", account.currency)
    text.add("begin", account.begin)
    text.add("paid_in", account.paidIn)
    text.add("paid_out", account.paidOut)
    text.add("gain", account.gain)
    text.add("end", account.end)
    text.add("time_weighted_return", account.timeWeightedReturn)
    text.add("money_weighted_return", account.moneyWeightedReturn)
    text.add("period_drawdown", account.periodDrawdown)
    text.object("since_inception") { text in
      let values = Self.risk.map { HistoryMetrics.value($0, of: account.lane) }
      for (metric, value) in zip(Self.risk, values) { text.add(metric.name, value.number) }
      text.object("undefined") { text in
        for (metric, value) in zip(Self.risk, values) {
          if case .undefined(let reason) = value { text.add(metric.name, reason.rawValue) }
        }
      }
    }
    guard let lane = account.lane, let returns = lane.returns, let context = lane.context,
      let path = lane.path
    else { return }
    // As max_drawdown, of bars: the first is that number.
    text.list("drawdowns") { text in
      for row in DrawdownTable(returns: path.returns).deepest(5) {
        text.object { text in
          text.add("depth", row.depth)
          text.add("start", date(path.days[row.start]))
          text.add("valley", date(path.days[row.valley]))
          if let recovery = row.recovery { text.add("recovery", date(path.days[recovery])) }
        }
      }
    }
    text.list("months") { text in
      for (year, months, total) in Self.months(returns, context) {
        text.object { text in
          text.add("year", year)
          text.add("return", total)
          text.object("months") { text in
            for (month, value) in months.enumerated() where value.isFinite {
              text.add("\(month + 1)", value)
            }
          }
        }
      }
    }
  }

  private func part(_ part: OwnerReport.Part, into text: inout JSONText) {
    let portfolio = book.portfolios[part.holdings.portfolio]
    text.add("portfolio", portfolio.id)
    text.add("name", portfolio.name)
    account(part.account, into: &text)
    text.add("cash", part.holdings.cash)
    text.list("holdings") { text in
      for row in part.holdings.rows {
        text.object { text in
          text.add("symbol", book.instruments[row.instrument].symbol)
          text.add("sector", market.sectors[row.instrument])
          text.add("units", row.units)
          text.add("price", row.price)
          text.add("value", row.value)
          text.add("share", part.holdings.weight(of: row))
          text.add("cost", row.cost)
          text.add("unrealised", row.unrealised)
          if let time = priceTime(row) { text.add("price_time", time) }
        }
      }
    }
    text.list("wallets") { text in
      for wallet in part.wallets {
        text.object(lines: true) { self.wallet(wallet, into: &$0) }
      }
    }
  }

  private func wallet(_ wallet: Statement, into text: inout JSONText) {
    text.add("wallet", book.wallets[wallet.wallet].id)
    text.add("currency", book.wallets[wallet.wallet].currency)
    text.add("opening", wallet.opening)
    text.add("received", wallet.received)
    text.add("paid", wallet.paid)
    text.add("fees", wallet.fees)
    text.add("closing", wallet.closing)
    text.list("transactions") { text in
      for line in wallet.lines {
        let entry = book.entries[line.row]
        text.object { text in
          text.add("time", Timestamp.text(nanoseconds: entry.timeNs))
          text.add("kind", entry.kind.name)
          if let instrument = entry.instrument {
            text.add("symbol", book.instruments[instrument].symbol)
            text.add("quantity", entry.units)
            text.add("price", entry.price)
          }
          text.add("fee", entry.fee)
          text.add("amount", entry.cash)
          text.add("balance", line.balance)
          if let other = entry.counter { text.add("other_wallet", book.wallets[other].id) }
          if !entry.id.isEmpty { text.add("id", entry.id) }
        }
      }
    }
  }

  private func day(_ day: TradingDay, into text: inout JSONText) {
    text.add("day", CivilDate(daysSinceEpoch: day.day).description)
    text.add("currency", day.currency)
    text.add("purchases", day.purchases)
    text.add("bought", day.bought)
    text.add("sells", day.sells)
    text.add("sold", day.sold)
    text.add("fees", day.fees)
    text.add("income", day.income)
    text.add("net", day.net)
  }
}
