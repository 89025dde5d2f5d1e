import Expressions
import Market

/// A second reading of expressions over several symbols: each node for each symbol over the whole series.
///
/// It shares the parser with the engine and nothing else. Conditions are 1, 0, or NaN where undefined.
struct NaiveMarket {
  typealias Table = [[Double]]

  let panel: PricePanel
  let symbols: [Int]
  var parameters: [String: Double] = [:]
  var parts: [String: String] = [:]
  var bars: Range<Int>

  init(_ panel: PricePanel, symbols: [Int]? = nil, bars: Range<Int>? = nil) {
    self.panel = panel
    self.symbols = symbols ?? Array(0..<panel.symbolCount)
    self.bars = bars ?? 0..<panel.barCount
  }

  /// `[symbol][bar]`.
  func evaluate(_ text: String) throws -> Table { table(try Parser.parse(text), symbols) }

  private func table(_ syntax: Syntax, _ subjects: [Int]) -> Table {
    switch syntax {
    case .number(let value, _): subjects.map { _ in bars.map { _ in value } }
    case .name(let name, _): look(up: name, subjects)
    case .text: fatalError("no text stands alone")
    case .member(.call("symbol", let arguments, _), let inner, _):
      {
        guard case .text(let name, _) = arguments[0], let index = panel.symbols.index(of: name)
        else { fatalError("no such symbol") }
        let column = table(inner, [index])[0]
        return subjects.map { _ in column }
      }()
    case .member: fatalError("no other member")
    case .unary(.not, let x, _): map(x, subjects) { $0.isNaN ? .nan : 1 - $0 }
    case .unary(.negate, let x, _): map(x, subjects) { -$0 }
    case .unary(_, let x, _): table(x, subjects)
    case .binary(let op, let a, let b, _): binary(op, a, b, subjects)
    case .call(let name, let arguments, _): call(name, arguments, subjects)
    }
  }

  private func look(up name: String, _ subjects: [Int]) -> Table {
    if let part = parts[name], let syntax = try? Parser.parse(part) {
      return table(syntax, subjects)
    }
    if let value = parameters[name] { return subjects.map { _ in bars.map { _ in value } } }
    if name == "equal" { return call(name, [], subjects) }
    guard let field = panel.fieldIndex(name) else { fatalError("no '\(name)'") }
    return subjects.map { symbol in
      bars.map { panel.value(field: field, bar: $0, symbol: symbol) }
    }
  }

  private func map(_ x: Syntax, _ subjects: [Int], _ body: (Double) -> Double) -> Table {
    table(x, subjects).map { $0.map(body) }
  }

  private func binary(_ op: Syntax.Operator, _ a: Syntax, _ b: Syntax, _ subjects: [Int]) -> Table {
    zip(table(a, subjects), table(b, subjects)).map { left, right in
      zip(left, right).map { x, y in
        func truth(_ holds: Bool) -> Double { x.isNaN || y.isNaN ? .nan : holds ? 1 : 0 }
        switch op {
        case .add: return x + y
        case .subtract: return x - y
        case .multiply: return x * y
        case .divide: return x / y
        case .less: return truth(x < y)
        case .lessOrEqual: return truth(x <= y)
        case .greater: return truth(x > y)
        case .greaterOrEqual: return truth(x >= y)
        case .and: return x == 0 || y == 0 ? 0 : x.isNaN || y.isNaN ? .nan : 1
        case .or: return x == 1 || y == 1 ? 1 : x.isNaN || y.isNaN ? .nan : 0
        default: fatalError("no naive '\(op.rawValue)'")
        }
      }
    }
  }

  private func call(_ name: String, _ arguments: [Syntax], _ subjects: [Int]) -> Table {
    switch name {
    case "if":
      let (c, a, b) = (
        table(arguments[0], subjects), table(arguments[1], subjects), table(arguments[2], subjects)
      )
      return c.indices.map { s in
        c[s].indices.map { c[s][$0].isNaN ? .nan : c[s][$0] == 1 ? a[s][$0] : b[s][$0] }
      }
    case "is":
      guard case .text(let name, _) = arguments[0] else { fatalError("no text") }
      return subjects.map { symbol in bars.map { _ in panel.symbols[symbol].symbol == name ? 1 : 0 }
      }
    case "abs": return map(arguments[0], subjects) { abs($0) }
    case "lag", "pct_change", "sma", "highest", "stdev":
      return window(name, arguments, subjects)
    case "equal":
      return across("normalize", [.call("isKnown", [], column: 0)], subjects)
    case "isKnown": return look(up: "close", subjects).map { $0.map { $0.isNaN ? .nan : 1 } }
    default: return across(name, arguments, subjects)
    }
  }

  private func window(_ name: String, _ arguments: [Syntax], _ subjects: [Int]) -> Table {
    let n = Int(table(arguments[1], subjects)[0][0])
    return table(arguments[0], subjects).map { x in
      x.indices.map { bar in
        if name == "lag" || name == "pct_change" {
          guard bar >= n else { return .nan }
          return name == "lag" ? x[bar - n] : (x[bar] - x[bar - n]) / x[bar - n]
        }
        guard bar + 1 >= n else { return .nan }
        let values = x[(bar + 1 - n)...bar]
        guard values.allSatisfy(\.isFinite) else { return .nan }
        if name == "highest" { return values.max() ?? .nan }
        let mean = values.reduce(0, +) / Double(n)
        if name == "sma" { return mean }
        return (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(n - 1)).squareRoot()
      }
    }
  }

  private func across(_ name: String, _ arguments: [Syntax], _ subjects: [Int]) -> Table {
    var x = table(arguments[arguments.count - 1], symbols)
    if name == "bottom" { x = x.map { $0.map { -$0 } } }
    let n = arguments.count > 1 ? table(arguments[0], symbols)[0][0] : 0
    let member = panel.fieldIndex(Universe.field)
    var result = subjects.map { _ in [Double]() }
    for (place, bar) in bars.enumerated() {
      let alive = symbols.indices.filter { index in
        let symbol = symbols[index]
        let isMember = member.map { panel.value(field: $0, bar: bar, symbol: symbol) > 0 } ?? true
        return isMember && panel.lifetimes[symbol]?.contains(bar) == true
          && x[index][place].isFinite
      }
      let row = alive.map { x[$0][place] }
      for (subject, symbol) in subjects.enumerated() {
        let own = alive.first { symbols[$0] == symbol }
        result[subject].append(value(name, n, row, own.flatMap { alive.firstIndex(of: $0) }))
      }
    }
    return result
  }

  private func value(_ name: String, _ n: Double, _ row: [Double], _ own: Int?) -> Double {
    let count = Double(row.count)
    let mean = row.reduce(0, +) / count
    let squares = row.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
    switch name {
    case "mean_across": return row.isEmpty ? .nan : mean
    case "sum_across": return row.isEmpty ? .nan : row.reduce(0, +)
    case "count_across": return count
    case "stdev_across": return row.count < 2 ? .nan : (squares / (count - 1)).squareRoot()
    default: break
    }
    guard let own else { return .nan }
    let x = row[own]
    switch name {
    case "rank":
      let equal = Double(row.count { $0 == x })
      return (Double(row.count { $0 < x }) + (equal + 1) / 2) / count
    case "top", "bottom":
      let before = row.enumerated().count { $1 > x || $1 == x && $0 < own }
      return Double(before) < n ? 1 : 0
    case "zscore_across":
      let isConstant = row.allSatisfy { $0 == x }
      return row.count < 2 || isConstant ? .nan : (x - mean) / (squares / (count - 1)).squareRoot()
    case "demean": return x - mean
    case "normalize":
      let sum = row.map(\.magnitude).reduce(0, +)
      return sum > 0 ? x / sum : .nan
    default: fatalError("no naive '\(name)'")
    }
  }
}
