import Storage

/// The outcome of a challenge: a row a participant, in the order of names; nothing in it comes from a clock.
public struct ChallengeBoard: Sendable {
  /// As a result file, in which a lane is a participant.
  public let table: ResultTable
  /// As JSON.
  public let report: ChallengeReport
  /// What the reader should know.
  public let warnings: [RunWarning]
  /// Number of participants that are disqualified.
  public let disqualified: Int

  init(
    _ session: ChallengeSession, _ entries: ChallengeEntries, _ windows: [ChallengeJob.Window]
  ) {
    disqualified = windows[0].breaches.count { $0 != nil }
    let parts = BoardParts(session: session, entries: entries, windows: windows)
    warnings = parts.warnings
    table = parts.table
    report = parts.report(rowsSHA256: table.rowsSHA256)
  }

  /// Writes the board: HDF5, with the same as JSON beside it.
  ///
  /// Both are on the disk before they take their places, one right after the other; the JSON file comes first, so where the
  /// HDF5 file is new it is too.
  ///
  /// - Returns: the files.
  /// - Throws: `StorageError`; then neither is changed.
  public func write(to path: String, force: Bool) throws -> [String] {
    let beside = RunJob.summaryPath(path)
    try ResultStore.write(
      table, to: path, force: force, beside: (path: beside, text: try report.json()))
    return [path, beside]
  }
}
