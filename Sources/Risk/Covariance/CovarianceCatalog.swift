import Kernels

/// All covariance estimators, by the names that specs use.
public enum CovarianceCatalog {
  /// A number that an estimator can be given.
  public struct Setting: Sendable {
    /// Key in specs.
    public let name: String
    /// One sentence.
    public let summary: String
    /// Value where none is given.
    public let fallback: Double
    /// What is accepted, in words.
    public let expected: String
    /// Whether it is accepted.
    public let accepts: @Sendable (Double) -> Bool

    /// A number between 0 and 1, both excluded.
    static func fraction(_ name: String, _ summary: String, fallback: Double) -> Setting {
      Setting(
        name: name, summary: summary, fallback: fallback,
        expected: "a number between 0 and 1, such as \(fallback)", accepts: { $0 > 0 && $0 < 1 })
    }
  }

  /// An estimator and what it can be told.
  public struct Entry: Sendable {
    /// Name in specs.
    public let name: String
    /// One sentence.
    public let summary: String
    /// Its settings, in the order in which a name spells them.
    public let settings: [Setting]
    /// Whether it has a meaning where symbols have unequal histories.
    public let takesPairs: Bool
    let make: @Sendable ([Double], MissingReturns) -> any CovarianceEstimator
  }

  /// The estimators, simplest first.
  public static let entries: [Entry] = [
    SampleCovariance.entry,
    EwmaCovariance.entry,
    LedoitWolfCovariance.entry,
    LedoitWolfIdentityCovariance.entry,
    OasCovariance.entry,
    PCAFactorCovariance.entry,
    DenoisedCovariance.entry,
    SemiCovariance.entry,
    GerberCovariance.entry,
  ]

  /// An estimator by its name.
  ///
  /// - Parameters:
  ///   - text: `ledoit_wolf`, or with settings in their order, and `pairwise` last: `ewma(0.97)`, `sample(pairwise)`. Every
  ///     estimator's own name gives it back.
  ///   - settings: by key; they come before those in the name.
  ///   - missing: what to do with gaps; a word in the name comes before it.
  /// - Throws: `RiskError.setting` for a name, a key or a value that is not known, with the nearest one that is.
  public static func estimator(
    named text: String, settings: [String: Double] = [:], missing: MissingReturns = .complete
  ) throws(RiskError) -> any CovarianceEstimator {
    let (name, words) = try split(text)
    let entry = try entry(named: name)
    var values = entry.settings.map(\.fallback)
    var missing = missing
    var place = 0
    for word in words {
      if let policy = MissingReturns(rawValue: word) {
        missing = policy
      } else if place < values.count, let value = Double(word) {
        values[place] = value
        place += 1
      } else {
        throw .setting(name: "covariance", found: text, expected: usage(entry))
      }
    }
    for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
      guard let index = entry.settings.firstIndex(where: { $0.name == key }) else {
        throw .setting(name: key, found: "a setting of \(name)", expected: usage(entry))
      }
      values[index] = value
    }
    for (setting, value) in zip(entry.settings, values) where !setting.accepts(value) {
      throw .setting(name: setting.name, found: spelled(value), expected: setting.expected)
    }
    if missing == .pairwise, !entry.takesPairs {
      throw .outsideDomain(
        method: name,
        reason: "it is derived for equal histories; use missing: \"complete\", or ledoit_wolf")
    }
    return entry.make(values, missing)
  }

  /// What is known of an estimator.
  ///
  /// - Throws: `RiskError.setting` with the nearest name.
  public static func entry(named name: String) throws(RiskError) -> Entry {
    if let entry = entries.first(where: { $0.name == name }) { return entry }
    let names = entries.map(\.name)
    throw .setting(
      name: "covariance", found: "'\(name)'",
      expected: "one of \(names.joined(separator: ", "))."
        + didYouMean(nearestName(to: name, among: names)))
  }

  /// The name of an estimator with settings.
  static func name(_ base: String, _ values: [Double], _ missing: MissingReturns) -> String {
    let words = values.map(spelled) + (missing == .pairwise ? ["pairwise"] : [])
    return words.isEmpty ? base : "\(base)(\(words.joined(separator: ", ")))"
  }

  private static func spelled(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }

  private static func usage(_ entry: Entry) -> String {
    let words = entry.settings.map(\.name) + (entry.takesPairs ? ["pairwise"] : [])
    return words.isEmpty
      ? "\(entry.name), which has no settings" : "\(entry.name)(\(words.joined(separator: ", ")))"
  }

  private static func split(_ text: String) throws(RiskError) -> (String, [String]) {
    guard let open = text.firstIndex(of: "(") else { return (text, []) }
    guard text.last == ")" else {
      throw .setting(name: "covariance", found: "'\(text)'", expected: "a ) at its end")
    }
    let inner = text[text.index(after: open)...].dropLast()
    let words = inner.split(separator: ",").map { word in
      String(word.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    return (String(text[..<open]), words)
  }
}
