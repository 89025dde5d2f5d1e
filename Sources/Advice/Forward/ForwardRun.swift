import Kernels
import Simulation

/// Portfolios on their way along paths.
///
/// Worth after a bar is money by factor times growths of factors, so a block of portfolios over some bars is a product of two
/// matrices, of which one may have few entries; nothing is kept of it but the end, the worst fall and the sums. All portfolios go along the same paths, so that sums
/// over them are right path by path. A portfolio that is worth nothing or less stays at 0. Equal runs give equal bits, whatever
/// the number of workers.
public struct ForwardRun: Sendable {
  /// What worth depends on.
  public let factors: ForwardFactors
  /// Who goes along, each with an equity above zero.
  public let accounts: [ForwardAccount]
  /// Number of sums.
  public let groupCount: Int
  /// The paths.
  public let paths: ForwardPaths
  /// What is done on the way.
  public let plan: ForwardPlan

  let product: MatrixProduct
  let kernels: KernelTable
  let blocks: [ForwardBlock]
  let stops: [Int]
  /// Where each bar stands among chunks of at most `ForwardRoom.chunk` bars, none of which goes beyond a stop.
  let chunkOfBar: [(chunk: Int, place: Int)]
  let isHomeless: [Bool]
  /// What one of each currency is worth today: `[K]`.
  let rates: [Double]
  /// What sums are worth today, and how many in each currency pay in.
  let groupEquity: [Double]
  let payers: [[Int]]

  /// A run.
  ///
  /// - Parameters:
  ///   - accounts: with groups below `groupCount`.
  ///   - product: OpenBLAS if it is there, unless another is wanted.
  ///   - dense: part of a table by factor from which on products of matrices are taken; nil for what takes least time.
  public init(
    _ accounts: [ForwardAccount], _ factors: ForwardFactors, _ paths: ForwardPaths,
    _ plan: ForwardPlan, groupCount: Int = 1, product: MatrixProduct = .best, dense: Double? = nil
  ) {
    precondition(paths.factors >= factors.count, "a growth for each factor")
    precondition(accounts.allSatisfy { $0.equity > 0 && $0.group < groupCount }, "money and a sum")
    self.factors = factors
    self.accounts = accounts
    self.groupCount = groupCount
    self.paths = paths
    self.plan = plan
    self.product = product
    kernels = KernelVariant.best.kernels
    stops = plan.stops(over: paths.bars)
    var chunkOfBar: [(chunk: Int, place: Int)] = []
    for (begin, end) in zip(stops, stops.dropFirst()) {
      let first = (chunkOfBar.last?.chunk ?? -1) + 1
      for bar in 0..<end - begin {
        chunkOfBar.append((first + bar / ForwardRoom.chunk, bar % ForwardRoom.chunk))
      }
    }
    self.chunkOfBar = chunkOfBar
    blocks = ForwardBlock.blocks(
      accounts, factors: paths.factors, cash: factors.cash,
      moves: plan.every > 0 || plan.movesAtOnce, dense: dense ?? ForwardBlock.dense(between: stops))
    // Curves are in the currency of those who are under them.
    isHomeless = (0..<paths.factors).map { $0 >= factors.count || factors.isHomeless($0) }
    rates = factors.rates.map { $0.isFinite ? $0 : 1 }
    var equity = [Double](repeating: 0, count: groupCount)
    var payers = [[Int]](
      repeating: Array(repeating: 0, count: factors.currencies.count), count: groupCount)
    for account in accounts {
      equity[account.group] += account.equity * rates[account.currency]
      payers[account.group][account.currency] += 1
    }
    groupEquity = equity
    self.payers = payers
  }

  /// Bytes that outcomes take, 17 for each path of an account or a sum, and what each worker keeps besides.
  public func bytes(workers: Int) -> Int {
    // Beyond what a word holds no machine has room anyway.
    let outcomes = 17 * Double(accounts.count + groupCount) * Double(paths.count)
    let room = 8 * Double(paths.bars) * Double(10 * paths.factors + groupCount)
    return Int(min(outcomes + room * Double(workers), 0x1p62))
  }

  /// Multiplications of the products.
  public var operations: Double {
    Double(blocks.reduce(0) { $0 + $1.operations(factors: paths.factors) })
      * Double(paths.bars) * Double(paths.count)
  }

  /// Takes all accounts along all paths.
  ///
  /// - Parameters:
  ///   - progress: told of paths that are done, by several workers at a time.
  ///   - isCancelled: asked before each path; once it answers true, it always does.
  /// - Returns: nil if it was cancelled.
  /// - Throws: what curves throw.
  public func run(
    workers: Int, progress: @Sendable (Int) -> Void = { _ in },
    isCancelled: @Sendable () -> Bool = { false }
  ) throws -> ForwardSamples? {
    let samples = ForwardSamples(self)
    let tiles = (paths.count + ForwardPaths.together - 1) / ForwardPaths.together
    let isDone = try TileLoop(tiles: tiles, workers: workers).run(
      isCancelled: isCancelled, room: { ForwardRoom(self) }
    ) { tile, room in
      let first = tile * ForwardPaths.together
      try paths.fill(
        room.growths.base, from: first, count: ForwardPaths.together, room.follower)
      for path in first..<min(first + ForwardPaths.together, paths.count) {
        // With very many accounts a path takes long.
        if isCancelled() { return }
        room.follow(lane: path - first, ended: { samples.put($0, path, $1, plan.floor) })
        for group in 0..<groupCount {
          samples.put(accounts.count + group, path, room.end(of: group), plan.floor)
        }
        progress(1)
      }
    }
    return isDone && !isCancelled() ? samples : nil
  }

  /// What accounts and sums are worth after each bar of one path, the same as in a run.
  ///
  /// - Returns: `[bars, accounts + sums]`; accounts in their currencies, sums in that of the market.
  /// - Throws: what curves throw.
  public func values(path: Int) throws -> Matrix {
    precondition((0..<paths.count).contains(path), "a path of the run")
    let room = ForwardRoom(self)
    try paths.fill(room.growths.base, from: path, count: 1, room.follower)
    var result = Matrix(rows: paths.bars, columns: accounts.count + groupCount)
    room.follow(lane: 0, ended: { _, _ in }, watch: { result[$1, $0] = $2 })
    for group in 0..<groupCount {
      for bar in 0..<paths.bars {
        result[bar, accounts.count + group] = room.sums[group * paths.bars + bar]
      }
    }
    return result
  }
}
