import Kernels
import Risk

/// One element of `risk.stress`.
struct StressScenario: Sendable {
  /// What is done.
  enum Kind: Sendable {
    /// The past between two instants, again.
    case window(from: Int64?, to: Int64?, StressWindow.Holding)
    /// Sudden moves, by name.
    case shock(
      symbols: [String: Double], sectors: [String: Double], factors: [String: Double],
      propagates: Bool, any CovarianceEstimator)
    /// Other volatilities and correlations.
    case covariance(CovarianceStress, any CovarianceEstimator)
    /// The worst stretches of the window.
    case worst(bars: Int, count: Int)
  }

  /// Its name, for the result.
  let name: String
  /// What it does.
  let kind: Kind
  /// Where it stands in the spec.
  let path: String
  /// Line of the spec.
  let line: Int

  private static let kinds =
    "from and to, shock, sector or factor, volatility or correlation, or worst"

  init(_ json: JSON5, path: String) throws(SpecError) {
    var reader = try SpecReader(json, path: path)
    let given = reader.keys
    let name = try reader.string("name", "a name for the scenario")
    self.path = path
    line = json.place.line
    // The keys of one kind each; which of them stand there decides.
    let groups = [
      ["from", "to", "holding"], ["shock", "sector", "factor", "propagate"],
      ["volatility", "correlation"], ["worst", "count"],
    ]
    let chosen = groups.indices.filter { groups[$0].contains { given.contains($0) } }
    guard chosen.count <= 1 else {
      let words = chosen.compactMap { group in groups[group].first { given.contains($0) } }
      throw .value(
        path: path, line: line, found: words.joined(separator: " with "),
        expected: "one kind of scenario: \(Self.kinds)")
    }
    let fallback: String
    switch chosen.first {
    case 0: (kind, fallback) = try Self.window(&reader)
    case 1: (kind, fallback) = try Self.shock(&reader)
    case 2: (kind, fallback) = try Self.covariance(&reader)
    case 3: (kind, fallback) = try Self.worst(&reader)
    default:
      // A misspelt key is told as such, with the nearest one.
      for key in groups.joined() { _ = reader.optional(key) }
      try reader.finish()
      throw .missing(path: path, expected: Self.kinds)
    }
    self.name = name ?? fallback
    try reader.finish()
  }

  private static func window(_ reader: inout SpecReader) throws(SpecError) -> (Kind, String) {
    let from = try Spec.readInstant(&reader, "from", isEnd: false)
    let to = try Spec.readInstant(&reader, "to", isEnd: true)
    guard from != nil || to != nil else {
      throw .missing(path: reader.at("from"), expected: "a date such as \"2008-09-01\"")
    }
    if let from, let to, from > to {
      throw .value(
        path: reader.at("to"), line: reader.place.line, found: "an instant before from",
        expected: "one not before it")
    }
    let names = StressWindow.Holding.allCases.map(\.rawValue)
    let word = try reader.choice("holding", "way of holding", of: names)
    let holding = word.flatMap { StressWindow.Holding(rawValue: $0) } ?? .rebalanced
    func text(_ key: String) -> String {
      if case .string(let text) = reader.optional(key)?.value { text } else { "" }
    }
    return (.window(from: from, to: to, holding), "\(text("from"))..\(text("to"))")
  }

  private static func shock(_ reader: inout SpecReader) throws(SpecError) -> (Kind, String) {
    let symbols = try moves(&reader, "shock", "{ AAPL: -0.2 }")
    let sectors = try moves(&reader, "sector", "{ Energy: -0.3 }")
    let factors = try moves(&reader, "factor", "{ mkt_rf: -0.05 }")
    let propagates = try reader.bool("propagate") ?? false
    guard !(symbols.isEmpty && sectors.isEmpty && factors.isEmpty) else {
      throw .missing(
        path: reader.path,
        expected: "a move of a symbol, a sector or a factor: shock: { AAPL: -0.2 }")
    }
    let estimator = try reader.covariance(or: RiskInput.usualCovariance)
    let all = [symbols, sectors, factors].flatMap { $0.sorted { $0.key < $1.key } }
    return (
      .shock(
        symbols: symbols, sectors: sectors, factors: factors, propagates: propagates, estimator),
      all.map { "\($0.key) \($0.value.shortestText)" }.joined(separator: ", ")
        + (propagates ? ", propagated" : "")
    )
  }

  private static func moves(_ reader: inout SpecReader, _ key: String, _ expected: String)
    throws(SpecError) -> [String: Double]
  {
    guard let inner = try reader.object(key) else { return [:] }
    var moves: [String: Double] = [:]
    for member in inner.all {
      guard case .number(let move) = member.value.value, move.isFinite, abs(move) <= 1000 else {
        throw inner.wrong(member.key, member.value, "a return as a fraction, as in \(expected)")
      }
      guard key == "factor" || move >= -1 else {
        throw inner.wrong(
          member.key, member.value, "a return from -1, which is all that can be lost")
      }
      moves[member.key] = move
    }
    guard !moves.isEmpty else { throw .missing(path: inner.path, expected: expected) }
    return moves
  }

  private static func covariance(_ reader: inout SpecReader) throws(SpecError) -> (Kind, String) {
    let volatility = try reader.number("volatility", "a factor above 0, at most 100") {
      $0 > 0 && $0 <= 100
    }
    let correlation = try reader.number(
      "correlation", "how far correlations move: from -1 (to none) over 0 to 1 (to one)"
    ) { abs($0) <= 1 }
    let estimator = try reader.covariance(or: RiskInput.usualCovariance)
    do throws(RiskError) {
      let stress = try CovarianceStress(
        volatility: volatility ?? 1, correlation: correlation ?? 0)
      let words =
        [volatility.map { "volatility × \($0.shortestText)" }].compactMap { $0 }
        + [correlation.map { "correlation \($0.shortestText)" }].compactMap { $0 }
      return (.covariance(stress, estimator), words.joined(separator: ", "))
    } catch {
      throw .value(
        path: reader.path, line: reader.place.line, found: "this scenario", expected: "\(error)")
    }
  }

  private static func worst(_ reader: inout SpecReader) throws(SpecError) -> (Kind, String) {
    guard let bars = try reader.integer("worst", "a number of bars from 1", in: 1...1_000_000)
    else { throw .missing(path: reader.at("worst"), expected: "the bars of a window") }
    let count = try reader.integer("count", "a whole number from 1 to 1000", in: 1...1000) ?? 5
    return (.worst(bars: bars, count: count), "worst \(bars) bars")
  }
}
