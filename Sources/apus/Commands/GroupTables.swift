import Jobs
import Market
import Storage

/// The groups of a result as tables; what is too large for a terminal stays in the file.
enum GroupTables {
  private static let mostRows = 20
  private static let mostColumns = 10

  /// Prints a group: its title, then a table for each set of variables that share their dimensions.
  static func print(_ group: ResultGroup, _ console: Console) throws {
    try console.print("\n\(group.title)")
    for attribute in group.attributes {
      try console.print("  \(attribute.name): \(attribute.value)")
    }
    var seen: [[String]] = []
    let shown = group.variables.filter { !$0.isInFile }
    for variable in shown where !seen.contains(variable.dimensions) {
      seen.append(variable.dimensions)
      let alike = shown.filter { $0.dimensions == variable.dimensions }
      switch variable.dimensions.count {
      case 0:
        for single in alike {
          try console.print("  \(single.name)  \(text(single, 0))")
        }
      case 1: try list(alike, of: group, console)
      case 2: for matrix in alike { try self.matrix(matrix, of: group, console) }
      default:
        let names = alike.map(\.name).joined(separator: ", ")
        try console.print(
          "  \(names): by \(variable.dimensions.joined(separator: ", ")), in the file")
      }
    }
    let rest = group.variables.filter(\.isInFile).map(\.name)
    if !rest.isEmpty { try console.print("  in the file: \(rest.joined(separator: ", "))") }
  }

  private static func list(
    _ variables: [ResultGroup.Variable], of group: ResultGroup, _ console: Console
  ) throws {
    let dimension = variables[0].dimensions[0]
    guard let labels = group.labels(of: dimension) else { return }
    var table = Table([.text(dimension)] + variables.map(column))
    for row in 0..<min(labels.count, mostRows) {
      table.add([.text(text(labels, row))] + variables.map { cell($0, row) })
    }
    try console.print(table)
    if labels.count > mostRows {
      try console.print("… \(labels.count - mostRows) more in the file")
    }
  }

  private static func matrix(
    _ variable: ResultGroup.Variable, of group: ResultGroup, _ console: Console
  ) throws {
    guard let rows = group.labels(of: variable.dimensions[0]),
      let columns = group.labels(of: variable.dimensions[1])
    else { return }
    let shown = min(columns.count, mostColumns)
    var table = Table(
      [.text(variable.name)]
        + (0..<shown).map { column(variable, title: text(columns, $0)) })
    for row in 0..<min(rows.count, mostRows) {
      table.add(
        [.text(text(rows, row))] + (0..<shown).map { cell(variable, row * columns.count + $0) })
    }
    try console.print(table)
    if rows.count > mostRows || columns.count > shown {
      try console.print("… \(rows.count) × \(columns.count) in the file")
    }
  }

  private static func column(_ variable: ResultGroup.Variable) -> Table.Column {
    column(variable, title: variable.name)
  }

  private static func column(_ variable: ResultGroup.Variable, title: String) -> Table.Column {
    guard case .doubles = variable.values else { return .text(title) }
    switch variable.attributes.first(where: { $0.name == "unit" })?.value {
    case "fraction": return .number(title, .fraction)
    case "count", "bars": return .number(title, .count)
    case "currency": return .number(title, .money)
    default: return .number(title, .ratio)
    }
  }

  private static func cell(_ variable: ResultGroup.Variable, _ index: Int) -> Table.Cell {
    if case .doubles(let values) = variable.values { return .number(values[index]) }
    return .text(text(variable, index))
  }

  private static func text(_ variable: ResultGroup.Variable, _ index: Int) -> String {
    switch variable.values {
    case .doubles(let values): NumberText.text(values[index], .ratio)
    case .integers(let values): "\(values[index])"
    case .times(let values): Timestamp.text(nanoseconds: values[index])
    case .texts(let values): values[index]
    }
  }

  private static func text(_ labels: ResultGroup.Labels, _ index: Int) -> String {
    switch labels {
    case .texts(let values): values[index]
    case .integers(let values): "\(values[index])"
    case .times(let values): Timestamp.text(nanoseconds: values[index])
    case .numbers(let values): NumberText.text(values[index], .plain)
    }
  }
}
