import Market
import Storage

/// Groups of a result as comma-separated values in long form: a column for each dimension, then one for each variable.
public enum GroupCSV {
  /// The tables of a group: one for each set of variables that share their dimensions, in order of first mention.
  ///
  /// - Returns: for each table its dimensions, and the text with its header; an undefined number or time is an empty cell.
  public static func tables(of group: ResultGroup) -> [(dimensions: [String], text: String)] {
    var seen: [[String]] = []
    for variable in group.variables where !seen.contains(variable.dimensions) {
      seen.append(variable.dimensions)
    }
    return seen.map { dimensions in
      (dimensions, text(group, dimensions, group.variables.filter { $0.dimensions == dimensions }))
    }
  }

  private static func text(
    _ group: ResultGroup, _ dimensions: [String], _ variables: [ResultGroup.Variable]
  ) -> String {
    let labels = dimensions.map { labelTexts(group.labels(of: $0)) }
    var lines = [(dimensions + variables.map(\.name)).map(CSVExporter.cell).joined(separator: ",")]
    for row in 0..<labels.reduce(1, { $0 * $1.count }) {
      var places = [Int](repeating: 0, count: labels.count)
      var rest = row
      for dimension in labels.indices.reversed() {
        places[dimension] = rest % labels[dimension].count
        rest /= labels[dimension].count
      }
      let cells = zip(labels, places).map { $0[$1] } + variables.map { cell($0.values, row) }
      lines.append(cells.joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func labelTexts(_ labels: ResultGroup.Labels?) -> [String] {
    switch labels {
    case .texts(let texts): texts.map(CSVExporter.cell)
    case .integers(let numbers): numbers.map { "\($0)" }
    case .times(let times): times.map { Timestamp.text(nanoseconds: $0) }
    case .numbers(let numbers): numbers.map(CSVExporter.number)
    case nil: []
    }
  }

  private static func cell(_ values: ResultGroup.Values, _ row: Int) -> String {
    switch values {
    case .doubles(let numbers): CSVExporter.number(numbers[row])
    case .integers(let numbers): "\(numbers[row])"
    case .texts(let texts): CSVExporter.cell(texts[row])
    case .times(let times):
      times[row] == .min ? "" : Timestamp.text(nanoseconds: times[row])
    }
  }
}
