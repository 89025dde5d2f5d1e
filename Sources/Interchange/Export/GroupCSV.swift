import Market
import Storage

/// A table of a group of a result as comma-separated values in long form: a column for each dimension, then one for each variable.
public struct GroupCSV {
  /// Names of the dimensions that its variables share.
  public let dimensions: [String]
  private let labels: [ResultGroup.Values]
  private let variables: [ResultGroup.Variable]

  /// The tables of a group: one for each set of variables that share their dimensions, in order of first mention.
  public static func tables(of group: ResultGroup) -> [GroupCSV] {
    var seen: [[String]] = []
    for variable in group.variables where !seen.contains(variable.dimensions) {
      seen.append(variable.dimensions)
    }
    return seen.map { GroupCSV(group, $0) }
  }

  private init(_ group: ResultGroup, _ dimensions: [String]) {
    self.dimensions = dimensions
    labels = dimensions.compactMap { group.labels(of: $0).map(ResultGroup.Values.init) }
    variables = group.variables.filter { $0.dimensions == dimensions }
  }

  /// Writes a header and the rows, part by part; an undefined number or time is an empty cell.
  public func write<Failure>(_ write: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    var text = CSVText(columns: dimensions + variables.map(\.name))
    var places = [Int](repeating: 0, count: labels.count)
    for row in 0..<labels.reduce(1, { $0 * $1.count }) {
      for (label, place) in zip(labels, places) { Self.add(label, place, to: &text) }
      for variable in variables { Self.add(variable.values, row, to: &text) }
      text.endRow()
      if row % exportBatch == exportBatch - 1 { try write(text.take()) }
      for dimension in labels.indices.reversed() {
        places[dimension] += 1
        if places[dimension] < labels[dimension].count { break }
        places[dimension] = 0
      }
    }
    try write(text.take())
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
