import Arguments
import Storage

extension InspectCommand {
  private struct Result: Encodable {
    let result: String
    let panel: String
    let store: String
    let engineVersion: String
    let startedUtc: String
    let seconds: Double
    let lanesOk: Int64
    let lanesFailed: Int64
    let fill: String
    let adjust: String
    let route: String
    let from: String
    let to: String
    let parameters: [String]
    let metrics: [String]
    let rankedBy: String
    let rows: Int
    let traces: Int
    let sections: [String: String]
  }

  static func result(
    _ file: ResultFile, _ arguments: ParsedArguments, _ console: Console
  ) throws {
    let (path, attributes) = (file.path, file.attributes)
    let report = Result(
      result: path, panel: attributes.panel, store: attributes.store,
      engineVersion: attributes.engineVersion, startedUtc: attributes.startedUTC,
      seconds: attributes.seconds, lanesOk: attributes.lanesOK,
      lanesFailed: attributes.lanesFailed, fill: attributes.fill, adjust: attributes.adjust,
      route: attributes.route, from: attributes.from,
      to: attributes.to, parameters: file.parameters.map(\.name),
      metrics: file.metrics.map(\.name), rankedBy: file.leaderboardBy, rows: file.rowCount,
      traces: file.traceCount,
      sections: Dictionary(
        file.groups.map { ($0.name, $0.title) }, uniquingKeysWith: { first, _ in first }))
    if arguments.flag("json") {
      try console.print(try report.json())
      return
    }
    try console.print("result       \(path), by apus \(report.engineVersion), \(report.startedUtc)")
    try console.print("panel        \(report.panel) of \(report.store)")
    try console.print("bars         \(attributes.bars), \(report.from) to \(report.to)")
    try console.print("lanes        \(report.lanesOk) ok, \(report.lanesFailed) failed")
    if Int64(report.rows) != report.lanesOk + report.lanesFailed {
      try console.print("rows         \(report.rows), the best")
    }
    try console.print("fill         \(report.fill)")
    if !report.adjust.isEmpty { try console.print("adjusted by  \(report.adjust)") }
    if !report.route.isEmpty { try console.print("route        \(report.route)") }
    try console.print("parameters   \(report.parameters.joined(separator: ", "))")
    try console.print("metrics      \(report.metrics.joined(separator: ", "))")
    try console.print("ranked by    \(report.rankedBy)")
    try console.print("traces       \(report.traces)")
    for (index, group) in file.groups.enumerated() {
      let head = index == 0 ? "sections     " : String(repeating: " ", count: 13)
      try console.print(head + group.name + (group.title.isEmpty ? "" : ": \(group.title)"))
    }
    console.talk("its best rows: apus rank \(path)")
  }
}
