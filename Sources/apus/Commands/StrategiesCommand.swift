import Arguments
import Jobs
import Strategies

/// `apus strategies`: the catalogue of well-known strategies.
enum StrategiesCommand: Command {
  static let spec = CommandSpec(
    "strategies", group: "Reference",
    summary: "List well-known strategies, or write one as a spec",
    discussion: [
      "With a name it prints a spec that is ready to run: reference, rules and parameters stand in it as comments. A spec"
        + " of one's own takes a strategy by name, strategy: { template: \"…\" }, and gives the parameters that differ."
    ],
    examples: [
      Example("apus strategies", "All of them."),
      Example("apus strategies buy_and_hold > my.json5", "One of them, to run or to change."),
      Example("apus strategies buy_and_hold --store sp500.h5 > my.json5", "On a store."),
    ],
    positionals: [
      PositionalSpec(
        "NAME", help: "Strategy to write; all are listed unless given.", count: .optional)
    ],
    options: [
      .value("store", "STORE", help: "The store that the spec names.", completion: .files),
      .flag("sweep", help: "Give each parameter the values of a sweep."),
    ],
    common: [CommonOptions.json, CommonOptions.quiet])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let names = arguments.positionals("NAME")
    let known = try Catalog.choose(
      names, StrategyCatalog.all, kind: "strategy", name: \.name, seeAll: "apus strategies")
    if arguments.flag("json") {
      try console.print(try known.map { StrategyOutput($0) }.json())
    } else if names.isEmpty {
      for strategy in known {
        try console.print(strategy.name)
        try console.print("    \(strategy.summary)")
        let parameters = strategy.parameters.map {
          "\($0.name) = \(NumberText.text($0.value, .plain))"
        }
        if !parameters.isEmpty {
          try console.print("    parameters: \(parameters.joined(separator: ", "))")
        }
        if !strategy.roles.isEmpty {
          let symbols = strategy.roles.map { "\($0.name) = \($0.symbol)" }
          try console.print("    symbols: \(symbols.joined(separator: ", "))")
        }
        try console.print("    source: \(strategy.reference)")
      }
    } else {
      for strategy in known {
        try console.write(
          TemplateSpec.text(
            strategy, store: arguments.optionalString("store") ?? "prices.h5",
            sweeps: arguments.flag("sweep")))
      }
    }
    return .done
  }
}

/// A strategy as JSON.
private struct StrategyOutput: Encodable {
  struct Parameter: Encodable {
    let name: String
    let summary: String
    let value: Double
    let sweep: [Double]
  }

  let name: String
  let summary: String
  let reference: String
  let parameters: [Parameter]
  let symbols: [String: String]
  let fields: [String]
  let isPortfolio: Bool
  let spec: String

  init(_ strategy: StrategyTemplate) {
    name = strategy.name
    summary = strategy.summary
    reference = strategy.reference
    parameters = strategy.parameters.map {
      Parameter(name: $0.name, summary: $0.summary, value: $0.value, sweep: $0.sweep)
    }
    symbols = Dictionary(uniqueKeysWithValues: strategy.roles.map { ($0.name, $0.symbol) })
    fields = strategy.fields
    isPortfolio = strategy.source.weights != nil
    spec = TemplateSpec.text(strategy, store: "prices.h5", sweeps: false)
  }
}
