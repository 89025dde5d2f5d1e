import Arguments
import Books
import Jobs
import Market

/// `apus book report`: reports of all clients in one batch.
enum BookReportCommand: Command {
  static let spec = CommandSpec(
    "book report", group: "Books",
    summary: "Monthly or yearly reports of every client, a JSON file and CSV tables each",
    discussion: [
      "A report tells equity at begin and end, flows, gains, time- and money-weighted returns, holdings, every transaction, purchases and"
        + " sells by day, risk and drawdowns since the first money, and a table of months. It covers the month or year of the last bar"
        + " as far as it has gone, or the period that is named.",
      "Files go to a folder of the period inside -o, all at once, the index last. A repeated run leaves the same bytes.",
    ],
    examples: [
      Example("apus book report book.h5 --period month -o reports", "The month of the last bar."),
      Example(
        "apus book report book.h5 --period 2016 --by advisor --format csv -o reports",
        "A year by advisor, only tables."),
    ],
    positionals: BookOptions.positionals,
    options: [
      .value(
        "period", "PERIOD", help: "month or year of the last bar, or one by name: 2017-06, 2017.",
        default: "month", completion: .words(ReportPeriod.Kind.allCases.map(\.rawValue))),
      .value(
        "by", "LEVEL", help: "Whom a report is for.", default: "client",
        completion: .choices(BookReports.Level.allCases.map(\.rawValue))),
      .value(
        "format", "FORMAT", help: "Only this format; both unless given.",
        completion: .choices(["json", "csv"])),
      BookOptions.at,
      .value("risk-free", "RATE", help: "Annual risk-free rate, a fraction.", default: "0"),
    ] + BookOptions.selection + BookOptions.market,
    common: [
      RunOptions.resultOutput("The folder of all reports; made where it is missing."),
      CommonOptions.json, CommonOptions.quiet, CommonOptions.threads, CommonOptions.force,
    ])

  private struct Report: Encodable {
    let period: String
    let folder: String
    let reports: Int
    let written: Int
    let kept: Int
  }

  /// The reports; a period that the prices don't reach is a mistake of --period.
  private static func reports(
    _ session: BookSession, _ portfolios: [Int], _ options: BookReports.Options, _ period: String
  ) throws -> BookReports {
    do {
      return try BookReports(session, portfolios: portfolios, options: options)
    } catch BookMetricsError.noBars(_, let first, let last) {
      throw ArgumentsError.badValue(
        name: "--period", value: period,
        reason: .other(
          "there are no prices of \(period)",
          next:
            "they are of \(Timestamp.text(nanoseconds: first)) to \(Timestamp.text(nanoseconds: last))"
        ))
    }
  }

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    var options = BookReports.Options()
    options.level = BookReports.Level(rawValue: arguments.string("by")) ?? .client
    let text = arguments.string("period")
    if let kind = ReportPeriod.Kind(rawValue: text) {
      options.kind = kind
    } else {
      guard let period = ReportPeriod(text) else {
        throw ArgumentsError.badValue(
          name: "--period", value: text,
          reason: .other(
            "'\(text)' is no period",
            next:
              "write month or year for that of the last bar or of --at, or one by name: 2017-06, 2017"
          ))
      }
      options.period = period
    }
    let format = arguments.optionalString("format")
    (options.json, options.csv) = (format != "csv", format != "json")
    options.asOf = try BookHistoryOptions.end(arguments, "at")
    options.rates.riskFree = try BookHistoryOptions.rate(arguments, "risk-free")
    options.force = arguments.flag("force")
    guard let folder = try RunOptions.output(arguments, endings: []) else {
      throw ArgumentsError.badValue(
        name: "--output", value: "",
        reason: .other("reports need a folder", next: "name one with -o"))
    }
    let session = try BookOptions.session(arguments, writesTables: false)
    let portfolios = try BookOptions.selection(arguments, session)
    for warning in session.warnings where warning.severity == .warning {
      console.warn(warning.message)
    }
    let reports = try reports(session, portfolios, options, text)
    Interrupts.install()
    let bar = console.progress("reporting", total: reports.count, unit: "reports")
    defer { bar.finish() }
    let outcome = try reports.write(
      to: folder, progress: { bar.report(done: $0) }, isCancelled: { Interrupts.isRequested })
    bar.finish()
    if arguments.flag("json") {
      try console.print(
        try Report(
          period: outcome.period, folder: outcome.folder, reports: outcome.reports,
          written: outcome.written, kept: outcome.kept
        ).json())
    } else {
      try console.print(
        "\(outcome.reports) \(outcome.reports == 1 ? "report" : "reports") of \(outcome.period) in "
          + "\(outcome.folder): \(outcome.written) files written, \(outcome.kept) as they were")
    }
    return .done
  }
}
