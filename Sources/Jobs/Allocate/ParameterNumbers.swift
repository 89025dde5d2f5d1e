import Expressions

/// Puts the values of parameters in place of the texts of a spec that are expressions of them.
struct ParameterNumbers {
  private let names: [String]
  /// What each text is: an expression that reads parameters, or something else.
  private var known: [String: ConstantExpression?] = [:]

  init(_ axes: [ParameterGrid.Axis]) { names = axes.map(\.name) }

  /// The value with numbers for its expressions.
  mutating func resolve(_ json: JSON5, _ values: [Double]) -> JSON5 {
    if names.isEmpty { return json }
    switch json.value {
    case .string(let text):
      guard let expression = expression(text) else { return json }
      return JSON5(value: .number(expression.value(values)), place: json.place)
    case .array(let list):
      return JSON5(value: .array(list.map { resolve($0, values) }), place: json.place)
    case .object(let members):
      return JSON5(
        value: .object(
          members.map { JSON5.Member(key: $0.key, value: resolve($0.value, values)) }),
        place: json.place)
    default: return json
    }
  }

  private mutating func expression(_ text: String) -> ConstantExpression? {
    if let found = known[text] { return found }
    var compiler = ExpressionCompiler(scope: ExpressionScope(fields: [], parameters: names))
    let found = (try? compiler.constant(text)).flatMap { $0.parameters.isEmpty ? nil : $0 }
    known[text] = .some(found)
    return found
  }
}
