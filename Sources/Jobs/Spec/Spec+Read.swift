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
    try readStrategy(&root)
    try readAccount(&root)
    try readExecution(&root)
    try readMetrics(&root)
    try readRank(&root)
    try checkColumns()
    let seeds = 0...(1 << 53)
    seed = UInt64(
      try root.integer("seed", "a whole number from 0 to \(seeds.upperBound)", in: seeds) ?? 1)
    try root.finish()
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
    for axis in axes {
      let isMetric = metrics.contains(axis.name)
      guard isMetric || ResultStore.reserved.contains(axis.name) else { continue }
      throw .value(
        path: "parameters.\(axis.name)", line: 0,
        found: "the name of a \(isMetric ? "metric of this run" : "variable of every result")",
        expected: "a name of its own")
    }
  }

  private mutating func readData(_ root: inout SpecReader) throws(SpecError) {
    guard var data = try root.object("data") else {
      throw .missing(path: "data", expected: "{ store: \"prices.h5\", … }")
    }
    let path = "the path of a price store"
    guard let json = data.optional("store") else {
      throw .missing(path: "data.store", expected: path)
    }
    guard case .string(let store) = json.value, !store.isEmpty else {
      throw data.wrong("store", json, path)
    }
    self.store = store
    panel = try data.string("panel", "the name of a panel")
    if let json = data.optional("symbols") { symbols = try Self.readSymbols(json) }
    from = try Self.readInstant(&data, "from", isEnd: false)
    to = try Self.readInstant(&data, "to", isEnd: true)
    if let from, let to, from > to {
      throw .value(
        path: "data.to", line: data.place.line, found: Timestamp.text(nanoseconds: to),
        expected: "an instant not before data.from, \(Timestamp.text(nanoseconds: from))")
    }
    let warmUp = try data.choice("warm_up", "warm-up", of: ["history", "window"])
    warmsOnHistory = warmUp != "window"
    let adjust = try data.choice("adjust", "adjustment", of: Adjustment.allCases.map(\.rawValue))
    adjustment = adjust.flatMap { Adjustment(rawValue: $0) } ?? .splits
    try data.notYet(
      "benchmark", "a benchmark", instead: "Remove it; metrics against a benchmark come later.")
    try data.finish()
  }

  private static func readSymbols(_ json: JSON5) throws(SpecError) -> Symbols {
    let path = "data.symbols"
    switch json.value {
    case .string("all"): return .all
    case .array(let list):
      var names: [String] = []
      var seen: Set<String> = []
      for (index, element) in list.enumerated() {
        guard case .string(let name) = element.value else {
          throw .value(
            path: "\(path)[\(index)]", line: element.place.line, found: element.kind,
            expected: "a symbol in quotes")
        }
        guard seen.insert(name).inserted else {
          throw .value(
            path: "\(path)[\(index)]", line: element.place.line, found: "\"\(name)\" twice",
            expected: "each symbol once")
        }
        names.append(name)
      }
      guard !names.isEmpty else {
        throw .value(
          path: path, line: json.place.line, found: "an empty list", expected: "symbols or \"all\"")
      }
      return .named(names)
    case .object:
      return try readSelection(try SpecReader(json, path: path))
    default:
      throw .value(
        path: path, line: json.place.line, found: json.kind,
        expected: "\"all\", a list of symbols, { sector: … } or { top: …, by: … }")
    }
  }

  private static func readSelection(_ selection: SpecReader) throws(SpecError) -> Symbols {
    var reader = selection
    let sector = try reader.string("sector")
    let top = try reader.integer("top", "a whole number of at least 1", in: 1...Int(Int32.max))
    let field = try reader.string("by", "the name of a field")
    try reader.finish()
    switch (sector, top, field) {
    case (let sector?, nil, nil): return .sector(sector)
    case (nil, let top?, let field?): return .top(top, by: field)
    case (nil, .some, nil):
      throw .missing(path: reader.at("by"), expected: "the field to rank by, such as market_cap")
    case (nil, nil, .some):
      throw .missing(path: reader.at("top"), expected: "the number of symbols")
    default:
      throw .value(
        path: reader.path, line: reader.place.line,
        found: sector == nil ? "an empty object" : "sector together with top or by",
        expected: "{ sector: … } or { top: …, by: … }")
    }
  }

  private static func readInstant(_ data: inout SpecReader, _ key: String, isEnd: Bool)
    throws(SpecError) -> Int64?
  {
    let expected = "a date such as \"2014-01-31\" or an instant such as \"2014-01-31T14:30Z\""
    guard let json = data.optional(key) else { return nil }
    guard case .string(let text) = json.value,
      let instant = try? Timestamp.nanoseconds(parsing: text)
    else { throw data.wrong(key, json, expected) }
    guard isEnd, text.utf8.count == 10 else { return instant }
    // The last day of the era ends after the last instant that there is.
    let (end, overflow) = instant.addingReportingOverflow(Calendar.dayNs - 1)
    return overflow ? Int64.max : end
  }

  private mutating func readAccount(_ root: inout SpecReader) throws(SpecError) {
    guard var account = try root.object("account") else { return }
    cash = try account.number("cash", "an amount above 0") { $0 > 0 } ?? cash
    currency = try account.string("currency") ?? currency
    riskFree = try account.number("risk_free", "an annual rate above -1") { $0 > -1 } ?? 0
    minimumAcceptable =
      try account.number("minimum_acceptable", "an annual rate above -1") { $0 > -1 } ?? 0
    try account.notYet(
      "leverage", "leverage other than 1", instead: "Use leverage: 1.", neutral: [.number(1)])
    try account.notYet(
      "flows", "deposits and withdrawals", instead: "Remove them.", neutral: [.array([])])
    try account.finish()
  }

  private mutating func readExecution(_ root: inout SpecReader) throws(SpecError) {
    guard var execution = try root.object("execution") else { return }
    if let fill = try execution.choice("fill", "fill", of: Self.fillNames.map(\.name)) {
      rules.fill = Self.fillNames.first { $0.name == fill }?.moment ?? .nextOpen
    }
    let amount = "a number from 0"
    if var commission = try execution.object("commission") {
      rules.commissionRate =
        (try commission.number("bps", "basis points from 0, below 10000") { $0 >= 0 && $0 < 10_000 }
          ?? 0) / 10_000
      rules.commissionPerUnit = try commission.number("per_share", amount) { $0 >= 0 } ?? 0
      rules.commissionMinimum = try commission.number("minimum", amount) { $0 >= 0 } ?? 0
      rules.commissionFixed = try commission.number("fixed", amount) { $0 >= 0 } ?? 0
      try commission.notYet(
        "tiers", "tiered commission", instead: "Use bps, per_share, fixed and minimum.")
      try commission.finish()
    }
    if var slippage = try execution.object("slippage") {
      rules.slippageRate =
        (try slippage.number("bps", "basis points from 0, below 10000") { $0 >= 0 && $0 < 10_000 }
          ?? 0) / 10_000
      for model in ["ticks", "half_spread", "volume_share", "almgren_chriss"] {
        try slippage.notYet(model, "slippage by \(model)", instead: "Use slippage: { bps: … }.")
      }
      try slippage.finish()
    }
    if let name = try execution.choice(
      "intrabar", "intrabar rule", of: Intrabar.allCases.filter { $0 != .finer }.map(\.rawValue))
    {
      intrabar = Intrabar(rawValue: name) ?? .worst
    }
    try execution.notYet(
      "bounds", "running both bounds", instead: "Run with intrabar worst and best.",
      neutral: [.bool(false)])
    try execution.notYet(
      "limit_touch", "filling limits at a touch", instead: "Limits fill when traded through.",
      neutral: [.bool(false)])
    try execution.finish()
    // A path through high and low is favourable or adverse by side.
    rules.favourableFirstLong = intrabar == .best || intrabar == .highFirst
    rules.favourableFirstShort = intrabar == .best || intrabar == .lowFirst
    rules.trailsBeforeCheck = intrabar == .highFirst || intrabar == .lowFirst
  }

  private mutating func readMetrics(_ root: inout SpecReader) throws(SpecError) {
    guard let json = root.optional("metrics") else {
      metrics = MetricCatalog.defaultNames
      return
    }
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
