import Advice
import Books
import Kernels
import Market

/// Rules that portfolios have to keep beside their profiles, as a JSON5 file has them.
public struct LimitRuleFile: Sendable {
  /// The rules, in the order of the file.
  public var rules: [Limit] = []
  /// Whether limits of profiles count too.
  public var usesProfiles = true

  /// No rules: those of profiles alone.
  public init() {}

  /// Reads `{ profiles: true, rules: [{ name, kind, threshold, … }] }`; names are held to the book and its panel.
  ///
  /// - Throws: `SpecError`.
  public static func read(_ path: String, for session: BookSession) throws(SpecError)
    -> LimitRuleFile
  {
    try LimitRuleFile(try Spec.parse(try SpecFile.read(path)), session.book, session.market)
  }

  init(_ json: JSON5, _ book: Book, _ market: BookMarket) throws(SpecError) {
    var reader = try SpecReader(json, path: "")
    usesProfiles = try reader.bool("profiles") ?? true
    let names = LimitNames(book, market)
    for (place, rule) in try reader.list("rules", "a list of rules").enumerated() {
      let limit = try Self.limit(rule, "rules[\(place)]", names)
      if rules.contains(where: { $0.name == limit.name }) {
        throw .value(
          path: "rules[\(place)].name", line: rule.place.line,
          found: "the name \"\(limit.name)\" again", expected: "a name for each rule")
      }
      rules.append(limit)
    }
    try reader.finish()
    if rules.isEmpty, !usesProfiles {
      throw .missing(path: "rules", expected: "a rule or more where profiles don't count")
    }
  }

  private static func limit(_ json: JSON5, _ path: String, _ names: LimitNames) throws(SpecError)
    -> Limit
  {
    var reader = try SpecReader(json, path: path)
    guard let name = try reader.string("name", "a name for the rule"), !name.isEmpty else {
      throw .missing(path: "\(path).name", expected: "a name for the rule")
    }
    let kinds = Limit.Kind.allCases.map(\.rawValue)
    guard
      let kind = try reader.choice("kind", "kind of rule", of: kinds).flatMap({
        Limit.Kind(rawValue: $0)
      })
    else {
      throw .missing(path: "\(path).kind", expected: "one of \(kinds.joined(separator: ", "))")
    }
    var limit = Limit(name, kind)
    let most = kind == .leverage ? 1000 : kind == .volatility ? Profile.mostVolatility : 1
    let range =
      kind == .leverage
      ? "a number from 0 to 1000" : "a fraction from 0 to \(Int(most)): 0.5 for 50 %"
    if kind.isList {
      limit.names = try names.read(&reader, "allowed", kind)
      limit.excluded = try names.read(&reader, "excluded", kind)
    } else if let threshold = try reader.number(
      "threshold", range, where: { $0 >= 0 && $0 <= most })
    {
      limit.threshold = threshold
    }
    if kind == .valueAtRisk {
      if let level = try reader.number(
        "level", "a confidence above 0.5 and below 1", where: { $0 > 0.5 && $0 < 1 })
      {
        limit.level = level
      }
      limit.horizon = try reader.integer("horizon", "days, from 1 to 250", in: 1...250) ?? 1
    }
    if kind.needsReturns {
      limit.lookback =
        try reader.integer("lookback", "returns, from 2 to 100000", in: 2...100_000)
        ?? limit.lookback
    }
    if kind == .drawdown {
      limit.lookback =
        try reader.integer("lookback", "bars, from 1 to 100000", in: 1...100_000) ?? 0
    }
    if kind == .weight || kind == .sectorWeight {
      limit.names = try names.read(&reader, "of", kind)
    }
    limit.portfolios = try names.scope(&reader)
    try reader.finish()
    // Last, as a misspelt key tells more than a missing one.
    if kind.isList, limit.names.isEmpty, limit.excluded.isEmpty {
      throw .missing(path: path, expected: "allowed or excluded, a list of \(kind.rawValue)s")
    }
    if !kind.isList, limit.threshold.isNaN {
      throw .missing(path: "\(path).threshold", expected: range)
    }
    return limit
  }
}

/// Names that rules may have, of a book and its prices.
struct LimitNames {
  private let book: Book
  private let symbols: [String]
  private let sectors: [String]

  init(_ book: Book, _ market: BookMarket) {
    self.book = book
    let known = Set(market.panel.symbols.names)
    symbols =
      market.panel.symbols.names + book.instruments.map(\.symbol).filter { !known.contains($0) }
    sectors =
      Set(market.panel.symbols.entries.map(\.sector)).filter { !$0.isEmpty }.sorted()
      + ["unknown"]
  }

  /// A list of symbols or sectors.
  func read(_ reader: inout SpecReader, _ key: String, _ kind: Limit.Kind) throws(SpecError)
    -> [String]
  {
    let isSymbols = kind == .symbol || kind == .weight
    return try read(
      &reader, key, isSymbols ? "symbol" : "sector", isSymbols ? symbols : sectors,
      hint: isSymbols ? "" : "known: \(sectors.joined(separator: ", "))")
  }

  private func read(
    _ reader: inout SpecReader, _ key: String, _ what: String, _ known: [String], hint: String = ""
  ) throws(SpecError) -> [String] {
    guard let json = reader.optional(key) else { return [] }
    var texts: [JSON5] = [json]
    if case .array(let list) = json.value { texts = list }
    let all = Set(known)
    var names: [String] = []
    for text in texts {
      guard case .string(let name) = text.value else {
        throw .value(
          path: reader.at(key), line: text.place.line, found: text.kind,
          expected: "the name of a \(what), or a list of them")
      }
      guard all.contains(name) else {
        throw .unknownName(
          path: reader.at(key), line: text.place.line, kind: what, name: name,
          nearest: known.count > 5000 ? nil : nearestName(to: name, among: known),
          hint: hint.isEmpty ? "of \(known.count) known" : hint)
      }
      names.append(name)
    }
    return names
  }

  /// Portfolios that a rule binds: those of the named portfolios, clients, advisors and labels at once; nil for all.
  func scope(_ reader: inout SpecReader) throws(SpecError) -> Set<Int>? {
    var scope: Set<Int>?
    func narrow(_ isMember: (Int) -> Bool) {
      scope = (scope ?? Set(book.portfolios.indices)).filter(isMember)
    }
    let portfolios = Set(
      try read(&reader, "portfolio", "portfolio", book.portfolios.map(\.id)))
    if !portfolios.isEmpty { narrow { portfolios.contains(book.portfolios[$0].id) } }
    let clients = Set(try read(&reader, "client", "client", book.clients.map(\.id)))
    if !clients.isEmpty { narrow { clients.contains(book.clients[book.portfolios[$0].client].id) } }
    let advisors = Set(try read(&reader, "advisor", "advisor", book.advisors.map(\.id)))
    if !advisors.isEmpty {
      narrow {
        advisors.contains(book.advisors[book.clients[book.portfolios[$0].client].advisor].id)
      }
    }
    guard var labels = try reader.object("label") else { return scope }
    for label in book.labels where labels.keys.contains(label.name) {
      let texts = Set(
        try read(
          &labels, label.name, "text of label \(label.name)",
          Set(label.texts).filter { !$0.isEmpty }.sorted()))
      if !texts.isEmpty { narrow { texts.contains(label.texts[$0]) } }
    }
    for label in book.labels { _ = labels.optional(label.name) }
    try labels.finish()
    return scope
  }
}
