import Arguments
import Jobs
import Market

/// `apus resample`: longer bars of a panel.
enum ResampleCommand: Command {
  static let spec = CommandSpec(
    "resample", group: "Data",
    summary: "Make longer bars of a panel, such as 5m of 1m or 1w of 1d",
    discussion: [
      "The first open, the highest high, the lowest low, the last close and the sum of volumes make a bar; other"
        + " fields give their last value unless --how says otherwise. Missing values are passed over; a bar"
        + " without any is missing, and a time at which no symbol has one is left out.",
      "Bars are stamped at their start: those within a day from the open of their session on, which they never leave,"
        + " so that the last may be short; days at midnight UTC of the exchange's day; weeks and months at their"
        + " first session. A bar of 09:30 to 10:30 is known at 10:30, not at its stamp.",
    ],
    examples: [
      Example("apus resample prices.h5 --panel us_equity_1m --to 5m", "A panel us_equity_5m more."),
      Example(
        "apus resample prices.h5 --to 1mo -o monthly.h5 --how market_cap=mean",
        "Months, in a store of their own."),
    ],
    positionals: [PositionalSpec("STORE", help: "The store.", completion: .files)],
    options: [
      .value("panel", "NAME", help: "The panel; needed if there are several."),
      .value(
        "to", "LENGTH", help: "Length of the new bars: 30s, 5m, 1h, 1d, 1w, 1mo, 3mo, ….",
        isRequired: true),
      .value(
        "as", "NAME", help: "Name of the new panel; the old one with the new length unless given."),
      .value(
        "how", "FIELD=FOLD", help: "One of first, last, max, min, sum, mean for a field.",
        isRepeatable: true),
      .value(
        "anchor", "WHERE", help: "Where bars within a day begin.", default: "open",
        completion: .choices(BinPlan.Anchor.allCases.map(\.rawValue))),
      .value(
        "sessions", "WHICH", help: "Bars to use: of regular hours, or all.", default: "regular",
        completion: .choices(BinPlan.Sessions.allCases.map(\.rawValue))),
      .value(
        "output", short: "o", "STORE", help: "The store for the new panel; the same unless given.",
        completion: .files),
    ],
    common: [
      CommonOptions.json, CommonOptions.quiet, CommonOptions.threads, CommonOptions.force,
      CommonOptions.dryRun,
    ])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let label = arguments.string("to")
    guard let target = Frequency(label: label) else {
      throw ArgumentsError.badValue(
        name: "--to", value: label,
        reason: .other(
          "'\(label)' is no length of a bar", next: "write it like 5m, 1h, 1d, 1w or 1mo"))
    }
    var job = ResampleJob(store: arguments.positional("STORE"), target: target)
    job.panel = arguments.optionalString("panel")
    job.name = arguments.optionalString("as")
    job.output = arguments.optionalString("output")
    for pair in try arguments.keyValues("how") { job.how[pair.key] = pair.value }
    job.anchor = BinPlan.Anchor(rawValue: arguments.string("anchor")) ?? .open
    job.sessions = BinPlan.Sessions(rawValue: arguments.string("sessions")) ?? .regular
    job.workers = try RunOptions.workers(arguments)
    job.force = arguments.flag("force")
    let isDry = arguments.flag("dry-run")
    let outcome = try job.run(dryRun: isDry)
    if arguments.flag("json") {
      try console.print(try Report(outcome).json())
    } else {
      try report(outcome, console)
    }
    if outcome.outside > 0 {
      console.talk(
        "\(outcome.outside) bars outside sessions were left out; keep them with --sessions all")
    }
    if outcome.straddling > 0 {
      console.talk("\(outcome.straddling) bars that reach over the end of a bin were left out")
    }
    console.talk(
      isDry
        ? "nothing was written"
        : "wrote panel \(outcome.panel) to \(outcome.store); look at it: apus inspect \(outcome.store)"
    )
    return .done
  }

  private static func report(_ outcome: ResampleJob.Outcome, _ console: Console) throws {
    let first = Timestamp.text(nanoseconds: outcome.range.lowerBound)
    let last = Timestamp.text(nanoseconds: outcome.range.upperBound)
    try console.print("panel        \(outcome.panel)  (from \(outcome.source))")
    try console.print("bars         \(outcome.bars), \(first) to \(last)")
    try console.print("made of      \(outcome.sourceBars) bars of \(outcome.from.label)")
    try console.print(
      "left out     \(outcome.outside) outside sessions, \(outcome.straddling) over a bin's end")
    try console.print(
      "fields       \(outcome.folds.map { "\($0.field)=\($0.how)" }.joined(separator: ", "))")
  }

  private struct Report: Encodable {
    let store: String
    let source: String
    let panel: String
    let from: String
    let to: String
    let sourceBars: Int
    let bars: Int
    let firstBar: String
    let lastBar: String
    let outsideSessions: Int
    let overBinEnd: Int
    let how: [String: String]

    init(_ outcome: ResampleJob.Outcome) {
      store = outcome.store
      source = outcome.source
      panel = outcome.panel
      from = outcome.from.label
      to = outcome.to.label
      sourceBars = outcome.sourceBars
      bars = outcome.bars
      firstBar = Timestamp.text(nanoseconds: outcome.range.lowerBound)
      lastBar = Timestamp.text(nanoseconds: outcome.range.upperBound)
      outsideSessions = outcome.outside
      overBinEnd = outcome.straddling
      how = Dictionary(uniqueKeysWithValues: outcome.folds.map { ($0.field, $0.how) })
    }
  }
}
