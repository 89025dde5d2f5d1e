import Kernels
import Market
import Risk
import Simulation
import Storage

/// `risk.monte_carlo`: what may become of portfolios, by random paths; and of the spec's strategy.
struct MonteCarloSection: RiskSection {
  static let key = "monte_carlo"
  static let summary = "random paths: bootstrap, normal or Student t"

  /// What returns are drawn from.
  enum Model: String, CaseIterable {
    case bootstrap, gaussian
    case student = "student_t"
  }

  private let model: Model
  private let paths: Int
  private let bars: Int
  private let every: Int
  /// Mean length of a block; nil for the automatic one.
  private let block: Double?
  /// Degrees of freedom; nil for fitted ones.
  private let freedom: Double?
  private let drift: Drift
  private let kind: ReturnKind
  private let covariance: any CovarianceEstimator
  private let levels: [Double]
  private let goal: Double
  private let barrier: Double
  private let watchesPaths: Bool
  private let runsEngine: Bool

  private enum Drift {
    case historical, zero
    /// A year.
    case given(Double)
  }

  init(_ reader: inout SpecReader) throws(SpecError) {
    let names = Model.allCases.map(\.rawValue)
    model =
      try reader.choice("model", "model of paths", of: names).flatMap(Model.init) ?? .bootstrap
    let limit = 100_000_000
    paths =
      try reader.integer("paths", "a whole number from 1 to \(limit)", in: 1...limit) ?? 10_000
    bars = try reader.integer("bars", "a whole number from 1 to 1000000", in: 1...1_000_000) ?? 252
    block = try Self.numberOrWord(
      &reader, "block", "auto", only: model == .bootstrap,
      "a mean number of bars, at least 1, or \"auto\""
    ) { $0 >= 1 }
    freedom = try Self.numberOrWord(
      &reader, "freedom", "fitted", only: model == .student,
      "degrees of freedom above 2, or \"fitted\""
    ) { $0 > 2 }
    drift = try Self.drift(&reader)
    every = try Self.rebalance(&reader)
    let kinds = ReturnKind.allCases.map(\.rawValue)
    for key in ["returns", "covariance"] where model == .bootstrap {
      guard let json = reader.optional(key) else { continue }
      throw Self.foreign(reader, key, json)
    }
    kind =
      try reader.choice("returns", "kind of return", of: kinds).flatMap(ReturnKind.init)
      ?? (model == .gaussian ? .log : .simple)
    covariance = try reader.covariance(or: SampleCovariance())
    levels = try Self.levels(&reader)
    goal =
      try reader.number("goal", "a value in units of the first, such as 1.5") { $0 > 0 } ?? .nan
    barrier =
      try reader.number("barrier", "a value in units of the first, from 0 to below 1") {
        $0 >= 0 && $0 < 1
      } ?? .nan
    watchesPaths = try reader.bool("path_measures") ?? true
    runsEngine = try reader.bool("engine") ?? false
  }

  func run(_ input: RiskInput) throws -> [ResultGroup] {
    let settings = MonteCarloSettings(
      paths: paths, bars: bars, seed: input.seed, every: every, watchesPaths: watchesPaths,
      barrier: barrier, goal: goal)
    // A symbol that nobody holds decides nothing; a young one would cost most of the past.
    var held = input.portfolios.held
    let counts = input.returns.counts
    if held.isEmpty { held = counts.indices.max { counts[$0] < counts[$1] }.map { [$0] } ?? [] }
    let portfolios = input.portfolios.columns(held)
    let (drawn, facts) = try pathModel(input, input.returns.symbols(held), portfolios)
    let source = MonteCarlo(drawn, settings, kernels: input.variant.pathKernels)
    var outlooks: [PathOutlook] = []
    let done = try source.run(
      weights: portfolios.weights, workers: input.workers, isCancelled: input.isCancelled
    ) { outlooks.append(PathOutlook($1, settings, levels: levels)) }
    guard done else { throw RunInterrupted() }
    var groups = self.groups(input, settings, outlooks, facts)
    if runsEngine {
      let (drawn, facts) = try pathModel(input, input.returns, input.portfolios)
      let engine = try EnginePaths(
        spec: input.spec, storePath: input.storePath, model: drawn, seed: input.seed,
        variant: input.variant)
      let found = try engine.run(
        paths: paths, workers: input.workers, isCancelled: input.isCancelled)
      guard let found else { throw RunInterrupted() }
      groups += [found.group(engine, levels: levels, facts)]
    }
    return groups
  }

  // MARK: - The model

  /// What paths are drawn from, and what to say of it.
  ///
  /// - Parameters:
  ///   - returns: of the symbols that are drawn.
  ///   - portfolios: over the same symbols; they decide how long blocks are.
  private func pathModel(
    _ input: RiskInput, _ returns: ReturnTable, _ portfolios: WeightTable
  ) throws -> (PathModel, [ResultTable.Attribute]) {
    var facts = [
      ResultTable.Attribute("model", model.rawValue), ResultTable.Attribute("paths", "\(paths)"),
      ResultTable.Attribute("bars", "\(bars)"), ResultTable.Attribute("seed", "\(input.seed)"),
      ResultTable.Attribute(
        "rebalance",
        every == 0 ? "never" : every == 1 ? "at each bar" : "every \(every) bars"),
    ]
    let count = returns.symbolCount
    let takesPairs = model != .bootstrap && covariance.name.contains("pairwise")
    let whole = takesPairs ? returns : try returns.complete(for: told)
    facts += Self.rows(of: returns, whole)
    let wanted: PathDrift
    switch drift {
    case .historical: wanted = .historical
    case .zero: wanted = .zero
    case .given(let annual):
      let perBar = DeterministicMath.exp(
        DeterministicMath.log(1 + annual) / returns.barsPerYear)
      wanted = .given([Double](repeating: perBar - 1, count: count))
    }
    if model == .bootstrap {
      let length = try block ?? automatic(whole, portfolios)
      let drawn = try BootstrapPaths(returns, meanBlock: length, drift: wanted)
      facts.append(ResultTable.Attribute("block", "\(length)"))
      return (.bootstrap(drawn), facts)
    }
    // Means of the bars that the covariance is of.
    var table = whole
    if kind == .log {
      var values = table.values
      for place in values.values.indices {
        values.values[place] = DeterministicMath.log(1 + values.values[place])
      }
      table = ReturnTable(
        symbols: table.symbols, timeNs: table.timeNs, values: values,
        barsPerYear: table.barsPerYear, kind: .log)
    }
    let estimate = try input.covariance(of: table, by: covariance)
    let mean = (0..<count).map { column in
      let known = (0..<table.barCount).map { table.values[$0, column] }.filter(\.isFinite)
      return known.reduce(0, +) / Double(known.count)
    }
    facts += [
      ResultTable.Attribute("returns", kind.rawValue),
      ResultTable.Attribute("covariance", estimate.estimator),
    ]
    var drawn = try GaussianPaths(estimate, mean: mean, kind: kind, drift: wanted)
    if model == .student {
      let found =
        try freedom
        ?? GaussianPaths(estimate, mean: mean, kind: kind).fittedFreedom(of: table)
      drawn = try GaussianPaths(estimate, mean: mean, kind: kind, drift: wanted, freedom: found)
      facts.append(ResultTable.Attribute("freedom", "\(found)"))
    }
    return (.gaussian(drawn), facts)
  }

  /// The longest of the lengths that suit each portfolio.
  private func automatic(_ whole: ReturnTable, _ portfolios: WeightTable) throws -> Double {
    let returns = portfolios.returns(whole)
    let longest = (0..<returns.columns).reduce(1.0) {
      max($0, BlockLength.automatic(returns.column($1)))
    }
    // To a tenth of a bar: the last bits come through BLAS, and paths shall be the same on all processors.
    return min((longest * 10).rounded() / 10, Double(max(1, whole.barCount)))
  }

  /// What is said to need bars at which all symbols have a return.
  private var told: String { model == .bootstrap ? "the bootstrap" : covariance.name }

  /// How many bars are drawn from, and a warning if many are left out.
  private static func rows(of returns: ReturnTable, _ whole: ReturnTable)
    -> [ResultTable.Attribute]
  {
    let all = returns.barCount
    let rows = ResultTable.Attribute("rows", "\(whole.barCount) of \(all) bars")
    guard whole.barCount < all, let left = returns.mostLeftOut else { return [rows] }
    return [
      rows,
      ResultTable.Attribute(
        RiskJob.warningAttribute,
        "random paths are drawn from \(left.rows) of \(all) bars, those at which all symbols that are "
          + "held have a return; \(left.symbol) has the fewest, \(left.count): leave it out, or look "
          + "at portfolios that hold it in a run of their own (risk.detail)"),
    ]
  }

  // MARK: - What it tells

  private func groups(
    _ input: RiskInput, _ settings: MonteCarloSettings, _ outlooks: [PathOutlook],
    _ facts: [ResultTable.Attribute]
  ) -> [ResultGroup] {
    let names = PathOutlook.names(settings, levels: levels)
    let portfolio = ResultGroup.Dimension("portfolio", .texts(input.portfolios.names))
    let figure = ResultGroup.Dimension("figure", .texts(names))
    func variables(_ dimensions: [String], _ figures: [PathFigure]) -> [ResultGroup.Variable] {
      [
        .init(
          "value", dimensions, figures.map(\.value),
          definition:
            "fractions of the first value over all bars of a path; bars under water in bars"),
        .init(
          "standard_error", dimensions, figures.map(\.standardError),
          definition: "of the value, by the number of paths alone"),
      ]
    }
    let counts = outlooks.first?.convergence.map { Int64($0.paths) } ?? []
    return [
      ResultGroup(
        "monte_carlo", title: "Monte Carlo", dimensions: [portfolio, figure],
        variables: variables(["portfolio", "figure"], outlooks.flatMap(\.figures)),
        attributes: facts),
      ResultGroup(
        "monte_carlo_convergence", title: "Monte Carlo: figures of the first paths",
        dimensions: [
          portfolio, ResultGroup.Dimension("paths", .integers(counts)), figure,
        ],
        variables: variables(
          ["portfolio", "paths", "figure"],
          outlooks.flatMap { $0.convergence.flatMap(\.figures) }), attributes: facts),
    ]
  }

  // MARK: - Reading

  /// A number, or a word that stands for nil, which is also the default.
  private static func numberOrWord(
    _ reader: inout SpecReader, _ key: String, _ word: String, only applies: Bool,
    _ expected: String, _ accepts: (Double) -> Bool
  ) throws(SpecError) -> Double? {
    guard let json = reader.optional(key) else { return nil }
    guard applies else { throw foreign(reader, key, json) }
    switch json.value {
    case .string(word): return nil
    case .number(let value) where value.isFinite && accepts(value): return value
    default: throw reader.wrong(key, json, expected)
    }
  }

  private static func foreign(_ reader: SpecReader, _ key: String, _ json: JSON5) -> SpecError {
    .value(
      path: reader.at(key), line: json.place.line, found: json.kind,
      expected: "no such key: it belongs to another model")
  }

  private static func drift(_ reader: inout SpecReader) throws(SpecError) -> Drift {
    guard let json = reader.optional("drift") else { return .historical }
    switch json.value {
    case .string("historical"): return .historical
    case .string("zero"): return .zero
    case .number(let annual) where annual > -1 && annual <= 100: return .given(annual)
    default:
      throw reader.wrong(
        "drift", json, "\"historical\", \"zero\" or a return a year, such as 0.05")
    }
  }

  private static func rebalance(_ reader: inout SpecReader) throws(SpecError) -> Int {
    guard let json = reader.optional("rebalance") else { return 1 }
    switch json.value {
    case .string("never"): return 0
    case .number(let bars) where bars >= 1 && bars == bars.rounded() && bars <= 1e6:
      return Int(bars)
    default:
      throw reader.wrong("rebalance", json, "a number of bars, 1 for each, or \"never\"")
    }
  }

  private static func levels(_ reader: inout SpecReader) throws(SpecError) -> [Double] {
    let expected = "confidences above 0.5 and below 1, ascending, such as [0.95, 0.99]"
    try reader.refuseEmpty("levels", expected)
    let list = try reader.list("levels", expected)
    guard !list.isEmpty else { return [0.95, 0.99] }
    var levels: [Double] = []
    for json in list {
      guard case .number(let level) = json.value, level > max(0.5, levels.last ?? 0), level < 1
      else { throw reader.wrong("levels", json, expected) }
      levels.append(level)
    }
    return levels
  }
}
