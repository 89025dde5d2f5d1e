import Advice
import Books
import Kernels
import Market
import Simulation
import Storage

/// Portfolios under a strategy spec: who is, over which symbols, and what becomes of their money on each path.
///
/// A portfolio's worth is the account of the strategy, at its own costs. Where costs and sizes are in proportion, one account tells
/// what becomes of everybody with the same symbols; otherwise each different sum of money has an account of its own.
struct SimulateStrategy: ForwardCurves {
  /// Accounts that one plan runs: over the same symbols, in the same currency.
  struct Group: Sendable {
    /// What is traded; nil for all that the spec names.
    var symbols: [String]?
    var currency: String
    /// Parts that each account is divided into: symbols, or 1 where it holds all of them.
    var lanes = 1
    /// Money of each account.
    var cash: [Double] = []
    /// Number of the first account's curve.
    var first = 0
  }

  /// Most accounts of a plan: indicators are computed once for all of them, and a worker takes a plan.
  private static let most = 64

  let spec: Spec
  private let session: BookSession
  private let market: SimulateMarket
  private let drawn: SimulatePanel?
  private var groups: [Group] = []
  /// The plan of each group, for all drawn paths; nil for one that must be made for each.
  private var plans: [PathPlan?] = []
  /// Growths by path `[bars, C]`, where bars are the panel's.
  private var known: [Matrix] = []
  /// The curve of each account; nil for those that stay as they are.
  private(set) var curves: [Int?]
  /// Why they do; empty for the others.
  private(set) var reasons: [String]
  /// What the reader should know.
  private(set) var warnings: [RunWarning] = []
  private(set) var facts: [ResultTable.Attribute] = []

  var count: Int { groups.reduce(0) { $0 + $1.cash.count } }

  /// Sees who may be under the strategy, and runs it where bars are known.
  ///
  /// - Parameters:
  ///   - accounts: before they set out.
  ///   - factors: whose symbols have all that the spec trades and names, if paths are drawn.
  /// - Throws: `SpecError` if the spec can't be run at all; `RunInterrupted`.
  init(
    _ spec: Spec, _ accounts: [ForwardAccount], _ factors: ForwardFactors, _ market: SimulateMarket,
    session: BookSession, isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    let spec = spec.asPolicy(session)
    (self.spec, self.session, self.market) = (spec, session, market)
    curves = Array(repeating: nil, count: accounts.count)
    reasons = Array(repeating: "", count: accounts.count)
    drawn = try market.drawn.map { try SimulatePanel(spec, factors, market, $0, session) }
    let members = try sort(accounts, factors)
    let lanes = try check(members)
    settle(accounts, members, lanes)
    if let drawn { plans = try compile(drawn) } else { known = try run(isCancelled) }
    let route = spec.weights == nil ? "an account for each symbol, of equal parts" : "one account"
    facts = [
      .init("spec", spec.name), .init("spec_sha256", SHA256.hash(spec.text)),
      .init("accounts", "\(route); \(count) a path for \(curves.count { $0 != nil }) portfolios"),
      .init("fill", spec.fillName),
    ]
  }

  // MARK: - Who is under it

  /// What an account may trade, and who it is.
  private struct Share: Hashable {
    var columns: [Int]
    var currency: String
  }

  /// Accounts by what they trade, or the reason why they don't.
  private mutating func sort(_ accounts: [ForwardAccount], _ factors: ForwardFactors) throws
    -> [(share: Share, places: [Int])]
  {
    let panel = session.market.panel
    var isTop = false
    if case .top = spec.symbols { isTop = true }
    let universe =
      isTop ? Array(0..<panel.symbolCount) : try RunPlan.symbols(spec, panel, nil)
    var allowed: [[[String]]: [Int]] = [:]
    var found: [Share: Int] = [:]
    var members: [(share: Share, places: [Int])] = []
    for (place, account) in accounts.enumerated() {
      let portfolio = session.book.portfolios[account.portfolio]
      let profile = portfolio.profile
      let key = [
        profile.allowedSymbols, profile.excludedSymbols, profile.allowedSectors,
        profile.excludedSectors,
      ]
      let columns =
        allowed[key] ?? universe.filter { profile.allows(factors.market.panel.symbols[$0]) }
      allowed[key] = columns
      let home = portfolio.currency.uppercased()
      let foreign = columns.first { column in
        let currency = factors.market.currencies[column]
        return !currency.isEmpty && currency != home
      }
      if columns.isEmpty {
        reasons[place] = "held: its profile allows none of the symbols of the spec"
      } else if isTop, columns.count < universe.count {
        reasons[place] =
          "held: its profile leaves symbols out, which data.symbols chooses bar by bar; name them there"
      } else if let foreign, spec.ratesPanel == nil {
        reasons[place] =
          "held: \(panel.symbols[foreign].symbol) is quoted in \(factors.market.currencies[foreign])"
          + ", the portfolio in \(home); data.fx of the spec names rates of currencies"
      } else {
        let share = Share(columns: columns == universe ? [] : columns, currency: home)
        if let old = found[share] {
          members[old].places.append(place)
        } else {
          found[share] = members.count
          members.append((share, [place]))
        }
      }
    }
    return members
  }

  /// Compiles the spec for each choice of symbols; who can't be under it is told why.
  ///
  /// - Returns: parts of an account, by choice; 0 where it can't be.
  private mutating func check(_ members: [(share: Share, places: [Int])]) throws -> [Int] {
    var lanes = [Int](repeating: 0, count: members.count)
    var failure: (any Error)?
    var isFine = members.isEmpty
    let along = try firstPath()
    for (place, (share, places)) in members.enumerated() {
      do {
        let plan = try plan(group(of: share), path: 0, on: along)
        try plan.checkPolicy()
        if let drawn, !drawn.isWhole { try plan.checkCloses(on: market.name) }
        if !isFine { warnings += plan.warnings.filter { keeps($0) } }
        isFine = true
        lanes[place] = plan.laneCount
      } catch {
        failure = failure ?? error
        let text = "\(error)".split(separator: "\n").map {
          $0.trimmingPrefix { $0 == " " }
        }.joined(separator: " ")
        for place in places { reasons[place] = "held: \(text)" }
      }
    }
    if let failure, !isFine { throw failure }
    return lanes
  }

  /// What is said of the store's history holds for no random path.
  private func keeps(_ warning: RunWarning) -> Bool {
    drawn == nil || ["same_close", "days_of_utc", "no_quotes"].contains(warning.code)
  }

  private func group(of share: Share) -> Group {
    let names = session.market.panel.symbols.names
    return Group(
      symbols: share.columns.isEmpty ? nil : share.columns.map { names[$0] },
      currency: share.currency, cash: [spec.cash])
  }

  /// An account for everybody, or for each sum of money.
  private mutating func settle(
    _ accounts: [ForwardAccount], _ members: [(share: Share, places: [Int])], _ lanes: [Int]
  ) {
    let isProportional = spec.isProportional
    for ((share, places), lanes) in zip(members, lanes) where lanes > 0 {
      var sums: [Double: Int] = [:]
      var group = group(of: share)
      (group.lanes, group.cash) = (lanes, [])
      group.first = count
      for place in places {
        let money = isProportional ? accounts[places[0]].equity : accounts[place].equity
        if sums[money] == nil {
          if group.cash.count == Self.most {
            groups.append(group)
            group.first += group.cash.count
            group.cash = []
          }
          sums[money] = group.first + group.cash.count
          group.cash.append(money)
        }
        curves[place] = sums[money]
      }
      groups.append(group)
    }
  }

  // MARK: - Through the engine

  /// The first random path; nil for bars of the panel.
  private func firstPath() throws -> PricePanel? {
    try drawn.map {
      SimulatePanel.Room($0).panel(path: 0, along: try market.paths.growths(path: 0)).panel
    }
  }

  /// Plans that serve all random paths.
  private func compile(_ drawn: SimulatePanel) throws -> [PathPlan?] {
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
  private func plan(_ group: Group, path: Int, on panel: PricePanel?) throws -> RunPlan {
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
  private func run(_ isCancelled: @escaping @Sendable () -> Bool) throws -> [Matrix] {
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
