import Kernels
import Simulation

extension RunPlan {
  /// What runs the lanes: an engine, or several that stand beside each other.
  ///
  /// - Parameters:
  ///   - variant: instruction set of the vector kernel.
  ///   - workers: number of workers.
  ///   - tileLanes: most lanes in a tile; nil to choose.
  ///   - byMatrices: whether portfolios may go by products of matrices, which equal the ledger to rounding.
  public func simulator(
    variant: KernelVariant, workers: Int, tileLanes: Int? = nil, byMatrices: Bool = true
  ) -> any LaneSimulator {
    guard let detail else {
      return simulator(
        plain: variant, workers: workers, tileLanes: tileLanes, byMatrices: byMatrices)
    }
    // A replay takes as long as many lanes do, and an interruption waits for a tile.
    let lanes = detail.needsHistory ? min(tileLanes ?? 64, 64) : tileLanes
    return DetailSimulator(
      base: simulator(plain: variant, workers: workers, tileLanes: lanes, byMatrices: byMatrices),
      detail: detail)
  }

  private func simulator(
    plain variant: KernelVariant, workers: Int, tileLanes: Int?, byMatrices: Bool
  ) -> any LaneSimulator {
    let variants = layout.variants
    if variants.count == 1 {
      return simulator(
        variants[0], variant, workers: workers, tileLanes: tileLanes, byMatrices: byMatrices)
    }
    return VariantSimulator(
      variants.map {
        simulator($0, variant, workers: 1, tileLanes: tileLanes, byMatrices: byMatrices)
      },
      stride: weights?.setCount ?? layout.setCount, workers: workers, tileLanes: tileLanes)
  }

  private func simulator(
    _ way: LaneLayout.Variant, _ variant: KernelVariant, workers: Int, tileLanes: Int?,
    byMatrices: Bool
  ) -> any LaneSimulator {
    if let weights {
      return PortfolioEngine(
        run: portfolioRun(way, weights), kernels: variant.kernels, workers: workers,
        tileLanes: tileLanes, byMatrices: byMatrices)
    }
    let byRoute = Dictionary(grouping: routes.routes.indices) { routes.routes[$0] }
    let kernels = variant.kernels
    var parts: [(simulator: any LaneSimulator, symbols: [Int])] = []
    if let symbols = byRoute[.vector] {
      let engine = LaneEngine(
        run: vectorRun(way), kernels: kernels, workers: workers, tileLanes: tileLanes)
      parts.append((engine, symbols))
    }
    if let symbols = byRoute[.ruleBook] {
      let engine = AccountEngine(
        run: accountRun(way), strategy: run.strategy, kernels: kernels, workers: workers,
        timeInForce: spec.waiting.timeInForce, tileLanes: tileLanes)
      parts.append((engine, symbols))
    }
    return parts.count == 1
      ? parts[0].simulator : SplitSimulator(parts, setCount: layout.setCount)
  }

  /// What the vector kernel runs.
  private func vectorRun(_ way: LaneLayout.Variant) -> LaneRun {
    var run = run
    run.cash = spec.wallets[way.wallet].cash
    run.historyStart = signalStart ?? run.historyStart
    if let bound = way.bound {
      run.rules.favourableFirstLong = bound == .best
      run.rules.favourableFirstShort = bound == .best
      run.rules.trailsBeforeCheck = false
    }
    return run
  }

  /// What the rule book runs.
  private func accountRun(_ way: LaneLayout.Variant) -> AccountRun {
    var rules = spec.execution
    if let bound = way.bound { rules.intrabar = bound }
    var account = AccountRun(
      panel: run.panel, symbols: run.symbols, rules: rules,
      cash: spec.wallets[way.wallet].cash, window: run.window, historyStart: run.historyStart)
    account.signalStart = signalStart
    account.riskFree = run.riskFree
    account.minimumAcceptable = run.minimumAcceptable
    // Days are compounded from them.
    account.keepsReturns = run.keepsReturns || run.dayBounds != nil
    account.flows = flows[way.wallet]
    account.actions = actions
    account.finer = finer
    let zone = ZoneOffsets.rules(of: run.panel)
    account.zoneOffset = { zone?.offset(at: $0) ?? 0 }
    return account
  }
}

extension RunPlan {
  /// What the portfolio engine runs.
  private func portfolioRun(_ way: LaneLayout.Variant, _ weights: PortfolioWeights) -> PortfolioRun
  {
    var rules = spec.execution
    if let bound = way.bound { rules.intrabar = bound }
    var portfolio = PortfolioRun(
      panel: run.panel, symbols: run.symbols, weights: weights.source, rebalance: spec.rebalance,
      rules: rules, cash: spec.wallets[way.wallet].cash, window: run.window,
      historyStart: run.historyStart)
    portfolio.zone = ZoneOffsets.rules(of: run.panel) ?? .utc
    portfolio.flows = flows[way.wallet]
    portfolio.actions = actions
    portfolio.currencies = currencies
    portfolio.riskFree = run.riskFree
    portfolio.minimumAcceptable = run.minimumAcceptable
    portfolio.keepsReturns = run.keepsReturns || run.dayBounds != nil
    return portfolio
  }
}

extension Spec.Waiting {
  /// As the rule book calls it.
  var timeInForce: Order.TimeInForce {
    switch self {
    case .untilCancelled: .gtc
    case .day: .day
    case .immediate: .ioc
    case .allOrNothing: .fok
    case .bars(let count): .bars(count)
    }
  }
}
