import Kernels
import Market
import Simulation

extension Spec {
  mutating func readData(_ root: inout SpecReader) throws(SpecError) {
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
    try readMoneyOfActions(&data)
    ratesPanel = try data.string("fx", "the name of a panel of exchange rates")
    lags = try Self.readLags(&data)
    scores = try Self.readScores(&data)
    benchmark = try data.string("benchmark", "a symbol of the panel, such as \"SPY\"")
    try data.finish()
  }

  private static func readSymbols(_ json: JSON5) throws(SpecError) -> Symbols {
    let path = "data.symbols"
    switch json.value {
    case .string("all"): return .all
    case .array(let list):
      let words = DistinctList.Words(
        element: "a symbol in quotes", once: "each symbol once", some: "symbols or \"all\"")
      return .named(
        try DistinctList.read(list, path: path, line: json.place.line, words) { element in
          if case .string(let name) = element { (name, "\"\(name)\"") } else { nil }
        })
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

  static func readInstant(_ data: inout SpecReader, _ key: String, isEnd: Bool)
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
}

extension Spec {
  /// How long after its bar a value is known.
  public enum Lag: Sendable, Equatable {
    /// Bars.
    case bars(Int)
    /// Nanoseconds.
    case time(Int64)
  }

  /// A field of the panel whose values are known later than their bars.
  public struct FieldLag: Sendable, Equatable {
    /// Name of the field.
    public var field: String
    /// How much later.
    public var lag: Lag
  }

  /// A file of values by symbol and time, as the output of somebody's model.
  public struct Scores: Sendable, Equatable {
    /// Path of a CSV, JSON or HDF5 file, as written.
    public var file: String
    /// Name of the values, in the file and in expressions.
    public var field: String
    /// How long after its time a value is known.
    public var lag: Lag
  }

  private mutating func readMoneyOfActions(_ data: inout SpecReader) throws(SpecError) {
    let dividends = try data.choice("dividends", "use of dividends", of: ["cash", "reinvest"])
    if let dividends, adjustment == .totalReturn {
      throw .value(
        path: "data.dividends", line: data.place.line,
        found: "\"\(dividends)\" with adjust 'total_return', whose prices hold them already",
        expected: "adjust: \"none\" or \"splits\" with it")
    }
    paysDividends = dividends != nil || adjustment == .none
    execution.reinvestsDividends = dividends == "reinvest"
  }

  private static let lagRule =
    "a number of bars from 0, or a length of time such as \"2d\" or \"36h\""

  private static func readLag(_ json: JSON5, _ path: String) throws(SpecError) -> Lag {
    switch json.value {
    case .number(let value) where value == value.rounded() && (0...1e6).contains(value):
      return .bars(Int(value))
    case .string(let text):
      // A month has no length to add.
      if let length = Frequency(label: text), length.months == nil { return .time(length.ns) }
    default: break
    }
    throw .value(path: path, line: json.place.line, found: json.kind, expected: lagRule)
  }

  private static func readLags(_ data: inout SpecReader) throws(SpecError) -> [FieldLag] {
    guard let reader = try data.object("lags") else { return [] }
    var lags: [FieldLag] = []
    for member in reader.all {
      let path = reader.at(member.key)
      guard !Scores.prices.contains(member.key) else {
        throw .value(
          path: path, line: member.value.place.line, found: "a field that orders fill at",
          expected: "a field of scores or facts; use lag(\(member.key), n) in expressions")
      }
      lags.append(FieldLag(field: member.key, lag: try readLag(member.value, path)))
    }
    return lags
  }

  private static func readScores(_ data: inout SpecReader) throws(SpecError) -> [Scores] {
    var scores: [Scores] = []
    for (index, json) in try data.list("scores", "a list of { file, field, lag }").enumerated() {
      var reader = try SpecReader(json, path: "\(data.at("scores"))[\(index)]")
      guard let file = try reader.string("file", "the path of a file"), !file.isEmpty else {
        throw .missing(path: reader.at("file"), expected: "the path of a CSV, JSON or HDF5 file")
      }
      let field = try reader.string("field", "the name of a field") ?? "score"
      try checkIdentifier(field, path: reader.at("field"), line: reader.place.line)
      guard !Scores.prices.contains(field) else {
        throw .value(
          path: reader.at("field"), line: reader.place.line, found: "the name of a price",
          expected: "a name of its own, such as score")
      }
      guard !scores.contains(where: { $0.field == field }) else {
        throw .value(
          path: reader.at("field"), line: reader.place.line, found: "\"\(field)\" twice",
          expected: "each field once")
      }
      guard let lag = reader.optional("lag") else {
        throw .missing(
          path: reader.at("lag"),
          expected: "how long after its time a value is known: \(lagRule)")
      }
      scores.append(Scores(file: file, field: field, lag: try readLag(lag, reader.at("lag"))))
      try reader.finish()
    }
    return scores
  }
}

extension Spec.Scores {
  /// Fields that fills and marks are made of, which no lag and no score may change.
  static let prices = ["open", "high", "low", "close", "volume", "bid", "ask"]
}
