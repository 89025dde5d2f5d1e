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
    /// Whose first fill came first; no file says when it was handed in.
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
  /// What money and shorts do in time.
  var financing = Financing()
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
    let form = "its name, of 1 to 100 bytes without / and control characters: challenge: \"spring\""
    guard let name = try root.string("challenge", form) else {
      throw .missing(path: "challenge", expected: form)
    }
    guard Self.isName(name), name.utf8.count <= 100, !name.contains("/"), !name.hasPrefix(".")
    else {
      throw .value(
        path: "challenge", line: root.place.line,
        found: "the text \"\(JSON5.excerpt(name))\"", expected: form)
    }
    self.name = name
    try readData(&root)
    try readWindows(&root)
    try readMoney(&root)
    try readExecution(&root)
    try readConstraints(&root)
    try readRanking(&root)
    try readBootstrap(&root)
    try root.finish()
  }

  private mutating func readMoney(_ root: inout SpecReader) throws(SpecError) {
    capital =
      try root.number("capital", "an amount from 0.01 to 1e15") { $0 >= 0.01 && $0 <= 1e15 }
      ?? capital
    let code = "a name of 1 to 20 bytes such as \"USD\""
    if let currency = try root.string("currency", code) {
      guard Self.isName(currency), currency.utf8.count <= 20 else {
        throw .value(
          path: "currency", line: root.place.line,
          found: "the text \"\(JSON5.excerpt(currency))\"", expected: code)
      }
      spec.currency = currency
    }
    let any = "an annual rate above -1, below 10"
    let positive = "an annual rate from 0, below 10"
    spec.riskFree = try root.number("risk_free", any) { $0 > -1 && $0 < 10 } ?? 0
    financing.borrowRate = try root.number("borrow", positive) { $0 >= 0 && $0 < 10 } ?? 0
    financing.cashRate = try root.number("cash_rate", any) { $0 > -1 && $0 < 10 } ?? 0
    financing.marginRate = try root.number("margin_rate", positive) { $0 >= 0 && $0 < 10 } ?? 0
  }

  static func isName(_ text: String) -> Bool {
    !text.isEmpty
      && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
