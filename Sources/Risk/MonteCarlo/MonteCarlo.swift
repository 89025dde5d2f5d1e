import Kernels

/// How many paths to draw, and what to look at.
public struct MonteCarloSettings: Sendable, Equatable {
  /// Number of paths, below 2³².
  public var paths: Int
  /// Bars of a path.
  public var bars: Int
  /// The key of all random numbers.
  public var seed: UInt64
  /// Bars from one move of a portfolio to its weights to the next; 0 for buy and hold.
  public var every: Int
  /// Whether drawdowns, time under water, barrier and goal are watched bar by bar.
  public var watchesPaths: Bool
  /// Value that a path shall not fall to, in units of the first; NaN for none.
  public var barrier: Double
  /// Value that a path shall reach, in units of the first; NaN for none.
  public var goal: Double

  /// Settings.
  public init(
    paths: Int, bars: Int, seed: UInt64, every: Int = 1, watchesPaths: Bool = true,
    barrier: Double = .nan, goal: Double = .nan
  ) {
    precondition(paths > 0 && paths < 1 << 32 - 8 && bars > 0 && bars < 1 << 31 && every >= 0)
    self.paths = paths
    self.bars = bars
    self.seed = seed
    self.every = every
    self.watchesPaths = watchesPaths
    self.barrier = barrier
    self.goal = goal
  }
}

/// What happened to a portfolio on each path: `[paths]`; all but `terminal` empty if paths were not watched.
public struct PathSample: Sendable, Equatable {
  /// Value after the last bar, in units of the first.
  public var terminal: [Double]
  /// Largest fall from a highest value, 0 to -1.
  public var drawdown: [Double]
  /// The longest stretch below an earlier highest value, bars.
  public var underWater: [Int32]
  /// Whether it fell to the barrier.
  public var hitBarrier: [Bool]
  /// Whether it reached the goal at any bar.
  public var reachedGoal: [Bool]

  /// A sample of given values.
  public init(
    terminal: [Double], drawdown: [Double] = [], underWater: [Int32] = [],
    hitBarrier: [Bool] = [], reachedGoal: [Bool] = []
  ) {
    self.terminal = terminal
    self.drawdown = drawdown
    self.underWater = underWater
    self.hitBarrier = hitBarrier
    self.reachedGoal = reachedGoal
  }
}

/// Portfolios on random paths of their symbols.
///
/// Every number is a function of seed, path, symbol and step: any number of workers and any instruction set give the same
/// bits, and `growths(path:)` gives any path again alone.
public struct MonteCarlo: Sendable {
  /// What paths are drawn from.
  public let model: PathModel
  /// How many, and how they are looked at.
  public let settings: MonteCarloSettings
  let kernels: PathKernels

  /// Paths of a model.
  public init(_ model: PathModel, _ settings: MonteCarloSettings, kernels: PathKernels) {
    self.model = model
    self.settings = settings
    self.kernels = kernels
  }

  // 32 vectors of paths a tile.
  static let tile = 256
  // Steps at a time; a multiple of four, as normal numbers come in fours.
  static let chunk = 16

  /// Runs portfolios over all paths, and hands over what happened to each.
  ///
  /// Memory: up to 22 bytes a path for each of as many portfolios as fit 256 MiB, at least one; paths are drawn again for the next.
  ///
  /// - Parameters:
  ///   - weights: `[P, N]`, fractions of equity by symbol of the model; what is left is cash without interest.
  ///   - workers: number of workers; no number depends on it.
  ///   - isCancelled: asked before each tile.
  ///   - body: takes the number of a portfolio and its sample, in order.
  /// - Returns: whether all was done.
  public func run(
    weights: Matrix, workers: Int, isCancelled: @Sendable () -> Bool,
    _ body: (Int, PathSample) throws -> Void
  ) throws -> Bool {
    precondition(weights.columns == model.symbols.count, "a weight for each symbol")
    let each = settings.paths * (settings.watchesPaths ? 22 : 8)
    let group = max(1, (256 << 20) / each)
    var first = 0
    while first < weights.rows {
      let rows = first..<min(first + group, weights.rows)
      let book = PathBook(model, weights: weights, rows: rows, settings)
      let store = PathStore(portfolios: rows.count, settings)
      let done = try TileLoop(
        tiles: (settings.paths + Self.tile - 1) / Self.tile, workers: workers
      ).run(
        isCancelled: isCancelled,
        room: { PathRoom(symbols: model.symbols.count, portfolios: rows.count) },
        { tile, room in
          let begin = tile * Self.tile
          for path in stride(
            from: begin, to: min(begin + Self.tile, settings.paths), by: 8)
          {
            follow(UInt32(path), book, room)
            store.put(path, room.states.base)
          }
        })
      guard done else { return false }
      for row in rows { try body(row, store.sample(row - first)) }
      first = rows.upperBound
    }
    return true
  }

  /// Growths of symbols at each bar of a path, `[bars, N]` by symbol of the model: the same as in a run.
  public func growths(path: UInt32) -> Matrix {
    var result = Matrix(rows: settings.bars, columns: model.symbols.count)
    growths(ofEightFrom: path) { result[$0, $1] = $2[0] }
    return result
  }

  /// Growths of symbols on eight paths from a path on: each the same as alone.
  ///
  /// - Parameter body: takes the bar, the symbol of the model and its growth by path.
  public func growths(
    ofEightFrom path: UInt32, _ body: (_ bar: Int, _ symbol: Int, _ growths: Vector) -> Void
  ) {
    let count = model.symbols.count
    let room = PathRoom(symbols: count, portfolios: 0)
    var first = 0
    room.begin()
    while first < settings.bars {
      let steps = min(Self.chunk, settings.bars - first)
      draw(path, first, steps, room)
      for step in 0..<steps {
        for (place, column) in model.order.enumerated() {
          body(first + step, column, room.growths[step * count + place])
        }
      }
      first += steps
    }
  }

  /// Bars of the table of returns that a path of a bootstrap has: `[bars]`; nil for other models.
  public func bars(path: UInt32) -> [Int]? {
    guard case .bootstrap(let model) = model else { return nil }
    let rows = AlignedBuffer(repeating: SIMD8<UInt64>.zero, count: settings.bars)
    let last = AlignedBuffer(repeating: SIMD8<UInt64>.zero, count: 1)
    kernels.rows(settings.seed, path, 0, settings.bars, model.draws, last.base, rows.base)
    return (0..<settings.bars).map { model.bars[Int(rows[$0][0])] }
  }

  /// Value of a portfolio after each bar of growths `[bars, N]`, in units of the first: the same as in a run that watches paths.
  public func values(of weights: [Double], growths: Matrix) -> [Double] {
    precondition(weights.count == model.symbols.count && growths.columns == weights.count)
    let order = model.order
    var since = [Double](repeating: 1, count: weights.count)
    var (base, value) = (1.0, 1.0)
    return (0..<growths.rows).map { bar in
      if settings.every > 0, bar % settings.every == 0 {
        since = since.map { _ in 1 }
        base = value
      }
      for (place, column) in order.enumerated() { since[place] *= growths[bar, column] }
      value = max(0, base * PathBook.sum(order.map { weights[$0] }, since))
      if value == 0 { base = 0 }
      return value
    }
  }

  // MARK: - Eight paths

  /// Runs the portfolios of a book over eight paths; their states end in the room.
  private func follow(_ path: UInt32, _ book: PathBook, _ room: PathRoom) {
    room.begin()
    let states = room.states.base
    if book.runsShort {
      end(path, book, room)
      return
    }
    var first = 0
    while first < settings.bars {
      let steps = min(Self.chunk, settings.bars - first)
      if case .bootstrap(let bootstrap) = model, settings.every == 1 {
        kernels.rows(
          settings.seed, path, first, steps, bootstrap.draws, room.last.base, room.rows.base)
        for row in 0..<book.count {
          book.columns.withUnsafeBufferPointer {
            kernels.follow(
              room.rows.base, steps, $0.baseAddress! + row * bootstrap.growths.rows, states + row)
          }
        }
      } else {
        draw(path, first, steps, room)
        book.withHeld(every: settings.every) {
          kernels.hold($0, first, steps, room.growths.base, room.since.base, states)
        }
      }
      first += steps
    }
  }

  /// Growths of all symbols over steps, the first of which is a multiple of four.
  private func draw(_ path: UInt32, _ first: Int, _ steps: Int, _ room: PathRoom) {
    let seed = settings.seed
    switch model {
    case .bootstrap(let model):
      kernels.rows(seed, path, first, steps, model.draws, room.last.base, room.rows.base)
      model.growths.values.withUnsafeBufferPointer {
        kernels.gather(
          room.rows.base, steps, $0.baseAddress!, model.growths.columns, room.growths.base)
      }
    case .gaussian(let model):
      let count = model.symbols.count
      for symbol in 0..<count {
        kernels.normals(
          seed, path, UInt32(symbol), first / 4, (steps + 3) / 4, room.work.base,
          room.normals.base + symbol, count)
      }
      if let freedom = model.freedom {
        kernels.studentScales(
          seed, path, first / 2, (steps + 1) / 2, freedom, room.scales.base)
      }
      model.withMixture(model.mean) {
        kernels.growths(
          $0, steps, room.normals.base, model.freedom == nil ? nil : room.scales.base,
          room.growths.base)
      }
    }
  }

  /// Values after the last bar without those between.
  ///
  /// Logarithms of normal returns add up, so the sums of normal numbers are mixed once; a bootstrap of portfolios that are
  /// moved to their weights at each bar multiplies growths that are known.
  private func end(_ path: UInt32, _ book: PathBook, _ room: PathRoom) {
    let (seed, bars, states) = (settings.seed, settings.bars, room.states.base)
    switch model {
    case .bootstrap(let model):
      for row in 0..<book.count {
        states[row].value = book.columns.withUnsafeBufferPointer {
          kernels.rowProducts(
            seed, path, bars, model.draws, $0.baseAddress! + row * model.growths.rows,
            room.last.base)
        }
      }
    case .gaussian(let model):
      for symbol in 0..<model.symbols.count {
        room.normals[symbol] = kernels.normalSums(
          seed, path, UInt32(symbol), bars, room.work.base)
      }
      model.withMixture(model.mean.map { $0 * Double(bars) }) {
        kernels.growths($0, 1, room.normals.base, nil, room.growths.base)
      }
      book.withHeld(every: 0) {
        kernels.hold($0, 0, 1, room.growths.base, room.since.base, states)
      }
    }
  }
}

extension GaussianPaths {
  func withMixture(_ mean: [Double], _ body: (PathMixture) -> Void) {
    mean.withUnsafeBufferPointer { mean in
      lower.values.withUnsafeBufferPointer { lower in
        guard let means = mean.baseAddress, let factor = lower.baseAddress else { return }
        body(PathMixture(symbols: mean.count, mean: means, lower: factor, isLog: kind == .log))
      }
    }
  }
}
