import Allocation
import Kernels

extension AllocationSpec {
  mutating func readConstraints(_ reader: inout SpecReader) throws(SpecError) {
    constraints.minWeight = try readLimit(&reader, "min_weight")
    constraints.maxWeight = try readLimit(&reader, "max_weight")
    constraints.allowsShort = try reader.bool("short") ?? false
    if let json = reader.optional("budget") {
      if case .string("free") = json.value {
        constraints.budget = nil
      } else {
        constraints.budget = try reader.number(
          "budget", "what weights add up to, such as 1, or \"free\""
        ) { abs($0) <= 1e6 }
      }
    }
    let positive = "a number above 0, up to 1e6, or an expression of parameters in quotes"
    constraints.leverage =
      try reader.number("leverage", positive) { $0 > 0 && $0 <= 1e6 } ?? .infinity
    constraints.maxTurnover =
      try reader.number("max_turnover", positive) { $0 > 0 && $0 <= 1e6 } ?? .infinity
    constraints.l2 =
      try reader.number("l2", "a number of at least 0") { $0 >= 0 && $0 < 1e12 } ?? 0
    constraints.maxHoldings = try reader.integer(
      "max_holdings", "a whole number of symbols of at least 1", in: 1...10_000_000)
    try readGroups(&reader)
    try readSectors(&reader)
    if constraints.budget == nil, constraints.leverage == .infinity,
      constraints.maxWeight == nil
    {
      throw .missing(
        path: reader.at("leverage"),
        expected: "the largest sum of absolute weights, where the budget is free")
    }
  }

  /// A number, or numbers by symbol.
  private mutating func readLimit(_ reader: inout SpecReader, _ key: String) throws(SpecError)
    -> ConstraintSettings.Limit?
  {
    guard let json = reader.optional(key) else { return nil }
    let expected = "a weight such as 0.1, or weights by symbol: { AAPL: 0.2 }"
    let isLeast = key == "min_weight"
    switch json.value {
    case .number(let value) where abs(value) <= 1e6: return ConstraintSettings.Limit(value)
    case .object(let members):
      var limit = ConstraintSettings.Limit(isLeast ? 0 : 1)
      for member in members {
        guard case .number(let value) = member.value.value, abs(value) <= 1e6 else {
          throw .value(
            path: "\(reader.at(key)).\(member.key)", line: member.value.place.line,
            found: member.value.kind, expected: "a weight such as 0.1")
        }
        if member.key == "other" {
          limit.common = value
        } else {
          limit.named[member.key] = value
          mentioned.append((member.key, reader.at(key)))
        }
      }
      return limit
    default: throw reader.wrong(key, json, expected)
    }
  }

  /// The ends of a limit: a number is the largest.
  private static func ends(_ json: JSON5, _ path: String) throws(SpecError)
    -> (least: Double, most: Double, reader: SpecReader?)
  {
    if case .number(let most) = json.value, abs(most) <= 1e6 { return (-.infinity, most, nil) }
    var reader = try SpecReader(json, path: path)
    let number = "a sum of weights such as 0.3"
    let least = try reader.number("min", number) { abs($0) <= 1e6 }
    let most = try reader.number("max", number) { abs($0) <= 1e6 }
    guard least != nil || most != nil else {
      throw .missing(path: reader.at("max"), expected: "min or max: \(number)")
    }
    return (least ?? -.infinity, most ?? .infinity, reader)
  }

  private mutating func readGroups(_ reader: inout SpecReader) throws(SpecError) {
    guard let groups = try reader.object("groups") else { return }
    for member in groups.all {
      let path = groups.at(member.key)
      guard case .object = member.value.value else {
        throw groups.wrong(member.key, member.value, "{ symbols: […], min, max }")
      }
      let (least, most, inner) = try Self.ends(member.value, path)
      guard var inner else { continue }
      var symbols: Set<String> = []
      for json in try inner.list("symbols", "a list of symbols") {
        guard case .string(let symbol) = json.value else {
          throw .value(
            path: inner.at("symbols"), line: json.place.line, found: json.kind,
            expected: "a symbol in quotes")
        }
        symbols.insert(symbol)
        mentioned.append((symbol, inner.at("symbols")))
      }
      try inner.finish()
      guard !symbols.isEmpty else {
        throw .missing(path: inner.at("symbols"), expected: "a list of symbols")
      }
      constraints.groups.append(
        .init(name: "group \(member.key)", symbols: symbols, least: least, most: most))
    }
  }

  private mutating func readSectors(_ reader: inout SpecReader) throws(SpecError) {
    guard let given = try reader.object("sectors") else { return }
    for member in given.all {
      let (least, most, inner) = try Self.ends(member.value, given.at(member.key))
      try inner?.finish()
      sectors.append((member.key, least, most))
    }
  }

  /// The same with sectors as groups of symbols, and every symbol that it names known.
  ///
  /// - Parameters:
  ///   - entries: symbols of the run and their sectors.
  ///   - path: where the spec stands.
  func resolved(_ entries: [(symbol: String, sector: String)], path: String) throws(SpecError)
    -> AllocationSpec
  {
    let names = entries.map(\.symbol)
    let known = Set(names)
    for (symbol, path) in mentioned where !known.contains(symbol) {
      throw .unknownName(
        path: path, line: 0, kind: "symbol", name: symbol,
        nearest: nearestName(to: symbol, among: names),
        hint: "the run does not have it: see data.symbols")
    }
    var result = self
    let all = Set(entries.map(\.sector)).subtracting([""]).sorted()
    for (sector, least, most) in sectors {
      let members = Set(entries.filter { $0.sector == sector }.map(\.symbol))
      guard !members.isEmpty else {
        throw .unknownName(
          path: "\(path).sectors", line: 0, kind: "sector", name: sector,
          nearest: nearestName(to: sector, among: all),
          hint: all.isEmpty
            ? "the store knows no sectors: import with --symbols FILE"
            : "known: \(all.joined(separator: ", "))")
      }
      result.constraints.groups.append(
        .init(name: "sector \(sector)", symbols: members, least: least, most: most))
    }
    return result
  }
}
