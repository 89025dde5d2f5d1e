/// A panel on its way into a store: what an importer or a generator made, aligned to one time axis.
public struct PanelDraft: Sendable {
  /// One field: a name and its values, `[T, N]` row-major, NaN where there is none.
  public struct Field: Sendable {
    /// For example `close` or `market_cap`.
    public var name: String
    /// `[T, N]` row-major.
    public var values: [Double]

    /// A named field.
    public init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// Name of the panel, for example `us_equity_1d`.
  public var name: String
  /// Start of each bar, nanoseconds UTC, strictly increasing: `[T]`.
  public var timeNs: [Int64]
  /// The symbols in column order: `[N]`.
  public var symbols: [SymbolTable.Entry]
  /// Calendar of the panel.
  public var calendar: Calendar
  /// Length of a bar in nanoseconds.
  public var frequencyNs: Int64
  /// Whether prices at or below zero are valid.
  public var allowsNegativePrices: Bool
  /// What the prices were adjusted by before they came here.
  public var adjusted = Adjustment.none
  /// The fields, in file order.
  public var fields: [Field]

  /// A draft.
  public init(
    name: String, timeNs: [Int64], symbols: [SymbolTable.Entry], calendar: Calendar,
    frequencyNs: Int64, allowsNegativePrices: Bool = false, fields: [Field]
  ) {
    self.name = name
    self.timeNs = timeNs
    self.symbols = symbols
    self.calendar = calendar
    self.frequencyNs = frequencyNs
    self.allowsNegativePrices = allowsNegativePrices
    self.fields = fields
  }
}

/// A row of an input file that broke a rule and was kept out of the panel.
public struct QuarantinedRow: Sendable, Hashable {
  /// Path as the user gave it.
  public var file: String
  /// Line in the file, 1 for the first; 0 if it is not known.
  public var line: Int
  /// Name of the offending column.
  public var column: String
  /// The row as it stands in the file, cut after 200 characters.
  public var text: String
  /// Which rule was broken, with the values.
  public var reason: String

  /// A quarantined row.
  public init(file: String, line: Int, column: String, text: String, reason: String) {
    self.file = file
    self.line = line
    self.column = column
    self.text = text
    self.reason = reason
  }

  /// File and line as one text.
  public var place: String { line > 0 ? "\(file):\(line)" : file }
}
