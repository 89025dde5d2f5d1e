extension ExpressionStrategy {
  /// The texts of a strategy, as a spec holds them.
  ///
  /// Distances and size are expressions of numbers and parameters.
  public struct Source: Sendable, Equatable {
    /// Named parts that the other texts may use.
    public var parts: [String: String] = [:]
    /// When to open a long position.
    public var longEntry: String?
    /// When to close it.
    public var longExit: String?
    /// When to open a short position.
    public var shortEntry: String?
    /// When to close it.
    public var shortExit: String?
    /// Distance of the stop, as a fraction of the entry price.
    public var stopLoss: String?
    /// Distance of the target, as a fraction of the entry price.
    public var takeProfit: String?
    /// Distance of the trailing stop, as a fraction of the best price since the entry.
    public var trailingStop: String?
    /// How much an entry commits; nil for all equity.
    public var size: Size?
    /// Price of a limit order to enter: a number at each bar.
    public var entryLimit: String?
    /// Price of a stop order to enter: a number at each bar.
    public var entryStop: String?
    /// Price of a limit order to leave: a number at each bar.
    public var exitLimit: String?
    /// Most bars for which a position is held, a whole number.
    public var maxBars: String?
    /// Most entries into one position, a whole number.
    public var pyramid: String?
    /// Bars after an exit in which no entry counts, a whole number.
    public var reentryDelay: String?
    /// Whether an opposite entry turns a position: 1 for yes, 0 for no.
    public var reverse: String?
    /// Target weights of a portfolio instead of signals: a number for each symbol at each bar; see `ExpressionWeights`.
    public var weights: String?

    /// A strategy without any text.
    public init() {}

    /// Every text but the size, by its key in a spec.
    public var texts: [(key: String, text: String?)] {
      [
        ("long_entry", longEntry), ("long_exit", longExit), ("short_entry", shortEntry),
        ("short_exit", shortExit), ("entry_limit", entryLimit), ("entry_stop", entryStop),
        ("exit_limit", exitLimit), ("stop_loss", stopLoss), ("take_profit", takeProfit),
        ("trailing_stop", trailingStop), ("max_bars", maxBars), ("pyramid", pyramid),
        ("reentry_delay", reentryDelay), ("reverse", reverse), ("weights", weights),
      ]
    }

    /// Fraction of equity that an entry commits.
    public var fraction: String? {
      get { if case .fraction(let text) = size { text } else { nil } }
      set { size = newValue.map { .fraction($0) } }
    }
  }

  /// How much an entry commits: the texts of a spec's `strategy.size`.
  ///
  /// `fraction`, `units`, `notional` and `risk` may be numbers that are the same at every bar, or differ from bar to bar, in
  /// which case the bar of the signal counts.
  public enum Size: Sendable, Equatable {
    /// `fraction_of_equity`: a fraction of equity.
    case fraction(String)
    /// `units`: a number of units.
    case units(String)
    /// `notional`: money in account currency.
    case notional(String)
    /// `risk`: the fraction of equity that is lost if the stop is hit; needs `stop_loss`.
    case risk(String)
    /// `volatility_target`: the fraction of equity at which a position's annual volatility is `target`, measured by the standard
    /// deviation of the last `window` bars' returns; at most `cap`.
    case volatilityTarget(target: String, window: String = "20", cap: String = "1")
    /// `kelly`: `multiple` times the fraction of equity that maximises the growth of a position held through the last `window` bars,
    /// mean / variance of their returns; at most `cap`, and no entry against the sign of the mean.
    ///
    /// Source: Thorp, *The Kelly Criterion in Blackjack, Sports Betting and the Stock Market* (2006).
    case kelly(multiple: String = "1", window: String = "252", cap: String = "1")
  }
}
