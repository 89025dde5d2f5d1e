import Allocation
import Kernels
import Risk

/// What a spec says of weights that are estimated, in `strategy.weights` and in `allocate`.
struct AllocationSpec: Sendable {
  /// A method with its settings.
  struct Method: Sendable {
    /// Name of the result's lane: the method's own, numbered where it stands twice.
    var label: String
    var allocator: any Allocator
  }

  /// The methods, in order.
  var methods: [Method] = []
  /// Bars that are looked at; nil for all of the window.
  var lookback: Int?
  var minHistory = 0.9
  var covariance: any CovarianceEstimator
  var beliefs: any ReturnBeliefs = MeanReturns()
  var constraints = ConstraintSettings()
  /// Limits of sectors, which become groups when the symbols are known.
  var sectors: [(name: String, least: Double, most: Double)] = []
  /// Symbols that are named anywhere, with the path that names them.
  var mentioned: [(symbol: String, path: String)] = []

  static let number = "a number, or an expression of parameters in quotes"

  /// Reads the keys that both places share.
  ///
  /// - Parameters:
  ///   - reader: of the object; the caller has asked for keys of its own, or will.
  ///   - methods: the key or keys that name methods.
  init(_ reader: inout SpecReader, methods key: String, list: String? = nil) throws(SpecError) {
    covariance = try reader.covariance(or: SampleCovariance())
    try readMethods(&reader, key, list)
    let whole = "a whole number of bars of at least 2, or an expression of parameters in quotes"
    lookback = try reader.integer("lookback", whole, in: 2...10_000_000)
    minHistory =
      try reader.number("min_history", "a fraction above 0, up to 1") { $0 > 0 && $0 <= 1 } ?? 0.9
    try readBeliefs(&reader)
    try readConstraints(&reader)
  }

  /// The recipe of a method.
  func recipe(_ method: Method, lookback fallback: Int, riskFree: Double) -> AllocationRecipe {
    var recipe = AllocationRecipe(
      allocator: method.allocator, covariance: covariance, beliefs: beliefs,
      lookback: lookback ?? fallback)
    recipe.minHistory = minHistory
    recipe.constraints = constraints
    recipe.riskFree = riskFree
    return recipe
  }

  // MARK: - Methods

  private mutating func readMethods(_ reader: inout SpecReader, _ key: String, _ list: String?)
    throws(SpecError)
  {
    let expected = "the name of a method such as \"min_variance\", or { method: \"…\", settings }"
    var given: [(JSON5, String)] = []
    if let json = reader.optional(key) { given.append((json, reader.at(key))) }
    if let list {
      let many = try reader.list(list, "a list of methods")
      if !many.isEmpty, !given.isEmpty {
        throw .value(
          path: reader.at(list), line: reader.place.line, found: "\(key) and \(list)",
          expected: "one of them")
      }
      given += many.enumerated().map { ($1, "\(reader.at(list))[\($0)]") }
    }
    guard !given.isEmpty else { throw .missing(path: reader.at(key), expected: expected) }
    for (json, path) in given {
      let (name, settings) = try Self.named(json, path, "method", expected)
      guard AllocatorCatalog.all.contains(where: { $0.name == name }) else {
        let names = AllocatorCatalog.all.map(\.name)
        throw .unknownName(
          path: path, line: json.place.line, kind: "method", name: name,
          nearest: nearestName(to: name, among: names),
          hint: "known: \(names.joined(separator: ", "))")
      }
      let allocator = try Self.checked(path, json.place.line) { () throws(AllocationError) in
        try AllocatorCatalog.allocator(named: name, settings: settings)
      }
      let count = methods.count { $0.allocator.name == name }
      methods.append(
        Method(label: count == 0 ? name : "\(name)_\(count + 1)", allocator: allocator))
      mention(settings, path)
    }
  }

  /// A name, or an object with a name and settings.
  static func named(_ json: JSON5, _ path: String, _ key: String, _ expected: String)
    throws(SpecError) -> (name: String, settings: AllocatorSettings)
  {
    if case .string(let name) = json.value { return (name, AllocatorSettings()) }
    guard case .object = json.value else {
      throw .value(path: path, line: json.place.line, found: json.kind, expected: expected)
    }
    var reader = try SpecReader(json, path: path)
    guard let name = try reader.string(key, "a name in quotes") else {
      throw .missing(path: reader.at(key), expected: "a name in quotes")
    }
    var settings = AllocatorSettings()
    for member in reader.all where member.key != key {
      settings.values[member.key] = try setting(member, reader)
    }
    return (name, settings)
  }

  private static func setting(_ member: JSON5.Member, _ reader: SpecReader) throws(SpecError)
    -> AllocatorSettings.Value
  {
    switch member.value.value {
    case .number(let value): return .number(value)
    case .string(let text): return .text(text)
    case .object(let members):
      var numbers: [String: Double] = [:]
      for inner in members {
        guard case .number(let value) = inner.value.value else {
          throw .value(
            path: "\(reader.at(member.key)).\(inner.key)", line: inner.value.place.line,
            found: inner.value.kind, expected: "a number")
        }
        numbers[inner.key] = value
      }
      return .numbers(numbers)
    default:
      throw reader.wrong(member.key, member.value, "a number, a name, or numbers by name")
    }
  }

  mutating func mention(_ settings: AllocatorSettings, _ path: String) {
    for (key, value) in settings.values.sorted(by: { $0.key < $1.key }) {
      guard case .numbers(let numbers) = value else { continue }
      mentioned += numbers.keys.sorted().map { ($0, "\(path).\(key)") }
    }
  }

  // MARK: - Estimates

  private mutating func readBeliefs(_ reader: inout SpecReader) throws(SpecError) {
    let path = reader.at("expected")
    let views = reader.optional("views")
    let expected = "a way to expect returns such as \"mean\", or { method: \"…\", settings }"
    guard let json = reader.optional("expected") else {
      if let views { beliefs = try readBlackLitterman(nil, views, reader.at("views")) }
      return
    }
    var name = ""
    if case .string(let text) = json.value { name = text }
    if case .object(let members) = json.value,
      case .string(let text)? = members.first(where: { $0.key == "method" })?.value.value
    {
      name = text
    }
    if name == "black_litterman" {
      var inner: SpecReader?
      if case .object = json.value { inner = try SpecReader(json, path: path) }
      let own = inner?.optional("views")
      if own != nil, views != nil {
        throw .value(
          path: reader.at("views"), line: reader.place.line, found: "views in two places",
          expected: "them in one")
      }
      beliefs = try readBlackLitterman(
        inner, own ?? views, own == nil ? reader.at("views") : "\(path).views")
      return
    }
    if views != nil {
      throw .value(
        path: reader.at("views"), line: reader.place.line, found: "views with expected '\(name)'",
        expected: "expected: \"black_litterman\" with them")
    }
    let (method, settings) = try Self.named(json, path, "method", expected)
    let names = BeliefsCatalog.all.map(\.name) + ["black_litterman"]
    guard names.contains(method) else {
      throw .unknownName(
        path: path, line: json.place.line, kind: "way to expect returns", name: method,
        nearest: nearestName(to: method, among: names),
        hint: "known: \(names.joined(separator: ", "))")
    }
    beliefs = try Self.checked(path, json.place.line) { () throws(AllocationError) in
      try BeliefsCatalog.beliefs(named: method, settings: settings)
    }
    mention(settings, path)
  }

  // MARK: - Errors

  /// Runs what a catalogue checks; its errors get the path that they belong to.
  static func checked<Value>(
    _ path: String, _ line: Int, _ body: () throws(AllocationError) -> Value
  ) throws(SpecError) -> Value {
    do throws(AllocationError) {
      return try body()
    } catch {
      switch error {
      case .setting(let name, let found, let expected):
        throw .value(
          path: path.hasSuffix(".\(name)") || path.hasSuffix(name) ? path : "\(path).\(name)",
          line: line, found: found, expected: expected)
      default:
        throw .value(path: path, line: line, found: "\(error)", expected: "another setting")
      }
    }
  }
}
