import Storage

/// Rows of a result in rank order.
public struct LeaderboardRows {
  private let table: ResultTable

  /// Rows of a table.
  public init(_ table: ResultTable) { self.table = table }

  /// The best rows by the table's own ranking.
  public func rows(top: Int) -> [RunSummary.Row] {
    table.leaderboard.prefix(top).enumerated().map { row(rank: $0.offset + 1, lane: $0.element) }
  }

  /// A row by lane id.
  ///
  /// Traps on a lane that the table does not have.
  public func row(rank: Int, lane: Int64) -> RunSummary.Row {
    guard let place = position(of: lane) else { preconditionFailure("no lane \(lane)") }
    return RunSummary.Row(
      rank: rank, lane: Int(lane), symbol: table.symbol(at: place),
      wallet: label("wallet", at: place), bound: label("bound", at: place),
      status: table.status[place].rawValue,
      parameters: Dictionary(
        uniqueKeysWithValues: table.parameters.map { ($0.name, $0.values[place]) }),
      metrics: Dictionary(
        uniqueKeysWithValues: table.metrics.map { column in
          let value = column.values[place]
          return (column.name, value.isNaN ? Double?.none : value)
        }),
      reasons: reasons(at: place))
  }

  private func label(_ name: String, at place: Int) -> String? {
    table.labels.first { $0.name == name }?.text(at: place)
  }

  /// Why metrics of a lane are undefined; of a lane that failed, all are for the same reason.
  private func reasons(at place: Int) -> [String: String] {
    let text = table.reason[place]
    if table.status[place] == .failed {
      // A code, and after a colon which symbol, say.
      let text = String(text.prefix { $0 != ":" })
      return Dictionary(uniqueKeysWithValues: table.metrics.map { ($0.name, text) })
    }
    var reasons: [String: String] = [:]
    for part in text.split(separator: ";") {
      let pair = part.split(separator: ":", maxSplits: 1).map { $0.filter { $0 != " " } }
      if pair.count == 2 { reasons[pair[0]] = pair[1] }
    }
    return reasons
  }

  /// Position of a lane in the table; ids increase.
  private func position(of lane: Int64) -> Int? {
    var low = 0
    var high = table.lanes.count
    while low < high {
      let middle = (low + high) / 2
      if table.lanes[middle] < lane { low = middle + 1 } else { high = middle }
    }
    return low < table.lanes.count && table.lanes[low] == lane ? low : nil
  }
}
