import Advice
import Books
import Storage

/// Trades as tables: what each way costs, the trades, money between wallets, and what is there afterwards.
struct SwitchTables {
  let session: BookSession
  let rows: SwitchRows
  let names: SwitchRows.Names
  let kind: TradePlan.Kind

  private typealias Variable = ResultGroup.Variable

  var groups: [ResultGroup] {
    [portfolioGroup, tradeGroup, moveGroup].filter {
      $0.dimensions.allSatisfy { $0.labels.count > 0 }
    }
  }

  var warnings: [RunWarning] {
    if rows.unmarked.isEmpty { return [] }
    return [
      RunWarning(
        code: "unmarked", severity: .warning,
        message: "held without a price or a rate, and not traded: "
          + rows.unmarked.sorted().joined(separator: ", "))
    ]
  }

  private var portfolioGroup: ResultGroup {
    func numbers(_ name: String, _ unit: String, _ definition: String, _ values: [Double])
      -> Variable
    {
      Variable(name, ["portfolio"], values, unit: unit, definition: definition)
    }
    let definitions: [TradePlan.Kind: String] = [
      .full: "of selling all and buying the target", .net: "of trading differences",
      .minimal: "of the least trades within limits",
    ]
    let kinds = TradePlan.Kind.allCases
    let costs = zip(kinds, rows.costs).map {
      numbers("cost_\($0.rawValue)", "money", definitions[$0] ?? "", $1)
    }
    let counts = zip(kinds, rows.counts).map {
      Variable(
        "trades_\($0.rawValue)", ["portfolio"], .integers($1),
        attributes: [ResultTable.Attribute("definition", "purchases and sales")])
    }
    return ResultGroup(
      "switch", title: "What each way costs (the trades below are those of '\(kind.rawValue)')",
      dimensions: [
        .init(
          "portfolio", .texts(rows.portfolios.map { session.book.portfolios[Int($0)].id }))
      ],
      variables: [
        numbers("equity", "money", "before, in the portfolio's currency", rows.equity)
      ] + costs + counts + [
        numbers("turnover", "money", "traded at marks, both sides", rows.turnover),
        numbers("commission", "money", "of the trades", rows.commission),
        numbers("slippage", "money", "of the trades", rows.slippage),
        numbers("cash_after", "money", "in all wallets", rows.cashAfter),
        Variable("notes", ["portfolio"], .texts(rows.notes.texts)),
        numbers("exchange", "money", "of money between currencies", rows.exchange).inFile,
        numbers("equity_after", "money", "after costs", rows.equityAfter).inFile,
      ],
      attributes: [ResultTable.Attribute("kind", kind.rawValue)])
  }

  private func texts(_ name: String, _ texts: [String], _ places: [Int32]) -> Variable {
    Variable(name, ["row"], .texts(ResultGroup.Texts(texts, places: places)))
  }

  private var tradeGroup: ResultGroup {
    let book = session.book
    return ResultGroup(
      "trades", title: "Trades in their order",
      dimensions: [.init("row", .integers(rows.holders.indices.map { Int64($0 + 1) }))],
      variables: [
        texts("holder", book.portfolios.map(\.id), rows.holders),
        texts("wallet", book.wallets.map(\.id), rows.wallets),
        texts("kind", ["buy", "sell"], rows.kinds),
        texts("symbol", names.symbols, rows.symbols),
        Variable("quantity", ["row"], rows.quantities, unit: "units"),
        Variable("price", ["row"], rows.prices, unit: "money a unit"),
        Variable("fee", ["row"], rows.fees, unit: "money"),
        Variable("amount", ["row"], rows.amounts, unit: "money"),
        texts("currency", names.currencies, rows.currencies),
        Variable("weight_after", ["row"], rows.weights, unit: "fraction"),
      ])
  }

  private var moveGroup: ResultGroup {
    let wallets = session.book.wallets.map(\.id)
    return ResultGroup(
      "transfers", title: "Money between wallets, after sales and before purchases",
      dimensions: [.init("row", .integers(rows.moves.indices.map { Int64($0 + 1) }))],
      variables: [
        texts("wallet", wallets, rows.moves.map(\.from)),
        texts("to", wallets, rows.moves.map(\.to)),
        Variable("amount", ["row"], rows.moves.map(\.amount), unit: "money"),
        Variable("received", ["row"], rows.moves.map(\.received), unit: "money"),
      ])
  }
}
