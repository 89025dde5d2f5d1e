import Market
import Risk
import Simulation
import Storage

/// One part of a risk report: a key of `risk` in the spec, groups of the result, tables on the terminal.
///
/// A new part is a file beside this one and a line in `RiskSections`.
protocol RiskSection: Sendable {
  /// Its key in `risk`.
  static var key: String { get }
  /// What it tells, in a few words, for help.
  static var summary: String { get }
  /// Reads its value; whoever calls checks that no key is left over.
  ///
  /// - Throws: `SpecError` with the path of what is wrong.
  init(_ reader: inout SpecReader) throws(SpecError)
  /// Reads its value, of whatever kind; an object goes to `init`, which is all that most parts need.
  static func read(_ json: JSON5, path: String) throws(SpecError) -> Self
  /// Files that it reads, as the spec names them.
  var files: [String] { get }
  /// Computes it.
  ///
  /// - Throws: `SpecError` for what only the market can tell, `RiskError`, `SideFileError`, `RunInterrupted`.
  func run(_ input: RiskInput) throws -> [ResultGroup]
}

extension RiskSection {
  var files: [String] { [] }

  static func read(_ json: JSON5, path: String) throws(SpecError) -> Self {
    var reader = try SpecReader(json, path: path)
    let section = try Self(&reader)
    try reader.finish()
    return section
  }
}

/// All parts of a risk report, in the order in which they are computed and shown.
enum RiskSections {
  static let all: [any RiskSection.Type] = [
    CovarianceSection.self, VaRSection.self, ContributionsSection.self,
    FactorsSection.self, BrinsonSection.self, StressSection.self, MonteCarloSection.self,
  ]
}

/// What the parts of a risk report look at.
struct RiskInput: Sendable {
  /// The spec.
  let spec: Spec
  /// Path of the store.
  let storePath: String
  /// Prices.
  let panel: PricePanel
  /// Columns of the panel: `[N]`.
  let symbols: [Int]
  /// Bars of the panel.
  let window: Range<Int>
  /// Simple returns a bar of the symbols over the window: `[T, N]`.
  let returns: ReturnTable
  /// The portfolios that are looked at in detail: names `[P]` and weights `[P, N]`, fractions of equity, rebalanced at each bar.
  let portfolios: WeightTable
  /// Risk-free return of a bar.
  let riskFree: Double
  /// Number of workers; no number depends on it.
  let workers: Int
  /// Instruction set of the kernels.
  let variant: KernelVariant
  /// Covariances of the run, which its parts share.
  let covariances = CovarianceCache()
  /// Whether somebody asked to stop; then `run` throws `RunInterrupted`.
  let isCancelled: @Sendable () -> Bool

  /// Seed of what is random.
  var seed: UInt64 { spec.seed }

  /// Sectors of the symbols, `unknown` where the store has none: `[N]`.
  var sectors: [String] {
    symbols.map { panel.symbols[$0].sector }.map { $0.isEmpty ? "unknown" : $0 }
  }

  /// The estimator of parts that name none: the sample, over the bars that pairs have in common.
  static let usualCovariance = SampleCovariance(missing: .pairwise)

  /// The covariance of the run's symbols, or of another table; estimated once for all parts that ask for it.
  func covariance(of table: ReturnTable? = nil, by estimator: any CovarianceEstimator)
    throws(RiskError) -> CovarianceEstimate
  {
    let table = table ?? returns
    return try covariances.estimate(
      table, bars: 0..<table.barCount, by: estimator, workers: workers)
  }

  /// Throws if somebody asked to stop.
  func checkCancelled() throws { if isCancelled() { throw RunInterrupted() } }
}

extension ReturnTable {
  /// The bars at which all symbols have a return, and the symbol with the fewest; nil unless a tenth or more are left out.
  var mostLeftOut: (rows: Int, symbol: String, count: Int)? {
    let (rows, counts) = (completeRows.count, counts)
    guard rows * 10 <= barCount * 9, let least = counts.indices.min(by: { counts[$0] < counts[$1] })
    else { return nil }
    return (rows, symbols[least], counts[least])
  }
}
