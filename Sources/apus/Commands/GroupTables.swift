import Jobs
import Market
import Storage

/// The groups of a result as tables; what is too large for a terminal stays in the file.
enum GroupTables {
  /// What a terminal has room for.
  struct Room {
    /// Rows of a table.
    var rows = 20
    /// Where the rest is; nil: in the file of the result.
    var rest: String?

    /// What is said below a table that is cut.
    func more(_ shown: Int, of all: Int) -> String {
      func count(_ number: Int) -> String { NumberText.text(Double(number), .count) }
      return rest.map { "… \(count(shown)) of \(count(all)); \($0)" }
        ?? "… \(all - shown) more in the file"
    }
  }

  private static let mostColumns = 12
  private static let mostSlices = 3

  /// Prints a group: its title, then a table for each set of variables that share their dimensions.
  static func print(_ group: ResultGroup, _ console: Console, _ room: Room = Room()) throws {
    try console.print("\n\(group.title)")
    for attribute in group.attributes where !attribute.isInFile {
      try console.print("  \(attribute.name): \(attribute.value)")
    }
    var seen: [[String]] = []
    // Reasons, where there is nothing to give one for.
    let shown = group.variables.filter { variable in
      if variable.isInFile { return false }
      if case .texts(let texts) = variable.values { return texts.contains { !$0.isEmpty } }
      return true
    }
    for variable in shown where !seen.contains(variable.dimensions) {
      seen.append(variable.dimensions)
      let alike = shown.filter { $0.dimensions == variable.dimensions }
      switch variable.dimensions.count {
      case 0:
        for single in alike {
          try console.print("  \(single.name)  \(text(single, 0))")
        }
      case 1: try list(alike, of: group, console, room)
      case 2: for matrix in alike { try self.matrix(matrix, of: group, console, room) }
      case 3: try slices(alike, of: group, console, room)
      default:
        let names = alike.map(\.name).joined(separator: ", ")
        try console.print(
          "  \(names): by \(variable.dimensions.joined(separator: ", ")), in the file")
      }
    }
    let rest = group.variables.filter(\.isInFile).map(\.name)
    if !rest.isEmpty {
      let file = room.rest == nil ? "the file" : "the file (-o)"
      try console.print("  in \(file): \(rest.joined(separator: ", "))")
    }
  }

  private static func list(
    _ variables: [ResultGroup.Variable], of group: ResultGroup, _ console: Console, _ room: Room
  ) throws {
    let dimension = variables[0].dimensions[0]
    guard let labels = group.labels(of: dimension) else { return }
    if labels.count == 0 { return try console.print("  none") }
    let units = units(variables)
    let variables = units == nil ? variables : variables.filter { $0.name != "unit" }
    var table = Table([.text(dimension)] + variables.map(column))
    for row in 0..<min(labels.count, room.rows) {
      table.add(
        [.text(text(labels, row))]
          + variables.map { variable in
            guard let units, case .doubles(let values) = variable.values, variable.unit.isEmpty
            else { return cell(variable, row) }
            return .text(NumberText.text(values[row], NumberFormat(unit: units[row])))
          })
    }
    try console.print(table)
    if labels.count > room.rows {
      try console.print(room.more(room.rows, of: labels.count))
    }
  }

  /// Units of rows, where they have units of their own: numbers show them, and no column has to.
  private static func units(_ variables: [ResultGroup.Variable]) -> ResultGroup.Texts? {
    guard let variable = variables.first(where: { $0.name == "unit" }),
      case .texts(let units) = variable.values
    else { return nil }
    return units
  }

  private static func matrix(
    _ variable: ResultGroup.Variable, of group: ResultGroup, _ console: Console, _ room: Room
  ) throws {
    guard let rows = group.labels(of: variable.dimensions[0]),
      let columns = group.labels(of: variable.dimensions[1])
    else { return }
    let shown = min(columns.count, mostColumns)
    var table = Table(
      [.text(variable.name)]
        + (0..<shown).map { column(variable, title: text(columns, $0)) })
    for row in 0..<min(rows.count, room.rows) {
      table.add(
        [.text(text(rows, row))] + (0..<shown).map { cell(variable, row * columns.count + $0) })
    }
    try console.print(table)
    if rows.count > room.rows || columns.count > shown {
      try console.print(
        "… \(rows.count) × \(columns.count) in the file\(room.rest == nil ? "" : " (-o)")")
    }
  }

  /// The first two of variables along three dimensions, place by place of the first.
  private static func slices(
    _ variables: [ResultGroup.Variable], of group: ResultGroup, _ console: Console, _ room: Room
  ) throws {
    let dimensions = variables[0].dimensions
    guard let labels = group.labels(of: dimensions[0]) else { return }
    for variable in variables.prefix(2) {
      for place in 0..<min(labels.count, mostSlices) {
        var slice = variable
        slice.dimensions.removeFirst()
        slice.values = variable.values.part(place, of: labels.count)
        slice.name = "\(variable.name), \(dimensions[0]) \(text(labels, place))"
        try matrix(slice, of: group, console, room)
      }
    }
    let rest = variables.dropFirst(2).map(\.name)
    if labels.count > mostSlices || !rest.isEmpty {
      let more =
        labels.count > mostSlices ? ["\(labels.count - mostSlices) more \(dimensions[0])s"] : []
      try console.print("… in the file: \((more + rest).joined(separator: ", "))")
    }
  }

  private static func column(_ variable: ResultGroup.Variable) -> Table.Column {
    column(variable, title: variable.name)
  }

  private static func column(_ variable: ResultGroup.Variable, title: String) -> Table.Column {
    switch variable.values {
    case .doubles: .number(title, format(variable))
    case .integers: .number(title, .plain)
    default: .text(title)
    }
  }

  private static func format(_ variable: ResultGroup.Variable) -> NumberFormat {
    NumberFormat(unit: variable.unit)
  }

  private static func cell(_ variable: ResultGroup.Variable, _ index: Int) -> Table.Cell {
    if case .doubles(let values) = variable.values { return .number(values[index]) }
    return .text(text(variable, index))
  }

  private static func text(_ variable: ResultGroup.Variable, _ index: Int) -> String {
    switch variable.values {
    case .doubles(let values): NumberText.text(values[index], format(variable))
    case .integers(let values): "\(values[index])"
    // As in traces, the first instant that there is stands for none.
    case .times(let values):
      values[index] == .min ? "–" : Timestamp.text(nanoseconds: values[index])
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

extension ResultGroup.Variable {
  /// Its unit; empty without one.
  fileprivate var unit: String { attributes.first { $0.name == "unit" }?.value ?? "" }
}

extension ResultGroup.Values {
  /// One of equal parts.
  fileprivate func part(_ place: Int, of parts: Int) -> Self {
    let size = count / max(parts, 1)
    let range = place * size..<(place + 1) * size
    return switch self {
    case .doubles(let values): .doubles(Array(values[range]))
    case .integers(let values): .integers(Array(values[range]))
    case .texts(let values): .texts(Array(values[range]))
    case .times(let values): .times(Array(values[range]))
    }
  }
}
