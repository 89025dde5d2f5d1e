import Kernels

/// Portfolios of a run, with columns in the order in which a model computes.
struct PathBook: Sendable {
  /// Number of portfolios, `P`.
  let count: Int
  private let symbols: Int
  /// `[P, N]`.
  private let weights: [Double]
  /// `[P]`.
  private let cash: [Double]
  /// Growths of portfolios that are moved to their weights at each bar, at the rows of a bootstrap: `[P, rows]`; else empty.
  let columns: [Double]
  /// Whether values after the last bar are all that is asked, and need none of those between.
  let runsShort: Bool

  init(_ model: PathModel, weights: Matrix, rows: Range<Int>, _ settings: MonteCarloSettings) {
    count = rows.count
    symbols = weights.columns
    let ordered = rows.map { row in model.order.map { weights[row, $0] } }
    self.weights = ordered.flatMap { $0 }
    cash = ordered.map { 1 - $0.reduce(0, +) }
    switch model {
    case .bootstrap(let model):
      let columns = ordered.flatMap { weights in
        (0..<model.growths.rows).map { Self.sum(weights, model.growths.row($0)) }
      }
      self.columns = columns
      runsShort =
        !settings.watchesPaths && settings.every == 1 && model.draws.isIndependent
        && columns.allSatisfy { $0 > 0 }
    case .gaussian(let model):
      columns = []
      runsShort =
        !settings.watchesPaths && settings.every == 0 && model.freedom == nil
        && model.kind == .log && self.weights.allSatisfy { $0 >= 0 }
        && cash.allSatisfy { $0 >= -0x1p-40 }
    }
  }

  /// Cash and Σ weight · growth, in the order of the kernel: even symbols and cash, odd ones, both.
  static func sum(_ weights: [Double], _ growths: [Double]) -> Double {
    var (even, odd) = (1 - weights.reduce(0, +), 0.0)
    for index in weights.indices {
      if index % 2 == 0 {
        even += growths[index] * weights[index]
      } else {
        odd += growths[index] * weights[index]
      }
    }
    return even + odd
  }

  func withHeld(every: Int, _ body: (HeldPortfolios) -> Void) {
    weights.withUnsafeBufferPointer { weights in
      cash.withUnsafeBufferPointer { cash in
        guard let first = weights.baseAddress, let left = cash.baseAddress else { return }
        body(
          HeldPortfolios(
            count: count, symbols: symbols, weights: first, cash: left, every: every))
      }
    }
  }
}

/// What a worker needs for eight paths.
final class PathRoom {
  let work = AlignedBuffer(repeating: SIMD8<UInt64>.zero, count: PathKernels.normalRoom)
  let normals, growths, since: AlignedBuffer<Vector>
  let scales = AlignedBuffer(repeating: Vector.zero, count: MonteCarlo.chunk)
  let rows = AlignedBuffer(repeating: SIMD8<UInt64>.zero, count: MonteCarlo.chunk)
  /// Rows of the last step; also room for products.
  let last = AlignedBuffer(repeating: SIMD8<UInt64>.zero, count: PathKernels.rowRoom)
  let states: AlignedBuffer<PathState>

  init(symbols: Int, portfolios: Int) {
    normals = AlignedBuffer(repeating: .zero, count: MonteCarlo.chunk * symbols)
    growths = AlignedBuffer(repeating: .zero, count: MonteCarlo.chunk * symbols)
    since = AlignedBuffer(repeating: .zero, count: symbols)
    states = AlignedBuffer(repeating: PathState(), count: portfolios)
  }

  /// Before the first bar.
  func begin() {
    for symbol in 0..<since.count { since[symbol] = Vector(repeating: 1) }
    for row in 0..<states.count { states[row] = PathState() }
    last[0] = .zero
  }
}

/// What happened on all paths; workers write rows of their own.
final class PathStore: @unchecked Sendable {
  private let settings: MonteCarloSettings
  private let terminal: [AlignedBuffer8]
  private let drawdown: [AlignedBuffer8]
  private let underWater: [AlignedBuffer8]
  private let flags: [AlignedBuffer8]

  /// A buffer that an array can hold.
  private final class AlignedBuffer8 {
    let raw: UnsafeMutableRawPointer
    init(_ bytes: Int) {
      raw = .allocate(byteCount: max(bytes, 1), alignment: 64)
    }
    deinit { raw.deallocate() }
  }

  init(portfolios: Int, _ settings: MonteCarloSettings) {
    self.settings = settings
    let paths = settings.paths
    let watched = settings.watchesPaths ? paths : 0
    terminal = (0..<portfolios).map { _ in AlignedBuffer8(8 * paths) }
    drawdown = (0..<portfolios).map { _ in AlignedBuffer8(8 * watched) }
    underWater = (0..<portfolios).map { _ in AlignedBuffer8(4 * watched) }
    flags = (0..<portfolios).map { _ in AlignedBuffer8(2 * watched) }
  }

  /// Keeps eight paths from a path on, or as many as there are.
  func put(_ path: Int, _ states: UnsafePointer<PathState>) {
    let count = min(8, settings.paths - path)
    for row in terminal.indices {
      let state = states[row]
      let values = terminal[row].raw.assumingMemoryBound(to: Double.self)
      for lane in 0..<count { values[path + lane] = state.value[lane] }
      guard settings.watchesPaths else { continue }
      let depths = drawdown[row].raw.assumingMemoryBound(to: Double.self)
      let stretches = underWater[row].raw.assumingMemoryBound(to: Int32.self)
      let marks = flags[row].raw.assumingMemoryBound(to: Bool.self)
      for lane in 0..<count {
        depths[path + lane] = state.depth[lane] - 1
        stretches[path + lane] = Int32(state.longest[lane])
        marks[2 * (path + lane)] = state.least[lane] <= settings.barrier
        marks[2 * (path + lane) + 1] = state.peak[lane] >= settings.goal
      }
    }
  }

  /// What happened to a portfolio.
  func sample(_ row: Int) -> PathSample {
    let watched = settings.watchesPaths ? settings.paths : 0
    func array<Element>(_ buffer: AlignedBuffer8, _ count: Int, _: Element.Type) -> [Element] {
      Array(
        UnsafeBufferPointer(
          start: buffer.raw.assumingMemoryBound(to: Element.self), count: count))
    }
    let marks = array(flags[row], 2 * watched, Bool.self)
    return PathSample(
      terminal: array(terminal[row], settings.paths, Double.self),
      drawdown: array(drawdown[row], watched, Double.self),
      underWater: array(underWater[row], watched, Int32.self),
      hitBarrier: (0..<watched).map { marks[2 * $0] },
      reachedGoal: (0..<watched).map { marks[2 * $0 + 1] })
  }
}
