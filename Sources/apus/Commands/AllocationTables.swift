import Jobs
import Storage

/// Groups of `apus allocate` as tables: symbols down, methods across, the largest weights first.
enum AllocationTables {
  private static let mostSymbols = 20

  /// Prints a group; matrices by method and symbol turned round, weights of frontier points left in the file.
  static func print(_ group: ResultGroup, _ console: Console) throws {
    var rest = group
    rest.variables.removeAll { $0.dimensions.count == 2 }
    if group.name == "weights" {
      // What binds is long, and a table of it unreadable: a line each.
      rest.variables.removeAll { $0.name == "binding" || $0.name == "notes" }
    }
    try GroupTables.print(rest, console)
    if group.name == "weights" { try printTexts(group, console) }
    // What shares weigh differs from the weights by hairs.
    for variable in group.variables
    where variable.dimensions == ["method", "symbol"] && variable.name != "share_weight" {
      try printMatrix(variable, of: group, console)
    }
  }

  private static func printTexts(_ group: ResultGroup, _ console: Console) throws {
    guard case .texts(let methods)? = group.labels(of: "method") else { return }
    for (name, title) in [("binding", "binding"), ("notes", "notes")] {
      guard case .texts(let texts)? = group.variables.first(where: { $0.name == name })?.values
      else { continue }
      for (method, text) in zip(methods, texts) where !text.isEmpty {
        try console.print("  \(title), \(method): \(text)")
      }
    }
  }

  private static func printMatrix(
    _ variable: ResultGroup.Variable, of group: ResultGroup, _ console: Console
  ) throws {
    guard case .texts(let methods)? = group.labels(of: "method"),
      case .texts(let symbols)? = group.labels(of: "symbol"),
      case .doubles(let values) = variable.values
    else { return }
    func value(_ method: Int, _ symbol: Int) -> Double { values[method * symbols.count + symbol] }
    let sizes = symbols.indices.map { symbol in
      methods.indices.reduce(0) { max($0, abs(value($1, symbol))) }
    }
    let order = symbols.indices.filter { sizes[$0] > 0 }
      .sorted { (sizes[$1], $0) < (sizes[$0], $1) }
    let isCount = variable.attributes.contains { $0.name == "unit" && $0.value == "count" }
    var table = Table(
      [.text(variable.name)] + methods.map { .number($0, isCount ? .count : .fraction) })
    for symbol in order.prefix(mostSymbols) {
      table.add(
        [.text(symbols[symbol])] + methods.indices.map { .number(value($0, symbol)) })
    }
    try console.print(table)
    if order.count > mostSymbols {
      try console.print("… \(order.count - mostSymbols) more in the file")
    }
  }
}
