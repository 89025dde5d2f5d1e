import Expressions
import Kernels
import Market
import Metrics
import Simulation
import Storage
import Strategies

extension Spec {
  /// Reads a spec and checks all that can be checked without the store.
  ///
  /// - Throws: `SpecError` with path, line, what was found and what was expected.
  public init(text: String) throws(SpecError) {
    try self.init(try Self.parse(text), text: text)
  }

  static func parse(_ text: String) throws(SpecError) -> JSON5 {
    do throws(JSON5Error) {
      return try JSON5.parse(text)
    } catch {
      throw .syntax(
        line: error.place.line, column: error.place.column, found: error.found,
        expected: error.expected)
    }
  }

  /// Reads a spec from its value, with the text that is recorded with results.
  init(_ json: JSON5, text: String) throws(SpecError) {
    self.text = text
    var root = try SpecReader(json, path: "")
    guard try root.integer("apus", "the format version 1", in: 1...1) != nil else {
      throw .missing(path: "apus", expected: "the format version: apus: 1")
    }
    if let json = root.optional("name") { name = try Self.readName(json) }
    try readData(&root)
    try readParameters(&root)
    condition = try root.string("where", "a condition on parameters, such as \"fast < slow\"")
    portfolios = root.optional("portfolios")
    risk = root.optional("risk")
    allocate = root.optional("allocate")
    hasStrategy =
      root.keys.contains("strategy") || portfolios == nil && risk == nil && allocate == nil
    if hasStrategy { try readStrategy(&root) }
    try readAccount(&root)
    try readExecution(&root)
    try checkTogether()
    try readStatistics(&root)
    try readMetrics(&root)
    try readRank(&root)
    try checkColumns()
    let seeds = 0...(1 << 53)
    seed = UInt64(
      try root.integer("seed", "a whole number from 0 to \(seeds.upperBound)", in: seeds) ?? 1)
    try root.finish()
  }

  /// Checks what sections say of each other.
  private func checkTogether() throws(SpecError) {
    if ratesPanel != nil, weights == nil {
      throw .value(
        path: "data.fx", line: 0, found: "exchange rates for lanes of one symbol each",
        expected: "strategy.weights with it: such a lane is in the currency of its symbol")
    }
    if case .risk = strategy.size, strategy.stopLoss == nil {
      throw .missing(
        path: "strategy.stop_loss", expected: "the distance that strategy.size.risk is lost over")
    }
    let mentioned =
      [
        strategy.longEntry, strategy.longExit, strategy.shortEntry, strategy.shortExit,
        strategy.weights, strategy.stopLoss, strategy.takeProfit, strategy.trailingStop,
        strategy.entryLimit, strategy.entryStop, strategy.exitLimit, strategy.maxBars,
        strategy.pyramid, strategy.reentryDelay, strategy.reverse, condition,
        strategy.size.map { "\($0)" },
      ].compactMap { $0 } + strategy.parts.values
    guard let template, let found = StrategyCatalog.named(template) else { return }
    let known = found.parameters.map(\.name)
    for axis in axes where !known.contains(axis.name) {
      guard !mentioned.contains(where: { $0.contains(axis.name) }) else { continue }
      throw .unknownKey(
        path: "parameters.\(axis.name)", line: 0,
        nearest: nearestName(to: axis.name, among: known), known: known)
    }
  }

  /// The name becomes part of a file's name.
  private static func readName(_ json: JSON5) throws(SpecError) -> String {
    guard case .string(let name) = json.value, !name.isEmpty, name.utf8.count <= 100,
      name.unicodeScalars.first != ".",
      !name.unicodeScalars.contains(where: {
        $0 == "/" || $0 == "\\" || $0.properties.generalCategory == .control
      })
    else {
      throw .value(
        path: "name", line: json.place.line, found: json.kind,
        expected: "a text of 1 to 100 bytes without / and \\, not beginning with a dot")
    }
    return name
  }

  /// Parameters and metrics are the variables of one file, so that their names must differ.
  private func checkColumns() throws(SpecError) {
    var labels: [String] = []
    if wallets.contains(where: { !$0.name.isEmpty }) { labels.append("wallet") }
    if bounds { labels.append("bound") }
    for axis in axes {
      let kind: String
      if metrics.contains(axis.name) {
        kind = "metric of this run"
      } else if labels.contains(axis.name) {
        kind = "column of this run's result"
      } else if ResultStore.reserved.contains(axis.name) {
        kind = "variable of every result"
      } else {
        continue
      }
      throw .value(
        path: "parameters.\(axis.name)", line: 0, found: "the name of a \(kind)",
        expected: "a name of its own")
    }
  }

  private mutating func readMetrics(_ root: inout SpecReader) throws(SpecError) {
    guard let json = root.optional("metrics") else {
      metrics = MetricCatalog.defaultNames
      return
    }
    givesMetrics = true
    guard case .array(let list) = json.value else {
      throw root.wrong("metrics", json, "a list of metric names")
    }
    for (index, element) in list.enumerated() {
      guard case .string(let name) = element.value else {
        throw .value(
          path: "metrics[\(index)]", line: element.place.line, found: element.kind,
          expected: "the name of a metric in quotes")
      }
      try Self.checkMetric(name, path: "metrics[\(index)]", line: element.place.line)
      if !metrics.contains(name) { metrics.append(name) }
    }
  }

  static func checkMetric(_ name: String, path: String, line: Int) throws(SpecError) {
    guard MetricCatalog.metric(named: name) == nil else { return }
    throw .unknownName(
      path: path, line: line, kind: "metric", name: name,
      nearest: nearestName(to: name, among: MetricCatalog.names),
      hint: "see all of them: apus metrics")
  }

  private mutating func readRank(_ root: inout SpecReader) throws(SpecError) {
    var rank = try root.object("rank")
    rankBy = metrics.contains("sharpe") ? "sharpe" : metrics.first ?? "sharpe"
    if let json = rank?.optional("by") {
      guard case .string(let name) = json.value else {
        throw .value(
          path: "rank.by", line: json.place.line, found: json.kind,
          expected: "the name of a metric in quotes")
      }
      try Self.checkMetric(name, path: "rank.by", line: json.place.line)
      rankBy = name
    }
    top = try rank?.integer("top", "a whole number of at least 1", in: 1...1_000_000_000) ?? top
    try rank?.notYet(
      "across", "ranking parameter sets over all symbols",
      instead: "Rank lanes, or group the result in pandas.")
    try rank?.notYet("with", "ranking parameter sets over all symbols", instead: "Remove it.")
    try rank?.finish()
    if !metrics.contains(rankBy) { metrics.append(rankBy) }
  }
}
