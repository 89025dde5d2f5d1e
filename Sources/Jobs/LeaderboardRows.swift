import Storage

/// Rows of a result in rank order.
public struct LeaderboardRows {
  private let table: ResultTable
  private let position: [Int64: Int]

  /// Rows of a table.
  public init(_ table: ResultTable) {
    self.table = table
    position = Dictionary(
      uniqueKeysWithValues: table.lanes.enumerated().map { ($0.element, $0.offset) })
  }

  /// The best rows by the table's own ranking.
  public func rows(top: Int) -> [RunSummary.Row] {
    table.leaderboard.prefix(top).enumerated().map { row(rank: $0.offset + 1, lane: $0.element) }
  }

  /// A row by lane id.
  ///
  /// Traps on a lane that the table does not have.
  public func row(rank: Int, lane: Int64) -> RunSummary.Row {
    guard let place = position[lane] else { preconditionFailure("no lane \(lane)") }
    var reasons: [String: String] = [:]
    for part in table.reason[place].split(separator: ";") {
      let pair = part.split(separator: ":", maxSplits: 1).map { $0.filter { $0 != " " } }
      if pair.count == 2 { reasons[pair[0]] = pair[1] }
    }
    return RunSummary.Row(
      rank: rank, lane: Int(lane), symbol: table.symbol(at: place),
      status: table.status[place].rawValue,
      parameters: Dictionary(
        uniqueKeysWithValues: table.parameters.map { ($0.name, $0.values[place]) }),
      metrics: Dictionary(
        uniqueKeysWithValues: table.metrics.map { column in
          let value = column.values[place]
          return (column.name, value.isNaN ? Double?.none : value)
        }),
      reasons: reasons)
  }
}
