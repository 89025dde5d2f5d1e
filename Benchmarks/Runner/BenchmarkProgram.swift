import Arguments
import BenchmarkKit
import Glibc
import Jobs
import Scenarios

/// The command line of `apus-bench`.
package enum BenchmarkProgram {
  private static let filter = OptionSpec.value(
    "filter", "TEXT", help: "Run only scenarios whose name holds this.")
  private static let rounds = OptionSpec.value(
    "rounds", "N", help: "Rounds that count, at least 5.",
    default: "5")
  private static let tiny = OptionSpec.flag(
    "tiny", help: "Shrink data and time to almost nothing, to see that all works.")
  private static let threads = OptionSpec.value(
    "threads", "N", help: "Workers of the engine and its reference; one a processor unless given.")

  package static let spec = ProgramSpec(
    name: "apus-bench", version: apusVersion,
    summary: "times every stage of Apus against what the machine allows.",
    examples: [
      Example("apus-bench run", "Everything, as a table."),
      Example("apus-bench run --filter lanes --rounds 9", "One stage, more carefully."),
    ],
    commands: [
      CommandSpec(
        "list", group: "Scenarios", summary: "Name every scenario and its limit",
        examples: [Example("apus-bench list", "All of them.")], common: []),
      CommandSpec(
        "run", group: "Scenarios", summary: "Run scenarios and print a table",
        examples: [
          Example("apus-bench run --json before.json", "Everything; keep the numbers."),
          Example("apus-bench run --tiny", "See that all scenarios work."),
        ],
        options: [
          filter,
          .value(
            "json", "FILE", help: "Write the numbers here too, in place of what is there.",
            completion: .files),
          rounds, threads, tiny,
        ], common: []),
      CommandSpec(
        "compare", group: "Results", summary: "Compare two files of numbers",
        discussion: [
          "Ratios are those of the second file over the first; the exit status is 1 if anything is more than 5 % slower and the rounds of the two don't overlap."
        ],
        examples: [Example("apus-bench compare before.json after.json", "Below 1 is faster.")],
        positionals: [
          PositionalSpec("BEFORE", help: "The first file.", completion: .files),
          PositionalSpec("AFTER", help: "The second file.", completion: .files),
        ], common: []),
      CommandSpec(
        "record", group: "Results", summary: "Run scenarios and keep the numbers by date",
        examples: [Example("apus-bench record", "Adds a file to build/bench.")],
        options: [
          filter, rounds, threads, tiny,
          .value(
            "folder", "PATH", help: "Where files are kept.", default: "build/bench",
            completion: .files),
        ], common: []),
      CommandSpec(
        "serve", group: "Peers", summary: "Time one sweep whenever a line on standard input asks",
        discussion: [
          "Loads a spec once. Lines: 'run' simulates it and 'run N' does so N times; 'answers FILE' writes total return, Sharpe ratio, drawdown and entries of every lane as raw doubles. Each is answered by a line of JSON. Loading and writing are never in a time; the rest, from the compiled spec to the metrics, is."
        ],
        examples: [
          Example(
            "echo run 5 | apus-bench serve Benchmarks/peers/specs/rsi.json5 --symbols 1",
            "Seconds of five sweeps.")
        ],
        positionals: [
          PositionalSpec("SPEC", help: "The job description, JSON5.", completion: .files)
        ],
        options: [
          .value(
            "set", "KEY=VALUE", help: "Set a parameter, or any other key by its path.",
            isRepeatable: true),
          .value("store", "STORE", help: "A store in place of the spec's.", completion: .files),
          .value("symbols", "N", help: "Run the first N symbols only."),
          threads,
        ], common: []),
      CommandSpec(
        "serve-import", group: "Peers",
        summary: "Time an import whenever a line on standard input asks",
        discussion: [
          "Lines: 'run' reads the files into an aligned panel and 'run N' does so N times; 'answers' says rows and the sum of each field. Each is answered by a line of JSON."
        ],
        examples: [Example("echo run 5 | apus-bench serve-import prices.csv", "Seconds of five.")],
        positionals: [
          PositionalSpec("FILE", help: "CSV files.", count: .oneOrMore, completion: .files)
        ],
        options: [
          .flag("symbol-from-filename", help: "The name of a file is its symbol."), threads,
        ], common: []),
    ])

  /// Does what the words say and returns the exit status: 0 when all was measured, 1 when something was not or
  /// became slower, 2 for a wrong command line, 3 for a file that can't be read or written, 130 when interrupted.
  package static func run(_ words: [String]) -> Int32 {
    do {
      switch try spec.parse(words) {
      case .version: try say("\(spec.name) \(spec.version)\n")
      case .help(nil): try say(spec.help(width: 80))
      case .help(let verb?): try say(spec.help(for: verb, width: 80))
      case .run(let verb, let arguments): return try run(verb, arguments)
      }
      return 0
    } catch {
      complain("error: \(error)\n")
      return error is ArgumentsError ? 2 : 3
    }
  }

  private static func run(_ verb: String, _ arguments: ParsedArguments) throws -> Int32 {
    switch verb {
    case "list":
      var table = TextTable(["scenario", "unit", "limit"])
      for scenario in ScenarioCatalog.all {
        table.add([scenario.name, scenario.unit.rawValue, scenario.limit])
      }
      try say(table.text)
      return 0
    case "compare":
      let comparison = Comparison(
        try ReportFile.read(arguments.positional("BEFORE")),
        try ReportFile.read(arguments.positional("AFTER")))
      try say(comparison.text)
      return comparison.hasRegression ? 1 : 0
    case "serve":
      try server(arguments).serve(say: say)
      return 0
    case "serve-import":
      try ImportServer(
        paths: arguments.positionals("FILE"),
        symbolInFileName: arguments.flag("symbol-from-filename"),
        threads: try arguments.optionalInt("threads", in: 1...256) ?? Machine.processors
      ).serve(say: say)
      return 0
    default:
      return try measure(verb, arguments)
    }
  }

  private static func server(_ arguments: ParsedArguments) throws -> SweepServer {
    let symbols = try arguments.optionalInt("symbols", in: 1...10_000_000)
    let threads = try arguments.optionalInt("threads", in: 1...256) ?? Machine.processors
    let (spec, store) = try SpecFile.load(
      path: arguments.positional("SPEC"),
      settings: try arguments.keyValues("set").map { ($0.key, $0.value) },
      store: arguments.optionalString("store"))
    return SweepServer(
      plan: try RunPlan(spec: spec, storePath: store), symbols: symbols, threads: threads)
  }

  private static func measure(_ verb: String, _ arguments: ParsedArguments) throws -> Int32 {
    let text = arguments.optionalString("filter") ?? ""
    let chosen = ScenarioCatalog.all.filter { text.isEmpty || $0.name.contains(text) }
    guard !chosen.isEmpty else {
      throw ArgumentsError.badValue(
        name: "--filter", value: text,
        reason: .other(
          "'\(text)' is in no scenario's name", next: "see them all with: apus-bench list"))
    }
    let isTiny = arguments.flag("tiny")
    var options = isTiny ? Sampler.Options.tiny : Sampler.Options()
    if !isTiny || arguments.isGiven("rounds") {
      options.rounds = try arguments.int("rounds", in: (isTiny ? 1 : 5)...1000)
    }
    let machine = ThisMachine.facts(threads: try arguments.optionalInt("threads", in: 1...256))
    let output = verb == "run" ? arguments.optionalString("json") : nil
    let folder = verb == "record" ? arguments.string("folder") : nil
    // What can't be written later is better known before.
    if let output { try ReportFile.checkTarget(output) }
    if let folder { try ReportFile.makeFolder(folder) }

    Interruption.watch()
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    var report = BenchmarkReport(machine: machine, isTiny: isTiny, scenarios: [])
    for (index, scenario) in chosen.enumerated() {
      complain("\(index + 1) of \(chosen.count): \(scenario.name)\n")
      let context = ScenarioContext(
        isTiny: isTiny, threads: machine.threads, scratch: try scratch.part("\(index)"),
        apus: ThisMachine.apus)
      let result = scenario.measure(context, options: options)
      if Interruption.isRequested { break }
      report.scenarios.append(result)
      scratch.removePart("\(index)")
    }
    try say(report.text)
    if Interruption.isRequested {
      // A part is shown and not kept: a comparison would call the rest missing.
      complain("interrupted; nothing was written\n")
      return 130
    }
    if let output { try ReportFile.write(report, to: output, force: true) }
    if let folder { complain("wrote \(try ReportFile.record(report, in: folder))\n") }
    return report.scenarios.contains { $0.failure != nil } ? 1 : 0
  }

  /// Writes a result to standard output.
  private static func say(_ text: String) throws(BenchmarkError) {
    let code = write(text, to: 1)
    if code != 0 { throw .system(call: "write", path: "standard output", code: code) }
  }

  /// Writes talk to standard error; nobody is left to tell when that fails.
  private static func complain(_ text: String) { _ = write(text, to: 2) }

  private static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written > 0 { bytes = bytes.dropFirst(written) } else if errno != EINTR { return errno }
    }
    return 0
  }
}
