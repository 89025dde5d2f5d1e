/// Every metric by name, in the order in which lists and tables show them.
///
/// A new metric is one file in a family folder and one line here.
public enum MetricCatalog {
  /// Metrics of one kind.
  public struct Family: Sendable {
    /// What they are about, for headings.
    public let title: String
    /// The metrics.
    public let metrics: [any Metric]
  }

  /// All metrics by family.
  public static let families = [
    Family(title: "Return", metrics: returns),
    Family(title: "Calendar", metrics: calendar),
    Family(title: "Risk", metrics: risk),
    Family(title: "Drawdown", metrics: drawdown),
    Family(title: "Ratios", metrics: ratios),
    Family(title: "Benchmark", metrics: benchmark),
    Family(title: "Trades", metrics: trades),
    Family(title: "Holdings and activity", metrics: activity),
    Family(title: "Costs", metrics: costs),
  ]

  /// All metrics.
  public static let all: [any Metric] = families.flatMap(\.metrics)

  private static let tail95 = TailLevel(perMille: 950)
  private static let tail99 = TailLevel(perMille: 990)

  private static let returns: [any Metric] = [
    TotalReturn(),
    CAGRPeriods(),
    CAGRCalendar(),
    LogReturn(),
    MeanReturn(),
    AnnualMean(),
    GeometricMean(),
    FinalEquity(),
    BestBar(),
    WorstBar(),
    TimeWeightedReturn(),
    MoneyWeightedReturn(),
    NetFlows(),
    MissedWithdrawals(),
  ]

  private static let calendar: [any Metric] =
    [
      ExpectedReturn(period: .day),
      ExpectedReturn(period: .month),
      ExpectedReturn(period: .quarter),
      ExpectedReturn(period: .year),
      PeriodExtreme(period: .day, isBest: true),
      PeriodExtreme(period: .day, isBest: false),
      PeriodExtreme(period: .month, isBest: true),
      PeriodExtreme(period: .month, isBest: false),
      PeriodExtreme(period: .year, isBest: true),
      PeriodExtreme(period: .year, isBest: false),
    ] + LaneContext.Period.allCases.map { PositivePeriods(period: $0) } + [
      PeriodToDate(period: .month),
      PeriodToDate(period: .year),
      TrailingReturn(years: 1),
      TrailingReturn(years: 3),
      TrailingReturn(years: 5),
    ]

  private static let risk: [any Metric] = [
    Volatility(),
    DownsideDeviation(),
    SemiDeviation(),
    MeanAbsoluteDeviation(),
    GiniMeanDifference(),
    LowerPartialMoment(order: 1),
    LowerPartialMoment(order: 4),
    ValueAtRisk(level: tail95),
    ValueAtRisk(level: tail99),
    ConditionalValueAtRisk(level: tail95),
    ConditionalValueAtRisk(level: tail99),
    EntropicValueAtRisk(level: tail95),
    EntropicRisk(level: tail95),
    ExtremeValueAtRisk(level: tail99, isShortfall: false),
    ExtremeValueAtRisk(level: tail99, isShortfall: true),
    Skew(),
    ExcessKurtosis(),
    Stability(),
  ]

  private static let drawdown: [any Metric] = [
    MaxDrawdown(),
    DrawdownDuration(),
    AverageDrawdown(),
    AverageDrawdownDuration(),
    RecoveryTime(),
    Ulcer(),
    PainIndex(),
    DrawdownAtRisk(level: tail95),
    ConditionalDrawdownAtRisk(level: tail95),
    EntropicDrawdownAtRisk(level: tail95),
  ]

  private static let ratios: [any Metric] = [
    Sharpe(),
    SmartSharpe(),
    LoSharpe(),
    ProbabilisticSharpe(),
    MinimumTrackRecord(),
    Sortino(),
    AdjustedSortino(),
    SmartSortino(),
    ProbabilisticSortino(),
    Calmar(),
    Omega(),
    GainToPain(),
    UlcerPerformance(),
    Serenity(),
    RecoveryFactor(),
    RiskReturn(),
    RiskAdjustedReturn(),
    TailRatio(),
    CommonSense(),
    OutlierRatio(isWin: true),
    OutlierRatio(isWin: false),
    BarWinRate(),
    BarPayoff(),
    BarProfitFactor(),
    ProfitRatio(),
  ]

  private static let benchmark: [any Metric] = [
    BenchmarkReturn(),
    ExcessReturn(),
    Alpha(),
    Beta(),
    SidedAlpha(isUp: true),
    SidedAlpha(isUp: false),
    SidedBeta(isUp: true),
    SidedBeta(isUp: false),
    Capture(isUp: true),
    Capture(isUp: false),
    CaptureRatio(),
    BattingAverage(),
    TrackingError(),
    InformationRatio(),
    Treynor(),
    Correlation(),
    RSquared(),
    BetaFragility(),
  ]

  private static let trades: [any Metric] =
    [
      Trades(),
      OpenTrades(),
      FlatTrades(),
      TradesPerYear(),
      WinRate(),
      LossRate(),
      ProfitFactor(),
      Expectancy(),
      Payoff(),
      AverageWin(),
      AverageLoss(),
      Kelly(),
      RiskOfRuin(),
      CPCIndex(),
      ProfitToMaxDrawdown(),
      SystemQuality(),
    ] + TradeFigure.extremes + TradeFigure.durations + TradeFigure.streaks
    + TradeFigure.excursions + TradeFigure.sides

  private static let activity: [any Metric] =
    [
      Exposure(),
      Turnover(),
    ] + HoldingFigure.leverages + HoldingFigure.concentrations + [
      ResidualCash(),
      Rebalances(),
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
    ]

  private static let costs: [any Metric] = [
    GrossReturn(),
    ReturnAfterSlippage(),
    ReturnAfterCommission(),
    ReturnAfterBorrow(),
    ReturnAfterFinancing(),
    BreakEven(),
    CostOfTrading(),
    SlippageSensitivity(),
    Fees(),
    SlippageCost(),
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
