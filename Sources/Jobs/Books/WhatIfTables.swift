import Advice
import Books
import Storage

/// A what-if as tables: the whole, trades, symbols and limits, before and after.
struct WhatIfTables {
  let book: Book
  let market: BookMarket
  let found: WhatIf
  let changes: [LimitChange]
  let before: WeightRisk?
  let after: WeightRisk?
  let level: Double

  private typealias Variable = ResultGroup.Variable

  var groups: [ResultGroup] {
    [whole, trades, symbols, limits].filter { $0.dimensions.allSatisfy { $0.labels.count > 0 } }
  }

  private var whole: ResultGroup {
    let sides = [found.before, found.after]
    func pair(_ name: String, _ unit: String, _ text: String, _ values: [Double]) -> Variable {
      Variable(name, ["moment"], values, unit: unit, definition: text)
    }
    func risk(_ name: String, _ unit: String, _ text: String, _ value: (WeightRisk) -> Double)
      -> Variable
    {
      pair(name, unit, text, [before.map(value) ?? .nan, after.map(value) ?? .nan])
    }
    func leverage(_ holdings: Holdings) -> Double {
      holdings.rows.reduce(0) { $0 + holdings.weight(of: $1).magnitude }
    }
    let share = "historical, at \(level) and today's weights"
    return ResultGroup(
      "whole", title: "Portfolio \(book.portfolios[found.before.portfolio].id) before and after",
      dimensions: [.init("moment", .texts(["before", "after"]))],
      variables: [
        pair("equity", "money", "in the portfolio's currency", sides.map(\.equity)),
        pair("cash", "money", "all wallets", sides.map(\.cash)),
        pair("cash_share", "fraction", "of equity", sides.map { $0.cash / $0.equity }),
        pair("leverage", "ratio", "sizes of positions over equity", sides.map(leverage)),
        risk("volatility", "fraction a year", "at today's weights", \.volatility),
        risk("var", "fraction a day", share, \.valueAtRisk),
        risk("shortfall", "fraction a day", share, \.shortfall),
        Variable("reason", ["moment"], .texts([before?.reason ?? "", after?.reason ?? ""])),
        Variable(
          "observations", ["moment"],
          .integers([Int64(before?.observations ?? 0), Int64(after?.observations ?? 0)])
        ).inFile,
      ],
      attributes: [ResultTable.Attribute("cost", money(found.cost))])
  }

  private func money(_ value: Double) -> String {
    let cents = (value * 100).rounded()
    guard cents.magnitude < 1e15 else { return "\(value)" }
    let (whole, rest) = Int(cents.magnitude).quotientAndRemainder(dividingBy: 100)
    return "\(cents < 0 ? "-" : "")\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }

  private var trades: ResultGroup {
    let fills = found.fills
    func numbers(_ name: String, _ text: String, _ value: (WhatIf.Fill) -> Double) -> Variable {
      Variable(name, ["trade"], fills.map(value), definition: text)
    }
    func texts(_ name: String, _ value: (WhatIf.Fill) -> String) -> Variable {
      Variable(name, ["trade"], .texts(fills.map(value)))
    }
    return ResultGroup(
      "trades", title: "Trades",
      dimensions: [.init("trade", .integers(fills.indices.map { Int64($0 + 1) }))],
      variables: [
        texts("what") { "\($0.entry.kind)" },
        texts("symbol") { $0.entry.instrument.map { book.instruments[$0].symbol } ?? "" },
        numbers("units", "above zero if they come in") { $0.entry.units },
        numbers("price", "of a unit, in its currency") { $0.entry.price },
        numbers("mark", "the last close", \.mark),
        numbers("cash", "change of the wallet's money, in its currency") { $0.entry.cash },
        numbers("commission", "in the portfolio's currency", \.commission),
        numbers(
          "slippage", "what the price is worse than the mark, in the portfolio's currency",
          \.slippage),
        texts("wallet") { book.wallets[$0.entry.wallet].id },
        texts("origin", \.origin).inFile,
      ])
  }

  private var symbols: ResultGroup {
    var order: [Int] = []
    for row in found.before.rows + found.after.rows where !order.contains(row.instrument) {
      order.append(row.instrument)
    }
    func held(_ holdings: Holdings) -> [Holding?] {
      order.map { instrument in holdings.rows.first { $0.instrument == instrument } }
    }
    let (old, new) = (held(found.before), held(found.after))
    func part(_ risk: WeightRisk?, _ value: (WeightRisk.Part) -> Double) -> [Double] {
      order.map { instrument in
        guard let risk, let column = market.columns[instrument] else { return .nan }
        // What isn't held makes no part of VaR.
        return risk.parts.first { $0.column == column }.map(value) ?? .nan
      }
    }
    func numbers(
      _ name: String, _ text: String, _ values: [Double], unit: String = "fraction"
    ) -> Variable {
      Variable(name, ["symbol"], values, unit: unit, definition: text)
    }
    let component = "part of VaR that the weight makes; parts add up to VaR"
    let marginal = "change of VaR with the weight"
    return ResultGroup(
      "symbols", title: "Symbols before and after",
      dimensions: [.init("symbol", .texts(order.map { book.instruments[$0].symbol }))],
      variables: [
        numbers("units_before", "held", old.map { $0?.units ?? 0 }, unit: "units"),
        numbers("units_after", "held", new.map { $0?.units ?? 0 }, unit: "units"),
        numbers(
          "weight_before", "fraction of equity",
          old.map { $0.map(found.before.weight(of:)) ?? 0 }),
        numbers(
          "weight_after", "fraction of equity", new.map { $0.map(found.after.weight(of:)) ?? 0 }),
        numbers("component_var_before", component, part(before, \.component)),
        numbers("component_var_after", component, part(after, \.component)),
        numbers("marginal_var_before", marginal, part(before, \.marginal), unit: "ratio"),
        numbers("marginal_var_after", marginal, part(after, \.marginal), unit: "ratio"),
        Variable("sector", ["symbol"], .texts(order.map { market.sectors[$0] })).inFile,
      ])
  }

  private var limits: ResultGroup {
    func texts(_ name: String, _ value: (LimitChange) -> String) -> Variable {
      Variable(name, ["row"], .texts(changes.map(value)))
    }
    func numbers(_ name: String, _ text: String, _ value: (LimitChange) -> Double?) -> Variable {
      Variable(name, ["row"], changes.map { value($0) ?? .nan }, definition: text)
    }
    return ResultGroup(
      "limits", title: "Limits before and after",
      dimensions: [.init("row", .integers(changes.indices.map { Int64($0 + 1) }))],
      variables: [
        texts("rule") { ($0.after ?? $0.before)?.rule ?? "" },
        texts("kind") { ($0.after ?? $0.before)?.kind.rawValue ?? "" },
        texts("subject") { ($0.after ?? $0.before)?.subject ?? "" },
        numbers("limit", "the most; of cash the least") { ($0.after ?? $0.before)?.threshold },
        numbers("before", "", { $0.before?.value }), numbers("after", "", { $0.after?.value }),
        texts("status_before") { $0.before?.status.rawValue ?? "" },
        texts("status_after") { $0.after?.status.rawValue ?? "" },
        texts("change", \.kind.rawValue),
        texts("reason") { $0.after?.reason ?? "" },
      ])
  }
}
