/// A well-known strategy as a spec would write it, with parameters that have defaults and a range worth sweeping.
public struct StrategyTemplate: Sendable, Equatable {
  /// A parameter of the texts.
  public struct Parameter: Sendable, Equatable {
    /// Name in the texts.
    public var name: String
    /// What it is.
    public var summary: String
    /// Value of a single run.
    public var value: Double
    /// Values of a sweep.
    public var sweep: [Double]

    /// A parameter.
    public init(_ name: String, _ summary: String, _ value: Double, sweep: [Double]) {
      self.name = name
      self.summary = summary
      self.value = value
      self.sweep = sweep
    }
  }

  /// A symbol that the texts name: `symbol("$hedge")` for the role `hedge`.
  public struct Role: Sendable, Equatable {
    /// Name of the role.
    public var name: String
    /// What the symbol is there for.
    public var summary: String
    /// Symbol that takes it unless another is given.
    public var symbol: String

    /// A role.
    public init(_ name: String, _ summary: String, _ symbol: String) {
      self.name = name
      self.summary = summary
      self.symbol = symbol
    }
  }

  /// What a spec calls it, for example `cross_sectional_momentum`.
  public var name: String
  /// One sentence.
  public var summary: String
  /// Paper or book.
  public var reference: String
  /// Parameters, in the order of a sweep's axes.
  public var parameters: [Parameter] = []
  /// Symbols that it names.
  public var roles: [Role] = []
  /// Fields of the panel that it reads beside prices and volume.
  public var fields: [String] = []
  /// Condition that combinations of parameters have to meet, as in a spec.
  public var condition: String?
  /// Its texts; with `weights` it is one portfolio over all symbols, else a lane for each.
  public var source: ExpressionStrategy.Source
  /// How often a portfolio is moved to its weights, as in a spec's `rebalance.every`; nil for one with signals.
  public var rebalance: String?

  /// A strategy by its texts.
  public init(
    _ name: String, _ summary: String, reference: String, parameters: [Parameter] = [],
    roles: [Role] = [], fields: [String] = [], where condition: String? = nil,
    rebalance: String? = nil, _ fill: (inout ExpressionStrategy.Source) -> Void
  ) {
    self.name = name
    self.summary = summary
    self.reference = reference
    self.parameters = parameters
    self.roles = roles
    self.fields = fields
    self.condition = condition
    self.rebalance = rebalance
    source = ExpressionStrategy.Source()
    fill(&source)
  }

  /// Numbers from one to another.
  static func steps(_ first: Double, _ last: Double, _ step: Double) -> [Double] {
    // From whole steps: 0.1 and 0.1 and 0.1 would not be 0.3.
    (0...Int(((last - first) / step).rounded())).map {
      first + (Double($0) * step * 1e9).rounded() / 1e9
    }
  }

  /// The texts with a symbol for each role: those given by name, else its own.
  public func source(symbols: [String: String]) -> ExpressionStrategy.Source {
    var source = source
    for role in roles {
      source.replace("$\(role.name)", with: symbols[role.name] ?? role.symbol)
    }
    return source
  }
}

extension ExpressionStrategy.Source {
  /// Replaces a word in all expressions.
  mutating func replace(_ word: String, with other: String) {
    let texts: [WritableKeyPath<Self, String?>] = [
      \.longEntry, \.longExit, \.shortEntry, \.shortExit, \.entryLimit, \.entryStop, \.exitLimit,
      \.weights,
    ]
    for text in texts { self[keyPath: text] = self[keyPath: text]?.replacing(word, with: other) }
    parts = parts.mapValues { $0.replacing(word, with: other) }
  }
}
