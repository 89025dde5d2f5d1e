import Glibc
import Interchange
import Jobs
import Market

extension Target {
  /// Entries of a contest, and its rules, are refused, or make a board.
  static func readEntry(_ bytes: UnsafeRawBufferPointer) {
    // The first byte chooses what the others are.
    guard let choice = bytes.first else { return }
    let bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    let contest = contests[Int(choice >> 2) % contests.count]
    switch choice & 3 {
    case 0, 1:
      let file = MemoryFile(bytes)
      if let entries = try? EntryFile.read(file.path, participant: "x") { check(entries) }
      score([file.path], contest, twice: choice & 1 != 0)
    case 2: score([strategy(bytes)], contest, twice: choice & 0x80 != 0)
    default:
      let file = MemoryFile(bytes)
      guard let spec = try? ChallengeSpec.load(file.path, store: smallStore) else { return }
      precondition(spec.capital > 0 && spec.capital <= 1e15, "a capital without bounds")
      _ = try? ChallengeSession(spec, today: 0)
    }
  }

  private static func check(_ file: EntryFile) {
    let (people, symbols) = (Int32(file.participants.count), Int32(file.symbols.count))
    for trade in file.trades {
      precondition(
        trade.units.isFinite && trade.units != 0 && !(trade.price <= 0) && !trade.price.isInfinite
          && trade.participant < people && trade.symbol < symbols && trade.line > 1,
        "a trade that can't be")
    }
    for weight in file.weights {
      precondition(
        weight.weight.isFinite && weight.participant < people && weight.symbol < symbols,
        "a weight that can't be")
    }
    precondition(file.flaws.allSatisfy { $0.participant < people }, "a flaw of nobody")
    precondition(Set(file.participants).count == Int(people), "a participant twice")
  }

  private static func score(_ paths: [String], _ session: ChallengeSession, twice: Bool) {
    guard let entries = try? ChallengeEntries(paths, session) else { return }
    var job = ChallengeJob(session, entries)
    guard let board = try? job.score() else { return }
    let rows = entries.participants.count
    precondition(board.table.lanes.count == rows, "a participant is lost")
    let columns = board.table.metrics
    precondition(columns.allSatisfy { $0.values.count == rows }, "a column of another length")
    precondition(
      columns.allSatisfy { $0.values.allSatisfy { !$0.isInfinite } }, "a value without bounds")
    guard (try? board.report.json()) != nil else { preconditionFailure("a board is no JSON") }
    guard twice else { return }
    job.workers = 2
    guard let again = try? job.score(), again.report == board.report else {
      preconditionFailure("workers change the board")
    }
  }

  /// Entries are told apart by the ends of their names.
  private static func strategy(_ bytes: UnsafeRawBufferPointer) -> String {
    let path = "/tmp/apus-fuzz-\(getpid()).json5"
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(file >= 0 && write(file, bytes.baseAddress, bytes.count) == bytes.count, path)
    close(file)
    return path
  }

  private static let contests: [ChallengeSession] = [
    "constraints: { max_weight: 0.9 }, hold_out: { from: \"1970-02-01\", to: \"1970-02-05\", revealed: \"1970-03-01\" }",
    "constraints: { max_leverage: 3, allow_short: true }, borrow: 0.03, margin_rate: 0.05, execution: { fill: \"same_close\", commission: { minimum: 1 } }",
    "constraints: { max_leverage: 0.5, max_trades: 3, max_drawdown: 0.2 }, execution: { lot: 1 }, metric: \"calmar\"",
  ].map { rules in
    let path = "/tmp/apus-fuzz-\(getpid())-rules.json5"
    let text = """
      { apus: 1, challenge: "fuzz", data: { store: "x.h5" }, \(rules),
        window: { from: "1970-01-05", to: "1970-01-31" }, bootstrap: { samples: 20 } }
      """
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer {
      close(file)
      unlink(path)
    }
    precondition(write(file, text, text.utf8.count) == text.utf8.count, path)
    do {
      return try ChallengeSession(
        try ChallengeSpec.load(path, store: smallStore), today: 100 * Calendar.dayNs)
    } catch { fatalError("\(error)") }
  }
}
