import Advice
import Books
import Storage

/// Advice as tables: portfolios, weights, questions and what was left out.
struct AdviceTables {
  let session: BookSession
  let rows: [AdvisedPortfolio]
  let questions: [AdviceQuestion]
  let answers: [Result<TargetAdvice, AdviceError>]
  let places: [Int]
  let market: AdviceMarket

  private typealias Variable = ResultGroup.Variable

  var groups: [ResultGroup] {
    [portfolioGroup, weightGroup, questionGroup, omissionGroup].filter {
      $0.dimensions.allSatisfy { $0.labels.count > 0 }
    }
  }

  private var portfolioGroup: ResultGroup {
    func numbers(
      _ name: String, _ unit: String, _ definition: String, _ value: (PortfolioAdvice) -> Double
    ) -> Variable {
      Variable(
        name, ["portfolio"], rows.map { $0.advice.map(value) ?? .nan }, unit: unit,
        definition: definition)
    }
    func texts(_ name: String, _ values: [String]) -> Variable {
      Variable(name, ["portfolio"], .texts(values))
    }
    let book = session.book
    return ResultGroup(
      "advice", title: "Advice by portfolio",
      dimensions: [.init("portfolio", .texts(rows.map { book.portfolios[$0.portfolio].id }))],
      variables: [
        Variable("question", ["portfolio"], .integers(places.map { Int64($0) })),
        Variable(
          "equity", ["portfolio"], rows.map(\.equity), unit: "money",
          definition: "what is held and can be traded, and money, in the portfolio's currency"),
        numbers("cash_now", "fraction", "part of equity") { $0.cash },
        numbers("cash_target", "fraction", "part of equity") { $0.target.cash },
        numbers("volatility_now", "fraction a year", "of what is held") { $0.before.volatility },
        numbers("volatility_target", "fraction a year", "of the target") { $0.after.volatility },
        numbers("var_95_now", "fraction a bar", "historical, of what is held") {
          $0.before.valueAtRisk
        },
        numbers("var_95_target", "fraction a bar", "historical, of the target") {
          $0.after.valueAtRisk
        },
        numbers("diversification_now", "ratio", "volatilities of the parts over that of the whole")
        { $0.before.diversification },
        numbers("diversification_target", "ratio", "the same of the target") {
          $0.after.diversification
        },
        numbers("turnover", "fraction", "sum of the sizes of changes, both sides") { $0.turnover },
        texts("reason", rows.map(\.reason)),
        numbers("shortfall_now", "fraction a bar", "historical, at 95 %") { $0.before.shortfall }
          .inFile,
        numbers("shortfall_target", "fraction a bar", "historical, at 95 %") { $0.after.shortfall }
          .inFile,
        numbers("drawdown_now", "fraction", "of what is held, over the bars looked at") {
          $0.before.drawdown
        }.inFile,
        numbers("drawdown_target", "fraction", "of the target, over the bars looked at") {
          $0.after.drawdown
        }.inFile,
        numbers("expected_return_now", "fraction a year", "beyond cash, by the estimates") {
          $0.before.expectedReturn
        }.inFile,
        numbers("expected_return_target", "fraction a year", "beyond cash, by the estimates") {
          $0.after.expectedReturn
        }.inFile,
        numbers("unknown_weight_now", "fraction", "held without enough returns for risk") {
          $0.before.unknownWeight
        }.inFile,
      ],
      attributes: attributes)
  }

  private var attributes: [ResultTable.Attribute] {
    var found = [
      ResultTable.Attribute(
        "method", market.policy.scores == nil ? market.policy.method : "scores"),
      ResultTable.Attribute("expected_returns", market.policy.beliefs.name),
      ResultTable.Attribute("covariance", market.policy.covariance.name),
      ResultTable.Attribute("lookback", "\(market.policy.lookback)"),
    ]
    if let universe = market.universes.values.first {
      found.append(ResultTable.Attribute("bar", "\(universe.bar)"))
    }
    return found
  }

  private var weightGroup: ResultGroup {
    struct Line {
      var portfolio: String
      var symbol: String
      var sector: String
      var row: PortfolioAdvice.Row
      var share: Double
      var currentShare: Double
      var why: String
    }
    var lines: [Line] = []
    for row in rows {
      guard let advice = row.advice else { continue }
      let universe = market.universe(of: row.portfolio)
      for weight in advice.rows {
        let symbol = universe.symbols[weight.column]
        let binding = advice.target.binding.filter { $0.hasPrefix("\(symbol) ") }
        lines.append(
          Line(
            portfolio: session.book.portfolios[row.portfolio].id, symbol: symbol,
            sector: universe.market.sectors[weight.column], row: weight,
            share: advice.after.volatility > 0 ? weight.component / advice.after.volatility : 0,
            currentShare: advice.before.volatility > 0
              ? weight.currentComponent / advice.before.volatility : 0,
            why: weight.omission?.text ?? binding.joined(separator: "; ")))
      }
    }
    func numbers(_ name: String, _ unit: String, _ text: String, _ value: (Line) -> Double)
      -> Variable
    {
      Variable(name, ["row"], lines.map(value), unit: unit, definition: text)
    }
    return ResultGroup(
      "weights", title: "Target weights",
      dimensions: [.init("row", .integers(lines.indices.map { Int64($0 + 1) }))],
      variables: [
        Variable("holder", ["row"], .texts(lines.map(\.portfolio))),
        Variable("symbol", ["row"], .texts(lines.map(\.symbol))),
        Variable("sector", ["row"], .texts(lines.map(\.sector))),
        numbers("current", "fraction", "weight now") { $0.row.current },
        numbers("target", "fraction", "weight advised") { $0.row.target },
        numbers("change", "fraction", "target less current") { $0.row.target - $0.row.current },
        numbers(
          "marginal_risk", "fraction a year",
          "change of the target's annual volatility with the weight"
        ) { $0.row.marginal },
        numbers("risk_share", "fraction", "part of the target's volatility; parts add up to 1") {
          $0.share
        },
        numbers("risk_share_now", "fraction", "part of today's volatility") { $0.currentShare },
        Variable("why", ["row"], .texts(lines.map(\.why))),
      ])
  }

  private var questionGroup: ResultGroup {
    let solved = answers.map { try? $0.get() }
    var counts = [Int64](repeating: 0, count: questions.count)
    for place in places { counts[place] += 1 }
    func numbers(_ name: String, _ value: (TargetAdvice) -> Double) -> Variable {
      Variable(name, ["question"], solved.map { $0.map(value) ?? .nan }, unit: "fraction")
    }
    func finite(_ value: Double) -> Double { value.isFinite ? value : .nan }
    return ResultGroup(
      "questions", title: "What was asked, each once",
      dimensions: [.init("question", .integers(questions.indices.map { Int64($0) }))],
      variables: [
        Variable("portfolios", ["question"], .integers(counts)),
        Variable(
          "risk_level", ["question"],
          .texts(solved.map { $0?.riskLevel.map { "\($0)" } ?? "" })),
        numbers("volatility_limit") { finite($0.limits.volatility) },
        numbers("shortfall_limit") { finite($0.limits.shortfall) },
        numbers("volatility") { $0.risk.volatility },
        numbers("cash") { $0.cash },
        Variable(
          "symbols", ["question"], .integers(solved.map { Int64($0?.columns.count ?? 0) })),
        Variable(
          "binding", ["question"],
          .texts(solved.map { $0?.binding.joined(separator: "; ") ?? "" })),
        Variable(
          "notes", ["question"], .texts(solved.map { $0?.notes.joined(separator: "; ") ?? "" })),
      ])
  }

  private var omissionGroup: ResultGroup {
    var found: [(question: Int, symbol: String, reason: Omission)] = []
    for (place, answer) in answers.enumerated() {
      guard let target = try? answer.get(),
        let universe = market.universes[questions[place].currency]
      else { continue }
      for omission in target.omissions {
        found.append((place, universe.symbols[omission.column], omission.reason))
      }
    }
    return ResultGroup(
      "left_out", title: "Symbols without a weight, by question",
      dimensions: [.init("row", .integers(found.indices.map { Int64($0 + 1) }))],
      variables: [
        Variable("question", ["row"], .integers(found.map { Int64($0.question) })),
        Variable("symbol", ["row"], .texts(found.map(\.symbol))),
        Variable("reason", ["row"], .texts(found.map(\.reason.rawValue))),
      ])
  }
}
