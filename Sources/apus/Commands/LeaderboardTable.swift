import Jobs
import Metrics
import Storage

/// The best rows of a result as a table.
enum LeaderboardTable {
  static func make(_ table: ResultTable, top: Int) -> Table {
    var columns: [Table.Column] = [
      .number("rank", .count), .number("lane", .plain), .text("symbol"),
    ]
    let showsStatus = table.status.contains { $0 != .ok }
    if showsStatus { columns.append(.text("status")) }
    columns += table.parameters.map { .number($0.name, .plain) }
    columns += table.metrics.map { .number($0.name, format($0)) }
    var result = Table(columns)
    for row in LeaderboardRows(table).rows(top: top) {
      var cells: [Table.Cell] = [
        .number(Double(row.rank)), .number(Double(row.lane)), .text(row.symbol),
      ]
      if showsStatus { cells.append(.text(row.status)) }
      cells += table.parameters.map { .number(row.parameters[$0.name] ?? .nan) }
      cells += table.metrics.map { .number((row.metrics[$0.name] ?? nil) ?? .nan) }
      result.add(cells)
    }
    return result
  }

  static func format(_ column: ResultTable.Column) -> NumberFormat {
    let unit = column.attributes.first { $0.name == "unit" }.flatMap {
      MetricUnit(rawValue: $0.value)
    }
    return format(unit)
  }

  static func format(_ unit: MetricUnit?) -> NumberFormat {
    switch unit {
    case .fraction: .fraction
    case .ratio, .basisPoints, nil: .ratio
    case .count, .bars: .count
    case .currency: .money
    }
  }
}
