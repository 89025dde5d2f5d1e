import Books
import Kernels
import Metrics
import Simulation

/// Checks of very many portfolios, side by side.
public struct LimitSweep: Sendable {
  /// What came of one rule's name, over all portfolios.
  public struct Tally: Sendable, Equatable {
    /// Portfolios that keep it.
    public var ok = 0
    /// Portfolios that break it.
    public var breach = 0
    /// Portfolios of which it can't be told.
    public var unknown = 0
  }

  /// What came out.
  public struct Outcome: Sendable {
    /// Checks by portfolio in the order asked for, then rule; without those that are kept unless they were asked for.
    public var checks: [LimitCheck] = []
    /// Rules in the order of first mention, with their counts.
    public var tallies: [(rule: String, kind: Limit.Kind, tally: Tally)] = []
    /// Portfolios that break a rule.
    public var breachingPortfolios = 0

    /// Rules that are broken, one for each portfolio.
    public var breachCount: Int { tallies.reduce(0) { $0 + $1.tally.breach } }
    /// Rules of which it can't be told, one for each portfolio.
    public var unknownCount: Int { tallies.reduce(0) { $0 + $1.tally.unknown } }
  }

  private let checker: LimitChecker
  private let asOf: Int64
  private static let tilePortfolios = 64

  /// A sweep as of an instant.
  public init(_ checker: LimitChecker, asOf: Int64) {
    self.checker = checker
    self.asOf = asOf
  }

  /// Checks portfolios; no bit depends on the number of workers.
  ///
  /// - Parameter keepsAll: whether checks that are kept are told too.
  /// - Returns: nil if it was stopped.
  /// - Throws: `BooksError.beforePrices`.
  public func run(
    _ portfolios: [Int], keepsAll: Bool = false, workers: Int = 1,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Outcome? {
    guard
      let drawdowns = try Self.drawdowns(
        checker, portfolios, asOf: asOf, workers: workers, isCancelled: isCancelled)
    else { return nil }
    let size = Self.tilePortfolios
    let tiles = (portfolios.count + size - 1) / size
    let slots = Slots<Outcome>(count: tiles)
    let isDone = try TileLoop(tiles: tiles, workers: max(1, workers)).run(
      isCancelled: isCancelled, room: {}
    ) { tile, _ in
      var outcome = Outcome()
      for place in tile * size..<min(portfolios.count, (tile + 1) * size) {
        let holdings = try Holdings(
          of: portfolios[place], in: checker.book, market: checker.market, asOf: asOf)
        outcome.add(
          checker.checks(holdings, drawdowns: drawdowns[place]), keepsAll: keepsAll)
      }
      slots.set(tile, outcome)
    }
    guard isDone else { return nil }
    var whole = Outcome()
    for part in slots.values { whole.add(part) }
    return whole
  }

  /// The deepest drawdowns that portfolios' rules ask for, by lookback: `[P]`; nil if it was stopped.
  public static func drawdowns(
    _ checker: LimitChecker, _ portfolios: [Int], asOf: Int64, workers: Int = 1,
    isCancelled: @Sendable () -> Bool = { false }
  ) throws(BooksError) -> [[Int: Double]]? {
    let market = checker.market
    let last = try market.bar(asOf: asOf)
    var places: [Int: [Int]] = [:]
    for (place, portfolio) in portfolios.enumerated() {
      let asked = checker.limits(of: portfolio).filter { $0.kind == .drawdown }.map(\.lookback)
      for lookback in Set(asked) { places[lookback, default: []].append(place) }
    }
    var found = [[Int: Double]](repeating: [:], count: portfolios.count)
    for lookback in places.keys.sorted() {
      let mine = places[lookback] ?? []
      let first = lookback == 0 ? 0 : max(0, last + 1 - lookback)
      let sweep = PortfolioSweep(
        book: checker.book, market: market, bars: first..<last + 1,
        kernels: KernelVariant.best.kernels, findsMoneyWeightedReturn: false)
      guard
        let lanes = sweep.summaries(
          of: mine.map { portfolios[$0] }, workers: workers, isCancelled: isCancelled)
      else { return nil }
      for (place, lane) in zip(mine, lanes) {
        // Marks that lack leave the sums without a number, and the deepest fall a guess.
        let isKnown = lane.bars == 0 || lane.sumReturns.isFinite && lane.finalEquity.isFinite
        found[place][lookback] = isKnown ? max(0, -lane.maxDrawdown) : .nan
      }
    }
    return found
  }
}

extension LimitSweep.Outcome {
  /// Adds the checks of one portfolio.
  mutating func add(_ checks: [LimitCheck], keepsAll: Bool) {
    var isBreaching = false
    for (place, check) in checks.enumerated() {
      if keepsAll || check.status != .ok { self.checks.append(check) }
      isBreaching = isBreaching || check.status == .breach
      // A rule that several symbols break is broken once.
      let isMore =
        place > 0 && checks[place - 1].rule == check.rule && checks[place - 1].kind == check.kind
        && check.status == .breach && checks[place - 1].status == .breach
      if isMore { continue }
      self[check.rule, check.kind].count(check.status)
    }
    if isBreaching { breachingPortfolios += 1 }
  }

  /// Adds what came of further portfolios.
  mutating func add(_ other: Self) {
    checks += other.checks
    breachingPortfolios += other.breachingPortfolios
    for row in other.tallies { self[row.rule, row.kind] += row.tally }
  }

  private subscript(rule: String, kind: Limit.Kind) -> LimitSweep.Tally {
    get {
      tallies.first { $0.rule == rule && $0.kind == kind }?.tally ?? LimitSweep.Tally()
    }
    set {
      if let place = tallies.firstIndex(where: { $0.rule == rule && $0.kind == kind }) {
        tallies[place].tally = newValue
      } else {
        tallies.append((rule, kind, newValue))
      }
    }
  }
}

extension LimitSweep.Tally {
  fileprivate mutating func count(_ status: LimitCheck.Status) {
    switch status {
    case .ok: ok += 1
    case .breach: breach += 1
    case .unknown: unknown += 1
    }
  }

  fileprivate static func += (left: inout Self, right: Self) {
    left.ok += right.ok
    left.breach += right.breach
    left.unknown += right.unknown
  }
}
