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
    discussion: [
      "By family, a line for each. A name gives unit, direction, source and what it costs a sweep besides."
    ],
    examples: [
      Example("apus metrics", "All of them."),
      Example("apus metrics sharpe", "One of them, in full."),
      Example("apus metrics --convention quantstats", "Those that quantstats defines otherwise."),
    ],
    positionals: [
      PositionalSpec("NAME", help: "Metric to show in full; all unless given.", count: .optional)
    ],
    options: [
      .value(
        "convention", "NAME",
        help: "Whose definitions: those of another library where it has them.",
        completion: .choices(Convention.names))
    ],
    common: [CommonOptions.json, CommonOptions.quiet])

  private struct Row: Encodable {
    let name: String
    let family: String
    let unit: String
    let direction: String
    let definition: String
    let source: String
    let isDefault: Bool
    let cost: String
  }

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let name = arguments.optionalString("convention") ?? Convention.apus.name
    let convention = Convention.named(name) ?? .apus
    let names = arguments.positionals("NAME")
    _ = try Catalog.choose(names, MetricCatalog.all, kind: "metric", name: \.name)
    let families = MetricCatalog.families.map { family in
      let metrics = family.metrics.map { convention.metric(named: $0.name) ?? $0 }
      let isListed = { (metric: any Metric) in
        names.isEmpty
          ? convention.metrics.isEmpty || convention.defines(metric.name)
          : names.contains(metric.name)
      }
      return (title: family.title, metrics: metrics.filter(isListed))
    }.filter { !$0.metrics.isEmpty }
    if arguments.flag("json") {
      let rows = families.flatMap { family in
        family.metrics.map { metric in
          Row(
            name: metric.name, family: family.title, unit: metric.unit.rawValue,
            direction: metric.direction.rawValue, definition: metric.definition,
            source: metric.source, isDefault: isDefault(metric), cost: cost(metric))
        }
      }
      try console.print(try rows.json())
      return .done
    }
    if names.isEmpty {
      try list(families, convention, console)
    } else {
      for metric in families.flatMap(\.metrics) { try show(metric, console) }
    }
    return .done
  }

  private static func list(
    _ families: [(title: String, metrics: [any Metric])], _ convention: Convention,
    _ console: Console
  ) throws {
    let width = MetricCatalog.names.map(\.count).max() ?? 0
    for (index, family) in families.enumerated() {
      try console.print((index == 0 ? "" : "\n") + family.title)
      for metric in family.metrics {
        let space = String(repeating: " ", count: width - metric.name.count)
        try console.print(
          "\(isDefault(metric) ? "*" : " ") \(metric.name)\(space)  \(metric.definition)")
      }
    }
    try console.print(
      "\n* those of a spec without metrics; apus metrics NAME tells more of one"
        + (convention.metrics.isEmpty ? "" : "; the others are those of apus metrics"))
  }

  private static func show(_ metric: any Metric, _ console: Console) throws {
    try console.print(
      "\(metric.name)  (\(metric.unit.rawValue), better: \(metric.direction.rawValue)"
        + (isDefault(metric) ? ", default)" : ")"))
    try console.print("    \(metric.definition)")
    try console.print("    source: \(metric.source)")
    try console.print("    cost in a sweep: \(cost(metric))")
  }

  private static func isDefault(_ metric: any Metric) -> Bool {
    MetricCatalog.defaultNames.contains(metric.name)
  }

  /// What a metric costs a sweep.
  private static func cost(_ metric: any Metric) -> String {
    if metric.needs.contains(.history) { return "a replay of every lane" }
    return metric.needs.contains(.returns) ? "the returns of every bar" : "none"
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
