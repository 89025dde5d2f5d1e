import Books
import Kernels
import Market
import Metrics
import Simulation
import Storage

/// The rules of a challenge as a JSON5 file says them, checked as far as that goes without the store.
public struct ChallengeSpec: Sendable {
  /// A second window, which nobody sees before a day.
  public struct HoldOut: Sendable, Equatable {
    /// First and last instant.
    public var from, to: Int64
    /// First day, 00:00 UTC, on which it is scored.
    public var revealed: Int64
  }

  /// Whom ties are decided for, where metrics don't.
  public enum Tie: String, Sendable, CaseIterable {
    /// Nobody: places are shared.
    case shared
    /// Whoever traded first.
    case earliestEntry = "earliest_entry"
  }

  /// Name of the challenge.
  public internal(set) var name = ""
  /// The file's text, whose SHA-256 stands in every board.
  public internal(set) var text = ""
  /// First and last instant of the window.
  public internal(set) var from: Int64 = 0, to: Int64 = 0
  /// The hold-out; nil for none.
  public internal(set) var holdOut: HoldOut?
  /// Money of each participant.
  public internal(set) var capital = 100_000.0
  /// Bounds; symbols are looked up later.
  public internal(set) var limits = ChallengeLimits()
  /// Names that bound what may be traded; empty for no bound.
  var symbols: [String] = [], excludedSymbols: [String] = []
  var sectors: [String] = [], excludedSectors: [String] = []
  /// What ranks.
  public internal(set) var metric = "sharpe"
  /// What else is told of each participant.
  public internal(set) var metrics: [String] = []
  /// What decides ties, one after the other.
  public internal(set) var ties: [String] = []
  /// What decides where they don't.
  public internal(set) var tie = Tie.shared
  /// How intervals are drawn.
  public internal(set) var bootstrap = ChallengeBootstrap()

  /// Data, execution, currency and rate, as in any spec.
  var spec = Spec()
  /// The same as written, for strategies that are entered.
  var data: [JSON5.Member] = [], execution: JSON5?

  /// Path of the store.
  public internal(set) var storePath = ""
  /// SHA-256 of the text.
  public var sha256: String { SHA256.hash(text) }
  /// All metrics: what ranks, what decides ties, and the others.
  public var allMetrics: [String] {
    ([metric] + ties + metrics).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Reads a rule file.
  ///
  /// - Parameter store: in place of the file's.
  /// - Throws: `SpecError`.
  public static func load(_ path: String, store: String? = nil) throws(SpecError) -> ChallengeSpec {
    let text = try SpecFile.read(path)
    var challenge = try ChallengeSpec(text: text)
    let folder = SpecFile.folder(of: path)
    challenge.spec.folder = folder
    let given = store ?? challenge.spec.store
    challenge.storePath =
      store == nil && !given.hasPrefix("/") ? folder + given : SpecFile.absolute(given)
    return challenge
  }

  /// Reads rules.
  ///
  /// - Throws: `SpecError` with path, line, what was found and what was expected.
  public init(text: String) throws(SpecError) {
    self.text = text
    var root = try SpecReader(try Spec.parse(text), path: "")
    guard try root.integer("apus", "the format version 1", in: 1...1) != nil else {
      throw .missing(path: "apus", expected: "the format version: apus: 1")
    }
    let form = "its name, of 1 to 100 bytes without /: challenge: \"spring\""
    guard let name = try root.string("challenge", form) else {
      throw .missing(path: "challenge", expected: form)
    }
    guard !name.isEmpty, name.utf8.count <= 100, !name.contains("/"), !name.hasPrefix(".") else {
      throw .value(
        path: "challenge", line: root.place.line, found: "\"\(name.prefix(100))\"", expected: form)
    }
    self.name = name
    try readData(&root)
    try readWindows(&root)
    capital = try root.number("capital", "an amount above 0") { $0 > 0 } ?? capital
    spec.currency = try root.string("currency") ?? spec.currency
    spec.riskFree = try root.number("risk_free", "an annual rate above -1") { $0 > -1 } ?? 0
    try readExecution(&root)
    try readConstraints(&root)
    try readRanking(&root)
    try readBootstrap(&root)
    try root.finish()
  }

  private mutating func readData(_ root: inout SpecReader) throws(SpecError) {
    if let data = try root.object("data") {
      for key in ["from", "to", "fx"] {
        guard let member = data.all.first(where: { $0.key == key }) else { continue }
        if key == "fx" {
          throw .unsupported(
            path: "data.fx", line: member.value.place.line,
            what: "a challenge in several currencies",
            instead: "Choose symbols of one currency.")
        }
        throw .value(
          path: "data.\(key)", line: member.value.place.line, found: member.value.kind,
          expected: "the window in window: { from, to }")
      }
      self.data = data.all
    }
    try spec.readData(&root)
  }

  private mutating func readWindows(_ root: inout SpecReader) throws(SpecError) {
    guard var window = try root.object("window") else {
      throw .missing(path: "window", expected: "{ from: \"2017-01-01\", to: \"2017-12-31\" }")
    }
    (from, to) = try Self.window(&window)
    try window.finish()
    guard var hold = try root.object("hold_out") else { return }
    let (first, last) = try Self.window(&hold)
    guard first > to else {
      throw .value(
        path: "hold_out.from", line: hold.place.line, found: Timestamp.text(nanoseconds: first),
        expected: "an instant after window.to, \(Timestamp.text(nanoseconds: to))")
    }
    let rule = "the date from which it is scored, such as \"2026-12-01\""
    guard let json = hold.optional("revealed") else {
      throw .missing(path: "hold_out.revealed", expected: rule)
    }
    guard case .string(let text) = json.value, let day = try? Timestamp.nanoseconds(parsing: text),
      text.utf8.count == 10
    else { throw hold.wrong("revealed", json, rule) }
    try hold.finish()
    holdOut = HoldOut(from: first, to: last, revealed: day)
  }

  private static func window(_ reader: inout SpecReader) throws(SpecError) -> (Int64, Int64) {
    guard let from = try Spec.readInstant(&reader, "from", isEnd: false) else {
      throw .missing(path: reader.at("from"), expected: "a date such as \"2017-01-01\"")
    }
    guard let to = try Spec.readInstant(&reader, "to", isEnd: true) else {
      throw .missing(path: reader.at("to"), expected: "a date such as \"2017-12-31\"")
    }
    guard from <= to else {
      throw .value(
        path: reader.at("to"), line: reader.place.line, found: Timestamp.text(nanoseconds: to),
        expected: "an instant not before from, \(Timestamp.text(nanoseconds: from))")
    }
    return (from, to)
  }

  private mutating func readExecution(_ root: inout SpecReader) throws(SpecError) {
    execution = root.optional("execution")
    let known = ["fill", "commission", "slippage", "lot", "tick"]
    for member in try root.object("execution")?.all ?? [] where !known.contains(member.key) {
      guard
        ["intrabar", "limit_touch", "min_notional", "max_volume_share", "finer_panel", "bounds"]
          .contains(member.key)
      else { continue }
      throw .unsupported(
        path: "execution.\(member.key)", line: member.value.place.line,
        what: "\(member.key) in a challenge",
        instead: "It knows \(known.joined(separator: ", ")).")
    }
    try spec.readExecution(&root)
    if spec.execution.slippage.almgrenChriss != nil {
      throw .unsupported(
        path: "execution.slippage.almgren_chriss", line: 0, what: "almgren_chriss in a challenge",
        instead: "Use bps, ticks, half_spread or volume_share.")
    }
    limits.lot = spec.execution.lot
  }

  private mutating func readConstraints(_ root: inout SpecReader) throws(SpecError) {
    guard var reader = try root.object("constraints") else { return }
    let fraction = "a fraction above 0"
    limits.maxWeight = try reader.number("max_weight", fraction) { $0 > 0 } ?? .nan
    limits.maxLeverage =
      try reader.number("max_leverage", "a multiple of equity above 0, at most 100") {
        $0 > 0 && $0 <= 100
      } ?? 1
    limits.allowsShort = try reader.bool("allow_short") ?? false
    let count = "a whole number from 0"
    let counts = 0...1_000_000_000
    limits.maxTrades = try reader.integer("max_trades", count, in: counts)
    limits.minTrades = try reader.integer("min_trades", count, in: counts)
    limits.maxTurnover = try reader.number("max_turnover", "a multiple above 0") { $0 > 0 } ?? .nan
    limits.minHoldings = try reader.integer("min_holdings", count, in: counts)
    limits.maxHoldings = try reader.integer("max_holdings", count, in: counts)
    limits.maxDrawdown =
      try reader.number("max_drawdown", "a fraction above 0, at most 1") { $0 > 0 && $0 <= 1 }
      ?? .nan
    symbols = try Self.names(&reader, "symbols")
    excludedSymbols = try Self.names(&reader, "excluded_symbols")
    sectors = try Self.names(&reader, "sectors")
    excludedSectors = try Self.names(&reader, "excluded_sectors")
    let prices = try reader.choice("prices", "use of prices", of: ["in_bar", "refused"])
    limits.takesPrices = prices != "refused"
    try reader.finish()
    for (low, high, name) in [
      (limits.minTrades, limits.maxTrades, "trades"),
      (limits.minHoldings, limits.maxHoldings, "holdings"),
    ] {
      guard let low, let high, low > high else { continue }
      throw .value(
        path: "constraints.max_\(name)", line: reader.place.line, found: "\(high)",
        expected: "at least min_\(name), \(low)")
    }
  }

  private static func names(_ reader: inout SpecReader, _ key: String) throws(SpecError)
    -> [String]
  {
    var names: [String] = []
    for (index, json) in try reader.list(key, "a list of names in quotes").enumerated() {
      guard case .string(let name) = json.value else {
        throw .value(
          path: "\(reader.at(key))[\(index)]", line: json.place.line, found: json.kind,
          expected: "a name in quotes")
      }
      names.append(name)
    }
    return names
  }

  private mutating func readRanking(_ root: inout SpecReader) throws(SpecError) {
    func checked(_ json: JSON5, _ path: String) throws(SpecError) -> String {
      guard case .string(let name) = json.value else {
        throw .value(
          path: path, line: json.place.line, found: json.kind,
          expected: "the name of a metric in quotes")
      }
      try Spec.checkMetric(name, path: path, line: json.place.line)
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
      ties.append(try checked(json, "ties[\(index)]"))
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

  private mutating func readBootstrap(_ root: inout SpecReader) throws(SpecError) {
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
