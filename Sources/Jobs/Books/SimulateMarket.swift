import Advice
import Allocation
import Books
import Kernels
import Market
import Risk
import Simulation
import Storage

/// Paths that a book's portfolios are taken along, and what to say of them.
struct SimulateMarket {
  /// What random paths are drawn from.
  struct Drawn {
    var source: MonteCarlo
    /// Factors that have enough returns to be drawn.
    var members: Set<Int>
    /// Bar of the panel that the first row of returns is of.
    var firstBar: Int
  }

  private(set) var paths: ForwardPaths
  /// Nil for bars of the panel.
  private(set) var drawn: Drawn?
  /// Name of the market.
  let name: String
  private(set) var facts: [ResultTable.Attribute] = []
  private(set) var warnings: [RunWarning] = []
  /// Stamps of bars by path, where they are of the panel.
  private(set) var times: [[Int64]] = []

  /// Makes paths.
  ///
  /// - Parameters:
  ///   - total: weights of everything held today, by factor.
  /// - Throws: `AdviceError.setting`; `RiskError`; `BookMetricsError.noBars`.
  init(
    _ options: SimulateOptions, _ factors: ForwardFactors, total: [Double],
    dividends: [[AdviceUniverse.Dividend]], session: BookSession, policy: AdvicePolicy
  ) throws {
    let panel = factors.market.panel
    name = options.market.name
    let dividends = options.reinvestsDividends ? dividends : []
    func given(_ stretches: [Range<Int>]) -> ([Matrix], Set<Int>) {
      let found = stretches.map { factors.growths(over: $0, dividends: dividends) }
      return (found.map(\.growths), Set(found.flatMap(\.missing)))
    }
    if options.market.isRandom {
      let drawn = try Self.drawn(
        options, factors, total, dividends, policy, workers: session.workers)
      paths = ForwardPaths(drawn.source, members: drawn.members, factors: factors.count)
      self.drawn = Drawn(
        source: drawn.source, members: Set(drawn.members), firstBar: factors.bar + 1 - drawn.rows)
      facts = drawn.facts
      warn(
        drawn.left, factors, "with too few returns before --at to draw from",
        trades: options.policy.name == "spec")
      return
    }
    let stretches = try Self.stretches(options, factors, total, session)
    let (growths, missing) = given(stretches)
    paths = ForwardPaths(growths)
    times = stretches.map { $0.map { panel.time.ns[$0] } }
    facts = stretches.enumerated().prefix(100).map { path, bars in
      ResultTable.Attribute(
        stretches.count == 1 ? "bars" : "bars_\(path)",
        "\(Timestamp.text(nanoseconds: panel.time.ns[bars.lowerBound])) to "
          + Timestamp.text(nanoseconds: panel.time.ns[bars.upperBound - 1]))
    }
    if case .worst(let count) = options.market, stretches.count < count {
      warnings.append(
        RunWarning(
          code: "fewer_windows", severity: .warning,
          message:
            "only \(stretches.count) of \(count) windows of \(paths.bars) bars fit before --at "
            + "without overlap"))
    }
    if let horizon = options.horizon, paths.bars < horizon {
      warnings.append(
        RunWarning(
          code: "fewer_bars", severity: .warning,
          message: "only \(paths.bars) of \(horizon) bars of --horizon are there"))
    }
    warn(missing.sorted(), factors, "without prices at some of these bars")
    if stretches.contains(where: { $0.upperBound > factors.bar + 1 }) {
      let told = "bars after --at: what would have happened, not what could be known"
      facts.append(ResultTable.Attribute("looks_ahead", told))
      warnings.append(
        RunWarning(
          code: "looks_ahead", severity: .info,
          message: told))
    }
  }

  /// The same with what becomes of money under a strategy.
  func adding(_ strategy: SimulateStrategy) -> SimulateMarket {
    var market = self
    market.paths = paths.adding(strategy)
    market.facts = strategy.facts + facts
    market.warnings += strategy.warnings
    return market
  }

  private mutating func warn(
    _ left: [Int], _ factors: ForwardFactors, _ why: String, trades: Bool = false
  ) {
    if left.isEmpty { return }
    let names = factors.names
    let told = left.prefix(12).map { names[$0] }.joined(separator: ", ")
    warnings.append(
      RunWarning(
        code: "unmodelled", severity: .warning,
        message: "\(why), and so kept as they are there\(trades ? ", and not traded" : ""): \(told)"
          + (left.count > 12 ? " and \(left.count - 12) more" : "")))
  }

  // MARK: - Bars of the panel

  private static func stretches(
    _ options: SimulateOptions, _ factors: ForwardFactors, _ total: [Double], _ session: BookSession
  ) throws -> [Range<Int>] {
    let panel = factors.market.panel
    let today = factors.bar
    switch options.market {
    case .history:
      let first = today + 1
      guard first < panel.barCount else {
        throw AdviceError.setting(
          name: "market",
          found: "history after the last bar of panel \(panel.name), "
            + Timestamp.text(nanoseconds: panel.time.ns[today]),
          expected: "an earlier --at, or paths that are drawn, such as --market bootstrap")
      }
      return [first..<min(panel.barCount, first + (options.horizon ?? panel.barCount))]
    case .window(let span):
      let bars = try session.bars(in: span)
      let first = max(1, bars.lowerBound)
      guard first < bars.upperBound else {
        throw AdviceError.setting(
          name: "market", found: "a window of the panel's first bar", expected: "a bar before it")
      }
      return [first..<min(bars.upperBound, first + (options.horizon ?? bars.count))]
    default: break
    }
    guard case .worst(let count) = options.market else { return [] }
    let length = options.horizon ?? 252
    guard today >= length else {
      throw AdviceError.setting(
        name: "market", found: "\(today) bars before --at",
        expected: "at least --horizon, \(length): choose a shorter one")
    }
    let past = factors.growths(over: 1..<today + 1).growths
    let series = (0..<past.rows).map { row in
      total.indices.reduce(0.0) { $0 + total[$1] * (past[row, $1] - 1) }
    }
    let found = try WorstWindows(of: length, count: count, in: series)
    return found.windows.map { $0.bars.lowerBound + 1..<$0.bars.upperBound + 1 }
  }

  // MARK: - Random paths

  private static func drawn(
    _ options: SimulateOptions, _ factors: ForwardFactors, _ total: [Double],
    _ dividends: [[AdviceUniverse.Dividend]], _ policy: AdvicePolicy, workers: Int
  ) throws -> (
    source: MonteCarlo, rows: Int, members: [Int], left: [Int], facts: [ResultTable.Attribute]
  ) {
    let (table, members, left) = factors.returns(
      lookback: policy.lookback, least: policy.minHistory, dividends: dividends)
    guard !members.isEmpty, table.barCount >= 30 else {
      throw AdviceError.unsolved(
        .risk(
          .tooFewReturns(
            method: "--market \(options.market.name)", found: members.isEmpty ? 0 : table.barCount,
            needed: 30)))
    }
    let settings = MonteCarloSettings(
      paths: options.paths, bars: options.horizon ?? 252, seed: options.seed)
    let drift: PathDrift
    switch options.drift {
    case .historical: drift = .historical
    case .zero: drift = .zero
    case .annual(let rate):
      let bar = DeterministicMath.exp(DeterministicMath.log(1 + rate) / table.barsPerYear) - 1
      drift = .given(Array(repeating: bar, count: members.count))
    }
    var facts = [
      ResultTable.Attribute("looked_at", "\(table.barCount) bars before --at"),
      ResultTable.Attribute("seed", "\(options.seed)"),
    ]
    let model: PathModel
    if options.market == .bootstrap {
      let whole = try table.complete(for: "the bootstrap")
      let length = options.block ?? automatic(whole, members, total)
      let drawn = try BootstrapPaths(table, meanBlock: length, drift: drift)
      facts.append(ResultTable.Attribute("block", "\(length)"))
      facts.append(ResultTable.Attribute("rows", "\(drawn.bars.count) of \(table.barCount) bars"))
      model = .bootstrap(drawn)
    } else {
      model = .gaussian(try normal(options, table, drift, policy, workers, &facts))
    }
    let kernels = KernelVariant.best.pathKernels
    return (
      MonteCarlo(model, settings, kernels: kernels), table.barCount, members, left, facts
    )
  }

  private static func normal(
    _ options: SimulateOptions, _ table: ReturnTable, _ drift: PathDrift, _ policy: AdvicePolicy,
    _ workers: Int, _ facts: inout [ResultTable.Attribute]
  ) throws -> GaussianPaths {
    var table = table
    let kind: ReturnKind = options.market == .gaussian ? .log : .simple
    if kind == .log {
      var values = table.values
      for place in values.values.indices {
        values.values[place] = DeterministicMath.log(1 + values.values[place])
      }
      table = ReturnTable(
        symbols: table.symbols, timeNs: table.timeNs, values: values,
        barsPerYear: table.barsPerYear, kind: .log)
    }
    let estimate = try policy.covariance.estimate(table, workers: workers)
    let mean = (0..<table.symbolCount).map { column in
      let known = table.values.column(column).filter(\.isFinite)
      return known.reduce(0, +) / Double(known.count)
    }
    facts.append(ResultTable.Attribute("covariance", estimate.estimator))
    facts.append(ResultTable.Attribute("returns", kind.rawValue))
    if options.market == .gaussian {
      return try GaussianPaths(estimate, mean: mean, kind: kind, drift: drift)
    }
    let freedom =
      try options.freedom
      ?? GaussianPaths(estimate, mean: mean, kind: kind).fittedFreedom(of: table)
    facts.append(ResultTable.Attribute("freedom", "\(freedom)"))
    return try GaussianPaths(estimate, mean: mean, kind: kind, drift: drift, freedom: freedom)
  }

  /// What suits the returns of everything held, to a tenth of a bar.
  private static func automatic(_ whole: ReturnTable, _ members: [Int], _ total: [Double]) -> Double
  {
    let series = (0..<whole.barCount).map { row in
      members.indices.reduce(0.0) { $0 + total[members[$1]] * whole.values[row, $1] }
    }
    let length = BlockLength.automatic(series)
    return min((length * 10).rounded() / 10, Double(max(1, whole.barCount)))
  }
}
