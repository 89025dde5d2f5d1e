import Expressions
import Kernels
import Metrics
import Storage

/// Ranks the lanes of a result again, by another metric or a part of them.
///
/// Reads the columns that it needs, part by part.
public struct RankJob {
  /// The result.
  public let result: ResultFile

  /// Opens a result.
  public init(path: String) throws(StorageError) { result = try ResultFile(path) }

  /// Names that a condition may use: parameters and metrics.
  public var names: [String] { columns.map(\.name) }

  private var columns: [ResultTable.Column] { result.parameters + result.metrics }

  /// The rows that rank best by a metric or parameter, of those for which a condition holds.
  ///
  /// O(top) memory.
  ///
  /// - Parameters:
  ///   - top: how many rows; nil for all.
  ///   - name: a metric of the result, or a parameter (then the larger comes first).
  ///   - condition: for example `trades > 20 and max_drawdown > -0.2`; an undefined value satisfies no comparison.
  /// - Returns: the rows, and the number of those for which the condition holds.
  /// - Throws: `SpecError` for a name or condition that the result does not know; `StorageError`.
  public func ranked(top: Int? = nil, by name: String, where condition: String? = nil) throws
    -> (table: ResultTable, count: Int)
  {
    guard let column = columns.first(where: { $0.name == name }) else {
      let isMetric = MetricCatalog.metric(named: name) != nil
      throw SpecError.unknownName(
        path: "--by", line: 0, kind: "column", name: name,
        nearest: nearestName(to: name, among: names),
        hint: (isMetric ? "the run did not compute it: add it to the spec's metrics. " : "")
          + "this result has: \(names.joined(separator: ", "))")
    }
    let direction =
      MetricDirection(
        rawValue: column.attributes.first { $0.name == "direction" }?.value ?? "") ?? .neutral
    let test = try condition.map { text throws(SpecError) in try compile(text) }
    var best = BestRows<Int>(limit: top ?? .max)
    // All rows are sorted faster by their digits.
    var ranking = Ranking(direction: direction)
    var kept: [Int] = []
    var count = 0
    for start in stride(from: 0, to: result.rowCount, by: ResultFile.batch) {
      let range = start..<min(start + ResultFile.batch, result.rowCount)
      let values = try result.values(name, range)
      let status = try result.status(range)
      let passes = try test.map { try satisfied($0, range) }
      for index in values.indices where passes?[index] ?? true {
        count += 1
        let isRuined = status[index] == .ruined
        if top == nil {
          ranking.append(value: values[index], isRuined: isRuined)
          kept.append(start + index)
          continue
        }
        let key = RankKey(
          value: values[index], isRuined: isRuined, direction: direction, lane: start + index)
        if best.takes(key) { best.insert(start + index, key) }
      }
    }
    let rows = top == nil ? ranking.order().map { kept[Int($0)] } : best.sorted()
    let ascending = rows.sorted()
    var places: [Int: Int] = [:]
    for (place, row) in ascending.enumerated() { places[row] = place }
    let table = try result.table(
      rows: ascending, order: rows.map { places[$0] ?? 0 }, by: name,
      direction: direction.rawValue)
    return (table, count)
  }

  /// Whether each row satisfies a condition; only the columns in it are read.
  private func satisfied(_ test: ConstantExpression, _ range: Range<Int>) throws -> [Bool] {
    var values = [Double](repeating: .nan, count: columns.count)
    let read = try test.parameters.map { index in
      (index, try result.values(columns[index].name, range))
    }
    return range.indices.map { row in
      for (index, column) in read { values[index] = column[row - range.lowerBound] }
      return test.value(values) != 0
    }
  }

  private func compile(_ text: String) throws(SpecError) -> ConstantExpression {
    var compiler = ExpressionCompiler(scope: ExpressionScope(fields: [], parameters: names))
    do throws(ExpressionError) {
      return try compiler.constantCondition(text)
    } catch {
      let texts = (["symbol", "status"] + result.labels).filter { text.contains($0) }
      let hint = texts.first.map {
        "; \($0) is a text, which no condition compares: apus export writes it with each row"
      }
      throw .expression(
        path: "--where", column: error.column, text: text, reason: "\(error)" + (hint ?? ""))
    }
  }
}
