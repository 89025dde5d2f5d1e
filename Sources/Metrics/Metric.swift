/// One number about one lane, with all that is needed to read it rightly.
public protocol Metric: Sendable {
  /// Name in specs, tables and files, for example `max_drawdown`.
  var name: String { get }
  /// What the number counts.
  var unit: MetricUnit { get }
  /// Which end of the scale is good.
  var direction: MetricDirection { get }
  /// The formula in one line, with its conventions.
  var definition: String { get }
  /// Where the definition comes from.
  var source: String { get }
  /// What must be recorded beyond the sums that every lane keeps.
  var needs: MetricNeeds { get }
  /// The value for a lane, or why there is none.
  func value(of lane: LaneSummary) -> MetricValue
}

extension Metric {
  /// Most metrics need only the sums.
  public var needs: MetricNeeds { [] }
}

/// The unit of a metric.
public enum MetricUnit: String, Sendable, CaseIterable {
  /// A fraction: 0.01 is 1 %.
  case fraction
  /// A pure number.
  case ratio
  /// A number of things.
  case count
  /// A number of bars.
  case bars
  /// Account currency.
  case currency
  /// Ten-thousandths: 1 is 0.01 %.
  case basisPoints = "basis_points"
}

/// Which end of a metric's scale is good.
public enum MetricDirection: String, Sendable, CaseIterable {
  /// Larger is better.
  case higher
  /// Smaller is better.
  case lower
  /// Neither; ranking by it puts the larger first.
  case neutral
}

/// What the engine must record for a metric.
public struct MetricNeeds: OptionSet, Sendable {
  /// The set as bits.
  public let rawValue: Int
  /// A set from bits.
  public init(rawValue: Int) { self.rawValue = rawValue }
  /// Downside, drawdown-duration and drawdown-square sums.
  public static let extendedSums = MetricNeeds(rawValue: 1)
  /// The returns of every bar.
  public static let returns = MetricNeeds(rawValue: 2)
  /// Sums over trades and fills: wins, losses, profits, bars in position, notional, fees and slippage.
  public static let tradeSums = MetricNeeds(rawValue: 4)
  /// The periods of the calendar that bars belong to.
  public static let periods = MetricNeeds(rawValue: 8)
  /// The returns of the benchmark.
  public static let benchmark = MetricNeeds(rawValue: 16)
  /// Trades one by one, and what was held after each bar: a replay of every lane.
  public static let history = MetricNeeds(rawValue: 32)
}

/// A metric's value, or the reason why it has none.
///
/// Never 0 or infinity in place of "undefined".
public enum MetricValue: Sendable, Equatable {
  /// A finite number.
  case defined(Double)
  /// No value.
  case undefined(UndefinedReason)

  /// The number, or NaN.
  public var number: Double { if case .defined(let value) = self { value } else { .nan } }
}

/// Why a metric has no value.
public enum UndefinedReason: String, Sendable, CaseIterable {
  /// Fewer returns than the formula needs.
  case tooFewBars = "too_few_bars"
  /// The returns don't vary.
  case noVariation = "no_variation"
  /// No return below the minimum acceptable one.
  case noDownside = "no_downside"
  /// Equity never fell below its maximum.
  case noDrawdown = "no_drawdown"
  /// The lower quantile of returns, which divides, is 0.
  case noLowerTail = "no_lower_tail"
  /// No closed trade.
  case noTrades = "no_trades"
  /// No winning trade.
  case noWins = "no_wins"
  /// No losing trade.
  case noLosses = "no_losses"
  /// Equity ended at or below zero.
  case ruined
  /// The result exceeds the range of numbers.
  case overflow
  /// The returns that the metric needs were not recorded.
  case notRecorded = "not_recorded"
  /// No money was ever paid in.
  case noCapital = "no_capital"
  /// No rate of return explains the flows.
  case noRate = "no_rate"
  /// The run has no benchmark.
  case noBenchmark = "no_benchmark"
  /// The benchmark never rose, or never fell.
  case oneSidedBenchmark = "one_sided_benchmark"
  /// The benchmark moves nothing, or the lane doesn't move with it.
  case noBeta = "no_beta"
  /// What was lost was not won back.
  case notRecovered = "not_recovered"
  /// The returns lie outside what the formula holds for.
  case noFit = "no_fit"
  /// Nothing was held.
  case noPosition = "no_position"
}
