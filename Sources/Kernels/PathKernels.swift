/// The loops of Monte Carlo that are compiled once per instruction set, as values: eight paths a vector.
///
/// All instruction sets give the same bits, and a path the same in whatever lane it lies.
public struct PathKernels: Sendable {
  /// Words of eight lanes that a caller of `normals` and `normalSums` sets aside.
  @inlinable @inline(always) public static var normalRoom: Int { 32 }
  /// Words of eight lanes that a caller of `rowProducts` sets aside.
  @inlinable @inline(always) public static var rowRoom: Int { 8 }

  /// Name of the instruction set.
  public let name: String
  /// Normal numbers of blocks of four steps: seed, first path, symbol, first block, blocks, room, output, vectors from step to
  /// step.
  public let normals:
    @Sendable (
      UInt64, UInt32, UInt32, Int, Int, UnsafeMutablePointer<SIMD8<UInt64>>,
      UnsafeMutablePointer<Vector>, Int
    ) -> Void
  /// Sums of the normal numbers of steps from 0 on: seed, first path, symbol, steps, room.
  public let normalSums:
    @Sendable (UInt64, UInt32, UInt32, Int, UnsafeMutablePointer<SIMD8<UInt64>>) -> Vector
  /// √((ν − 2) / χ²) of pairs of steps: seed, first path, first pair, pairs, ν, output.
  public let studentScales:
    @Sendable (UInt64, UInt32, Int, Int, Double, UnsafeMutablePointer<Vector>) -> Void
  /// Growths of symbols of normal numbers: what to mix, steps, numbers `[steps, N]`, scales of steps or nil, output `[steps, N]`.
  public let growths:
    @Sendable (
      PathMixture, Int, UnsafePointer<Vector>, UnsafePointer<Vector>?,
      UnsafeMutablePointer<Vector>
    ) -> Void
  /// Rows of a bootstrap: seed, first path, first step, steps, what to draw, rows of the step before, output `[steps]`.
  public let rows:
    @Sendable (
      UInt64, UInt32, Int, Int, RowDraws, UnsafeMutablePointer<SIMD8<UInt64>>,
      UnsafeMutablePointer<SIMD8<UInt64>>
    ) -> Void
  /// Growths of symbols at rows: rows, steps, table `[rows, N]`, N, output `[steps, N]`.
  public let gather:
    @Sendable (
      UnsafePointer<SIMD8<UInt64>>, Int, UnsafePointer<Double>, Int, UnsafeMutablePointer<Vector>
    ) -> Void
  /// Products of a column at rows that are drawn apart: seed, first path, steps, what to draw, column, room.
  public let rowProducts:
    @Sendable (
      UInt64, UInt32, Int, RowDraws, UnsafePointer<Double>, UnsafeMutablePointer<SIMD8<UInt64>>
    ) -> Vector
  /// Portfolios that are moved to their weights every so many bars: portfolios, first bar, steps, growths `[steps, N]`, what
  /// symbols have grown since `[N]`, states `[P]`.
  public let hold:
    @Sendable (
      HeldPortfolios, Int, Int, UnsafePointer<Vector>, UnsafeMutablePointer<Vector>,
      UnsafeMutablePointer<PathState>
    ) -> Void
  /// A portfolio whose growth at each row is known: rows, steps, growths of rows, state.
  public let follow:
    @Sendable (
      UnsafePointer<SIMD8<UInt64>>, Int, UnsafePointer<Double>, UnsafeMutablePointer<PathState>
    ) -> Void

  /// A table of loops of one instruction set.
  public init(
    name: String,
    normals:
      @escaping @Sendable (
        UInt64, UInt32, UInt32, Int, Int, UnsafeMutablePointer<SIMD8<UInt64>>,
        UnsafeMutablePointer<Vector>, Int
      ) -> Void,
    normalSums:
      @escaping @Sendable (
        UInt64, UInt32, UInt32, Int, UnsafeMutablePointer<SIMD8<UInt64>>
      ) -> Vector,
    studentScales:
      @escaping @Sendable (UInt64, UInt32, Int, Int, Double, UnsafeMutablePointer<Vector>) -> Void,
    growths:
      @escaping @Sendable (
        PathMixture, Int, UnsafePointer<Vector>, UnsafePointer<Vector>?,
        UnsafeMutablePointer<Vector>
      ) -> Void,
    rows:
      @escaping @Sendable (
        UInt64, UInt32, Int, Int, RowDraws, UnsafeMutablePointer<SIMD8<UInt64>>,
        UnsafeMutablePointer<SIMD8<UInt64>>
      ) -> Void,
    gather:
      @escaping @Sendable (
        UnsafePointer<SIMD8<UInt64>>, Int, UnsafePointer<Double>, Int,
        UnsafeMutablePointer<Vector>
      ) -> Void,
    rowProducts:
      @escaping @Sendable (
        UInt64, UInt32, Int, RowDraws, UnsafePointer<Double>, UnsafeMutablePointer<SIMD8<UInt64>>
      ) -> Vector,
    hold:
      @escaping @Sendable (
        HeldPortfolios, Int, Int, UnsafePointer<Vector>, UnsafeMutablePointer<Vector>,
        UnsafeMutablePointer<PathState>
      ) -> Void,
    follow:
      @escaping @Sendable (
        UnsafePointer<SIMD8<UInt64>>, Int, UnsafePointer<Double>, UnsafeMutablePointer<PathState>
      ) -> Void
  ) {
    self.name = name
    self.normals = normals
    self.normalSums = normalSums
    self.studentScales = studentScales
    self.growths = growths
    self.rows = rows
    self.gather = gather
    self.rowProducts = rowProducts
    self.hold = hold
    self.follow = follow
  }
}

/// How normal numbers become growths of symbols: 1 + x or e to the x, with x = mean + scale · lower · z.
public struct PathMixture: BitwiseCopyable {
  /// Number of symbols, `N`.
  public let symbols: Int
  /// `[N]`, a bar.
  public let mean: UnsafePointer<Double>
  /// `[N, N]`, zeros above the diagonal.
  public let lower: UnsafePointer<Double>
  /// Whether x is a logarithm; else growths below 0 count as 0.
  public let isLog: Bool

  /// A mixture.
  public init(
    symbols: Int, mean: UnsafePointer<Double>, lower: UnsafePointer<Double>, isLog: Bool
  ) {
    self.symbols = symbols
    self.mean = mean
    self.lower = lower
    self.isLog = isLog
  }
}

/// How rows of a bootstrap are drawn.
///
/// Numbers of rows come from the 128 bits of block `(draw 1, step k)`, symbol 0, of a path: its low and its high 64 bits are
/// binary fractions, and each gives `perWord` rows, one after the other: the fraction times the number of rows is a row and
/// the next fraction. So step t takes place t mod (2 · perWord) of block t / (2 · perWord). No probability of so many
/// neighbouring rows is off by more than 2⁻¹⁴ of it, as `rows` to the power of `perWord` is at most 2⁵⁰.
/// For blocks longer than one bar, word t mod 4 of block `(draw 2, t / 4)` below `threshold` begins a block at step t; else
/// the row after the last follows, and after the last row the first.
public struct RowDraws: Sendable, Equatable, BitwiseCopyable {
  /// Number of rows.
  public let rows: Int
  /// Rows that 64 bits give.
  public let perWord: Int
  /// 2³² over the mean length of a block; 2³² if each bar is drawn apart.
  public let threshold: UInt64

  /// Draws of rows in blocks of a mean length, at least 1.
  public init(rows: Int, meanBlock: Double) {
    precondition(rows > 0 && rows < 1 << 32 && meanBlock >= 1, "rows and blocks of a bootstrap")
    self.rows = rows
    var (count, power) = (1, rows)
    while count < 4, power <= (1 << 50) / rows {
      count += 1
      power *= rows
    }
    perWord = count
    threshold = UInt64(max(1, (0x1p32 / meanBlock).rounded()))
  }

  /// Whether each bar is drawn apart.
  public var isIndependent: Bool { threshold == 1 << 32 }
}

/// Portfolios that are moved to weights at the same bars.
public struct HeldPortfolios: BitwiseCopyable {
  /// Number of portfolios, `P`.
  public let count: Int
  /// Number of symbols, `N`.
  public let symbols: Int
  /// `[P, N]`, fractions of equity.
  public let weights: UnsafePointer<Double>
  /// What is left in cash: `[P]`.
  public let cash: UnsafePointer<Double>
  /// Bars from one move to the next; 0 for none after the first.
  public let every: Int

  /// Portfolios.
  public init(
    count: Int, symbols: Int, weights: UnsafePointer<Double>, cash: UnsafePointer<Double>,
    every: Int
  ) {
    self.count = count
    self.symbols = symbols
    self.weights = weights
    self.cash = cash
    self.every = every
  }
}

// Views: whoever makes them keeps the memory alive and unshared while they are used.
extension PathMixture: @unchecked Sendable {}
extension HeldPortfolios: @unchecked Sendable {}

/// A portfolio on eight paths, in units of its first value.
///
/// One whose value is 0 or less is ruined: it stays at 0.
public struct PathState: BitwiseCopyable {
  /// Value after the last bar.
  public var value = Vector(repeating: 1)
  /// Value at the last move to its weights.
  public var base = Vector(repeating: 1)
  /// Highest value yet, from 1 on.
  public var peak = Vector(repeating: 1)
  /// Least value yet, from 1 on.
  public var least = Vector(repeating: 1)
  /// Least value over the highest before it.
  public var depth = Vector(repeating: 1)
  /// Bars since the highest value.
  public var run = Vector.zero
  /// The longest such stretch.
  public var longest = Vector.zero

  /// A portfolio before its first bar.
  public init() {}
}
