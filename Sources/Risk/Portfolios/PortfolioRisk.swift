import Kernels
import Metrics
import Synchronization

/// Risk and return of very many portfolios, which are moved back to their weights at every bar.
///
/// The return of a portfolio at a bar is Σ w · r over its symbols, so the returns of a block of portfolios are one product
/// of matrices; every metric of the catalogue is computed while they are still in cache, and they are not kept. Memory
/// beyond the weights doesn't depend on the number of portfolios.
///
/// Costs nothing to rebalance and nothing to borrow: portfolios with costs go through `PortfolioEngine`. A portfolio whose
/// equity falls to 0 is ruined and stays there.
///
/// - Source: the blocks of Goto and van de Geijn, Anatomy of high-performance matrix multiplication (2008), one level up.
public struct PortfolioRisk: Sendable {
  /// What to do where a symbol has no return at a bar.
  public enum Missing: String, Sendable, CaseIterable {
    /// What is held of it earns nothing at that bar, as a stale mark would; the bars are counted as `stale_marks`.
    case flat
    /// A portfolio with weight in such a symbol fails.
    case refuse
  }

  /// What is known of a portfolio.
  public enum Outcome: Sendable {
    /// All sums, and the returns if a metric needs them.
    case summary(LaneSummary)
    /// Why it has no figures.
    case failed(PortfolioFault)
  }

  /// The metrics that are asked for.
  public let metrics: [any Metric]
  /// Names of the columns of weights: `[N]`.
  public let symbols: [String]
  /// Number of bars, `T`.
  public var barCount: Int { table.barCount }
  /// Portfolios that a worker takes at a time.
  public let blockPortfolios: Int

  let table: GrowthTable
  let template: LaneSummary
  let kernels: KernelTable
  let product: MatrixProduct
  let missing: Missing
  /// Levels whose tails are found here, by descending rank.
  let tails: [TailPlan]
  /// Whether a metric needs the returns themselves.
  let keepsReturns: Bool

  /// Portfolios in a block: the product packs all returns for each.
  private static let mostPortfolios = 256

  /// One level of a tail.
  struct TailPlan: Sendable {
    let perMille: Int
    let level: TailSearch.Level
  }

  /// A plan for a table of returns.
  ///
  /// - Parameters:
  ///   - returns: simple returns.
  ///   - symbols: the columns that weights have; each must be in the table.
  ///   - metrics: what to compute, of the catalogue.
  ///   - template: conventions of the summaries: bars and days a year, risk-free and minimum acceptable return, benchmark.
  ///   - missing: what to do where a symbol has no return.
  ///   - kernels: loops of an instruction set; all give the same bits.
  ///   - product: how matrices are multiplied.
  /// - Throws: `setting` for a symbol without returns, `tooFewReturns` for a table without bars.
  public init(
    returns: ReturnTable, symbols: [String], metrics: [any Metric], template: LaneSummary? = nil,
    missing: Missing = .flat, kernels: KernelTable, product: MatrixProduct = .best
  ) throws(RiskError) {
    precondition(returns.kind == .simple, "portfolios add up over simple returns only")
    guard returns.barCount > 0 else {
      throw .tooFewReturns(method: "portfolio risk", found: 0, needed: 1)
    }
    let places = Dictionary(
      returns.symbols.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var columns: [Int] = []
    for symbol in symbols {
      guard let place = places[symbol] else {
        throw .setting(
          name: "weights", found: "the symbol \(symbol)",
          expected: "symbols of the run."
            + didYouMean(nearestName(to: symbol, among: returns.symbols)))
      }
      columns.append(place)
    }
    self.metrics = metrics
    self.symbols = symbols
    self.missing = missing
    self.kernels = kernels
    self.product = product
    table = GrowthTable(returns, columns)
    let count = returns.barCount
    var template = template ?? LaneSummary()
    template.bars = count
    if template.calendarDays == 0 {
      template.barsPerYear = returns.barsPerYear
      template.calendarDays = Double(count) / returns.barsPerYear * 365.25
    }
    template.initialEquity = 1
    self.template = template
    let levels = Set(metrics.compactMap { ($0 as? any TailMetric)?.level.perMille })
    tails = levels.sorted().map { perMille in
      TailPlan(
        perMille: perMille,
        level: TailSearch.Level(
          rank: ((1000 - perMille) * count + 999) / 1000,
          size: Double((1000 - perMille) * count) / 1000))
    }
    keepsReturns = metrics.contains { $0.needs.contains(.returns) && !($0 is any TailMetric) }
    // Rows of a block are read twice, so they should stay in a cache; the product wants as many as possible.
    let fitting = (8 << 20) / (table.stride * MemoryLayout<Double>.stride)
    blockPortfolios = min(Self.mostPortfolios, max(laneWidth, fitting / laneWidth * laneWidth))
  }

  /// Number of blocks of so many portfolios.
  public func blockCount(_ portfolios: Int) -> Int {
    (portfolios + blockPortfolios - 1) / blockPortfolios
  }

  /// The portfolios of a block.
  public func block(_ index: Int, of portfolios: Int) -> Range<Int> {
    index * blockPortfolios..<min(portfolios, (index + 1) * blockPortfolios)
  }

  /// Takes all portfolios, block by block.
  ///
  /// Blocks don't depend on the number of workers, so the figures have the same bits for any. Equal weights at another
  /// place may differ in the last bits, as BLAS has it.
  ///
  /// - Parameters:
  ///   - workers: at most as many blocks are in work at a time, each with 8 MB of returns at most.
  ///   - isCancelled: asked before each block; when it answers true, no more are begun.
  ///   - begin: makes what takes a block, called by any worker, as `take` and `end` are.
  ///   - take: takes a portfolio by its number.
  ///   - end: takes a finished block. Blocks finish in any order.
  /// - Returns: whether all blocks were taken.
  /// - Throws: what reading weights or `end` throws first.
  @discardableResult
  public func run<Block>(
    _ weights: some WeightRows, workers: Int = 1,
    isCancelled: @Sendable () -> Bool = { false },
    begin: @Sendable (Range<Int>) -> Block,
    take: @Sendable (inout Block, Int, Outcome) -> Void,
    end: @Sendable (Block) throws -> Void
  ) throws -> Bool {
    precondition(weights.symbols == symbols, "weights of other symbols than were planned for")
    let count = weights.portfolioCount
    let loop = TileLoop(tiles: blockCount(count), workers: max(1, workers))
    return try loop.run(
      isCancelled: isCancelled, room: { PortfolioRoom(self) },
      { index, room in
        let portfolios = block(index, of: count)
        try room.load(portfolios, of: weights)
        var block = begin(portfolios)
        room.multiply()
        for portfolio in portfolios { take(&block, portfolio, room.outcome(of: portfolio)) }
        try end(block)
      })
  }

  /// The metrics of a few portfolios, `[P]` of `[M]`; NaN where undefined, and of a portfolio that failed.
  public func figures(of weights: some WeightRows, workers: Int = 1) throws -> [[Double]] {
    let metrics = metrics
    let rows = FigureRows(weights.portfolioCount)
    try run(
      weights, workers: workers, begin: { ($0, [[Double]]()) },
      take: { block, _, outcome in
        switch outcome {
        case .summary(let lane): block.1.append(metrics.map { $0.value(of: lane).number })
        case .failed: block.1.append(metrics.map { _ in .nan })
        }
      },
      end: { rows.set($0.0, $0.1) })
    return rows.all
  }
}

/// Why a portfolio has no figures.
public enum PortfolioFault: Sendable, Equatable {
  /// A weight is infinite.
  case weight(symbol: String)
  /// A symbol with weight lacks returns, and the policy is to refuse.
  case missingReturns(symbol: String, bars: Int)
  /// Returns are beyond the range of numbers.
  case overflow

  /// Reason in the rows of a result.
  public var reason: String {
    switch self {
    case .weight(let symbol): "infinite_weight: \(symbol)"
    case .missingReturns(let symbol, let bars):
      "missing_returns: \(symbol) has none at \(bars) bars"
    case .overflow: "overflow"
    }
  }
}

/// Rows that blocks fill in any order.
final class FigureRows: Sendable {
  private let rows: Mutex<[[Double]]>

  init(_ count: Int) { rows = Mutex(Array(repeating: [], count: count)) }

  func set(_ range: Range<Int>, _ values: [[Double]]) {
    rows.withLock { $0.replaceSubrange(range, with: values) }
  }

  var all: [[Double]] { rows.withLock { $0 } }
}
