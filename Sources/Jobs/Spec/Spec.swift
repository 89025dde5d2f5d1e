import Expressions
import Kernels
import Market
import Metrics
import Simulation
import Strategies

/// A job description, checked as far as that goes without the store.
public struct Spec: Sendable {
  /// Which symbols of the panel to run.
  public enum Symbols: Sendable, Equatable {
    /// All of them.
    case all
    /// Those named, in this order.
    case named([String])
    /// Those of a sector.
    case sector(String)
    /// The largest by a field at each bar, as far as it was known then.
    case top(Int, by: String)
  }

  /// What a backtest tells of its best lane beside the metrics.
  public struct Tables: Sendable, Equatable {
    /// How many of the deepest drawdowns are listed; 0 for none.
    public var drawdowns = 5
    /// Whether returns of months and years are listed.
    public var monthly = true
    /// Observations in the window of rolling metrics; nil for none.
    public var rolling: Int?
  }

  /// Name of the run.
  public var name = "run"
  /// Path of the store, as written.
  public var store = ""
  /// Panel; nil when the store has just one.
  public var panel: String?
  /// Which symbols.
  public var symbols = Symbols.all
  /// First instant of trading, nanoseconds UTC.
  public var from: Int64?
  /// Last instant of trading; a plain date includes its whole day.
  public var to: Int64?
  /// What prices are adjusted by.
  public var adjustment = Adjustment.splits
  /// Whether accounts receive dividends; where prices hold them they don't.
  public var paysDividends = false
  /// Panel of exchange rates between the currencies of symbols and that of the account.
  public var ratesPanel: String?
  /// Whether indicators see the bars before `from`.
  public var warmsOnHistory = true
  /// Parameters in the order of the spec.
  public var axes: [ParameterGrid.Axis] = []
  /// Condition on parameters.
  public var condition: String?
  /// The strategy's texts.
  public var strategy = ExpressionStrategy.Source()
  /// Target weights, in a strategy for a portfolio.
  public var weights: Weights?
  /// How long an order that is not filled waits.
  public var waiting = Waiting.untilCancelled
  /// When a portfolio is moved towards its weights.
  public var rebalance = Rebalance()
  /// Name of the catalogue's strategy that this one is made of; nil for one of its own.
  public var template: String?
  /// The symbols that the template names, by role.
  var roles: [(name: String, symbol: String)] = []
  /// The accounts, each of which trades by itself; one without a name unless there are several.
  public var wallets = [Wallet()]
  /// Currency of the account, for display.
  public var currency = "USD"
  /// Fills, costs and margin.
  public var execution = ExecutionRules()
  /// Whether each lane runs twice, under the worst and the best order of events inside bars.
  public var bounds = false
  /// Panel of shorter bars that tells the order of events inside bars.
  public var finerPanel: String?
  /// Fields that are known later than their bars.
  public var lags: [FieldLag] = []
  /// Fields that come from files of their own.
  public var scores: [Scores] = []
  /// Annual risk-free rate.
  public var riskFree = 0.0
  /// Annual minimum acceptable return.
  public var minimumAcceptable = 0.0
  /// Portfolios whose risk is looked at, as written; nil unless the spec has the key.
  var portfolios: JSON5?
  /// What is asked of risk, as written; nil unless the spec has the key.
  var risk: JSON5?
  /// Which weights are asked for, as written; nil unless the spec has the key.
  var allocate: JSON5?
  /// Whether the spec says what to trade.
  public var hasStrategy = true
  /// Whether the spec names its metrics.
  var givesMetrics = false
  /// Symbol of the panel that relative metrics are against; nil for none.
  public var benchmark: String?
  /// Whose definitions metrics follow.
  public var convention = Convention.apus
  /// Whether statistics of bars shorter than a day are of bars, not of days.
  public var isPerBar = false
  /// The tables of a backtest.
  public var tables = Tables()
  /// Metrics, in the order of the spec.
  public var metrics: [String] = []
  /// Metric that ranks.
  public var rankBy = ""
  /// Rows of the leaderboard that are shown.
  public var top = 20
  /// Seed, for what is random.
  public var seed: UInt64 = 1
  /// Whether the text has a `rebalance`.
  var givesRebalance = false
  /// The text, as read.
  public var text = ""
  /// Folder of the spec, with its last slash, that paths in it are relative to; empty for the current one.
  public var folder = ""

  /// Names of the fill moments, as written.
  public static let fillNames: [(name: String, moment: FillMoment)] = [
    ("next_open", .nextOpen), ("next_close", .nextClose), ("same_close", .sameClose),
  ]

  /// Equity before the first bar, of the first account.
  public var cash: Double { wallets[0].cash }

  /// Name of this spec's fill moment.
  public var fillName: String {
    Self.fillNames.first { $0.moment == execution.fill }?.name ?? ""
  }
}
