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

  /// Functions of several symbols, known by name so that their error can say why they don't work here.
  static let acrossSymbols: Set<String> = ["rank", "top", "symbol"]

  /// What `every` takes.
  static let every = IndicatorSignature.Argument.bars("n")

  static func argumentCount(of name: String) -> Int {
    guard let usage = usage(of: name), let open = usage.firstIndex(of: "(") else { return 0 }
    let inside = usage[usage.index(after: open)...].dropLast()
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
    own("month_end", "True on the last session of a month, by the calendar's rules"),
  ]
}
