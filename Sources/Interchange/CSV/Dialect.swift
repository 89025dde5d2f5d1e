/// How one file is laid out, as recognised from its head and the options.
struct Dialect: Sendable, Equatable {
  /// How characters are written as bytes; a mark at the front is no part of the text.
  enum Encoding: String, Sendable, CaseIterable {
    case utf8 = "UTF-8"
    case utf16LE = "UTF-16 LE"
    case utf16BE = "UTF-16 BE"
    case latin1 = "Latin-1"
  }

  /// What a row is.
  enum Layout: Sendable, Equatable {
    /// One symbol at one time.
    case long
    /// One time, with a column for each symbol, all of one field.
    case wide(field: String)
  }

  /// What a column holds.
  enum Role: Sendable, Equatable {
    /// Start of the bar, or its date.
    case time
    /// Time of day, where `time` is a date alone.
    case timeOfDay
    /// Symbol of the row.
    case symbol
    /// Name of the firm or coin, for the symbol table.
    case name
    /// A field that must be a number: a price, volume, or one that the options name.
    case field(String)
    /// A field if its cells turn out to be numbers, else text to pass over.
    case extra(String)
    /// The values of a symbol, in a wide layout.
    case symbolColumn(String)
    /// Not imported.
    case ignored
  }

  /// In which order the rows at the head of the file come.
  enum Order: String, Sendable {
    case oldestFirst = "oldest first"
    case newestFirst = "newest first"
    case mixed = "in no order of time"
  }

  /// How characters are written as bytes.
  var encoding = Encoding.utf8
  /// Byte between fields.
  var delimiter = UInt8(ascii: ",")
  /// Lines that begin with it are passed over.
  var comment: UInt8?
  /// Physical lines before the header, or before the first row where there is none.
  var skippedLines = 0
  /// Whether the header stands in the file; if not, `header` holds names that were given or made up.
  var hasHeader = true
  /// Names of columns.
  var header: [String]
  /// What each column holds.
  var roles: [Role]
  /// How numbers are written.
  var numbers = NumberStyle()
  /// How times are written.
  var time = TimeStyle(.iso)
  /// What a row is.
  var layout = Layout.long
  /// The symbol of all rows, where the lines above the header name it and no option does.
  var symbol: String?
  /// What open, high, low and close are divided by.
  var priceDivisor = 1.0
  /// Order of rows at the head; tells the two meanings of a time that the clock shows twice apart.
  var order = Order.oldestFirst
  /// Why columns are ignored, by position; empty for the others.
  var reasons: [String] = []
  /// What else was recognised, one sentence each, without a full stop.
  var notes: [String] = []

  /// A dialect of columns whose other properties are usual.
  init(header: [String], roles: [Role]) {
    self.header = header
    self.roles = roles
  }

  /// Name of the delimiter, for a summary.
  var delimiterName: String {
    switch delimiter {
    case UInt8(ascii: "\t"): "tab"
    case UInt8(ascii: ","): "comma"
    case UInt8(ascii: ";"): "semicolon"
    case UInt8(ascii: "|"): "pipe"
    default: "'\(Character(UnicodeScalar(delimiter)))'"
    }
  }

  /// In words, for a summary.
  var description: String {
    var parts: [String] = []
    if encoding != .utf8 { parts.append(encoding.rawValue) }
    let sign = delimiter == 0x09 ? "tab" : "'\(Character(UnicodeScalar(delimiter)))'"
    parts.append("\(sign) between fields")
    if skippedLines > 0 { parts.append("\(skippedLines) lines above the header") }
    if !hasHeader { parts.append("no header") }
    parts.append("\(time.description) times")
    if !numbers.description.isEmpty { parts.append(numbers.description) }
    if case .wide(let field) = layout { parts.append("a column a symbol, each its \(field)") }
    let columns = zip(header, roles).compactMap { name, role in
      switch role {
      case .time: name == "time" ? nil : "time = \(name)"
      case .timeOfDay: "time of day = \(name)"
      case .symbol: name == "symbol" ? nil : "symbol = \(name)"
      case .field(let field): name == field ? nil : "\(field) = \(name)"
      default: nil
      }
    }
    return (parts + columns).joined(separator: ", ")
  }
}
