import Arguments
import Interchange
import Jobs
import Market

/// `apus generate`: a synthetic market from a seed.
enum GenerateCommand: Command {
  static let spec = CommandSpec(
    "generate", group: "Data",
    summary: "Make a synthetic market from a seed",
    discussion: [
      "One factor moves all symbols, each with its own beta and noise. The same options give the same bytes on any"
        + " machine, and the first symbols don't depend on how many there are."
    ],
    examples: [
      Example("apus generate --bars 2520 --symbols 500 --store synthetic.h5", "Ten years, daily."),
      Example(
        "apus generate --bars 1000000 --symbols 1 --frequency minute --seed 7 --store minute.h5",
        "A million minutes."),
    ],
    options: [
      .value(
        "store", "STORE", help: "The store; made if it is not there.", isRequired: true,
        completion: .files),
      .value("bars", "T", help: "Number of bars.", isRequired: true),
      .value("symbols", "N", help: "Number of symbols.", isRequired: true),
      .value(
        "frequency", "NAME", help: "Length of a bar.", default: "daily",
        completion: .choices(MarketOptions.Frequency.allCases.map(\.rawValue))),
      .value(
        "calendar", "NAME", help: "Days on which the market trades.", default: "us_equity",
        completion: .choices(MarketOptions.calendars.map(\.rawValue))),
      .value("seed", "N", help: "Decides every value.", default: "1"),
      .value("start", "DATE", help: "First day.", default: "2010-01-04"),
      .value("volatility", "FRACTION", help: "Volatility a year.", default: "0.25"),
      .value("drift", "FRACTION", help: "Expected return a year.", default: "0.05"),
      .value("missing", "FRACTION", help: "Part of the bars that are missing.", default: "0"),
      .value(
        "late", "FRACTION", help: "Part of the symbols that are listed late.",
        default: "0"),
      .value("decimals", "N", help: "Decimals of prices; -1 for unrounded ones.", default: "2"),
      .value("panel", "NAME", help: "Name of the panel; from calendar and frequency unless given."),
    ],
    common: [CommonOptions.json, CommonOptions.quiet, CommonOptions.force])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    var options = MarketOptions(
      bars: try arguments.int("bars", in: 1...1_000_000_000),
      symbols: try arguments.int("symbols", in: 1...10_000_000))
    options.frequency = MarketOptions.Frequency(rawValue: arguments.string("frequency")) ?? .daily
    options.calendar = Calendar.Kind(rawValue: arguments.string("calendar")) ?? .usEquity
    options.seed = UInt64(try arguments.int("seed", in: 0...Int.max))
    options.startNs = try start(arguments.string("start"))
    options.annualVolatility = try arguments.double("volatility", in: 0...10)
    options.annualDrift = try arguments.double("drift", in: -10...10)
    options.missingFraction = try arguments.double("missing", in: 0...1)
    options.lateListingFraction = try arguments.double("late", in: 0...1)
    let decimals = try arguments.int("decimals", in: -1...6)
    options.decimals = decimals < 0 ? nil : decimals
    options.panel = arguments.optionalString("panel")
    var job = GenerateJob(options: options, store: arguments.string("store"))
    job.force = arguments.flag("force")
    let panel = try job.run()
    if arguments.flag("json") {
      let report = Report(
        store: job.store, panel: panel, bars: options.bars, symbols: options.symbols,
        seed: options.seed)
      try console.print(try report.json())
    }
    console.talk("wrote panel \(panel) to \(job.store); look at it: apus inspect \(job.store)")
    return .done
  }

  private static func start(_ text: String) throws(ArgumentsError) -> Int64 {
    do throws(MarketError) {
      return try Timestamp.nanoseconds(parsing: text)
    } catch {
      throw .badValue(
        name: "--start", value: text,
        reason: .other("'\(text)' is not a date", next: "write it like 2010-01-04"))
    }
  }

  private struct Report: Encodable {
    let store: String
    let panel: String
    let bars: Int
    let symbols: Int
    let seed: UInt64
  }
}
