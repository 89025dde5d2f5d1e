import Advice
import Books
import Kernels
import Market
import Risk
import Storage

/// All portfolios of a book forward from what they hold, along the same paths.
public struct SimulateJob: Sendable {
  /// What came out.
  public struct Outcome: Sendable {
    /// The tables.
    public let report: BookReport
    /// Portfolios that did not go along, or not as they should, for a reason that the table tells.
    public let failedCount: Int
  }

  /// Most bytes that outcomes may take.
  static let mostBytes = 8 << 30
  /// Most values of a path that is shown, and of ends of paths.
  static let mostShown = 20_000_000

  let session: BookSession
  let portfolios: [Int]
  let asOf: Int64
  let policy: AdvicePolicy
  let options: SimulateOptions

  /// A job.
  ///
  /// - Parameters:
  ///   - portfolios: positions in the book.
  ///   - asOf: the first instant that today does not know of.
  ///   - policy: how targets and covariances are estimated, and how many bars are looked at.
  public init(
    session: BookSession, portfolios: [Int], asOf: Int64, policy: AdvicePolicy,
    options: SimulateOptions
  ) {
    self.session = session
    self.portfolios = portfolios
    self.asOf = asOf
    self.policy = policy
    self.options = options
  }

  /// One portfolio before it sets out.
  struct Start: Sendable {
    var account: ForwardAccount
    /// Why it does not go along, or is held.
    var reason = ""
    /// Target weights by column of the panel; nil for none.
    var targets: [Int: Double]?
  }

  /// Simulates.
  ///
  /// - Parameter progress: told how many more paths are done, by several workers at a time.
  /// - Throws: `BooksError` where there are no prices yet; `AdviceError`; `SpecError`; `RiskError`; `RunInterrupted`.
  public func run(
    progress: @Sendable (Int) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Outcome {
    let market = session.market
    if case .strategy(let spec) = options.policy { try spec.checkPolicy(options.market) }
    guard let bar = market.bar(endedBy: asOf) else {
      throw BooksError.beforePrices(
        panel: market.panel.name, asOf: asOf,
        first: market.panel.barCount > 0 ? market.end(of: 0) : .min)
    }
    let (whole, dividends) = try session.wholeMarket()
    let wide = ForwardFactors(
      market: whole, columns: Set(market.columns.compactMap(\.self)), currencies: currencies,
      bar: bar)
    var starts = try starts(wide, isCancelled: isCancelled)
    let sums = SimulateSums(options.level, session.book)
    let factors = try factors(wide, &starts)
    let going = starts.indices.filter { starts[$0].account.equity > 0 }
    guard !going.isEmpty else {
      throw AdviceError.setting(
        name: "portfolios", found: "none with money at \(AsOf.text(asOf))",
        expected: "another --at, or other portfolios")
    }
    var accounts: [ForwardAccount] = []
    for place in going {
      var account = starts[place].account
      account.group = sums.group(of: account.portfolio)
      switch options.policy {
      case .hold, .strategy: break
      case .rebalance: account.weights = account.weightsOfToday
      case .advise, .weights:
        account.weights = starts[place].targets.map { targets in
          account.weights(
            targets.sorted { $0.key < $1.key }.compactMap { column, weight in
              factors.factor(column: column).map { .init(factor: $0, amount: weight) }
            }, factors)
        }
      }
      accounts.append(account)
    }
    var paths = try SimulateMarket(
      options, factors, total: total(accounts, factors), dividends: dividends, session: session,
      policy: policy)
    if case .strategy(let spec) = options.policy {
      let strategy = try SimulateStrategy(
        spec, accounts, factors, paths, session: session, isCancelled: isCancelled)
      for (place, start) in going.enumerated() {
        starts[start].reason = strategy.reasons[place]
        guard let curve = strategy.curves[place] else { continue }
        accounts[place] = accounts[place].under(curve: factors.count + curve)
      }
      paths = paths.adding(strategy)
    }
    let forward = ForwardRun(
      accounts, factors, paths.paths, plan, groupCount: sums.names.count)
    try check(forward)
    guard
      let samples = try forward.run(
        workers: session.workers, progress: progress, isCancelled: isCancelled)
    else { throw RunInterrupted() }
    let tables = try SimulateTables(
      session: session, options: options, starts: starts, going: going, sums: sums,
      forward: forward, samples: samples, paths: paths, isCancelled: isCancelled)
    return Outcome(
      report: BookReport(
        verb: "book simulate", session: session, asOf: asOf, groups: tables.groups,
        warnings: paths.warnings + warnings(starts)),
      failedCount: starts.count { !$0.reason.isEmpty })
  }

  /// Refuses what has no room, and a path that there is not.
  private func check(_ forward: ForwardRun) throws(AdviceError) {
    let bytes = forward.bytes(workers: session.workers)
    let (paths, accounts) = (forward.paths, forward.accounts.count)
    guard bytes <= Self.mostBytes else {
      throw .setting(
        name: "paths",
        found:
          "\(paths.count) of \(paths.bars) bars for \(accounts) portfolios, which take \(bytes >> 20) MiB",
        expected:
          "at most \(Self.mostBytes >> 20) MiB: fewer or shorter paths, or some portfolios at a time"
      )
    }
    if options.keepsSamples {
      guard accounts + forward.groupCount <= Self.mostShown / paths.count else {
        throw .setting(
          name: "samples", found: "\(accounts) portfolios on \(paths.count) paths",
          expected: "at most \(Self.mostShown) ends: name some with --portfolio or --client")
      }
    }
    guard let path = options.path else { return }
    guard path < paths.count else {
      throw .setting(
        name: "path", found: "\(path)", expected: "a path from 0 to \(paths.count - 1)")
    }
    guard accounts <= Self.mostShown / paths.bars else {
      throw .setting(
        name: "path", found: "\(accounts) portfolios at \(paths.bars) bars",
        expected: "at most \(Self.mostShown) values: name some with --portfolio or --client")
    }
  }

  /// Currencies of portfolios and their wallets.
  private var currencies: Set<String> {
    let book = session.book
    var found: Set<String> = []
    for portfolio in portfolios {
      found.insert(book.portfolios[portfolio].currency.uppercased())
      for wallet in book.wallets(of: portfolio) {
        found.insert(book.wallets[wallet].currency.uppercased())
      }
    }
    return found
  }

  private var plan: ForwardPlan {
    let panel = session.market.panel
    let year = panel.calendar.barsPerYear(frequencyNs: panel.frequencyNs)
    var plan = ForwardPlan()
    switch options.policy {
    case .hold, .strategy: break
    case .rebalance: plan.every = options.every.bars(perYear: year)
    case .advise, .weights:
      plan.every = options.every.bars(perYear: year)
      plan.movesAtOnce = true
    }
    plan.costRate = options.costRate
    plan.contribution = options.contribution
    plan.contributionEvery = options.contribution == 0 ? 0 : options.per.bars(perYear: year)
    plan.floor = options.floor
    return plan
  }

  /// What everybody holds, and shall hold.
  private func starts(_ factors: ForwardFactors, isCancelled: @escaping @Sendable () -> Bool)
    throws -> [Start]
  {
    let slots = Slots<Start>(count: portfolios.count)
    var advised: [Result<TargetAdvice, AdviceError>] = []
    var places: [Int] = []
    var given: GivenTargets?
    switch options.policy {
    case .advise:
      let market = try AdviceMarket(session, portfolios: portfolios, asOf: asOf, policy: policy)
      (_, advised, places) = try market.targets(portfolios, isCancelled: isCancelled)
    case .weights(let file): given = try GivenTargets(file, session)
    case .hold, .rebalance, .strategy: break
    }
    let (answers, questions, file) = (advised, places, given)
    let isDone = try TileLoop(tiles: portfolios.count, workers: session.workers).run(
      isCancelled: isCancelled, room: {}
    ) { place, _ in
      let portfolio = portfolios[place]
      let holdings = try Holdings(
        of: portfolio, in: session.book, market: session.market, asOf: asOf)
      var start = Start(
        account: ForwardAccount(holdings, in: session.book, market: session.market, factors))
      if !(start.account.equity > 0) { start.reason = "no money" }
      do throws(AdviceError) {
        if !answers.isEmpty {
          let target = try answers[questions[place]].get()
          start.targets = Dictionary(
            zip(target.columns, target.weights), uniquingKeysWith: { first, _ in first })
        } else if let file {
          start.targets = try file.weights(of: portfolio)
        }
      } catch {
        if start.reason.isEmpty { start.reason = "held: \(error)" }
      }
      slots.set(place, start)
    }
    guard isDone else { throw RunInterrupted() }
    return slots.values
  }

  /// The factors that anybody holds or shall hold; accounts are moved to them.
  private func factors(_ wide: ForwardFactors, _ starts: inout [Start]) throws -> ForwardFactors {
    var columns: Set<Int> = []
    for start in starts {
      for part in start.account.parts where part.factor < wide.columns.count {
        columns.insert(wide.columns[part.factor])
      }
      columns.formUnion((start.targets ?? [:]).keys)
    }
    if case .strategy(let spec) = options.policy, options.market.isRandom {
      columns.formUnion(try SimulatePanel.columns(spec, session.market.panel))
    }
    let factors = ForwardFactors(
      market: wide.market, columns: columns, currencies: currencies, bar: wide.bar)
    for place in starts.indices {
      starts[place].account = starts[place].account.moved(from: wide, to: factors)
    }
    return factors
  }

  /// Weights of everything held, by factor.
  private func total(_ accounts: [ForwardAccount], _ factors: ForwardFactors) -> [Double] {
    var total = [Double](repeating: 0, count: factors.count)
    let rates = factors.rates
    for account in accounts {
      for part in account.parts { total[part.factor] += part.amount * rates[account.currency] }
    }
    let sum = total.reduce(0, +)
    return total.map { $0 / sum }
  }

  private func warnings(_ starts: [Start]) -> [RunWarning] {
    let unmarked = Set(starts.flatMap { $0.account.unmarked }).map {
      session.book.instruments[$0].symbol
    }.sorted()
    if unmarked.isEmpty { return [] }
    return [
      RunWarning(
        code: "unmarked", severity: .warning,
        message: "held without a price or a rate, and left out: "
          + unmarked.prefix(12).joined(separator: ", ")
          + (unmarked.count > 12 ? " and \(unmarked.count - 12) more" : ""))
    ]
  }
}
