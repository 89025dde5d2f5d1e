import Expressions

#if canImport(Glibc)
  import Glibc
#endif

/// A second reading of the language: each node over the whole series, conditions as true, false or undefined.
///
/// As plain as it can be. It shares the parser with the engine and nothing else.
struct NaiveInterpreter {
  enum Value {
    case number([Double])
    case condition([Bool?])
  }

  let columns: Columns
  let parameters: [String: Double]
  var parts: [String: String] = [:]
  let bars: Int

  init(columns: Columns, parameters: [String: Double] = [:], parts: [String: String] = [:]) {
    self.columns = columns
    self.parameters = parameters
    self.parts = parts
    bars = columns.values.first?.count ?? 0
  }

  /// The series of an expression as the evaluator gives it: a condition is 1 where it is true, else 0.
  func series(_ source: String) throws -> [Double] {
    switch evaluate(try Parser.parse(source)) {
    case .number(let values): values
    case .condition(let values): values.map { $0 == true ? 1 : 0 }
    }
  }

  private func evaluate(_ syntax: Syntax) -> Value {
    switch syntax {
    case .number(let value, _): .number(Array(repeating: value, count: bars))
    case .name(let name, _): look(up: name)
    case .call(let name, let arguments, _): call(name, arguments)
    case .unary(.not, let inner, _): .condition(truth(inner).map { $0.map { !$0 } })
    case .unary(.negate, let inner, _): .number(numbers(inner).map { -$0 })
    case .unary(_, let inner, _): evaluate(inner)
    case .binary(.and, let a, let b, _): .condition(zip(truth(a), truth(b)).map(both))
    case .binary(.or, let a, let b, _): .condition(zip(truth(a), truth(b)).map(either))
    case .binary(let op, let a, let b, _): elementwise(op, numbers(a), numbers(b))
    case .text, .member: fatalError("the generator makes none")
    }
  }

  private func look(up name: String) -> Value {
    if let part = parts[name], let syntax = try? Parser.parse(part) { return evaluate(syntax) }
    if let value = parameters[name] { return .number(Array(repeating: value, count: bars)) }
    guard let column = columns[name] else { fatalError("no '\(name)'") }
    return .number(column)
  }

  private func numbers(_ syntax: Syntax) -> [Double] {
    guard case .number(let values) = evaluate(syntax) else { fatalError("not a number") }
    return values
  }

  private func truth(_ syntax: Syntax) -> [Bool?] {
    guard case .condition(let values) = evaluate(syntax) else { fatalError("not a condition") }
    return values
  }

  private func both(_ a: Bool?, _ b: Bool?) -> Bool? {
    if a == false || b == false { return false }
    return a == nil || b == nil ? nil : true
  }

  private func either(_ a: Bool?, _ b: Bool?) -> Bool? {
    if a == true || b == true { return true }
    return a == nil || b == nil ? nil : false
  }

  private func elementwise(_ op: Syntax.Operator, _ a: [Double], _ b: [Double]) -> Value {
    func number(_ f: (Double, Double) -> Double) -> Value { .number(zip(a, b).map(f)) }
    func compare(_ f: (Double, Double) -> Bool) -> Value {
      .condition(zip(a, b).map { $0.isNaN || $1.isNaN ? nil : f($0, $1) })
    }
    switch op {
    case .add: return number { $0 + $1 }
    case .subtract: return number { $0 - $1 }
    case .multiply: return number { $0 * $1 }
    case .divide: return number { $0 / $1 }
    case .power: return number { pow($0, $1) }
    case .less: return compare { $0 < $1 }
    case .lessOrEqual: return compare { $0 <= $1 }
    case .greater: return compare { $0 > $1 }
    case .greaterOrEqual: return compare { $0 >= $1 }
    case .equal: return compare { $0 == $1 }
    case .notEqual: return compare { $0 != $1 }
    case .and, .or, .not, .negate, .plus: fatalError("handled above")
    }
  }

  private func call(_ name: String, _ arguments: [Syntax]) -> Value {
    func x(_ index: Int) -> [Double] { numbers(arguments[index]) }
    func n(_ index: Int) -> Int { Int(x(index)[0]) }
    switch name {
    case "abs": return .number(x(0).map { abs($0) })
    case "sqrt": return .number(x(0).map { $0.squareRoot() })
    case "log": return .number(x(0).map { log($0) })
    case "exp": return .number(x(0).map { exp($0) })
    case "min", "max":
      let pairs = zip(x(0), x(1))
      return .number(
        pairs.map { a, b in
          if a.isNaN || b.isNaN { return .nan }
          return name == "min" ? (b < a ? b : a) : (b > a ? b : a)
        })
    case "lag":
      let (values, length) = (x(0), n(1))
      return .number(values.indices.map { $0 < length ? .nan : values[$0 - length] })
    case "delta":
      let (values, length) = (x(0), n(1))
      return .number(
        values.indices.map { bar in
          guard bar >= length else { return .nan }
          let change = values[bar] - values[bar - length]
          return change.isFinite ? change : .nan
        })
    case "sma", "mean": return .number(windows(x(0), n(1)) { $0.reduce(0, +) / Double($0.count) })
    case "sum": return .number(windows(x(0), n(1)) { $0.reduce(0, +) })
    case "highest": return .number(windows(x(0), n(1)) { $0.max() ?? .nan })
    case "lowest": return .number(windows(x(0), n(1)) { $0.min() ?? .nan })
    case "crosses_above": return .condition(crossings(x(0), x(1)))
    case "crosses_below": return .condition(crossings(x(1), x(0)))
    case "every":
      let length = n(0)
      return .condition((0..<bars).map { $0 % length == 0 })
    case "bars_since":
      var since = Double.nan
      return .number(
        truth(arguments[0]).map { holds in
          since = holds == true ? 0 : since + 1
          return since
        })
    case "if": return choose(truth(arguments[0]), evaluate(arguments[1]), evaluate(arguments[2]))
    default: fatalError("no naive '\(name)'")
    }
  }

  private func windows(_ values: [Double], _ length: Int, _ f: ([Double]) -> Double) -> [Double] {
    values.indices.map { bar in
      guard bar + 1 >= length else { return .nan }
      let window = Array(values[(bar + 1 - length)...bar])
      // Zero has no sign after a window.
      return window.allSatisfy(\.isFinite) ? f(window) + 0 : .nan
    }
  }

  /// Where `a` rises above `b`: the last earlier bar at which both are known and differ has it below.
  private func crossings(_ a: [Double], _ b: [Double]) -> [Bool?] {
    a.indices.map { bar in
      if a[bar].isNaN || b[bar].isNaN { return nil }
      let last = (0..<bar).last { a[$0] < b[$0] || a[$0] > b[$0] }
      return a[bar] > b[bar] && last.map { a[$0] < b[$0] } ?? false
    }
  }

  private func choose(_ test: [Bool?], _ a: Value, _ b: Value) -> Value {
    switch (a, b) {
    case (.number(let a), .number(let b)):
      .number(test.indices.map { bar in test[bar].map { $0 ? a[bar] : b[bar] } ?? .nan })
    case (.condition(let a), .condition(let b)):
      .condition(test.indices.map { bar in test[bar].flatMap { $0 ? a[bar] : b[bar] } })
    default: fatalError("a choice between a number and a condition")
    }
  }
}
