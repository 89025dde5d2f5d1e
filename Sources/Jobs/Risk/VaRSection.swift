import Kernels
import Risk
import Storage

/// Forecasts of VaR and expected shortfall by several models, and how well each did in the past: `risk.var`.
///
/// `{ levels: [0.95, 0.99], horizon: 1, window: 1000, models: ["historical", "garch", "ewma(0.97)"],
/// backtest: { window: 1000, refit: 5, levels: [0.99] } }`.
struct VaRSection: RiskSection {
  static let key = "var"
  static let summary = "VaR and expected shortfall by model, and backtests of the models"

  private let question: TailQuestion
  private let window: Int
  private let models: [String]
  private let backtest: (question: TailQuestion, plan: RollingPlan)?

  init(_ reader: inout SpecReader) throws(SpecError) {
    let horizon = try reader.integer("horizon", "1 to 10000 bars", in: 1...10_000) ?? 1
    let levels = try reader.confidences("levels", [0.95, 0.99])
    question = try reader.risk("levels") { () throws(RiskError) in
      try TailQuestion(levels: levels, horizon: horizon)
    }
    let lengths = 20...10_000_000
    window = try reader.integer("window", "20 returns or more", in: lengths) ?? 1_000
    models = try Self.models(&reader)
    guard var inner = try reader.object("backtest") else {
      backtest = nil
      return
    }
    let length = try inner.integer("window", "20 returns or more", in: lengths) ?? window
    let refit = try inner.integer("refit", "1 bar or more", in: 1...10_000_000) ?? 5
    let tested = try inner.confidences("levels", levels.map(\.confidence))
    try inner.finish()
    for name in models {
      let needed = (try? VaRCatalog.model(name))?.neededReturns ?? 0
      guard length >= needed else {
        throw .value(
          path: inner.at("window"), line: inner.place.line, found: "\(length)",
          expected: "\(needed) returns or more for \(name)")
      }
    }
    backtest = try reader.risk("backtest") { () throws(RiskError) in
      (
        try TailQuestion(levels: tested, horizon: horizon),
        try RollingPlan(window: length, refit: refit)
      )
    }
  }

  private static func models(_ reader: inout SpecReader) throws(SpecError) -> [String] {
    let expected = "a list of models such as [\"historical\", \"garch\", \"ewma(0.97)\"]"
    var names: [String] = []
    try reader.refuseEmpty("models", expected)
    for json in try reader.list("models", expected) {
      guard case .string(let text) = json.value else {
        throw reader.wrong("models", json, expected)
      }
      let name = try reader.risk("models", line: json.place.line) { () throws(RiskError) in
        try VaRCatalog.model(text).name
      }
      guard !names.contains(name) else {
        throw .value(
          path: reader.at("models"), line: json.place.line, found: "\(name) twice",
          expected: "each model once")
      }
      names.append(name)
    }
    guard names.isEmpty else { return names }
    return VaRCatalog.defaultNames.compactMap { try? VaRCatalog.model($0).name }
  }

  func run(_ input: RiskInput) throws -> [ResultGroup] {
    let series = try input.portfolioReturns()
    let models = try models.map { name throws in try VaRCatalog.model(name, seed: input.seed) }
    guard
      let now = VaRForecasts(
        series: series, models: models, question: question, window: window,
        workers: input.workers, isCancelled: input.isCancelled)
    else { throw RunInterrupted() }
    var groups = [forecasts(now, input)]
    if let backtest {
      guard
        let laboratory = VaRLaboratory(
          series: series, models: models, question: backtest.question, plan: backtest.plan,
          workers: input.workers, isCancelled: input.isCancelled)
      else { throw RunInterrupted() }
      let table = VaRTables(
        laboratory: laboratory, portfolios: input.portfolios.names, plan: backtest.plan,
        horizon: question.horizon)
      groups += [table.scores, table.league]
    }
    return groups
  }

  private func forecasts(_ now: VaRForecasts, _ input: RiskInput) -> ResultGroup {
    func cube(_ value: (TailForecast) -> Double) -> [Double] {
      question.levels.indices.flatMap { level in
        now.found.flatMap { row in
          row.map { found in
            guard case .success(let forecasts) = found else { return .nan }
            return value(forecasts[level])
          }
        }
      }
    }
    let dimensions = ["level", "portfolio", "model"]
    return ResultGroup(
      "var", title: "VaR and expected shortfall of the next \(bars(question.horizon))",
      dimensions: [
        .init("level", .numbers(question.levels.map(\.confidence))),
        .init("portfolio", .texts(input.portfolios.names)), .init("model", .texts(models)),
      ],
      variables: [
        .init(
          "value_at_risk", dimensions, cube(\.valueAtRisk), unit: "fraction",
          definition: "loss not exceeded with the level's probability; positive is a loss"),
        .init(
          "expected_shortfall", dimensions, cube(\.expectedShortfall), unit: "fraction",
          definition: "mean loss of the worst outcomes, as many as the level leaves"),
        .init(
          "value_at_risk_error", dimensions, cube(\.valueAtRiskError), unit: "fraction",
          definition: "standard error of a simulated VaR"),
        .init(
          "expected_shortfall_error", dimensions, cube(\.expectedShortfallError),
          unit: "fraction", definition: "standard error of a simulated expected shortfall"),
      ]
        + reasons(
          ["portfolio", "model"],
          now.found.flatMap { row in
            row.map { found in
              guard case .failure(let error) = found else { return "" }
              return "\(error)"
            }
          }),
      attributes: [
        ResultTable.Attribute("window", "the last \(window) returns at most"),
        ResultTable.Attribute("horizon", question.horizon == 1 ? "1 bar" : bars(question.horizon)),
      ])
  }

  private func bars(_ count: Int) -> String { count == 1 ? "bar" : "\(count) bars" }
}

/// Why numbers are missing, as a variable; none if none are.
func reasons(_ dimensions: [String], _ texts: [String]) -> [ResultGroup.Variable] {
  if texts.allSatisfy(\.isEmpty) { return [] }
  return [
    .init(
      "reason", dimensions, .texts(texts),
      attributes: [ResultTable.Attribute("definition", "why the first missing number is missing")])
  ]
}

extension SpecReader {
  /// A list that is given has something in it.
  mutating func refuseEmpty(_ key: String, _ expected: String) throws(SpecError) {
    guard let json = optional(key), json.value == .array([]) else { return }
    throw .value(path: at(key), line: json.place.line, found: "an empty list", expected: expected)
  }

  /// Confidence levels of a list, each once.
  mutating func confidences(_ key: String, _ usual: [Double]) throws(SpecError)
    -> [ConfidenceLevel]
  {
    let expected = "a list of confidences such as [0.95, 0.99]"
    var numbers: [(value: Double, line: Int)] = []
    try refuseEmpty(key, expected)
    for json in try list(key, expected) {
      guard case .number(let value) = json.value else { throw wrong(key, json, expected) }
      numbers.append((value, json.place.line))
    }
    if numbers.isEmpty { numbers = usual.map { ($0, place.line) } }
    var levels: [ConfidenceLevel] = []
    for number in numbers {
      let level = try risk(key, line: number.line) { () throws(RiskError) in
        try ConfidenceLevel(number.value)
      }
      guard !levels.contains(level) else {
        throw .value(
          path: at(key), line: number.line, found: "\(level) twice", expected: "each level once")
      }
      levels.append(level)
    }
    return levels
  }

  /// Runs what checks a setting, with its error as one of the spec.
  func risk<Value>(
    _ key: String, line: Int? = nil, _ body: () throws(RiskError) -> Value
  ) throws(SpecError) -> Value {
    do throws(RiskError) {
      return try body()
    } catch {
      guard case .setting(_, let found, let expected) = error else {
        throw .value(
          path: at(key), line: line ?? place.line, found: "\(error)", expected: "another value")
      }
      throw .value(path: at(key), line: line ?? place.line, found: found, expected: expected)
    }
  }
}

extension RiskInput {
  /// Returns of the portfolios in detail: `[P][T]`, NaN at bars at which no symbol that one holds has a return.
  func portfolioReturns() throws(RiskError) -> [[Double]] {
    let table = portfolios.returns(returns)
    return portfolios.names.indices.map { portfolio in
      let held = (0..<returns.symbolCount).filter { portfolios.weights[portfolio, $0] != 0 }
      return (0..<returns.barCount).map { bar in
        held.contains { returns.values[bar, $0].isFinite } ? table[bar, portfolio] : .nan
      }
    }
  }
}
