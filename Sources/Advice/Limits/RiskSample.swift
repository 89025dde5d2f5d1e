import Kernels
import Market
import Risk

/// Past returns of a universe, laid out by symbol, from which the risk of very many portfolios' weights is computed.
///
/// The past of weights is what they would have earned had they been restored at every bar: Σ w · r over what is held, cash at
/// 0. It begins with the first return of the youngest symbol; a later bar without a return is one at which the symbol stood
/// still. Bars shorter than a day are compounded to days.
public struct RiskSample: Sendable {
  /// Fewer returns than these tell no risk.
  public static let leastReturns = 60

  /// Total returns in one currency: `[T, N]`.
  public let returns: ReturnTable
  /// First bar with a return by column; `T` without any.
  let first: [Int]
  /// Whole blocks of bars in a row of `rows`.
  private let stride: Int
  /// Returns by symbol, 0 where there is none: `[N, stride]`.
  private let rows: [Double]

  private static let block = 32

  /// The returns of a universe, of days where its bars are shorter.
  public init(_ universe: AdviceUniverse) {
    let panel = universe.market.panel
    var table = universe.returns
    if panel.frequencyNs < Calendar.dayNs,
      let days = try? table.compounded(
        to: .day, barsPerYear: panel.calendar.barsPerYear(frequencyNs: Calendar.dayNs))
    {
      table = days
    }
    self.init(table)
  }

  /// Given simple returns.
  public init(_ returns: ReturnTable) {
    self.returns = returns
    let (bars, symbols) = (returns.barCount, returns.symbolCount)
    let stride = (bars + Self.block - 1) / Self.block * Self.block
    var rows = [Double](repeating: 0, count: stride * symbols)
    var first = [Int](repeating: bars, count: symbols)
    for bar in 0..<bars {
      for symbol in 0..<symbols {
        let value = returns.values[bar, symbol]
        guard value.isFinite else { continue }
        rows[symbol * stride + bar] = value
        first[symbol] = min(first[symbol], bar)
      }
    }
    (self.stride, self.rows, self.first) = (stride, rows, first)
  }

  /// Bars of a panel that so many days, or longer bars, are made of.
  public static func bars(_ lookback: Int, of panel: PricePanel) -> Int {
    guard panel.frequencyNs < Calendar.dayNs else { return lookback }
    let calendar = panel.calendar
    let aDay =
      calendar.barsPerYear(frequencyNs: panel.frequencyNs)
      / calendar.barsPerYear(frequencyNs: Calendar.dayNs)
    let (bars, isBeyond) = lookback.multipliedReportingOverflow(by: Int(aDay.rounded(.up)) + 1)
    return isBeyond ? panel.barCount : min(panel.barCount, bars)
  }

  /// Returns that weights would have earned: those of `bars`, the last one last.
  public struct Past: Sendable {
    /// Returns a bar.
    public var returns: [Double]
    /// Bars of the sample that they are of.
    public var bars: Range<Int>
    /// Column of the symbol whose history begins last; nil if all go back to the beginning.
    public var youngest: Int?
  }

  /// The past of weights.
  ///
  /// Sums run over symbols in their order, so that a portfolio has the same bits whoever computes it, and in whatever company.
  ///
  /// - Parameters:
  ///   - columns: of the universe: `[K]`.
  ///   - weights: fractions of equity: `[K]`.
  public func past(_ columns: [Int], _ weights: [Double]) -> Past {
    var (begin, youngest): (Int, Int?) = (0, nil)
    for (column, weight) in zip(columns, weights) where weight != 0 && first[column] > begin {
      (begin, youngest) = (first[column], column)
    }
    let count = returns.barCount
    guard begin < count else { return Past(returns: [], bars: count..<count, youngest: youngest) }
    let start = begin / Self.block * Self.block
    let sums = [Double](unsafeUninitializedCapacity: stride - start) { sums, filled in
      rows.withUnsafeBytes { rows in
        for block in Swift.stride(from: start, to: stride, by: Self.block) {
          var (a, b, c, d) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
          for place in columns.indices {
            let weight = weights[place]
            let at = (columns[place] * stride + block) * 8
            a += weight * rows.loadUnaligned(fromByteOffset: at, as: Lanes.self)
            b += weight * rows.loadUnaligned(fromByteOffset: at + 64, as: Lanes.self)
            c += weight * rows.loadUnaligned(fromByteOffset: at + 128, as: Lanes.self)
            d += weight * rows.loadUnaligned(fromByteOffset: at + 192, as: Lanes.self)
          }
          for lane in 0..<8 {
            let to = block - start + lane
            (sums[to], sums[to + 8]) = (a[lane], b[lane])
            (sums[to + 16], sums[to + 24]) = (c[lane], d[lane])
          }
        }
      }
      filled = stride - start
    }
    return Past(
      returns: Array(sums[(begin - start)..<(count - start)]), bars: begin..<count,
      youngest: youngest)
  }

  private typealias Lanes = SIMD8<Double>

  /// Annual volatility of returns, by the sample variance; NaN for fewer than two.
  public func volatility(_ returns: some Collection<Double>) -> Double {
    let count = Double(returns.count)
    guard count >= 2 else { return .nan }
    let mean = returns.reduce(0, +) / count
    let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / (count - 1) * self.returns.barsPerYear).squareRoot()
  }
}
