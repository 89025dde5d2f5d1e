import Jobs
import Metrics
import Storage

/// Boards as tables for people.
enum BoardTable {
  /// The best rows of a board.
  static func make(_ table: ResultTable, ranks: [Int]? = nil, top: Int) -> Table {
    let participants = table.labels.first { $0.name == "participant" }
    let disqualified = table.labels.first { $0.name == "disqualified" }
    let shown = table.metrics.filter { !["rank", "unfilled"].contains($0.name) }
    let showsReason = table.status.contains(.failed)
    var columns: [Table.Column] = [.number("rank", .count), .text("participant")]
    columns += shown.map { .number($0.name, LeaderboardTable.format($0)) }
    if showsReason { columns.append(.text("disqualified")) }
    var result = Table(columns)
    let own = table.metrics.first { $0.name == "rank" }
    for lane in table.leaderboard.prefix(top) {
      guard let row = table.lanes.firstIndex(of: lane) else { continue }
      let rank = ranks.map { $0[row] == 0 ? .nan : Double($0[row]) } ?? own?.values[row] ?? .nan
      var cells: [Table.Cell] = [
        .number(rank), .text(participants?.text(at: row) ?? ""),
      ]
      cells += shown.map { .number($0.values[row]) }
      if showsReason { cells.append(.text(disqualified?.text(at: row) ?? "")) }
      result.add(cells)
    }
    return result
  }

  /// Places on several boards, each metric in the form that its own board has it in.
  static func make(_ comparison: BoardComparison, of tables: [ResultTable], top: Int) -> Table {
    let formats = tables.map { table in
      table.metrics.first { $0.name == table.leaderboardBy }.map(LeaderboardTable.format) ?? .ratio
    }
    var columns: [Table.Column] = [.text("participant")]
    for (index, name) in comparison.boards.enumerated() {
      columns += [
        .number("rank \(name)", .count),
        .number("\(comparison.metrics[index]) \(name)", formats[index]),
      ]
      if index > 0 { columns.append(.number("moved", .count)) }
    }
    var result = Table(columns)
    for row in comparison.rows.prefix(top) {
      var cells: [Table.Cell] = [.text(row.participant)]
      for index in comparison.boards.indices {
        cells += [
          .number(row.ranks[index].map(Double.init) ?? .nan), .number(row.values[index] ?? .nan),
        ]
        if index > 0 {
          cells.append(
            .number(
              row.ranks[0].flatMap { first in row.ranks[index].map { Double(first - $0) } } ?? .nan)
          )
        }
      }
      result.add(cells)
    }
    return result
  }
}
