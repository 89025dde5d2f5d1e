import Jobs
import Metrics
import Storage

/// The best rows of a result as a table.
enum LeaderboardTable {
  static func make(_ table: ResultTable, top: Int) -> Table {
    var columns: [Table.Column] = [
      .number("rank", .count), .number("lane", .plain), .text("symbol"),
    ]
    columns += table.labels.map { .text($0.name) }
    let metrics = shown(table)
    let showsStatus = table.status.contains { $0 != .ok }
    if showsStatus { columns.append(.text("status")) }
    columns += table.parameters.map { .number($0.name, .plain) }
    columns += metrics.map { .number($0.name, format($0)) }
    var result = Table(columns)
    let places = Dictionary(
      zip(table.lanes, table.lanes.indices), uniquingKeysWith: { first, _ in first })
    for row in LeaderboardRows(table).rows(top: top) {
      var cells: [Table.Cell] = [
        .number(Double(row.rank)), .number(Double(row.lane)), .text(row.symbol),
      ]
      let place = places[Int64(row.lane)]
      cells += table.labels.map { label in .text(place.map { label.text(at: $0) } ?? "") }
      if showsStatus { cells.append(.text(row.status)) }
      cells += table.parameters.map { .number(row.parameters[$0.name] ?? .nan) }
      cells += metrics.map { .number((row.metrics[$0.name] ?? nil) ?? .nan) }
      result.add(cells)
    }
    return result
  }

  /// The metrics that a terminal has room for: without the ladder of costs, unless it was asked for or ranks.
  private static func shown(_ table: ResultTable) -> [ResultTable.Column] {
    let spec = table.attributes.spec
    return table.metrics.filter { column in
      !MetricCatalog.costNames.contains(column.name) || column.name == table.leaderboardBy
        || spec.contains(column.name)
    }
  }

  static func format(_ column: ResultTable.Column) -> NumberFormat {
    NumberFormat(unit: column.attributes.first { $0.name == "unit" }?.value ?? "")
  }
}
