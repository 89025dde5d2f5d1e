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
  /// Which of two instants is meant by a time that the clock shows twice.
  public enum Fold: String, Sendable, CaseIterable {
    /// Before the clock is set back.
    case earlier
    /// After it.
    case later
  }

  /// Columns named by hand: what it means (`time`, `close`, a new field, …) to its name in the
  /// file; or its position, from 1, to what it means.
  public var columns: [String: String] = [:]
  /// Zone of times without an offset, by its IANA name or as `±hh:mm`; nil: UTC, or what the name of
  /// the column says.
  public var timeZone: String?
  /// Which of two instants is meant by a time that the clock shows twice; nil: told by the order
  /// of rows.
  public var fold: Fold?
  /// How times are written: `iso`, `dmy`, `mdy`, `mon`, `epoch`, `epoch-s`, `epoch-ms`, `epoch-us`,
  /// `epoch-ns`, `excel`, or a pattern such as `%d.%m.%Y %H:%M`; nil: recognised.
  public var dateFormat: String?
  /// Character between fields; nil: recognised.
  public var delimiter: Character?
  /// Character before decimals, `.` or `,`; nil: recognised.
  public var decimal: Character?
  /// Character between groups of digits; nil: recognised.
  public var thousands: Character?
  /// Further words that mean "no value"; those that are numbers too are compared as text.
  public var missing: [String] = []
  /// Field that the columns of a wide file hold.
  ///
  /// nil: `close`. Given, a file without a column of symbols is wide.
  public var field: String?
  /// Encoding of the text, `UTF-8`, `UTF-16 LE`, `UTF-16 BE` or `Latin-1`; nil: recognised.
  public var encoding: String?
  /// Lines to pass over before the header; nil: recognised.
  public var skippedLines: Int?
  /// Whether the first line that is not passed over names the columns; nil: recognised.
  public var hasHeader: Bool?
  /// Whether prices are whole ten-thousandths, as LEAN writes those of shares; nil: recognised.
  public var hasLEANPrices: Bool?
  /// Calendar of the panel; nil: what `CalendarGuess` makes of the bars.
  public var calendar: Calendar?
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
  /// Text that stands for a file, by path: what another format was turned into.
  var contents: [String: [UInt8]] = [:]
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
  /// The symbol is there, is UTF-8, and holds no control character.
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
  /// The same in full, by file.
  public var recognised: [RecognisedFile]
}
