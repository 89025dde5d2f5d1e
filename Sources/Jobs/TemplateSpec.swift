import Interchange
import Kernels
import Strategies

/// A strategy of the catalogue as a spec that a user can run and change.
public enum TemplateSpec {
  /// The spec's text, JSON5, ending in a line feed.
  ///
  /// - Parameters:
  ///   - strategy: what to write.
  ///   - store: path of the store that the spec names.
  ///   - sweeps: whether parameters have the values of a sweep.
  public static func text(_ strategy: StrategyTemplate, store: String, sweeps: Bool) -> String {
    var lines = ["// \(strategy.summary)", "// Source: \(strategy.reference)"]
    for role in strategy.roles { lines.append("// Symbol \(role.symbol): \(role.summary)") }
    if !strategy.fields.isEmpty {
      lines.append("// The panel needs: \(strategy.fields.joined(separator: ", "))")
    }
    lines += [
      "{", "  apus: 1,", "  name: \(quoted(strategy.name)),",
      "  data: { store: \(quoted(store)) },",
    ]
    if !strategy.parameters.isEmpty {
      lines.append("  parameters: {")
      for parameter in strategy.parameters {
        let sweep = parameter.sweep.map { $0.shortestText }.joined(separator: ", ")
        let value = sweeps && !parameter.sweep.isEmpty ? "[\(sweep)]" : parameter.value.shortestText
        let hint = sweeps || parameter.sweep.isEmpty ? "" : "; to sweep: [\(sweep)]"
        lines.append("    \(parameter.name): \(value),  // \(parameter.summary)\(hint)")
      }
      lines.append("  },")
    }
    if let condition = strategy.condition { lines.append("  where: \(quoted(condition)),") }
    lines.append("  strategy: {")
    lines += body(strategy.source(symbols: [:])).map { "    \($0)," }
    if let every = strategy.rebalance {
      let period = Int(every) == nil ? quoted(every) : every
      lines.append("    rebalance: { every: \(period) },")
    }
    lines += [
      "  },", "  execution: { commission: { bps: 5 }, slippage: { bps: 2 } },", "}",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// The entries of a spec's `strategy`.
  private static func body(_ source: ExpressionStrategy.Source) -> [String] {
    var lines: [String] = []
    if !source.parts.isEmpty {
      let parts = source.parts.sorted { $0.key < $1.key }.map { "\($0.key): \(quoted($0.value))" }
      lines.append("let: { \(parts.joined(separator: ", ")) }")
    }
    lines += source.texts.compactMap { key, text in text.map { "\(key): \(quoted($0))" } }
    if let size = source.size { lines.append("size: { \(self.size(size)) }") }
    return lines
  }

  private static func size(_ size: ExpressionStrategy.Size) -> String {
    switch size {
    case .fraction(let text): "fraction_of_equity: \(quoted(text))"
    case .units(let text): "units: \(quoted(text))"
    case .notional(let text): "notional: \(quoted(text))"
    case .risk(let text): "risk: \(quoted(text))"
    case .volatilityTarget(let target, let window, let cap):
      "volatility_target: { target: \(quoted(target)), window: \(quoted(window)), cap: \(quoted(cap)) }"
    case .kelly(let multiple, let window, let cap):
      "kelly: { multiple: \(quoted(multiple)), window: \(quoted(window)), cap: \(quoted(cap)) }"
    }
  }

  private static func quoted(_ text: String) -> String {
    JSONText.quoted(text)
  }
}
