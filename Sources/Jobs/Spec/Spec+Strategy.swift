import Expressions
import Kernels
import Simulation
import Strategies

extension Spec {
  /// Target weights of a portfolio.
  public enum Weights: Sendable, Equatable {
    /// An expression, a number for each symbol at each bar; it stands in `strategy.weights`.
    case expression
    /// Portfolios in a file: a row for each, or for each of its symbols.
    case file(String)
    /// Estimated again at each rebalance.
    case allocated(AllocationText)

    /// The file, as the spec names it; nil for an expression.
    var file: String? { if case .file(let name) = self { name } else { nil } }
  }

  /// How weights are estimated, as written: numbers in it may be expressions of parameters.
  public struct AllocationText: Sendable, Equatable {
    package var json: JSON5
  }

  /// How long an order waits, as a spec says it.
  public enum Waiting: Sendable, Equatable {
    /// Until it is filled, taken back, or its reason is gone.
    case untilCancelled
    /// Until the end of the session after the signal.
    case day
    /// One bar, of which what can't be filled is cancelled.
    case immediate
    /// One bar, all or nothing.
    case allOrNothing
    /// A number of bars.
    case bars(Int)
  }

  private static let condition = "a condition in quotes, such as \"close > sma(close, 20)\""
  private static let distance = "a fraction such as 0.05, or an expression of parameters in quotes"
  private static let price = "a price, or an expression in quotes such as \"close * 0.99\""
  private static let wholeBars =
    "a whole number of bars, or an expression of parameters in quotes"

  mutating func readStrategy(_ root: inout SpecReader) throws(SpecError) {
    guard var reader = try root.object("strategy") else {
      throw .missing(
        path: "strategy",
        expected: "{ long_entry: \"…\", long_exit: \"…\" }; apus risk needs portfolios or risk "
          + "instead, apus allocate needs allocate")
    }
    try readTemplate(&reader)
    try readSignals(&reader)
    let texts: [(String, WritableKeyPath<ExpressionStrategy.Source, String?>, String)] = [
      ("stop_loss", \.stopLoss, Self.distance), ("take_profit", \.takeProfit, Self.distance),
      ("trailing_stop", \.trailingStop, Self.distance),
      ("entry_limit", \.entryLimit, Self.price), ("entry_stop", \.entryStop, Self.price),
      ("exit_limit", \.exitLimit, Self.price), ("max_bars", \.maxBars, Self.wholeBars),
      ("pyramid", \.pyramid, "a whole number of entries, or an expression of parameters in quotes"),
      ("reentry_delay", \.reentryDelay, Self.wholeBars),
    ]
    for (key, path, expected) in texts {
      if let text = try Self.numberOrText(&reader, key, expected) { strategy[keyPath: path] = text }
    }
    if let text = try Self.switchOrText(&reader, "reverse") { strategy.reverse = text }
    waiting = try Self.readWaiting(&reader)
    if waiting != .untilCancelled, strategy.entryLimit == nil, strategy.entryStop == nil {
      throw .value(
        path: reader.at("time_in_force"), line: reader.place.line, found: "entries at market",
        expected: "entry_limit or entry_stop with it: what has no price does not wait for one")
    }
    if let parts = try reader.object("let") { try readParts(parts) }
    if let size = try reader.object("size") { strategy.size = try Self.readSize(size) }
    try readWeights(&reader)
    try readRebalance(&reader)
    try reader.finish()
    try checkWeights(reader)
  }

  private mutating func readSignals(_ reader: inout SpecReader) throws(SpecError) {
    let signals: [(String, WritableKeyPath<ExpressionStrategy.Source, String?>)] = [
      ("long_entry", \.longEntry), ("long_exit", \.longExit), ("short_entry", \.shortEntry),
      ("short_exit", \.shortExit),
    ]
    for (key, path) in signals {
      if let text = try reader.string(key, Self.condition) { strategy[keyPath: path] = text }
    }
  }

  private static func readSize(_ given: SpecReader) throws(SpecError) -> ExpressionStrategy.Size {
    var reader = given
    let number = "a number above 0, or an expression in quotes"
    var sizes: [ExpressionStrategy.Size] = []
    if let text = try numberOrText(&reader, "fraction_of_equity", distance) {
      sizes.append(.fraction(text))
    }
    if let text = try numberOrText(&reader, "units", number) { sizes.append(.units(text)) }
    if let text = try numberOrText(&reader, "notional", number) { sizes.append(.notional(text)) }
    if let text = try numberOrText(&reader, "risk", distance) { sizes.append(.risk(text)) }
    if let (target, window, cap) = try measured(&reader, "volatility_target", "target") {
      sizes.append(.volatilityTarget(target: target, window: window ?? "20", cap: cap ?? "1"))
    }
    if let (multiple, window, cap) = try measured(&reader, "kelly", "multiple") {
      sizes.append(.kelly(multiple: multiple, window: window ?? "252", cap: cap ?? "1"))
    }
    try reader.finish()
    guard sizes.count == 1 else {
      throw .value(
        path: reader.path, line: reader.place.line,
        found: sizes.isEmpty ? "an empty object" : "\(sizes.count) kinds of size",
        expected:
          "one of fraction_of_equity, units, notional, risk, volatility_target, kelly")
    }
    return sizes[0]
  }

  /// A size that is measured over a window: a number, or an object with the number under a name.
  private static func measured(_ reader: inout SpecReader, _ key: String, _ name: String)
    throws(SpecError) -> (String, window: String?, cap: String?)?
  {
    let expected = "a number above 0, an expression in quotes, or { \(name), window, cap }"
    guard let json = reader.optional(key) else { return nil }
    guard case .object = json.value else {
      return try numberOrText(&reader, key, expected).map { ($0, nil, nil) }
    }
    var inner = try SpecReader(json, path: reader.at(key))
    let number = "a number above 0, or an expression of parameters in quotes"
    guard let text = try numberOrText(&inner, name, number) else {
      throw .missing(path: inner.at(name), expected: number)
    }
    let window = try numberOrText(&inner, "window", wholeBars)
    let cap = try numberOrText(&inner, "cap", number)
    try inner.finish()
    return (text, window, cap)
  }

  private static func readWaiting(_ reader: inout SpecReader) throws(SpecError) -> Waiting {
    guard let json = reader.optional("time_in_force") else { return .untilCancelled }
    if case .object = json.value {
      var inner = try SpecReader(json, path: reader.at("time_in_force"))
      let rule = "a whole number of bars of at least 1"
      guard let bars = try inner.integer("bars", rule, in: 1...1_000_000_000) else {
        throw .missing(path: inner.at("bars"), expected: rule)
      }
      try inner.finish()
      return .bars(bars)
    }
    let names: [(String, Waiting)] = [
      ("gtc", .untilCancelled), ("day", .day), ("ioc", .immediate), ("fok", .allOrNothing),
    ]
    guard case .string = json.value else {
      throw reader.wrong("time_in_force", json, "one of gtc, day, ioc, fok, or { bars: … }")
    }
    let name = try reader.choice("time_in_force", "time in force", of: names.map(\.0))
    return names.first { $0.0 == name }?.1 ?? .untilCancelled
  }

  // MARK: - Portfolios

  private mutating func readWeights(_ reader: inout SpecReader) throws(SpecError) {
    guard let json = reader.optional("weights") else { return }
    switch json.value {
    case .string(let text):
      strategy.weights = text
      weights = .expression
    case .number(let value) where value.isFinite:
      strategy.weights = value.shortestText
      weights = .expression
    case .object:
      var inner = try SpecReader(json, path: reader.at("weights"))
      if inner.keys.contains("allocate") {
        var numbers = ParameterNumbers(axes)
        let first = axes.map { $0.values.first ?? .nan }
        _ = try AllocationSpec(weights: numbers.resolve(json, first), path: inner.path)
        strategy.weights = nil
        weights = .allocated(AllocationText(json: json))
        return
      }
      _ = inner.optional("allocate")
      guard let file = try inner.string("file", "the path of a file"), !file.isEmpty else {
        // A key that is misspelt says more than one that is missing.
        try inner.finish()
        throw .missing(
          path: inner.at("file"),
          expected: "the path of a file of portfolios, or allocate: \"min_variance\"")
      }
      try inner.finish()
      strategy.weights = nil
      weights = .file(file)
    default:
      throw reader.wrong(
        "weights", json,
        "an expression in quotes, such as \"1 / 10\", { file: \"weights.csv\" } or "
          + "{ allocate: \"min_variance\", lookback: 252 }"
      )
    }
  }

  private mutating func readRebalance(_ reader: inout SpecReader) throws(SpecError) {
    guard var inner = try reader.object("rebalance") else { return }
    let fraction = "a fraction from 0, below 1"
    rebalance.every = try Self.readSchedule(&inner) ?? rebalance.every
    let moments = Rebalance.Moment.allCases.map(\.rawValue)
    if let name = try inner.choice("moment", "moment", of: moments) {
      rebalance.moment = Rebalance.Moment(rawValue: name) ?? .end
    }
    rebalance.startsAtOnce = try inner.bool("starts_at_once") ?? rebalance.startsAtOnce
    rebalance.drift = try inner.number("drift", fraction) { $0 >= 0 && $0 < 1 } ?? 0
    rebalance.gradualBars =
      try inner.integer("gradual", "a whole number of bars from 1 to 10000", in: 1...10_000) ?? 1
    rebalance.band = try inner.number("band", fraction) { $0 >= 0 && $0 < 1 } ?? 0
    rebalance.maxTurnover =
      try inner.number("max_turnover", "a fraction of equity above 0") { $0 > 0 } ?? .infinity
    let missing = Rebalance.Missing.allCases.map(\.rawValue)
    if let name = try inner.choice("missing", "use of missing weights", of: missing) {
      rebalance.missing = Rebalance.Missing(rawValue: name) ?? .hold
      if case .allocated? = weights, rebalance.missing == .close {
        throw .value(
          path: inner.at("missing"), line: inner.place.line, found: "close, with weights.allocate",
          expected: "hold: who takes no part gets 0, and a failed estimate leaves all as it is")
      }
    }
    try inner.finish()
    givesRebalance = true
  }

  /// Weights make a portfolio of all symbols; what belongs to lanes of one symbol has no meaning beside them.
  private func checkWeights(_ reader: SpecReader) throws(SpecError) {
    if weights == nil {
      guard givesRebalance else { return }
      throw .value(
        path: reader.at("rebalance"), line: reader.place.line, found: "rebalance without weights",
        expected: "weights with it, or neither")
    }
    for key in reader.keys where Self.laneKeys.contains(key) {
      throw .value(
        path: reader.at(key), line: reader.place.line, found: "'\(key)' beside weights",
        expected: "weights and rebalance alone: a portfolio has no entries and exits")
    }
  }

  private static let laneKeys: Set<String> = [
    "long_entry", "long_exit", "short_entry", "short_exit", "stop_loss", "take_profit",
    "trailing_stop", "entry_limit", "entry_stop", "exit_limit", "max_bars", "pyramid",
    "reentry_delay", "reverse", "time_in_force", "size",
  ]

  // MARK: - Templates

  /// Begins with a strategy of the catalogue; what else the spec says takes the place of its parts.
  private mutating func readTemplate(_ reader: inout SpecReader) throws(SpecError) {
    let roles = try reader.object("symbols")
    guard let json = reader.optional("template") else {
      guard roles == nil else {
        throw .value(
          path: reader.at("symbols"), line: reader.place.line, found: "symbols without a template",
          expected: "data.symbols for what to trade")
      }
      return
    }
    guard case .string(let name) = json.value else {
      throw reader.wrong("template", json, "the name of a strategy in quotes")
    }
    guard let found = StrategyCatalog.named(name) else {
      let names = StrategyCatalog.all.map(\.name)
      throw .unknownName(
        path: reader.at("template"), line: json.place.line, kind: "strategy", name: name,
        nearest: nearestName(to: name, among: names), hint: "see all of them: apus strategies")
    }
    template = name
    let given = try Self.readRoles(roles, found)
    strategy = found.source(symbols: given)
    self.roles = found.roles.map { ($0.name, given[$0.name] ?? $0.symbol) }
    if strategy.weights != nil { weights = .expression }
    if let every = found.rebalance {
      rebalance.every = Self.periods.first { $0.name == every }?.schedule ?? rebalance.every
      if let bars = Int(every), bars > 0 { rebalance.every = .bars(bars) }
    }
    try adoptParameters(found)
  }

  private static func readRoles(_ given: SpecReader?, _ template: StrategyTemplate)
    throws(SpecError) -> [String: String]
  {
    guard var reader = given else { return [:] }
    var symbols: [String: String] = [:]
    for role in template.roles {
      guard let symbol = try reader.string(role.name, "a symbol in quotes") else { continue }
      guard !symbol.isEmpty, !symbol.contains("\"") else {
        throw .value(
          path: reader.at(role.name), line: reader.place.line,
          found: "\"\(JSON5.excerpt(symbol))\"",
          expected: "a symbol in quotes")
      }
      symbols[role.name] = symbol
    }
    try reader.finish()
    return symbols
  }

  /// The template's parameters in its order, with the spec's values where it gives some; then the spec's own.
  private mutating func adoptParameters(_ template: StrategyTemplate) throws(SpecError) {
    let given = axes
    axes = template.parameters.map { parameter in
      given.first { $0.name == parameter.name }
        ?? ParameterGrid.Axis(name: parameter.name, values: [parameter.value])
    }
    axes += given.filter { axis in !template.parameters.contains { $0.name == axis.name } }
    condition = condition ?? template.condition
    try RunPlan.checkSize(of: axes)
  }

  private mutating func readParts(_ parts: SpecReader) throws(SpecError) {
    for member in parts.all {
      guard case .string(let text) = member.value.value else {
        throw parts.wrong(member.key, member.value, "an expression in quotes")
      }
      try Self.checkIdentifier(
        member.key, path: parts.at(member.key), line: member.value.place.line)
      guard !axes.contains(where: { $0.name == member.key }) else {
        throw .value(
          path: parts.at(member.key), line: member.value.place.line,
          found: "the name of a parameter", expected: "a name of its own")
      }
      strategy.parts[member.key] = text
    }
  }

  private static func numberOrText(
    _ reader: inout SpecReader, _ key: String, _ expected: String
  ) throws(SpecError) -> String? {
    guard let json = reader.optional(key) else { return nil }
    switch json.value {
    case .number(let value) where value.isFinite: return value.shortestText
    case .string(let text): return text
    default: throw reader.wrong(key, json, expected)
    }
  }

  /// A switch as text, which may be an expression of parameters.
  private static func switchOrText(_ reader: inout SpecReader, _ key: String) throws(SpecError)
    -> String?
  {
    guard let json = reader.optional(key) else { return nil }
    switch json.value {
    case .bool(let value): return value ? "1" : nil
    case .string(let text): return text
    default: throw reader.wrong(key, json, "true, false, or an expression of parameters in quotes")
    }
  }

  static func checkIdentifier(_ name: String, path: String, line: Int) throws(SpecError) {
    let letters = name.unicodeScalars
    let isFine =
      letters.first.map { $0 == "_" || isLetter($0) } ?? false
      && letters.allSatisfy { $0 == "_" || isLetter($0) || ("0"..."9").contains($0) }
    guard isFine, !["and", "or", "not"].contains(name) else {
      throw .value(
        path: path, line: line, found: "the name '\(name)'",
        expected: "letters, digits and _, beginning with a letter; not and, or, not")
    }
    guard FunctionCatalog.usage(of: name) == nil else {
      throw .value(
        path: path, line: line, found: "the name of the function '\(name)'",
        expected: "a name of its own")
    }
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }
}
