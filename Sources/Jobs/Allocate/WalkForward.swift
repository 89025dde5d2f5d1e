import Allocation
import Kernels
import Market
import Metrics
import Risk
import Simulation
import Storage
import Synchronization

/// Figures of methods out of sample: an account each, whose weights are estimated again and again from the bars before.
struct WalkForward: Sendable {
  private let plan: AllocatePlan
  private let run: PortfolioRun
  private let weights: AllocationWeights
  private let rebalance: Rebalance
  private let workers: Int
  private let variant: KernelVariant

  init(_ plan: AllocatePlan, _ rebalance: Rebalance, workers: Int, variant: KernelVariant) {
    self.plan = plan
    self.rebalance = rebalance
    self.workers = workers
    self.variant = variant
    let spec = plan.spec
    let zone = ZoneOffsets.rules(of: plan.panel) ?? .utc
    let bars = RebalanceBars(rebalance, panel: plan.panel, window: plan.window, zone: zone).bars
    let allocation = plan.allocation
    let historyStart = spec.warmsOnHistory ? 0 : plan.window.lowerBound
    weights = AllocationWeights(
      recipes: allocation.methods.map {
        allocation.recipe($0, lookback: plan.lookback, riskFree: spec.riskFree)
      },
      panel: plan.panel, symbols: plan.symbols, window: plan.window, historyStart: historyStart,
      bars: bars.map { $0 + plan.window.lowerBound }, startsAtOnce: rebalance.startsAtOnce)
    var run = PortfolioRun(
      panel: plan.panel, symbols: plan.symbols, weights: weights, rebalance: rebalance,
      rules: spec.execution, cash: spec.cash, window: plan.window, historyStart: historyStart)
    run.zone = zone
    run.actions = plan.actions
    run.riskFree = spec.riskFree
    run.minimumAcceptable = spec.minimumAcceptable
    run.keepsReturns = true
    self.run = run
  }

  /// Runs the accounts.
  func group(_ isCancelled: @escaping @Sendable () -> Bool) throws -> ResultGroup {
    guard weights.prepare(workers: workers, isCancelled: isCancelled) else {
      throw RunInterrupted()
    }
    let engine = PortfolioEngine(run: run, kernels: variant.kernels, workers: workers)
    let found = Mutex<[Int: LaneSummary]>([:])
    let isDone = try engine.simulateTiles(
      isCancelled: isCancelled, begin: { _ in () },
      take: { _, lane, summary in found.withLock { $0[lane] = summary } }, end: { _ in })
    guard isDone else { throw RunInterrupted() }
    let summaries = found.withLock { found in
      plan.methods.indices.map { found[$0] ?? LaneSummary() }
    }
    let failures = weights.failures
    var variables = plan.metrics.map { metric in
      ResultGroup.Variable(
        metric.name, ["method"], summaries.map { metric.value(of: $0).number },
        unit: metric.unit.rawValue, definition: metric.definition)
    }
    variables.append(
      .init(
        "failed_estimates", ["method"],
        plan.methods.indices.map { set in Double(failures.count { $0.set == set }) },
        unit: "count", definition: "rebalances at which positions stayed as they were"))
    return ResultGroup(
      "walk_forward", title: "Out of sample, estimated again at each rebalance",
      dimensions: [.init("method", .texts(plan.methods))], variables: variables,
      attributes: [
        .init("lookback", "\(plan.lookback) bars"), .init("estimates", "\(weights.estimateCount)"),
      ])
  }

  /// What the reader should know of estimates that failed; asked after `group`.
  var warnings: [RunWarning] {
    let failures = weights.failures
    guard let first = failures.first else { return [] }
    return [
      RunWarning(
        code: "allocation_failed", severity: .warning,
        message: "\(failures.count) of \(weights.estimateCount) estimates out of sample failed and "
          + "left positions as they were; \(plan.methods[first.set]), "
          + "\(Timestamp.text(nanoseconds: plan.panel.time.ns[first.bar])): \(first.error)")
    ]
  }
}
