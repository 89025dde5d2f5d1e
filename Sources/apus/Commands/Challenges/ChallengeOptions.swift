import Arguments
import Glibc
import Jobs
import Market
import Storage

/// What the verbs of challenges have in common.
enum ChallengeOptions {
  static let family = CommandFamily(
    "challenge", group: "Books", summary: "Contests of portfolios and strategies under fixed rules",
    discussion: [
      "A rule file says the window, the symbols, the capital, the costs, what is allowed and what is counted; entries are"
        + " transactions, weights or strategies. The same rules and entries give the same board, bit for bit."
    ],
    examples: [
      Example(
        "apus challenge check rules.json5 entries.csv", "Whether rules and entries are valid."),
      Example("apus challenge score rules.json5 entries.csv -o board.h5", "Scores and ranks."),
    ])
}

extension ChallengeOptions {
  static let rules = PositionalSpec(
    "RULES", help: "The rule file, JSON5.", completion: .files)

  static let entries = PositionalSpec(
    "ENTRIES",
    help: "Entries: CSV of trades or weights, HDF5 of weights, JSON5 specs, or folders of them.",
    count: .oneOrMore, completion: .files)

  static let data: [OptionSpec] = [
    .value("store", "STORE", help: "A store in place of the rules'.", completion: .files),
    .value(
      "today", "DATE",
      help:
        "The day, today or before, that decides whether the hold-out is revealed; today in UTC unless given."
    ),
  ]

  /// What entries look like.
  static let forms = [
    "Trades: columns participant,time,side,symbol,quantity,price. Without a price the rules fill the order; with one, it has to lie"
      + " within the bar that the time is in. Weights: participant,time,symbol,weight, or a column a symbol; the account is"
      + " rebalanced to each row. A file without the column participant is one participant's, named after the file. A JSON5 file is a"
      + " strategy, run by the engine under the rules' data, account and execution; it has to be one lane.",
    "Whoever breaks a rule is disqualified, with the reason; the others are scored.",
  ]

  /// Reads the rules and opens their prices; mistakes in them get the file's name.
  static func session(_ arguments: ParsedArguments) throws -> ChallengeSession {
    let path = arguments.positional("RULES")
    let today = try today(arguments)
    do {
      let spec = try ChallengeSpec.load(path, store: arguments.optionalString("store"))
      do {
        return try ChallengeSession(spec, today: today)
      } catch StorageError.fileMissing(spec.storePath) {
        throw StoreMissing(
          path: spec.storePath, origin: arguments.isGiven("store") ? nil : path)
      }
    } catch let error as SpecError {
      throw SpecFileError(path: path, error: error)
    }
  }

  /// Rules, prices and entries, ready to run.
  static func job(_ arguments: ParsedArguments, _ console: Console) throws -> ChallengeJob {
    let session = try session(arguments)
    for warning in session.warnings where warning.severity == .warning {
      console.warn(warning.message)
    }
    var job = ChallengeJob(
      session, try ChallengeEntries(arguments.positionals("ENTRIES"), session))
    job.workers = try RunOptions.workers(arguments)
    job.variant = try RunOptions.variant()
    return job
  }

  private static func today(_ arguments: ParsedArguments) throws -> Int64 {
    let now = Int64(time(nil)) * 1_000_000_000
    guard let text = arguments.optionalString("today") else { return now }
    guard text.utf8.count == 10, let day = try? Timestamp.nanoseconds(parsing: text) else {
      throw ArgumentsError.badValue(
        name: "--today", value: text,
        reason: .other("it is no date", next: "write it as 2026-12-01"))
    }
    // Else nobody would have to wait for a hold-out.
    guard day <= now else {
      throw ArgumentsError.badValue(
        name: "--today", value: text,
        reason: .other(
          "that day has not come in UTC",
          next: "name a day before, or leave it out: a hold-out is scored from its day on"))
    }
    return day
  }
}
