import Expressions
import Kernels
import Simulation
import Strategies

extension Spec {
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

  static let condition = "a condition in quotes, such as \"close > sma(close, 20)\""
  static let distance = "a fraction such as 0.05, or an expression of parameters in quotes"
  private static let price = "a price, or an expression in quotes such as \"close * 0.99\""
  static let wholeBars =
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

  // MARK: - Templates

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

  static func numberOrText(
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
