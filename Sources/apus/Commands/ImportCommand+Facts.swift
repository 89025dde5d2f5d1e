import Arguments
import Interchange
import Jobs
import Market

extension ImportCommand {
  /// Imports what is no price: actions, ticker histories, the symbol master.
  static func runFacts(_ arguments: ParsedArguments, _ console: Console) throws -> ExitStatus {
    try refuseOthers(arguments)
    var job = FactsJob(
      files: arguments.positionals("FILE"), store: arguments.string("store"),
      format: arguments.string("format"))
    job.options = try ImportFlags.read(arguments)
    job.force = arguments.flag("force")
    let isDry = arguments.flag("dry-run")
    let outcome = try job.run(dryRun: isDry)
    if arguments.flag("json") {
      try console.print(try FactsReport(outcome, job).json())
    } else {
      try report(outcome, job, isDry, console)
    }
    return .done
  }

  /// Refuses options that would be passed over.
  private static func refuseOthers(_ arguments: ParsedArguments) throws(ArgumentsError) {
    let format = arguments.string("format")
    var others = ["symbols", "calendar"]
    if format != ActionsImporter.name { others += ["map", "adjusted"] }
    if format == SymbolsImporter.name { others += ["symbol", "columns", "panel"] }
    for name in others where arguments.optionalString(name) != nil {
      throw .badValue(
        name: "--\(name)", value: arguments.string(name),
        reason: .other("has no meaning with --format \(format)", next: "leave it out"))
    }
    for name in ["negative-prices"] where arguments.flag(name) {
      throw .badValue(
        name: "--\(name)", value: "",
        reason: .other("has no meaning with --format \(format)", next: "leave it out"))
    }
  }

  private static func report(
    _ outcome: FactsJob.Outcome, _ job: FactsJob, _ isDry: Bool, _ console: Console
  ) throws {
    try console.print("rows         \(outcome.rowsRead) read")
    for note in outcome.notes { try console.print("read as      \(note)") }
    if job.format != "symbols" {
      try console.print(
        "actions      \(outcome.added) added, \(outcome.known) there already, "
          + "\(outcome.replaced) replaced")
    }
    if outcome.symbolsChanged > 0 || job.format == "symbols" {
      try console.print("symbols      \(outcome.symbolsChanged) changed")
    }
    if outcome.moved + outcome.unclaimed > 0 {
      try console.print(
        "prices       \(outcome.moved) rows moved to another symbol, "
          + "\(outcome.unclaimed) claimed by none")
    }
    if !outcome.quarantined.isEmpty {
      try console.print("quarantined  \(outcome.quarantined.count)")
    }
    for row in outcome.quarantined.prefix(3) {
      console.talk("  \(row.place): \(row.column): \(row.reason)")
    }
    if !outcome.unknown.isEmpty {
      console.warn(
        "\(outcome.leftOut) rows left out: the store does not have \(outcome.unknownListed)")
    }
    let look = job.format == "symbols" ? "--symbols" : "--actions"
    console.talk(
      isDry ? "nothing was written" : "look at it: apus inspect \(job.store) \(look)")
  }
}

/// The outcome of an import of facts as JSON.
private struct FactsReport: Encodable {
  let store: String
  let format: String
  let rowsRead: Int
  let actionsAdded: Int
  let actionsKnown: Int
  let actionsReplaced: Int
  let symbolsChanged: Int
  let rowsMoved: Int
  let rowsUnclaimed: Int
  let quarantined: Int
  let unknownSymbols: [String]
  let rowsLeftOut: Int

  init(_ outcome: FactsJob.Outcome, _ job: FactsJob) {
    store = job.store
    format = job.format
    rowsRead = outcome.rowsRead
    actionsAdded = outcome.added
    actionsKnown = outcome.known
    actionsReplaced = outcome.replaced
    symbolsChanged = outcome.symbolsChanged
    rowsMoved = outcome.moved
    rowsUnclaimed = outcome.unclaimed
    quarantined = outcome.quarantined.count
    unknownSymbols = outcome.unknown.map(\.symbol)
    rowsLeftOut = outcome.leftOut
  }
}
