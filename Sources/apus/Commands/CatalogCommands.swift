import Arguments
import Expressions
import Jobs
import Metrics

/// `apus functions`: the expression language.
enum FunctionsCommand: Command {
  static let spec = CommandSpec(
    "functions", group: "Reference",
    summary: "List the functions of the expression language",
    examples: [
      Example("apus functions", "All of them, with seeding."),
      Example("apus functions ema", "One of them."),
    ],
    positionals: [
      PositionalSpec("NAME", help: "Function to show; all unless given.", count: .optional)
    ],
    common: [CommonOptions.json, CommonOptions.quiet])

  private struct Row: Encodable {
    let name: String
    let usage: String
    let summary: String
    let seeding: String
    let source: String
  }

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let known = FunctionCatalog.all
    let functions = try Catalog.choose(
      arguments.positionals("NAME"), known, kind: "function", name: \.name)
    if arguments.flag("json") {
      let rows = functions.map {
        Row(
          name: $0.name, usage: $0.usage, summary: $0.summary, seeding: $0.seeding,
          source: $0.source)
      }
      try console.print(try rows.json())
      return .done
    }
    for function in functions {
      try console.print(function.usage)
      try console.print("    \(function.summary)")
      try console.print("    seeding: \(function.seeding)")
      try console.print("    source: \(function.source)")
    }
    return .done
  }
}

/// `apus metrics`: what is computed of a lane.
enum MetricsCommand: Command {
  static let spec = CommandSpec(
    "metrics", group: "Reference",
    summary: "List the metrics with their definitions",
    examples: [
      Example("apus metrics", "All of them."),
      Example("apus metrics sharpe", "One of them."),
    ],
    positionals: [
      PositionalSpec("NAME", help: "Metric to show; all unless given.", count: .optional)
    ],
    common: [CommonOptions.json, CommonOptions.quiet])

  private struct Row: Encodable {
    let name: String
    let unit: String
    let direction: String
    let definition: String
    let source: String
  }

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let metrics = try Catalog.choose(
      arguments.positionals("NAME"), MetricCatalog.all, kind: "metric", name: \.name)
    if arguments.flag("json") {
      let rows = metrics.map {
        Row(
          name: $0.name, unit: $0.unit.rawValue, direction: $0.direction.rawValue,
          definition: $0.definition, source: $0.source)
      }
      try console.print(try rows.json())
      return .done
    }
    for metric in metrics {
      let isDefault = MetricCatalog.defaultNames.contains(metric.name)
      try console.print(
        "\(metric.name)  (\(metric.unit.rawValue), better: \(metric.direction.rawValue)"
          + (isDefault ? ", default)" : ")"))
      try console.print("    \(metric.definition)")
      try console.print("    source: \(metric.source)")
    }
    return .done
  }
}

/// Picks entries of a catalogue by name.
enum Catalog {
  static func choose<Entry>(
    _ names: [String], _ known: [Entry], kind: String, name: (Entry) -> String,
    seeAll: String? = nil
  ) throws(ArgumentsError) -> [Entry] {
    if names.isEmpty { return known }
    var chosen: [Entry] = []
    for wanted in names {
      guard let entry = known.first(where: { name($0) == wanted }) else {
        throw .unknownName(
          wanted, kind: kind, option: "NAME", among: known.map(name),
          seeAll: seeAll ?? "apus \(kind)s")
      }
      chosen.append(entry)
    }
    return chosen
  }
}
