import Advice
import Books
import Interchange
import Kernels
import Market
import Risk
import Storage

/// Trades that bring portfolios of a book to target weights, or within their limits.
public struct SwitchJob: Sendable {
  /// What is asked.
  public struct Options: Sendable {
    /// How trades are chosen.
    public var kind = TradePlan.Kind.net
    /// Costs and lots.
    public var rules = TradeRules()
    /// How near the least trades have to come to the target; nil to keep the profile's limits alone.
    public var band: Double?
    /// Target weights; nil for those that advice gives.
    ///
    /// A portfolio takes the row of its id, or that of a file without portfolios.
    public var targets: WeightFile?

    /// Differences without costs.
    public init() {}
  }

  /// What came out.
  public struct Outcome: Sendable {
    /// The tables.
    public let report: BookReport
    /// The trades as transactions that `apus book import` takes.
    public let transactions: TradeSheet
    /// Portfolios without trades because there is no target.
    public let failedCount: Int
  }

  let session: BookSession
  let portfolios: [Int]
  let asOf: Int64
  let policy: AdvicePolicy
  let options: Options

  /// A job.
  public init(
    session: BookSession, portfolios: [Int], asOf: Int64, policy: AdvicePolicy, options: Options
  ) {
    self.session = session
    self.portfolios = portfolios
    self.asOf = asOf
    self.policy = policy
    self.options = options
  }

  /// Plans trades.
  ///
  /// - Throws: `BooksError`; `AdviceError.setting` for targets that name unknown symbols; `RunInterrupted`.
  public func run(isCancelled: @escaping @Sendable () -> Bool = { false }) throws -> Outcome {
    let given = try options.targets.map { try GivenTargets($0, session) }
    let market = try AdviceMarket(session, portfolios: portfolios, asOf: asOf, policy: policy)
    let advised =
      given == nil ? try market.targets(portfolios, isCancelled: isCancelled) : nil
    let names = SwitchRows.Names(session, market)
    let found = InOrder<SwitchRows, SwitchRows>(SwitchRows()) { $0.add($1) }
    let tiles = PortfolioTiles(count: portfolios.count)
    let isDone = try TileLoop(tiles: tiles.tiles, workers: session.workers).run(
      isCancelled: isCancelled, room: {}
    ) { tile, _ in
      var rows = SwitchRows()
      for place in tiles[tile] {
        let portfolio = portfolios[place]
        let target = Result { () throws(AdviceError) -> [Int: Double] in
          if let given { return try given.weights(of: portfolio) }
          guard let advised else { return [:] }
          let found = try advised.answers[advised.places[place]].get()
          return Dictionary(
            zip(found.columns, found.weights), uniquingKeysWith: { first, _ in first })
        }
        let (standing, choice) = try plan(portfolio, target, market)
        rows.add(
          portfolio, standing, owned: Array(session.book.wallets(of: portfolio)), options.kind,
          choice, names)
      }
      found.add(tile, rows)
    }
    guard isDone else { throw RunInterrupted() }
    let rows = found.take(leaving: SwitchRows())
    let tables = SwitchTables(session: session, rows: rows, names: names, kind: options.kind)
    return Outcome(
      report: BookReport(
        verb: "book switch", session: session, asOf: asOf, groups: tables.groups,
        warnings: tables.warnings),
      transactions: TradeSheet(session.book, rows, names, options.kind, instant: asOf - 1),
      failedCount: rows.failedCount)
  }

  private func plan(
    _ portfolio: Int, _ target: Result<[Int: Double], AdviceError>, _ market: AdviceMarket
  ) throws -> (PortfolioStanding, Result<SwitchChoice, AdviceError>) {
    let book = session.book
    let holdings = try Holdings(of: portfolio, in: book, market: session.market, asOf: asOf)
    let lot = options.rules.lot
    let symbols = session.market.panel.symbols
    func lots(_ column: Int) -> Double {
      lot ?? (symbols[column].lot > 0 ? symbols[column].lot : 0)
    }
    func standing(_ wanted: [Int]) -> PortfolioStanding {
      PortfolioStanding(
        holdings, in: book, market: session.market, universe: market.universe(of: portfolio),
        wanted: wanted, lots: lots)
    }
    do throws(AdviceError) {
      let weights = try target.get()
      let standing = standing(weights.keys.sorted())
      let solver = try? market.solver(book.portfolios[portfolio].currency.uppercased())
      let choice = SwitchChoice(
        standing, target: weights, profile: book.portfolios[portfolio].profile,
        band: options.band, costs: options.rules.costs, estimates: solver?.estimates)
      return (standing, .success(choice))
    } catch {
      return (standing([]), .failure(error))
    }
  }
}
