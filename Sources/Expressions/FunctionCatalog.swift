import Indicators

/// One function of the expression language, as users see it.
public struct FunctionDescription: Sendable, Equatable {
  /// Name in expressions.
  public let name: String
  /// The call as written.
  public let usage: String
  /// What it gives.
  public let summary: String
  /// How its first value is formed, and its conventions.
  public let seeding: String
  /// Where the definition comes from.
  public let source: String
}

/// All functions: those of the language itself and the indicators.
public enum FunctionCatalog {
  /// Every function, in the order of the documentation.
  public static let all: [FunctionDescription] = language + indicators

  /// The call of a function as written, or nil if there is none of this name.
  public static func usage(of name: String) -> String? { byName[name]?.usage }

  /// A number of symbols, as `top` takes it.
  static let count = IndicatorSignature.Argument.bars("n")
  static let countExpectation = "a whole number of symbols, at least 1"

  /// What `every` takes.
  static let every = IndicatorSignature.Argument.bars("n")

  static func argumentCount(of name: String) -> Int {
    guard let usage = usage(of: name), let open = usage.firstIndex(of: "(") else { return 0 }
    let inside = usage[usage.index(after: open)...].prefix { $0 != ")" }
    return inside.isEmpty ? 0 : inside.split(separator: ",").count
  }

  static func takesNothing(_ name: String) -> Bool {
    byName[name] != nil && argumentCount(of: name) == 0
  }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  private static let indicators = IndicatorCatalog.all.map { type in
    let signature = type.signature
    return FunctionDescription(
      name: signature.name, usage: signature.usage, summary: signature.summary,
      seeding: signature.seeding, source: signature.source)
  }

  private static func own(_ usage: String, _ summary: String, _ seeding: String = "no warm-up")
    -> FunctionDescription
  {
    FunctionDescription(
      name: String(usage.prefix { $0 != "(" }), usage: usage, summary: summary, seeding: seeding,
      source: "the expression language")
  }

  private static let across =
    "looks at one bar; symbols without x, outside the universe, not yet or no longer there stay out "
    + "and get NaN or false"
  private static let summing =
    "looks at one bar; symbols without x, outside the universe, not yet or no longer there stay out"

  private static let language = [
    own("if(c, a, b)", "a where the condition c holds, b where it doesn't; undefined where c is"),
    own("abs(x)", "Magnitude of x"),
    own("min(a, b)", "The smaller of two values; undefined if either is"),
    own("max(a, b)", "The larger of two values; undefined if either is"),
    own("sqrt(x)", "Square root of x; undefined below 0"),
    own("log(x)", "Natural logarithm of x; undefined below 0"),
    own("exp(x)", "e to the power x"),
    own(
      "crosses_above(a, b)", "True at the bar at which a rises above b",
      "needs an earlier bar with a below b; equality holds the state"),
    own(
      "crosses_below(a, b)", "True at the bar at which a falls below b",
      "needs an earlier bar with a above b; equality holds the state"),
    own(
      "bars_since(c)", "Bars since the condition c last held, 0 at a bar where it does",
      "undefined until c has held once"),
    own("every(n)", "True at every n-th bar of the run, beginning with its first"),
    own("hour", "Hour of the bar's start in the panel's zone, 0 to 23"),
    own("weekday", "Day of the week, 1 Monday to 7 Sunday"),
    own("month", "Month, 1 to 12"),
    own("day", "Day of the month, 1 to 31"),
    own("month_end", "True on the last session of a month, by the calendar's rules"),
    own("month_session", "Place of the session in its month, 1 for the first"),
    own("month_sessions_left", "Sessions of the month still to come, 0 on the last"),
    own("bars_per_year", "Bars in a year by the panel's calendar: 252 for days of us_equity"),
    own("bars_per_day", "Bars in a regular session, at least 1: 24 for hours of crypto"),
    own(
      "rank(x)",
      "Percentile of x among all symbols at the bar, in (0, 1], ties at the mean of their places",
      across),
    own(
      "top(n, x)", "True for the n symbols with the largest x; of equal ones the first in order",
      across),
    own(
      "bottom(n, x)",
      "True for the n symbols with the smallest x; of equal ones the first in order",
      across),
    own(
      "zscore_across(x)",
      "x less the mean over all symbols, in standard deviations (divisor n - 1)",
      across),
    own("demean(x)", "x less the mean over all symbols", across),
    own("normalize(x)", "x over the sum of the magnitudes of all symbols' x", across),
    own("mean_across(x)", "Mean of x over all symbols, the same for each", summing),
    own("sum_across(x)", "Sum of x over all symbols, the same for each", summing),
    own("stdev_across(x)", "Standard deviation of x over all symbols (divisor n - 1)", summing),
    own("count_across(x)", "Number of symbols that have an x", summing),
    own("equal", "1 over the number of symbols that have a close", across),
    own(
      "symbol(\"S\").x",
      "x of the symbol S: a field, a named part or a function, such as symbol(\"SPY\").rsi(close, 14)",
      "as x; NaN where S has no value"),
    own("is(\"S\")", "True for the symbol S, false for every other"),
  ]
}
