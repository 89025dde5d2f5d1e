import Advice
import Kernels
import Market
import Simulation

/// The strategy through the engine, path by path.
extension SimulateStrategy {
  /// The first random path; nil for bars of the panel.
  func firstPath() throws -> PricePanel? {
    try drawn.map {
      SimulatePanel.Room($0).panel(path: 0, along: try market.paths.growths(path: 0)).panel
    }
  }

  /// Plans that serve all random paths.
  func compile(_ drawn: SimulatePanel) throws -> [PathPlan?] {
    let path = try firstPath()
    var plans: [PathPlan?] = []
    for (place, group) in groups.enumerated() {
      let plan = try plan(group, path: 0, on: path)
      let sibling = place > 0 && groups[place - 1].symbols == group.symbols ? plans[place - 1] : nil
      plans.append(try PathPlan(plan, past: drawn.past, sibling: sibling))
    }
    return plans
  }

  /// The spec as a group trades it, on a path.
  func plan(_ group: Group, path: Int, on panel: PricePanel?) throws -> RunPlan {
    var spec = spec
    if let symbols = group.symbols { spec.symbols = .named(symbols) }
    spec.currency = group.currency
    spec.wallets = group.cash.enumerated().map {
      Spec.Wallet(name: "\($0)", cash: $1 / Double(group.lanes))
    }
    let plan: RunPlan
    if let drawn, let panel {
      (spec.from, spec.to) = (drawn.first, drawn.last)
      plan = try RunPlan(
        spec: spec, storePath: session.storePath, store: session.store, from: drawn.first,
        path: panel)
    } else {
      (spec.from, spec.to) = (market.times[path].first, market.times[path].last)
      plan = try RunPlan(spec: spec, storePath: session.storePath)
    }
    let lanes = plan.laneCount / group.cash.count
    if lanes == group.lanes || lanes == 0 { return plan }
    // Symbols that are chosen bar by bar are known only now.
    var group = group
    group.lanes = lanes
    return try self.plan(group, path: path, on: panel)
  }

  /// Growths of a group's accounts on a path, by its plan: `[bars, accounts]`; each symbol's lane has an equal part of the money.
  private func growths(of group: Group, _ plan: RunPlan) throws -> Matrix {
    let simulator = plan.simulator(variant: .best, workers: 1)
    let (bars, accounts) = (plan.run.window.count, group.cash.count)
    var result = Matrix(rows: bars, columns: accounts)
    for account in 0..<accounts {
      var equity = [Double](repeating: 0, count: bars)
      for lane in stride(from: account, to: plan.laneCount, by: accounts) {
        for (bar, value) in try simulator.equity(lane: lane).enumerated() {
          equity[bar] += value
        }
      }
      var before = group.cash[account]
      for bar in 0..<bars {
        result[bar, account] = before > 0 ? max(0, equity[bar] / before) : 0
        before = equity[bar]
      }
    }
    return result
  }

  /// Follows paths: those of the panel are known, random ones are run.
  private final class Follower: ForwardFollower {
    private let strategy: SimulateStrategy
    private let room: SimulatePanel.Room?

    init(_ strategy: SimulateStrategy) {
      self.strategy = strategy
      room = strategy.drawn.map { SimulatePanel.Room($0) }
    }

    func growths(path: Int, along growths: Matrix) throws -> Matrix {
      guard let room else { return strategy.known[path] }
      let (panel, knowsLifetimes) = room.panel(path: path, along: growths)
      let groups = strategy.groups
      var parts: [Matrix] = []
      var last: RunPlan?
      for (place, group) in groups.enumerated() {
        let isSibling = place > 0 && groups[place - 1].symbols == group.symbols
        let plan =
          try strategy.plans[place]?.along(
            panel, knowsLifetimes: knowsLifetimes, sibling: isSibling ? last : nil)
          ?? strategy.plan(group, path: path, on: panel)
        parts.append(try strategy.growths(of: group, plan))
        last = plan
      }
      return strategy.joined(parts)
    }
  }

  func makeFollower() -> any ForwardFollower { Follower(self) }

  /// All paths of bars of the panel.
  func run(_ isCancelled: @escaping @Sendable () -> Bool) throws -> [Matrix] {
    let paths = market.paths.count
    let slots = Slots<Matrix>(count: paths * groups.count)
    let isDone = try TileLoop(tiles: paths * groups.count, workers: session.workers).run(
      isCancelled: isCancelled, room: {}
    ) { [self] tile, _ in
      let (path, group) = (tile / groups.count, groups[tile % groups.count])
      slots.set(tile, try growths(of: group, try plan(group, path: path, on: nil)))
    }
    guard isDone else { throw RunInterrupted() }
    let found = slots.values
    return (0..<paths).map { path in
      joined(Array(found[path * groups.count..<(path + 1) * groups.count]))
    }
  }

  /// Accounts of all groups side by side.
  private func joined(_ parts: [Matrix]) -> Matrix {
    var result = Matrix(rows: market.paths.bars, columns: count)
    for (group, part) in zip(groups, parts) {
      for bar in 0..<part.rows {
        for account in 0..<part.columns { result[bar, group.first + account] = part[bar, account] }
      }
    }
    return result
  }
}
