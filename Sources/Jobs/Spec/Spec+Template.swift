import Expressions
import Kernels
import Strategies

extension Spec {
  /// Begins with a strategy of the catalogue; what else the spec says takes the place of its parts.
  mutating func readTemplate(_ reader: inout SpecReader) throws(SpecError) {
    let roles = try reader.object("symbols")
    guard let json = reader.optional("template") else {
      guard roles == nil else {
        throw .value(
          path: reader.at("symbols"), line: reader.place.line, found: "symbols without a template",
          expected: "data.symbols for what to trade")
      }
      return
    }
    guard case .string(let name) = json.value else {
      throw reader.wrong("template", json, "the name of a strategy in quotes")
    }
    guard let found = StrategyCatalog.named(name) else {
      let names = StrategyCatalog.all.map(\.name)
      throw .unknownName(
        path: reader.at("template"), line: json.place.line, kind: "strategy", name: name,
        nearest: nearestName(to: name, among: names), hint: "see all of them: apus strategies")
    }
    template = name
    let given = try Self.readRoles(roles, found)
    strategy = found.source(symbols: given)
    self.roles = found.roles.map { ($0.name, given[$0.name] ?? $0.symbol) }
    if strategy.weights != nil { weights = .expression }
    if let every = found.rebalance {
      rebalance.every = Self.periods.first { $0.name == every }?.schedule ?? rebalance.every
      if let bars = Int(every), bars > 0 { rebalance.every = .bars(bars) }
    }
    try adoptParameters(found)
  }

  private static func readRoles(_ given: SpecReader?, _ template: StrategyTemplate)
    throws(SpecError) -> [String: String]
  {
    guard var reader = given else { return [:] }
    var symbols: [String: String] = [:]
    for role in template.roles {
      guard let symbol = try reader.string(role.name, "a symbol in quotes") else { continue }
      guard !symbol.isEmpty, !symbol.contains("\"") else {
        throw .value(
          path: reader.at(role.name), line: reader.place.line,
          found: "\"\(JSON5.excerpt(symbol))\"",
          expected: "a symbol in quotes")
      }
      symbols[role.name] = symbol
    }
    try reader.finish()
    return symbols
  }

  /// The template's parameters in its order, with the spec's values where it gives some; then the spec's own.
  private mutating func adoptParameters(_ template: StrategyTemplate) throws(SpecError) {
    let given = axes
    axes = template.parameters.map { parameter in
      given.first { $0.name == parameter.name }
        ?? ParameterGrid.Axis(name: parameter.name, values: [parameter.value])
    }
    axes += given.filter { axis in !template.parameters.contains { $0.name == axis.name } }
    condition = condition ?? template.condition
    try RunPlan.checkSize(of: axes)
  }
}
