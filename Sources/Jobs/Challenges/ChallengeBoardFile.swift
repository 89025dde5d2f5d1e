import Books
import Interchange
import Kernels
import Metrics
import Storage

/// A board as it was written, by its own metric or another column.
public struct ChallengeBoardFile: Sendable {
  /// The rows, ranked.
  public let table: ResultTable
  /// Places of the rows; 0 for the disqualified.
  public let ranks: [Int]
  /// What the reader should know.
  public let warnings: [String]
  private let rowsSHA256: String?

  static let hashName = "rows_sha256"

  /// Reads a board, and holds its rows against their hash.
  ///
  /// A board of before there was a hash is read with a warning.
  ///
  /// - Parameter name: a column to rank by; nil for the places of the board.
  /// - Throws: `StorageError`, `damaged` for rows that were altered; `SpecError` for a result that is no board, and a
  ///   column that it doesn't have.
  public init(_ path: String, by name: String?) throws {
    var table = try ResultStore.read(path)
    guard table.labels.contains(where: { $0.name == "participant" }),
      let own = table.metrics.first(where: { $0.name == "rank" })
    else {
      throw SpecError.panel(
        reason: "\(path) is a result, and no board: apus challenge score writes boards")
    }
    rowsSHA256 = try Self.check(table, path)
    warnings =
      rowsSHA256 == nil
      ? [
        "\(path) has no hash of its rows, so nobody can tell whether they were altered; score it again"
      ] : []
    guard let name, name != table.leaderboardBy else {
      self.table = table
      ranks = own.values.map { $0.isNaN ? 0 : Int($0) }
      return
    }
    guard let column = table.metrics.first(where: { $0.name == name }) else {
      let names = table.metrics.map(\.name)
      throw SpecError.unknownName(
        path: "--by", line: 0, kind: "column", name: name,
        nearest: nearestName(to: name, among: names),
        hint: "the board has: \(names.joined(separator: ", "))")
    }
    let direction = column.attributes.first { $0.name == "direction" }?.value ?? "neutral"
    let isRanked = table.status.map { $0 != .failed }
    let (order, places) = ChallengeRanking.ranks(
      [.init(column.values, isLowerBetter: direction == MetricDirection.lower.rawValue)],
      isRanked: isRanked)
    table.leaderboard =
      (order + table.lanes.indices.filter { !isRanked[$0] }).map { table.lanes[$0] }
    table.leaderboardBy = name
    table.leaderboardDirection = direction
    self.table = table
    ranks = places
  }

  /// The hash of the rows; nil for a board without.
  private static func check(_ table: ResultTable, _ path: String) throws(StorageError) -> String? {
    guard let stored = try ResultStore.attribute(hashName, ofGroup: "challenge", in: path) else {
      return nil
    }
    let found = table.rowsSHA256
    guard found == stored else {
      throw .damaged(
        path: path, part: "its rows",
        reason: "they are not those that were scored: their hash is \(found.prefix(12))…, "
          + "the board says \(stored.prefix(12))…")
    }
    return stored
  }

  /// Name and value by participant.
  var places: [(participant: String, rank: Int?, value: Double?)] {
    let names = table.labels.first { $0.name == "participant" }
    let values = table.metrics.first { $0.name == table.leaderboardBy }?.values ?? []
    let rows = Dictionary(uniqueKeysWithValues: zip(table.lanes, table.lanes.indices))
    return table.leaderboard.compactMap { lane in
      rows[lane].map { row in
        (
          names?.text(at: row) ?? "", ranks[row] == 0 ? nil : ranks[row],
          row < values.count && values[row].isFinite ? values[row] : nil
        )
      }
    }
  }

  private struct Row: Encodable {
    let participant: String
    let rank: Int?
    let value: Double?
  }

  private struct Board: Encodable {
    let by: String
    let rulesSha256: String
    let rowsSha256: String?
    let rows: [Row]
  }

  /// The best rows as JSON.
  public func json(top: Int) throws -> String {
    let board = Board(
      by: table.leaderboardBy, rulesSha256: table.attributes.specSHA256,
      rowsSha256: rowsSHA256,
      rows: places.prefix(top).map {
        Row(participant: $0.participant, rank: $0.rank, value: $0.value)
      })
    return try board.text()
  }
}

/// Boards side by side, in the order of the first.
public struct BoardComparison: Encodable, Sendable {
  /// A participant of any of them.
  public struct Row: Encodable, Sendable {
    /// Its name.
    public let participant: String
    /// Place on each board; nil where it has none.
    public let ranks: [Int?]
    /// What each board ranks by.
    public let values: [Double?]
  }

  /// Paths.
  public let boards: [String]
  /// What each ranks by.
  public let metrics: [String]
  /// Why they may not be comparable.
  public let warnings: [String]
  /// Participants.
  public let rows: [Row]

  /// Compares boards.
  public init(_ files: [ChallengeBoardFile], paths: [String]) throws {
    boards = paths
    metrics = files.map(\.table.leaderboardBy)
    let places = files.map { file in
      Dictionary(
        file.places.map { ($0.participant, ($0.rank, $0.value)) },
        uniquingKeysWith: { first, _ in first })
    }
    var names: [String] = []
    var seen: Set<String> = []
    for file in files {
      for place in file.places where seen.insert(place.participant).inserted {
        names.append(place.participant)
      }
    }
    rows = names.map { name in
      Row(
        participant: name, ranks: places.map { $0[name]?.0 }, values: places.map { $0[name]?.1 })
    }
    var warnings = files.flatMap(\.warnings)
    for (index, file) in files.enumerated().dropFirst() {
      if file.table.attributes.specSHA256 != files[0].table.attributes.specSHA256 {
        warnings.append("\(paths[index]) was scored under other rules than \(paths[0])")
      }
      if file.table.attributes.dataSHA256 != files[0].table.attributes.dataSHA256 {
        warnings.append("\(paths[index]) was scored with other prices than \(paths[0])")
      }
    }
    self.warnings = warnings
  }

  /// The comparison as JSON.
  public func json() throws -> String { try text() }
}

extension Encodable {
  /// As JSON, keys in snake case and sorted.
  fileprivate func text() throws -> String {
    try JSONDocument.text(self, snakeCase: true) + "\n"
  }
}

extension ChallengeJob.Finding {
  /// File and line.
  public var place: String { breach.line > 0 ? "\(file):\(breach.line)" : file }
}

extension [ChallengeJob.Finding] {
  private struct Row: Encodable {
    let participant, reason: String
    let file: String
    let line: Int?
    let trade: Int?
    let what: String
    let isInHoldOut: Bool
  }

  /// The findings as JSON, a list.
  public func json() throws -> String {
    try map {
      Row(
        participant: $0.participant, reason: $0.breach.reason.rawValue, file: $0.file,
        line: $0.breach.line > 0 ? $0.breach.line : nil,
        trade: $0.breach.trade > 0 ? $0.breach.trade : nil, what: $0.breach.text,
        isInHoldOut: $0.isInHoldOut)
    }.text()
  }
}
