/// What the names in an expression may stand for.
public struct ExpressionScope: Sendable {
  /// Fields of the panel.
  public var fields: [String]
  /// Parameters, in the order of the plan's axes.
  public var parameters: [String]
  /// Named parts of a let block: name and source.
  public var parts: [String: String]
  /// Symbols of the panel, which `symbol("…")` may name.
  public var symbols: [String]
  /// Field that is above zero where a symbol belongs to the universe; nil if all always do.
  public var membership: String?
  /// What `bars_per_year` stands for.
  public var barsPerYear: Double
  /// What `bars_per_day` stands for.
  public var barsPerDay: Double

  /// A scope.
  public init(
    fields: [String], parameters: [String] = [], parts: [String: String] = [:],
    symbols: [String] = [], membership: String? = nil, barsPerYear: Double = .nan,
    barsPerDay: Double = .nan
  ) {
    self.fields = fields
    self.parameters = parameters
    self.parts = parts
    self.symbols = symbols
    self.membership = membership
    self.barsPerYear = barsPerYear
    self.barsPerDay = barsPerDay
  }
}
