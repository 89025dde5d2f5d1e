import Market
import Storage

/// Groups of a result as comma-separated values in long form: a column for each dimension, then one for each variable.
public enum GroupCSV {
  /// The tables of a group: one for each set of variables that share their dimensions, in order of first mention.
  ///
  /// - Returns: for each table its dimensions, and its bytes with a header; an undefined number or time is an empty cell.
  public static func tables(of group: ResultGroup) -> [(dimensions: [String], bytes: [UInt8])] {
    var seen: [[String]] = []
    for variable in group.variables where !seen.contains(variable.dimensions) {
      seen.append(variable.dimensions)
    }
    return seen.map { dimensions in
      (dimensions, table(group, dimensions, group.variables.filter { $0.dimensions == dimensions }))
    }
  }

  private static func table(
    _ group: ResultGroup, _ dimensions: [String], _ variables: [ResultGroup.Variable]
  ) -> [UInt8] {
    let labels = dimensions.compactMap { group.labels(of: $0).map(ResultGroup.Values.init) }
    var text = CSVText(columns: dimensions + variables.map(\.name))
    for row in 0..<labels.reduce(1, { $0 * $1.count }) {
      var places = [Int](repeating: 0, count: labels.count)
      var rest = row
      for dimension in labels.indices.reversed() {
        places[dimension] = rest % labels[dimension].count
        rest /= labels[dimension].count
      }
      for (label, place) in zip(labels, places) { add(label, place, to: &text) }
      for variable in variables { add(variable.values, row, to: &text) }
      text.endRow()
    }
    return text.bytes
  }

  private static func add(_ values: ResultGroup.Values, _ row: Int, to text: inout CSVText) {
    switch values {
    case .doubles(let numbers): text.add(numbers[row])
    case .integers(let numbers): text.add(numbers[row])
    case .texts(let texts): text.add(texts[row])
    case .times(let times):
      text.add(times[row] == .min ? "" : Timestamp.text(nanoseconds: times[row]))
    }
  }
}
