/// Instruments in a fixed order, with what is known of each.
public struct SymbolTable: Sendable, Equatable {
  /// One instrument.
  public struct Entry: Sendable, Equatable {
    /// Ticker, upper case by custom; may hold dots and slashes.
    public var symbol: String
    /// Name of the firm or coin; empty if unknown.
    public var name: String
    /// Sector; empty if unknown.
    public var sector: String
    /// Industry; empty if unknown.
    public var industry: String
    /// Exchange, by MIC where known; empty if unknown.
    public var exchange: String
    /// Currency of the prices; empty if unknown.
    public var currency: String
    /// Smallest tradable quantity; NaN if unknown.
    public var lot: Double
    /// Smallest price step; NaN if unknown.
    public var tick: Double

    /// An instrument of which only the given facts are known.
    public init(
      symbol: String, name: String = "", sector: String = "", industry: String = "",
      exchange: String = "", currency: String = "", lot: Double = .nan, tick: Double = .nan
    ) {
      self.symbol = symbol
      self.name = name
      self.sector = sector
      self.industry = industry
      self.exchange = exchange
      self.currency = currency
      self.lot = lot
      self.tick = tick
    }
  }

  /// The instruments.
  public let entries: [Entry]
  private let positions: [String: Int]

  /// Takes instruments in order.
  ///
  /// Traps on a repeated symbol.
  public init(_ entries: [Entry]) {
    self.entries = entries
    positions = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { ($0.element.symbol, $0.offset) })
  }

  /// Number of instruments.
  public var count: Int { entries.count }
  /// Position of a symbol.
  public func index(of symbol: String) -> Int? { positions[symbol] }
  /// The instrument at a position.
  public subscript(index: Int) -> Entry { entries[index] }
  /// Symbols in order.
  public var names: [String] { entries.map(\.symbol) }
}
