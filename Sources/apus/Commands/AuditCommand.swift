import Arguments
import Jobs

/// `apus audit`: proof that no past order depends on the future, and that accounts add up.
enum AuditCommand: Command {
  static let spec = CommandSpec(
    "audit", group: "Simulation",
    summary: "Prove that no order of a spec depends on later data, and check its books",
    discussion: [
      "Lanes are run again on data that ends earlier, and on data that goes on at random; what they did before must be"
        + " the same to the bit. Every account is worked out again from its fills. Fills must lie within their bars, and a"
        + " field from outside must not know the next return: a model's output that does was made with later prices, or"
        + " needs a longer lag.",
      "A note is no finding: fills at bars without volume, bars spent warming up.",
      "Exit status: 0 if nothing was found, 1 if something was.",
    ],
    examples: [
      Example("apus audit golden-cross.json5", "Twenty lanes, ten instants."),
      Example("apus audit golden-cross.json5 --lanes 500 --cuts 50", "A closer look."),
    ],
    positionals: RunOptions.positionals,
    options: RunOptions.options + [
      .value("lanes", "N", help: "Lanes to look at, spread over the plan.", default: "20"),
      .value("cuts", "N", help: "Instants after which the future is changed.", default: "10"),
    ],
    common: [CommonOptions.json, CommonOptions.quiet, CommonOptions.threads])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let plan = try RunOptions.plan(arguments, console)
    var options = AuditJob.Options()
    options.lanes = try arguments.int("lanes", in: 1...100_000)
    options.cuts = try arguments.int("cuts", in: 1...10_000)
    options.workers = try RunOptions.workers(arguments)
    options.seed = plan.spec.seed
    let job = AuditJob(plan: plan, options: options, variant: try RunOptions.variant())
    let bar = console.progress("auditing", total: 2 * options.cuts + 1, unit: "runs")
    defer { bar.finish() }
    let report = try job.run(
      isCancelled: { Interrupts.isRequested }, progress: { done, _ in bar.report(done: done) })
    bar.finish()
    if arguments.flag("json") {
      try console.print(try AuditOutput(report, plan).json())
    } else {
      try show(report, plan, console)
    }
    return report.isClean ? .done : .findings
  }

  private static func show(_ report: AuditReport, _ plan: RunPlan, _ console: Console) throws {
    try console.print(
      "\(plan.spec.name): \(report.lanes) of \(report.laneCount) lanes, \(report.fills) fills, "
        + "\(report.cuts.count) cuts, route \(plan.route)")
    var table = Table([.text("check"), .number("looked at", .count), .text("found")])
    for answer in report.answers {
      table.add([
        .text(answer.question.text), .number(Double(answer.checked)),
        .text(answer.count == 0 ? answer.checked == 0 ? "–" : "nothing" : "\(answer.count)"),
      ])
    }
    try console.print(table)
    for answer in report.answers {
      for finding in answer.first {
        let lane = finding.lane.map { "lane \($0)" } ?? "all lanes"
        let time = finding.time.isEmpty ? "" : ", \(finding.time)"
        try console.print("\(answer.question.rawValue): \(lane)\(time): \(finding.what)")
      }
      if answer.count > answer.first.count {
        try console.print("\(answer.question.rawValue): … \(answer.count) in all")
      }
    }
    if report.fillsWithoutVolume > 0 {
      try console.print("note: \(report.fillsWithoutVolume) fills at bars without volume")
    }
    if report.warmBars > 0 {
      try console.print("note: up to \(report.warmBars) bars of the run went into warming up")
    }
    try console.print(report.isClean ? "clean" : "not clean")
  }
}

/// An audit as JSON.
private struct AuditOutput: Encodable {
  struct Check: Encodable {
    let name: String
    let question: String
    let checked: Int
    let findings: Int
    let first: [AuditReport.Finding]
  }

  let apus = 1
  let kind = "audit"
  let name: String
  let route: String
  let isClean: Bool
  let lanes: Int
  let laneCount: Int
  let cuts: [String]
  let fills: Int
  let fillsWithoutVolume: Int
  let warmBars: Int
  let checks: [Check]

  init(_ report: AuditReport, _ plan: RunPlan) {
    name = plan.spec.name
    route = plan.route
    isClean = report.isClean
    lanes = report.lanes
    laneCount = report.laneCount
    cuts = report.cuts
    fills = report.fills
    fillsWithoutVolume = report.fillsWithoutVolume
    warmBars = report.warmBars
    checks = report.answers.map {
      Check(
        name: $0.question.rawValue, question: $0.question.text, checked: $0.checked,
        findings: $0.count, first: $0.first)
    }
  }
}
