import Kernels
import Market
import Risk
import Storage

/// `risk.stress`: what portfolios would lose if the past came back, prices jumped, or risk grew.
struct StressSection: RiskSection {
  static let key = "stress"
  static let summary = "past windows, shocks, scaled risk, the worst windows of the data"

  private let scenarios: [StressScenario]

  /// Most values of contributions by symbol: 32 MiB.
  private static let mostContributions = 1 << 22

  init(_ reader: inout SpecReader) throws(SpecError) {
    throw .value(
      path: reader.path, line: reader.place.line, found: "an object",
      expected: "a list of scenarios")
  }

  private init(_ scenarios: [StressScenario]) { self.scenarios = scenarios }

  static func read(_ json: JSON5, path: String) throws(SpecError) -> StressSection {
    guard case .array(let list) = json.value, !list.isEmpty else {
      throw .value(
        path: path, line: json.place.line,
        found: json.value == .array([]) ? "an empty list" : json.kind,
        expected: "a list of scenarios: [ { from: \"2008-09-01\", to: \"2009-03-31\" } ]")
    }
    var scenarios: [StressScenario] = []
    for (index, item) in list.enumerated() {
      let scenario = try StressScenario(item, path: "\(path)[\(index)]")
      if scenarios.contains(where: { $0.name == scenario.name }) {
        throw .value(
          path: "\(path)[\(index)].name", line: item.place.line,
          found: "'\(scenario.name)' a second time", expected: "a name of its own")
      }
      scenarios.append(scenario)
    }
    return StressSection(scenarios)
  }

  func run(_ input: RiskInput) throws -> [ResultGroup] {
    var moves: [Moved] = []
    var scaled: [Scaled] = []
    var worst: [Worst] = []
    var market = StressMarket(input)
    for scenario in scenarios {
      try input.checkCancelled()
      switch scenario.kind {
      case .window(let from, let to, let holding):
        moves.append(try market.window(scenario, from, to, holding))
      case .shock(let symbols, let sectors, let factors, let propagates, let estimator):
        moves.append(
          try market.shock(scenario, symbols, sectors, factors, propagates, estimator))
      case .covariance(let stress, let estimator):
        scaled.append(try market.scaled(scenario, stress, estimator))
      case .worst(let bars, let count):
        worst += try market.worst(scenario, bars, count)
      }
    }
    var groups: [ResultGroup] = []
    if !moves.isEmpty { groups.append(group(moves, input)) }
    if !scaled.isEmpty { groups.append(group(scaled, input)) }
    if !worst.isEmpty { groups.append(group(worst, input)) }
    return groups
  }

  // MARK: What scenarios came to

  /// Moves of symbols, and what they do to portfolios.
  struct Moved {
    let name: String
    let kind: String
    let from: String
    let to: String
    let note: String
    /// Return of each symbol: `[N]`; NaN where it has none.
    let symbols: [Double]
    /// Return of each portfolio: `[P]`.
    let returns: [Double]
    /// `[P]`; NaN where there is no path.
    let drawdowns: [Double]
    /// Share of each portfolio, in absolute terms, that had no data: `[P]`.
    let missing: [Double]
    /// `[P, N]`, summing to the returns.
    let contributions: [Double]
  }

  /// Risk before and after.
  struct Scaled {
    let name: String
    let estimator: String
    /// Volatility a year, before and after: 2 × `[P]`.
    let volatility: [[Double]]
    /// Value at risk of a bar at 95 % and 99 %, before and after: 4 × `[P]`.
    let valueAtRisk: [[Double]]
  }

  /// A stretch of the past.
  struct Worst {
    let scenario: String
    let portfolio: String
    let rank: Int
    let from: String
    let to: String
    let total: Double
    let drawdown: Double
  }

  private func group(_ moves: [Moved], _ input: RiskInput) -> ResultGroup {
    let names = input.portfolios.names
    let symbols = input.returns.symbols
    let isWritten = moves.count * names.count * symbols.count <= Self.mostContributions
    let scenario = ["scenario"]
    let two = ["scenario", "portfolio"]
    var variables: [ResultGroup.Variable] = [
      .init("kind", scenario, .texts(moves.map(\.kind))),
      .init("from", scenario, .texts(moves.map(\.from))),
      .init("to", scenario, .texts(moves.map(\.to))),
      .init("note", scenario, .texts(moves.map(\.note))),
      .init("return", two, moves.flatMap(\.returns), unit: "fraction"),
      .init(
        "worst_drawdown", two, moves.flatMap(\.drawdowns), unit: "fraction",
        definition: "within the window, whose start counts as a high"),
      .init(
        "missing_weight", two, moves.flatMap(\.missing), unit: "fraction",
        definition: "weight of symbols without any data in the window, which earn 0"),
      .init(
        "symbol_return", ["scenario", "symbol"], moves.flatMap(\.symbols), unit: "fraction"),
    ]
    if isWritten {
      variables.append(
        .init(
          "contribution", two + ["symbol"], moves.flatMap(\.contributions), unit: "fraction",
          definition: "they add up to the return"))
    }
    return ResultGroup(
      "stress", title: "Stress: what portfolios would lose",
      dimensions: [
        .init("scenario", .texts(moves.map(\.name))), .init("portfolio", .texts(names)),
        .init("symbol", .texts(symbols)),
      ], variables: variables,
      attributes: isWritten
        ? [] : [ResultTable.Attribute("notes", "contributions are left out: there are too many")])
  }

  private func group(_ scaled: [Scaled], _ input: RiskInput) -> ResultGroup {
    let two = ["scenario", "portfolio"]
    func risk(_ name: String, _ values: (Scaled) -> [Double], _ definition: String)
      -> ResultGroup.Variable
    {
      .init(name, two, scaled.flatMap(values), unit: "fraction", definition: definition)
    }
    let rule = "normal distribution, of a bar, mean of the window"
    return ResultGroup(
      "stress_risk", title: "Stress: risk with other volatilities and correlations",
      dimensions: [
        .init("scenario", .texts(scaled.map(\.name))),
        .init("portfolio", .texts(input.portfolios.names)),
      ],
      variables: [
        .init("covariance", ["scenario"], .texts(scaled.map(\.estimator))),
        risk("volatility_before", { $0.volatility[0] }, "annual"),
        risk("volatility_after", { $0.volatility[1] }, "annual"),
        risk("var_95_before", { $0.valueAtRisk[0] }, rule),
        risk("var_95_after", { $0.valueAtRisk[1] }, rule),
        risk("var_99_before", { $0.valueAtRisk[2] }, rule),
        risk("var_99_after", { $0.valueAtRisk[3] }, rule),
      ])
  }

  private func group(_ worst: [Worst], _ input: RiskInput) -> ResultGroup {
    let row = ["row"]
    return ResultGroup(
      "worst_windows", title: "Stress: the worst windows of the data",
      dimensions: [.init("row", .integers(worst.indices.map { Int64($0) }))],
      variables: [
        .init("search", row, .texts(worst.map(\.scenario))),
        .init("portfolio", row, .texts(worst.map(\.portfolio))),
        .init("rank", row, .integers(worst.map { Int64($0.rank) })),
        .init("from", row, .texts(worst.map(\.from))), .init("to", row, .texts(worst.map(\.to))),
        .init("return", row, worst.map(\.total), unit: "fraction"),
        .init("worst_drawdown", row, worst.map(\.drawdown), unit: "fraction"),
      ])
  }
}
