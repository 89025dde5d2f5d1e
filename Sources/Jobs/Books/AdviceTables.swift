import Advice
import Books
import Market
import Storage

/// Advice as tables: portfolios, weights, questions and what was left out.
struct AdviceTables {
  let session: BookSession
  let portfolios: [Int]
  let rows: AdviceRows
  let reasons: AdviceReasons
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
    let book = session.book
    func figures(inFile: Bool) -> [Variable] {
      zip(AdviceRows.figures, rows.values).filter { $0.0.isInFile == inFile }.map {
        figure, values in
        let variable = Variable(
          figure.name, ["portfolio"], values, unit: figure.unit, definition: figure.definition)
        return inFile ? variable.inFile : variable
      }
    }
    return ResultGroup(
      "advice", title: "Advice by portfolio",
      dimensions: [.init("portfolio", .texts(portfolios.map { book.portfolios[$0].id }))],
      variables: [
        Variable("question", ["portfolio"], .integers(places.map { Int64($0) })),
        Variable(
          "equity", ["portfolio"], rows.equity, unit: "money",
          definition: "what is held and can be traded, and money, in the portfolio's currency"),
      ] + figures(inFile: false) + [
        Variable("reason", ["portfolio"], .texts(rows.reasons.texts))
      ] + figures(inFile: true),
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
      let time = session.market.panel.time.ns[universe.bar]
      found.append(ResultTable.Attribute("last_bar", Timestamp.text(nanoseconds: time)))
      found.append(ResultTable.Attribute("bar", "\(universe.bar)").inFile)
    }
    return found
  }

  private var weightGroup: ResultGroup {
    let book = session.book
    let panel = session.market.panel
    let sectors = market.universes.values.first?.market.sectors ?? []
    func texts(_ name: String, _ texts: [String], _ places: [Int32]) -> Variable {
      Variable(name, ["row"], .texts(ResultGroup.Texts(texts, places: places)))
    }
    func numbers(_ name: String, _ unit: String, _ text: String, _ values: [Double]) -> Variable {
      Variable(name, ["row"], values, unit: unit, definition: text)
    }
    return ResultGroup(
      "weights", title: "Target weights",
      dimensions: [.init("row", .integers(rows.symbols.indices.map { Int64($0 + 1) }))],
      variables: [
        texts("holder", book.portfolios.map(\.id), rows.holders),
        texts("symbol", panel.symbols.names, rows.symbols),
        texts("sector", sectors, rows.symbols),
        numbers("current", "fraction", "weight now", rows.current),
        numbers("target", "fraction", "weight advised", rows.target),
        numbers(
          "change", "fraction", "target less current",
          zip(rows.target, rows.current).map { $0 - $1 }
        ),
        numbers(
          "marginal_risk", "fraction a year",
          "change of the target's annual volatility with the weight", rows.marginal),
        numbers(
          "risk_share", "fraction", "part of the target's volatility; parts add up to 1",
          rows.share),
        numbers("risk_share_now", "fraction", "part of today's volatility", rows.currentShare),
        texts("why", reasons.texts, rows.whys),
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
