import Advice
import Books
import Storage

/// Trades as tables: what each way costs, the trades, money between wallets, and what is there afterwards.
struct SwitchTables {
  let session: BookSession
  let rows: [SwitchedPortfolio]
  let kind: TradePlan.Kind

  private typealias Variable = ResultGroup.Variable

  var groups: [ResultGroup] {
    [portfolioGroup, tradeGroup, moveGroup].filter {
      $0.dimensions.allSatisfy { $0.labels.count > 0 }
    }
  }

  var warnings: [RunWarning] {
    var found: [RunWarning] = []
    let unmarked = Set(rows.flatMap(\.unmarked)).sorted()
    if !unmarked.isEmpty {
      found.append(
        RunWarning(
          code: "unmarked", severity: .warning,
          message: "held without a price or a rate, and not traded: "
            + unmarked.joined(separator: ", ")))
    }
    return found
  }

  private var portfolioGroup: ResultGroup {
    func numbers(
      _ name: String, _ unit: String, _ definition: String, _ value: (SwitchChoice) -> Double
    ) -> Variable {
      Variable(
        name, ["portfolio"], rows.map { $0.choice.map(value) ?? .nan }, unit: unit,
        definition: definition)
    }
    func counts(_ name: String, _ value: (SwitchChoice) -> Int) -> Variable {
      Variable(
        name, ["portfolio"], .integers(rows.map { Int64($0.choice.map(value) ?? 0) }),
        attributes: [ResultTable.Attribute("definition", "purchases and sales")])
    }
    let kind = kind
    return ResultGroup(
      "switch", title: "What each way costs (the trades below are those of '\(kind.rawValue)')",
      dimensions: [
        .init(
          "portfolio", .texts(rows.map { session.book.portfolios[$0.portfolio].id }))
      ],
      variables: [
        Variable(
          "equity", ["portfolio"], rows.map(\.equity), unit: "money",
          definition: "before, in the portfolio's currency"),
        numbers("cost_full", "money", "of selling all and buying the target") { $0.full.cost },
        numbers("cost_net", "money", "of trading differences") { $0.net.cost },
        numbers("cost_minimal", "money", "of the least trades within limits") { $0.minimal.cost },
        counts("trades_full") { $0.full.tradeCount },
        counts("trades_net") { $0.net.tradeCount },
        counts("trades_minimal") { $0.minimal.tradeCount },
        numbers("turnover", "money", "traded at marks, both sides") { $0[kind].turnover },
        numbers("commission", "money", "of the trades") { $0[kind].commission },
        numbers("slippage", "money", "of the trades") { $0[kind].slippage },
        numbers("cash_after", "money", "in all wallets") { $0[kind].after.cash },
        Variable(
          "notes", ["portfolio"],
          .texts(
            rows.map { row in
              row.choice.map { $0[kind].notes.joined(separator: "; ") } ?? row.reason
            })),
        numbers("exchange", "money", "of money between currencies") { $0[kind].exchange }.inFile,
        numbers("equity_after", "money", "after costs") { $0[kind].after.equity }.inFile,
      ],
      attributes: [ResultTable.Attribute("kind", kind.rawValue)])
  }

  private var tradeGroup: ResultGroup {
    struct Line {
      var portfolio: String
      var wallet: String
      var symbol: String
      var currency: String
      var trade: PlannedTrade
      var weight: Double
    }
    var lines: [Line] = []
    for row in rows {
      guard let plan = row.choice?[kind] else { continue }
      let weights = plan.weights
      for trade in plan.sales + plan.purchases {
        let line = plan.after.lines[trade.line]
        lines.append(
          Line(
            portfolio: session.book.portfolios[row.portfolio].id,
            wallet: plan.after.wallets[trade.wallet].id, symbol: line.symbol,
            currency: line.currency, trade: trade, weight: weights[trade.line]))
      }
    }
    func texts(_ name: String, _ value: (Line) -> String) -> Variable {
      Variable(name, ["row"], .texts(lines.map(value)))
    }
    func numbers(_ name: String, _ unit: String, _ value: (Line) -> Double) -> Variable {
      Variable(name, ["row"], lines.map(value), unit: unit)
    }
    return ResultGroup(
      "trades", title: "Trades in their order",
      dimensions: [.init("row", .integers(lines.indices.map { Int64($0 + 1) }))],
      variables: [
        texts("holder") { $0.portfolio }, texts("wallet") { $0.wallet },
        texts("kind") { $0.trade.units < 0 ? "sell" : "buy" }, texts("symbol") { $0.symbol },
        numbers("quantity", "units") { $0.trade.units.magnitude },
        numbers("price", "money a unit") { $0.trade.price },
        numbers("fee", "money") { $0.trade.fee }, numbers("amount", "money") { $0.trade.cash },
        texts("currency") { $0.currency },
        numbers("weight_after", "fraction") { $0.weight },
      ])
  }

  private var moveGroup: ResultGroup {
    struct Line {
      var from: SwitchAccount.Wallet
      var to: SwitchAccount.Wallet
      var move: PlannedMove
    }
    let lines = rows.flatMap { row -> [Line] in
      guard let plan = row.choice?[kind] else { return [] }
      return plan.moves.map {
        Line(from: plan.after.wallets[$0.from], to: plan.after.wallets[$0.to], move: $0)
      }
    }
    return ResultGroup(
      "transfers", title: "Money between wallets, after sales and before purchases",
      dimensions: [.init("row", .integers(lines.indices.map { Int64($0 + 1) }))],
      variables: [
        Variable("wallet", ["row"], .texts(lines.map(\.from.id))),
        Variable("to", ["row"], .texts(lines.map(\.to.id))),
        Variable("amount", ["row"], lines.map(\.move.amount), unit: "money"),
        Variable("received", ["row"], lines.map(\.move.received), unit: "money"),
      ])
  }
}
