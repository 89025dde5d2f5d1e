import Expressions
import Kernels
import Metrics
import Storage

/// Ranks the lanes of a result again, by another metric or a part of them.
public struct RankJob: Sendable {
  /// The result.
  public var table: ResultTable

  /// Reads a result.
  public init(path: String) throws(StorageError) { table = try ResultStore.read(path) }

  /// Names that a condition may use: parameters and metrics.
  public var names: [String] { (table.parameters + table.metrics).map(\.name) }

  /// The table ranked by a metric or parameter, with the rows for which a condition holds.
  ///
  /// - Parameters:
  ///   - name: a metric of the result, or a parameter (then the larger comes first).
  ///   - condition: for example `trades > 20 and max_drawdown > -0.2`; an undefined value satisfies no comparison.
  /// - Throws: `SpecError` for a name or condition that the result does not know.
  public func ranked(by name: String, where condition: String? = nil) throws(SpecError)
    -> ResultTable
  {
    let columns = table.parameters + table.metrics
    guard let column = columns.first(where: { $0.name == name }) else {
      let isMetric = MetricCatalog.metric(named: name) != nil
      throw .unknownName(
        path: "--by", line: 0, kind: "column", name: name,
        nearest: nearestName(to: name, among: names),
        hint: (isMetric ? "the run did not compute it: add it to the spec's metrics. " : "")
          + "this result has: \(names.joined(separator: ", "))")
    }
    let direction =
      MetricDirection(
        rawValue: column.attributes.first { $0.name == "direction" }?.value ?? "") ?? .neutral
    var kept = Array(table.lanes.indices)
    if let condition {
      let test = try compile(condition)
      kept = kept.filter { row in test.value(columns.map { $0.values[row] }) != 0 }
    }
    var ranking = Ranking(direction: direction, capacity: kept.count)
    for row in kept {
      ranking.append(value: column.values[row], isRuined: table.status[row] == .ruined)
    }
    return table.keeping(
      rows: kept, order: ranking.order().map { Int($0) }, by: name, direction: direction.rawValue)
  }

  private func compile(_ text: String) throws(SpecError) -> ConstantExpression {
    var compiler = ExpressionCompiler(scope: ExpressionScope(fields: [], parameters: names))
    do throws(ExpressionError) {
      return try compiler.constantCondition(text)
    } catch {
      throw .expression(path: "--where", column: error.column, text: text, reason: "\(error)")
    }
  }
}

extension ResultTable {
  /// The rows at some positions, with a new ranking of them.
  func keeping(rows: [Int], order: [Int], by: String, direction: String) -> ResultTable {
    func part(_ column: Column) -> Column {
      Column(
        name: column.name, values: rows.map { column.values[$0] }, attributes: column.attributes)
    }
    return ResultTable(
      attributes: attributes, lanes: rows.map { lanes[$0] }, symbols: symbols,
      symbolIndex: rows.map { symbolIndex[$0] }, parameters: parameters.map(part),
      status: rows.map { status[$0] }, reason: rows.map { reason[$0] }, metrics: metrics.map(part),
      leaderboard: order.map { lanes[rows[$0]] }, leaderboardBy: by,
      leaderboardDirection: direction)
  }
}
