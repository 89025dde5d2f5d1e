/// Every metric by name, in the order in which lists and tables show them.
///
/// A new metric is one file in a family folder and one line here.
public enum MetricCatalog {
  /// All metrics.
  public static let all: [any Metric] = [
    TotalReturn(),
    CAGRPeriods(),
    CAGRCalendar(),
    FinalEquity(),
    BestBar(),
    WorstBar(),
    TimeWeightedReturn(),
    MoneyWeightedReturn(),
    NetFlows(),
    MissedWithdrawals(),

    Volatility(),
    ValueAtRisk(level: TailLevel(perMille: 950)),
    ValueAtRisk(level: TailLevel(perMille: 990)),
    ConditionalValueAtRisk(level: TailLevel(perMille: 950)),
    ConditionalValueAtRisk(level: TailLevel(perMille: 990)),
    Skew(),
    ExcessKurtosis(),

    Sharpe(),
    Sortino(),
    Calmar(),
    Omega(),
    TailRatio(),

    MaxDrawdown(),
    DrawdownDuration(),
    Ulcer(),

    Trades(),
    OpenTrades(),
    WinRate(),
    ProfitFactor(),
    Expectancy(),
    Payoff(),

    Exposure(),
    Turnover(),
    Fees(),
    SlippageCost(),
    AmbiguousBars(),
    StaleMarks(),
    WarmBars(),
    ConflictingSignals(),
    RejectedOrders(),
    CancelledOrders(),
    PartialFills(),
    ScaledOrders(),
    Liquidations(),
    Delistings(),
    Rebalances(),
    ResidualCash(),

    GrossReturn(),
    ReturnAfterSlippage(),
    ReturnAfterCommission(),
    ReturnAfterBorrow(),
    ReturnAfterFinancing(),
    BreakEven(),
    CostOfTrading(),
    BorrowFees(),
    InterestPaid(),
    InterestEarned(),
    Dividends(),
  ]

  /// Names of all metrics, in the same order.
  public static let names = all.map(\.name)

  /// Names of the metrics of a spec without `metrics`: those that every lane's sums give, so a sweep pays nothing.
  public static let defaultNames =
    [
      "total_return", "cagr_periods", "volatility", "sharpe", "max_drawdown", "calmar",
      "trades", "win_rate", "profit_factor", "exposure", "fees",
    ] + costNames

  /// The ladder of costs: profit before all of them, after one after the other, and what trading may cost at most.
  public static let costNames = [
    "gross_return", "return_after_slippage", "return_after_commission", "return_after_borrow",
    "return_after_financing", "break_even_bps",
  ]

  /// The metric with a name, or nil; `nearestName(to:among:)` over `names` finds what may have been meant.
  public static func metric(named name: String) -> (any Metric)? {
    index[name].map { all[$0] }
  }

  private static let index = Dictionary(
    uniqueKeysWithValues: zip(names, names.indices))
}
