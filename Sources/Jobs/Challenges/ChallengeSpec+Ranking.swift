import Books
import Kernels
import Metrics

extension ChallengeSpec {
  /// What orders of the engine come to, which transactions and weights handed in have no like of.
  static let uncounted: Set = [
    "ambiguous_bars", "stale_marks", "warm_bars", "conflicting_signals", "rejected_orders",
    "cancelled_orders", "partial_fills", "scaled_orders", "liquidations", "delistings",
    "rebalances",
    "residual_cash", "net_flows", "missed_withdrawals", "money_weighted_return",
  ]

  mutating func readRanking(_ root: inout SpecReader) throws(SpecError) {
    func checked(_ json: JSON5, _ path: String) throws(SpecError) -> String {
      guard case .string(let name) = json.value else {
        throw .value(
          path: path, line: json.place.line, found: json.kind,
          expected: "the name of a metric in quotes")
      }
      try Spec.checkMetric(name, path: path, line: json.place.line)
      if Self.uncounted.contains(name) {
        throw .unsupported(
          path: path, line: json.place.line, what: "\(name) in a challenge",
          instead: "Its accounts don't count that; choose a metric of returns, trades or costs.")
      }
      if MetricCatalog.metric(named: name)?.needs.contains(.history) ?? false {
        throw .unsupported(
          path: path, line: json.place.line, what: "\(name) in a challenge",
          instead:
            "It needs each trade by itself; choose a metric of returns, or of sums of trades.")
      }
      return name
    }
    if let json = root.optional("metric") { metric = try checked(json, "metric") }
    for (index, json) in try root.list("metrics", "a list of metric names").enumerated() {
      metrics.append(try checked(json, "metrics[\(index)]"))
    }
    let rules = Tie.allCases.map(\.rawValue)
    let list = try root.list("ties", "a list of metrics, and last \"shared\" or \"earliest_entry\"")
    for (index, json) in list.enumerated() {
      if case .string(let name) = json.value, let tie = Tie(rawValue: name) {
        guard index == list.count - 1 else {
          throw .value(
            path: "ties[\(index)]", line: json.place.line, found: "\"\(name)\" before others",
            expected: "it in the last place, as nothing is left to decide after it")
        }
        self.tie = tie
        continue
      }
      if case .string(let name) = json.value, MetricCatalog.metric(named: name) == nil {
        throw .unknownName(
          path: "ties[\(index)]", line: json.place.line, kind: "metric", name: name,
          nearest: nearestName(to: name, among: MetricCatalog.names + rules),
          hint: "a metric (apus metrics), or in the last place shared or earliest_entry")
      }
      let name = try checked(json, "ties[\(index)]")
      guard name != metric, !ties.contains(name) else {
        throw .value(
          path: "ties[\(index)]", line: json.place.line, found: "\"\(name)\" again",
          expected: "a metric that has not decided before")
      }
      ties.append(name)
    }
    for (index, name) in allMetrics.enumerated() {
      guard MetricCatalog.metric(named: name)?.needs.contains(.benchmark) ?? false,
        spec.benchmark == nil
      else { continue }
      throw .missing(
        path: "data.benchmark",
        expected: "a symbol, as \(index == 0 ? "the metric" : "a metric"), \(name), is against one")
    }
  }

  mutating func readBootstrap(_ root: inout SpecReader) throws(SpecError) {
    if var reader = try root.object("bootstrap") {
      bootstrap.samples =
        try reader.integer(
          "samples", "0 for none, or a whole number from 20 to 100000", in: 0...100_000)
        ?? bootstrap.samples
      guard bootstrap.samples == 0 || bootstrap.samples >= 20 else {
        throw .value(
          path: "bootstrap.samples", line: reader.place.line, found: "\(bootstrap.samples)",
          expected: "0 for none, or at least 20: fewer say nothing")
      }
      bootstrap.meanBlock =
        try reader.number("block", "a mean number of bars from 1") { $0 >= 1 && $0 <= 1e6 }
        ?? bootstrap.meanBlock
      bootstrap.level =
        try reader.number("level", "a probability such as 0.95") { $0 > 0 && $0 < 1 }
        ?? bootstrap.level
      try reader.finish()
    }
    let seeds = 0...(1 << 53)
    bootstrap.seed = UInt64(
      try root.integer("seed", "a whole number from 0 to \(seeds.upperBound)", in: seeds) ?? 1)
  }
}
