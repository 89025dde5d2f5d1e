/// Every VaR model by name, in the order in which tables show them.
///
/// A new model is one file and one line here.
public enum VaRCatalog {
  /// A kind of model and how it reads its settings.
  public struct Entry: Sendable {
    /// Name in specs, without settings.
    public let name: String
    /// What may stand in brackets after the name.
    public let settings: String
    /// What it is, in one line.
    public let summary: String
    let make: @Sendable (inout ModelSettings) throws(RiskError) -> any VaRModel
  }

  /// All kinds.
  public static let all: [Entry] = [
    Entry(
      name: "historical", settings: "overlapping | square_root",
      summary: "order statistic of past returns"
    ) {
      (settings) throws(RiskError) in HistoricalVaR(horizon: try settings.choice(.overlapping))
    },
    Entry(name: "gaussian", settings: "", summary: "mean and deviation of the window") {
      (_) throws(RiskError) in GaussianVaR()
    },
    Entry(name: "student_t", settings: "", summary: "Student t by maximum likelihood") {
      (_) throws(RiskError) in StudentVaR()
    },
    Entry(name: "cornish_fisher", settings: "", summary: "Gaussian bent by skewness and kurtosis") {
      (_) throws(RiskError) in CornishFisherVaR()
    },
    Entry(name: "ewma", settings: "λ = 0.94", summary: "exponentially weighted variance") {
      (settings) throws(RiskError) in try EWMAVaR(decay: settings.number(0.94))
    },
    Entry(name: "garch", settings: "", summary: "GARCH(1,1), Gaussian") {
      (_) throws(RiskError) in GARCHVaR()
    },
    Entry(
      name: "filtered_historical", settings: "garch | ewma, λ = 0.94",
      summary: "residuals of the volatility, at today's"
    ) { (settings) throws(RiskError) in
      switch try settings.choice(FilterKind.garch) {
      case .garch: try FilteredHistoricalVaR(seed: settings.seed)
      case .ewma:
        try FilteredHistoricalVaR(volatility: .ewma(settings.number(0.94)), seed: settings.seed)
      }
    },
    Entry(
      name: "monte_carlo", settings: "gaussian | student_t, paths = 10000",
      summary: "simulated returns"
    ) { (settings) throws(RiskError) in
      try MonteCarloVaR(
        law: settings.choice(.gaussian), paths: settings.count(10_000), seed: settings.seed)
    },
  ]

  /// Names of the models of a spec that names none.
  public static let defaultNames = [
    "historical", "gaussian", "student_t", "cornish_fisher", "ewma", "garch", "filtered_historical",
  ]

  /// The model of a text such as `garch`, `ewma(0.97)` or `monte_carlo(student_t, 20000)`.
  ///
  /// - Parameter seed: key of the draws of models that simulate.
  /// - Throws: `RiskError.setting` with what would do.
  public static func model(_ text: String, seed: UInt64 = 0) throws(RiskError) -> any VaRModel {
    var settings = try ModelSettings(text, seed: seed)
    guard let entry = all.first(where: { $0.name == settings.name }) else {
      throw .setting(
        name: "models", found: text,
        expected: "one of \(all.map(\.name).joined(separator: ", "))")
    }
    let model = try entry.make(&settings)
    try settings.finish(entry)
    return model
  }
}

enum FilterKind: String, CaseIterable {
  case garch
  case ewma
}

/// A model's name and what stands in brackets after it.
struct ModelSettings {
  let text: String
  let name: String
  let seed: UInt64
  private var words: [String]

  init(_ text: String, seed: UInt64) throws(RiskError) {
    self.text = text
    self.seed = seed
    let parts = text.split(separator: "(", maxSplits: 1, omittingEmptySubsequences: false)
    name = Self.trimmed(parts[0])
    words = []
    guard parts.count == 2 else { return }
    let rest = Self.trimmed(parts[1])
    guard rest.hasSuffix(")") else {
      throw .setting(name: "models", found: text, expected: "a closing bracket")
    }
    words = rest.dropLast().split(separator: ",", omittingEmptySubsequences: false)
      .map { Self.trimmed($0) }
  }

  /// The next word as one of several, or the usual one if the words are at their end.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(_ usual: Choice) throws(RiskError)
    -> Choice where Choice.RawValue == String
  {
    guard let word = next() else { return usual }
    guard let choice = Choice(rawValue: word) else {
      throw .setting(
        name: "models", found: text,
        expected: Choice.allCases.map { "\(name)(\($0.rawValue))" }.joined(separator: " or "))
    }
    return choice
  }

  mutating func number(_ usual: Double) throws(RiskError) -> Double {
    guard let word = next() else { return usual }
    guard let number = Double(word), number.isFinite else {
      throw .setting(name: "models", found: text, expected: "a number in place of \(word)")
    }
    return number
  }

  mutating func count(_ usual: Int) throws(RiskError) -> Int {
    guard let word = next() else { return usual }
    guard let count = Int(word) else {
      throw .setting(name: "models", found: text, expected: "a whole number in place of \(word)")
    }
    return count
  }

  /// Refuses words that the model didn't ask for.
  func finish(_ entry: VaRCatalog.Entry) throws(RiskError) {
    guard !words.isEmpty else { return }
    throw .setting(
      name: "models", found: text,
      expected: entry.settings.isEmpty ? name : "\(name)(\(entry.settings))")
  }

  private mutating func next() -> String? { words.isEmpty ? nil : words.removeFirst() }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
