import Arguments
import Jobs
import Market
import Metrics
import Simulation
import Storage

/// `apus replay`: one row of a result again, in full.
enum ReplayCommand: Command {
  static let spec = CommandSpec(
    "replay", group: "Simulation",
    summary: "Simulate one row of a result again, bit for bit, with its trades",
    examples: [
      Example("apus replay golden-cross.h5 --lane 1234", "Print its trades and metrics."),
      Example("apus replay golden-cross.h5 --lane 1234 -o lane.h5", "Write its full trace."),
    ],
    positionals: [PositionalSpec("RESULT", help: "A result file.", completion: .files)],
    options: [
      .value("lane", "ID", help: "Id of the lane, from the column 'lane'.", isRequired: true),
      .value("store", "STORE", help: "The run's store, if it has moved.", completion: .files),
    ],
    common: [
      RunOptions.resultOutput("Write the lane with its full trace here."), CommonOptions.json,
      CommonOptions.quiet, CommonOptions.force,
    ])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let path = arguments.positional("RESULT")
    let lane = try arguments.int("lane", in: 0...Int.max)
    let output = try RunOptions.output(arguments)
    let job = try ReplayJob(path: path, store: arguments.optionalString("store"))
    if let output {
      try RunOptions.keep([path, job.plan.storePath], from: [output])
      try AtomicFile.checkTarget(output, force: arguments.flag("force"))
    }
    let outcome = try job.replay(lane: lane, variant: try RunOptions.variant())
    if let output {
      try job.write(outcome, lane: lane, to: output, force: arguments.flag("force"))
      console.talk("wrote \(output)")
    }
    if arguments.flag("json") {
      try console.print(try ReplayReport(outcome, job: job, lane: lane).json())
    } else {
      try report(outcome, job, lane, console)
    }
    guard outcome.differing.isEmpty else {
      console.fail(
        "lane \(lane) differs from its row in \(outcome.differing.joined(separator: ", ")): the result was "
          + "changed, or another version wrote it (\(job.result.attributes.engineVersion))")
      return .data
    }
    console.talk("lane \(lane) is bit for bit the row of \(path)")
    return .done
  }

  private static func report(
    _ outcome: ReplayJob.Outcome, _ job: ReplayJob, _ lane: Int, _ console: Console
  ) throws {
    let times = job.plan.run.window.map { job.plan.run.panel.time.ns[$0] }
    let values =
      outcome.labels.map { "\($0.name) \($0.value)" }
      + outcome.parameters.map { "\($0.name) = \(NumberText.text($0.value, .plain))" }
    try console.print(
      "lane \(lane): " + ([outcome.symbol] + values).joined(separator: ", ")
        + ", fill \(job.plan.spec.fillName)")
    for (metric, value) in outcome.metrics {
      let text = NumberText.text(value.number, NumberFormat(unit: metric.unit.rawValue))
      var line = "  \(metric.name) \(text)"
      if case .undefined(let reason) = value { line += " (\(reason.rawValue))" }
      try console.print(line)
    }
    let names = job.plan.symbolNames(lane: lane)
    let isPortfolio = names.count > 1
    var table = Table(
      (isPortfolio ? [.text("symbol")] : []) + [
        .text("entry"), .text("exit"), .number("units", .ratio), .number("entry price", .money),
        .number("exit price", .money), .number("profit", .money), .number("return", .fraction),
        .text("cause"),
      ])
    for trade in outcome.record.trades {
      table.add(
        (isPortfolio ? [.text(names[trade.symbol])] : []) + [
          .text(Timestamp.text(nanoseconds: times[trade.entryBar])),
          .text(trade.exitBar.map { Timestamp.text(nanoseconds: times[$0]) } ?? "open"),
          .number(trade.units), .number(trade.entryPrice), .number(trade.exitPrice),
          .number(trade.profit), .number(trade.profitFraction),
          .text(trade.cause?.name ?? "marked at the last close"),
        ])
    }
    try console.print(table)
  }
}

/// A replay as JSON.
private struct ReplayReport: Encodable {
  struct Fill: Encodable {
    let time: String
    let cause: String
    let price: Double
    let fillPrice: Double
    let units: Double
    let commission: Double
    let cashAfter: Double
    let symbol: String
  }

  let lane: Int
  let symbol: String
  let parameters: [String: Double]
  let metrics: [String: Double?]
  let isIdentical: Bool
  let time: [String]
  let equity: [Double]
  let cash: [Double]
  let exposure: [Double]
  let fills: [Fill]

  init(_ outcome: ReplayJob.Outcome, job: ReplayJob, lane: Int) {
    self.lane = lane
    symbol = outcome.symbol
    parameters = Dictionary(uniqueKeysWithValues: outcome.parameters.map { ($0.name, $0.value) })
    metrics = Dictionary(
      uniqueKeysWithValues: outcome.metrics.map { metric, value in
        (metric.name, value.number.isNaN ? Double?.none : value.number)
      })
    isIdentical = outcome.differing.isEmpty
    let times = job.plan.run.window.map {
      Timestamp.text(nanoseconds: job.plan.run.panel.time.ns[$0])
    }
    time = times
    equity = outcome.record.equity
    cash = outcome.record.cash
    exposure = outcome.record.exposure
    let names = job.plan.symbolNames(lane: lane)
    fills = outcome.record.fills.map {
      Fill(
        time: times[$0.bar], cause: $0.cause.name, price: $0.price, fillPrice: $0.fillPrice,
        units: $0.units, commission: $0.commission, cashAfter: $0.cashAfter,
        symbol: names[$0.symbol])
    }
  }
}
