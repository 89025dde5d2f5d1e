import Arguments
import Books
import Jobs
import Market
import Metrics

/// What the verbs have in common that look at a book's history.
enum BookHistoryOptions {
  static let span = span(endingWith: "the last bar")

  /// Options of a span that ends with something else than bars.
  static func span(endingWith end: String) -> [OptionSpec] {
    [
      .value("from", "TIME", help: "From this day or instant on; the first entry unless given."),
      .value(
        "to", "TIME", help: "To the end of this day, or to this instant; \(end) unless given."),
    ]
  }

  static let statistics: [OptionSpec] = [
    .value(
      "metrics", "NAME[,NAME…]", help: "Metrics of the catalogue, or all of it: all.",
      isRepeatable: true, completion: .words(["all"] + MetricCatalog.names)),
    .value(
      "benchmark", "SYMBOL",
      help: "A symbol of the panel to compare with, in the currency of what is compared."),
    .value("risk-free", "RATE", help: "Annual risk-free rate, a fraction.", default: "0"),
    .value(
      "minimum-acceptable", "RATE", help: "Annual minimum acceptable return, a fraction.",
      default: "0"),
    .value(
      "convention", "NAME",
      help: "Whose definitions metrics follow: those of another library where it has them.",
      default: "apus", completion: .choices(Convention.names)),
  ]

  /// Instants from `--from` to before what `--to` excludes.
  static func span(_ arguments: ParsedArguments) throws(ArgumentsError) -> Range<Int64> {
    let from = try start(arguments)
    let before = try end(arguments, "to") ?? .max
    guard from < before else {
      throw .badValue(
        name: "--from", value: arguments.optionalString("from") ?? "",
        reason: .other(
          "it is after --to \(arguments.optionalString("to") ?? "")", next: "swap them"))
    }
    return from..<before
  }

  /// The instant that `--from` names; the least there is without it.
  static func start(_ arguments: ParsedArguments) throws(ArgumentsError) -> Int64 {
    guard let text = arguments.optionalString("from") else { return .min }
    guard let instant = try? Timestamp.nanoseconds(parsing: text) else { throw bad("from", text) }
    return instant
  }

  /// The first instant that an option leaves out; nil without it.
  static func end(_ arguments: ParsedArguments, _ name: String) throws(ArgumentsError) -> Int64? {
    guard let text = arguments.optionalString(name) else { return nil }
    guard let instant = AsOf.parse(text) else { throw bad(name, text) }
    return instant
  }

  private static func bad(_ name: String, _ text: String) -> ArgumentsError {
    .badValue(
      name: "--\(name)", value: text,
      reason: .other(
        "this is no time", next: "write 2017-06-30, or 2017-06-30T15:30:00Z for an instant"))
  }

  /// Metrics, rates, benchmark and convention.
  static func statistics(_ arguments: ParsedArguments) throws -> BookMetrics.Options {
    var options = BookMetrics.Options()
    if let convention = Convention.named(arguments.string("convention")) {
      options.convention = convention
    }
    let names = arguments.strings("metrics").flatMap {
      $0.split(separator: ",").map { String($0).trimmed }
    }
    let wanted =
      names == ["all"]
      ? MetricCatalog.names : names.isEmpty ? BookMetrics.defaultMetrics.map(\.name) : names
    options.metrics = try wanted.map { name throws(ArgumentsError) in
      guard let metric = options.convention.metric(named: name) else {
        throw .unknownName(
          name, kind: "metric", option: "--metrics", among: MetricCatalog.names + ["all"],
          seeAll: "apus metrics")
      }
      return metric
    }
    options.benchmark = arguments.optionalString("benchmark")
    options.rates.riskFree = try rate(arguments, "risk-free")
    options.rates.minimumAcceptable = try rate(arguments, "minimum-acceptable")
    return options
  }

  /// An annual rate.
  static func rate(_ arguments: ParsedArguments, _ name: String) throws -> Double {
    let value = try arguments.double(name)
    guard value > -1, value <= 1 else {
      throw ArgumentsError.badValue(
        name: "--\(name)", value: arguments.string(name),
        reason: .other(
          "\(arguments.string(name)) is no annual rate above -1 and up to 1",
          next: "write 2 % as 0.02"))
    }
    return value
  }
}

extension String {
  /// Without spaces at either end.
  var trimmed: String {
    let start = drop { $0 == " " }
    return String(start.reversed().drop { $0 == " " }.reversed())
  }
}
