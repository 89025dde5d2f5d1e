import Market

/// How files are to be read.
public struct ImportOptions: Sendable, Equatable {
  /// Where the symbol of a row stands.
  public enum SymbolSource: Sendable, Equatable {
    /// In a column.
    case column
    /// Nowhere: every row of every file belongs to this symbol.
    case fixed(String)
    /// In the name of the file, without folder, `.gz`, `.csv`, `.tsv` and `.txt`.
    case fileName
  }

  /// What to do with a row that breaks a rule.
  public enum BadRowPolicy: String, Sendable, CaseIterable {
    /// Leave the row out and report it.
    case quarantine
    /// Refuse all files.
    case reject
  }

  /// Where the symbol of a row stands.
  public var symbol = SymbolSource.column
  /// Columns named by hand: what it means (`time`, `close`, a new field, …) to its name in the
  /// file.
  public var columns: [String: String] = [:]
  /// Calendar of the panel; nil: `crypto` if any bar starts on a Saturday or Sunday, else
  /// `us_equity`.
  public var calendar: Calendar.Kind?
  /// Length of a bar in nanoseconds; nil: inferred.
  public var frequencyNs: Int64?
  /// Name of the panel; nil: from calendar and frequency, for example `us_equity_1d`.
  public var panel: String?
  /// Whether prices at or below zero are valid.
  public var allowsNegativePrices = false
  /// What prices, or the amounts of dividends, were adjusted by before; nil: nothing, or what the format says.
  public var adjusted: Adjustment?
  /// Who had which ticker when; rows are then of the symbol that had theirs.
  public var tickers: TickerMap?
  /// What to do with a row that breaks a rule.
  public var onBadRow = BadRowPolicy.quarantine
  /// Most bytes that one file may unpack to.
  public var unpackedBytesLimit = 64 << 30
  /// Most bytes that one byte of gzip may unpack to, once 16 MiB came out; prices stay below 30.
  public var expansionLimit = 200
  /// Most bytes that the aligned panel may take; nil: half of this machine's memory.
  public var panelBytesLimit: Int?

  /// The defaults.
  public init() {}
}

/// The rules that a row of prices must keep.
public enum ImportRule: String, Sendable, CaseIterable {
  /// As many fields as the header has.
  case fieldCount = "field_count"
  /// Nothing but a delimiter follows a closing quote.
  case quotes
  /// The symbol is there, and is UTF-8.
  case symbol
  /// The time can be read, and lies in 1678…2261.
  case time
  /// Each number can be read; an empty cell is a missing value.
  case number
  /// Numbers are finite.
  case finite
  /// Prices lie above zero, unless the panel allows others.
  case positivePrice = "positive_price"
  /// low ≤ open, close ≤ high, on the values present.
  case priceOrder = "price_order"
  /// Volume is not negative.
  case volume
  /// One row for each symbol and time; the first is kept.
  case duplicate
  /// A symbol of the ticker map had the ticker on that day.
  case ticker
}

/// What an import read, kept and left out.
public struct ImportSummary: Sendable, Equatable {
  /// Files, as given.
  public var files: [String]
  /// Bytes read, after unpacking.
  public var bytesRead: Int
  /// Rows below the headers, blank lines not counted.
  public var rowsRead: Int
  /// Rows in the panel.
  public var rowsKept: Int
  /// Rows left out, by the rule they broke; a row counts once, for the first rule in the order of
  /// `ImportRule`.
  public var quarantined: [ImportRule: Int]
  /// Bars of the panel.
  public var bars: Int
  /// Symbols of the panel.
  public var symbols: Int
  /// Start of the first and the last bar, in nanoseconds UTC.
  public var range: ClosedRange<Int64>
  /// Fields of the panel, in order.
  public var fields: [String]
  /// What was recognised, by file, in words.
  public var dialects: [String]
  /// Columns that were not imported, as text is not, each once.
  public var ignoredColumns: [String]
}
