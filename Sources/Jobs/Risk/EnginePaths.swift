import Kernels
import Market
import Metrics
import Risk
import Simulation
import Storage
import Synchronization

/// A spec's strategy on random paths of its market, through the engine that would run it: orders, fills, costs.
///
/// A path has the bars of the spec's window; see `DrawnMarket`. Path n is the same in every run of the same spec and data,
/// and `plan(path:)` gives it alone.
public struct EnginePaths: Sendable {
  /// The lanes on the data as it is.
  public let plan: RunPlan
  let source: MonteCarlo
  private let variant: KernelVariant

  /// The most numbers that paths leave: lanes × metrics × paths.
  static let limit = 1 << 25

  /// Lanes of a spec, and the model that its paths are drawn from.
  ///
  /// - Throws: `SpecError`: no strategy, or data that can't be drawn together with prices, such as files of scores.
  public init(
    spec: Spec, storePath: String, model: PathModel, seed: UInt64, variant: KernelVariant
  ) throws {
    guard spec.hasStrategy else {
      throw SpecError.missing(
        path: "strategy", expected: "what to trade on the paths of risk.monte_carlo.engine")
    }
    let apart = [
      (spec.scores.isEmpty, "data.scores"), (spec.finerPanel == nil, "execution.finer_panel"),
      (spec.ratesPanel == nil, "data.fx"), (spec.weights?.file == nil, "strategy.weights.file"),
    ]
    if let (_, key) = apart.first(where: { !$0.0 }) {
      throw SpecError.unsupported(
        path: key, line: 0, what: "values of their own time on paths of another",
        instead: "risk.monte_carlo.engine: false, or a strategy of prices alone")
    }
    if case .gaussian = model, spec.execution.fill == .nextOpen {
      throw SpecError.unsupported(
        path: "execution.fill", line: 0, what: "fills at an open, which normal paths have not,",
        instead: "fill: \"next_close\", or model: \"bootstrap\", whose bars are whole")
    }
    plan = try RunPlan(spec: spec, storePath: storePath)
    self.variant = variant
    let bars = plan.run.window.upperBound - Self.first(plan)
    guard bars > 0 else {
      throw SpecError.nothingToRun(reason: "data: a window of one bar has no path")
    }
    source = MonteCarlo(
      model, MonteCarloSettings(paths: 1, bars: bars, seed: seed),
      kernels: variant.pathKernels)
  }

  /// Returns begin at the first bar that has a close before it.
  private static func first(_ plan: RunPlan) -> Int { max(1, plan.run.window.lowerBound) }

  /// The lanes on a path.
  public func plan(path: UInt32) throws -> RunPlan {
    let first = Self.first(plan)
    let known = Dictionary(
      (0..<plan.run.panel.symbolCount).map { (plan.run.panel.symbols[$0].symbol, $0) },
      uniquingKeysWith: { first, _ in first })
    let market = DrawnMarket(
      first: first, symbols: source.model.symbols.compactMap { known[$0] },
      growths: source.growths(path: path), sources: source.bars(path: path)?.map { first + $0 })
    return try plan.with(
      Hindsight(instant: plan.run.panel.time.ns[first], kind: .drawn(market)))
  }

  /// The full record of a lane on a path.
  public func replay(path: UInt32, lane: Int) throws -> LaneRecord {
    try plan(path: path).simulator(variant: variant, workers: 1).replay(lane: lane)
  }

  /// Metrics of all lanes on paths from 0 on.
  ///
  /// - Returns: nil if it was cancelled.
  func run(paths: Int, workers: Int, isCancelled: @Sendable () -> Bool) throws -> EngineOutlook? {
    let width = plan.laneCount * plan.metrics.count
    guard width <= Self.limit / paths else {
      throw SpecError.value(
        path: "risk.monte_carlo.paths", line: 0,
        found: "\(paths) paths of \(plan.laneCount) lanes and \(plan.metrics.count) metrics",
        expected: "at most \(Self.limit) numbers for engine: true; fewer paths, lanes or metrics")
    }
    let observed = try row(plan)
    let rows = Mutex([[Double]](repeating: [], count: paths))
    let done = try TileLoop(tiles: paths, workers: workers).run(
      isCancelled: isCancelled, room: { () },
      { path, _ in
        let row = try row(try plan(path: UInt32(path)))
        rows.withLock { $0[path] = row }
      })
    guard done else { return nil }
    return EngineOutlook(observed: observed, rows: rows.withLock { $0 })
  }

  /// Metrics of all lanes of a plan: `[L, M]`, NaN where undefined.
  private func row(_ plan: RunPlan) throws -> [Double] {
    let metrics = plan.metrics
    let values = Mutex([Double](repeating: .nan, count: plan.laneCount * metrics.count))
    _ = try plan.simulator(variant: variant, workers: 1).simulateTiles(
      without: RangeSet<Int>(), isCancelled: { false }, begin: { $0 },
      take: { _, lane, summary in
        let found = metrics.map { $0.value(of: summary).number }
        values.withLock {
          for (place, value) in found.enumerated() { $0[lane * metrics.count + place] = value }
        }
      }, end: { _ in })
    return values.withLock { $0 }
  }
}

/// Metrics of lanes over paths.
struct EngineOutlook {
  /// On the data as it is: `[L, M]`.
  let observed: [Double]
  /// By path: `[L, M]`.
  let rows: [[Double]]

  /// The distribution of each metric of each lane, with standard errors.
  func group(_ engine: EnginePaths, levels: [Double], _ facts: [ResultTable.Attribute])
    -> ResultGroup
  {
    let metrics = engine.plan.metrics
    let shares = (levels.map { ((1 - $0) * 1e9).rounded() / 1e9 } + [0.5] + levels).sorted()
    var (means, errors, deviations, defined, below) = (
      [Double](), [Double](), [Double](), [Int64](), [Double]()
    )
    var (quantiles, quantileErrors) = ([Double](), [Double]())
    for place in observed.indices {
      let sample = MetricSample(rows.map { $0[place] })
      means.append(sample.mean.value)
      errors.append(sample.mean.standardError)
      deviations.append(sample.deviation)
      defined.append(Int64(sample.count))
      below.append(sample.share(below: observed[place]))
      for share in shares {
        let figure = sample.quantile(share)
        quantiles.append(figure.value)
        quantileErrors.append(figure.standardError)
      }
    }
    let lanes = ["lane", "metric"]
    return ResultGroup(
      "monte_carlo_engine", title: "The strategy on random paths, with its costs",
      dimensions: [
        .init("lane", .integers((0..<engine.plan.laneCount).map(Int64.init))),
        .init("metric", .texts(metrics.map(\.name))), .init("quantile", .numbers(shares)),
      ],
      variables: [
        .init("observed", lanes, observed, definition: "on the data as it is"),
        .init("mean", lanes, means, definition: "over paths on which it is defined"),
        .init("standard_error", lanes, errors, definition: "of the mean"),
        .init("deviation", lanes, deviations, definition: "over paths"),
        .init(
          "share_below_observed", lanes, below, unit: "fraction",
          definition: "paths on which it is less than on the data"),
        .init("defined", lanes, .integers(defined)),
        .init("value", lanes + ["quantile"], quantiles, definition: "quantiles over paths"),
        .init(
          "value_standard_error", lanes + ["quantile"], quantileErrors,
          definition: "of the quantiles, by order statistics"),
      ],
      attributes: facts + [
        ResultTable.Attribute("route", engine.plan.route),
        ResultTable.Attribute(
          "path", "the bars of the window from the second on; corporate actions do not come again"),
      ])
  }
}
