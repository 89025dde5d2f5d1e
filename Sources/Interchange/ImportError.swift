import Kernels

/// Why an import was refused as a whole; nothing was kept of it.
public enum ImportError: Error, Equatable {
  /// The operating system could not open or read the file.
  case unreadable(path: String, reason: String)
  /// The file has no bytes, or no line with text.
  case empty(path: String)
  /// The file holds something else than text; `kind` names it where it is known.
  case notText(path: String, kind: String)
  /// The gzip stream breaks its own format, or ends early.
  case badGzip(path: String, reason: String)
  /// The file unpacks to more than is allowed.
  case expandsTooFar(path: String, packed: Int, unpacked: Int, limit: String)
  /// The first line holds values, not column names.
  case headerMissing(path: String, found: String)
  /// The first line is not UTF-8.
  case headerNotUTF8(path: String)
  /// Day and month cannot be told apart in any date of the file, or dates contradict each other.
  case dateOrderUnclear(path: String, column: String, found: String, contradicts: Bool)
  /// Numbers that several formats of time read, or none.
  case timeUnclear(path: String, column: String, found: String, choices: [String])
  /// A comma or point may stand before decimals or between thousands.
  case decimalUnclear(path: String, column: String, found: String, contradicts: Bool)
  /// A file with a column a symbol, as it seems, holds values that can't be prices.
  case wideUnclear(path: String, column: String, found: String, field: String)
  /// A JSON file breaks the format, or holds no candles.
  case badJSON(path: String, line: Int, column: Int, reason: String)
  /// A column name stands twice in the header, or two columns claim one meaning.
  case columnRepeated(path: String, column: String)
  /// More columns of numbers than a panel has fields.
  case tooManyFields(path: String, columns: Int, limit: Int)
  /// The options name a column that is not there.
  case columnNotThere(path: String, column: String, found: [String], nearest: String?)
  /// A needed column is not there.
  case columnMissing(path: String, column: String, found: [String], nearest: String?)
  /// A line is longer than a row of prices can be.
  case lineTooLong(path: String, line: Int, limit: Int)
  /// A quoted field never ends.
  case quoteUnclosed(path: String, line: Int)
  /// More than half of the rows break a rule.
  case mostlyBad(path: String, bad: Int, rows: Int, first: QuarantinedRowNote)
  /// One row breaks a rule, and the caller asked for none to.
  case rowRejected(path: String, row: QuarantinedRowNote)
  /// A row of a file that is taken whole or not at all, beside a store, breaks a rule.
  case rowUnusable(path: String, row: QuarantinedRowNote)
  /// No row is left to import.
  case nothingToImport(path: String)
  /// The aligned panel would not fit in memory.
  case tooLarge(bars: Int, symbols: Int, fields: Int, bytes: Int, limit: Int)
  /// A row of a symbol table breaks a rule.
  case badSymbolRow(path: String, line: Int, column: String, reason: String)
  /// An object of a symbol table in JSON breaks a rule; `item` counts from 1.
  case badSymbolItem(path: String, item: Int, key: String, reason: String)
  /// A file that begins like JSON is none, or not of the wanted form.
  case badSymbolFile(path: String, reason: String)
  /// The store has none of the symbols, or not all where all are needed.
  case unknownSymbols(path: String, store: String, names: [String], nearest: String?)
  /// An option contradicts another, the files, or its own range.
  case badOption(option: String, value: String, reason: String)
}

/// The part of a bad row that an error cites.
public struct QuarantinedRowNote: Sendable, Equatable {
  /// A note.
  public init(line: Int, column: String, reason: String) {
    self.line = line
    self.column = column
    self.reason = reason
  }

  /// Line in the file, 1 for the first.
  public let line: Int
  /// Name of the offending column.
  public let column: String
  /// Which rule was broken, with the values.
  public let reason: String
}

extension ImportError: CustomStringConvertible {
  /// What happened, where, and what to do next.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path) cannot be read: \(reason)."
    case .empty(let path):
      "\(path) is empty. A price file starts with a line of column names."
    case .notText(let path, let kind):
      "\(path) is not a text file: it holds \(kind). Save it as CSV in UTF-8, plain or gzip."
    case .badGzip(let path, let reason):
      "\(path) is a broken gzip file: \(reason). Fetch it again, and test it with gzip -t."
    case .expandsTooFar(let path, let packed, let unpacked, let limit):
      "\(path) unpacks from \(packed) to more than \(unpacked) bytes; the limit is \(limit). "
        + "If the file is good, raise the limit."
    case .headerMissing(let path, let found):
      "\(path) has no header: its first line is '\(found)'. Name the columns by position: "
        + "--columns 1=time,2=open,3=high,4=low,5=close,6=volume."
    case .headerNotUTF8(let path):
      "\(path) has a header that is not UTF-8. Save it as CSV in UTF-8."
    case .dateOrderUnclear(let path, let column, let found, false):
      "\(path), \(column): '\(found)' can have the day or the month first, as can all dates of the "
        + "file. Say which: --date-format dmy or --date-format mdy."
    case .dateOrderUnclear(let path, let column, let found, true):
      "\(path), \(column): \(found): some dates have the day first, others the month. Say which is "
        + "right, and the others are left out: --date-format dmy or --date-format mdy."
    case .timeUnclear(let path, let column, let found, let choices):
      "\(path), \(column): '\(found)' "
        + (choices.isEmpty
          ? "is no time of a known form. "
          : "can be read as \(choices.joined(separator: " or ")). ")
        + "Say which: --date-format epoch-s, epoch-ms, excel, '%Y%m%d%H%M', …"
    case .decimalUnclear(let path, let column, let found, true):
      "\(path), \(column): '\(found)' has a decimal comma, and other numbers have a decimal point. Say "
        + "which is right, and the others are left out: --decimal , or --decimal ."
    case .decimalUnclear(let path, let column, let found, false):
      "\(path), \(column): '\(found)' may have decimals or thousands behind its comma. Say which: "
        + "--decimal , or --decimal . (then a comma stands between thousands)."
    case .wideUnclear(let path, let column, let found, let field):
      "\(path), \(column): '\(found)' is no \(field), which is what the columns of a file without symbols are "
        + "taken for. Say what they are: --symbol NAME for fields of one symbol, --field return for the "
        + "returns of a symbol each, or --negative-prices."
    case .badJSON(let path, let line, let column, let reason):
      "\(path), line \(line), column \(column): \(reason)."
    case .columnRepeated(let path, let column):
      "\(path) has more than one column for '\(column)'. Name the one to use: --columns \(column)=…"
    case .tooManyFields(let path, let columns, let limit):
      "\(path) has \(columns) columns; of fields a panel has at most \(limit). If each column is a symbol, "
        + "say what it holds: --field close."
    case .columnNotThere(let path, let column, let found, let nearest):
      "\(path) has no column for '\(column)' of --columns (it has: \(Self.listed(found)))."
        + didYouMean(nearest)
    case .columnMissing(let path, let column, let found, let nearest):
      "\(path) has no column for '\(column)' (it has: \(Self.listed(found)))."
        + "\(didYouMean(nearest)) \(Self.hint(column, found))"
    case .lineTooLong(let path, let line, let limit):
      "\(path), line \(line) is longer than \(limit) bytes. Is a quote left open, or is it not CSV?"
    case .quoteUnclosed(let path, let line):
      "\(path), line \(line): a quoted field never ends. Close it, or double quotes inside."
    case .mostlyBad(let path, let bad, let rows, let first):
      "\(path) does not look right: \(bad) of \(rows) rows break a rule, first "
        + "\(Self.note(first)). Check the columns and the format of dates and numbers."
    case .rowRejected(let path, let row):
      "\(path), \(Self.note(row)). Mend the row, or import with --on-bad-row quarantine."
    case .rowUnusable(let path, let row):
      "\(path), \(Self.note(row)). Mend the row, or take it out."
    case .nothingToImport(let path):
      "\(path) has a header but no row to import."
    case .tooLarge(let bars, let symbols, let fields, let bytes, let limit):
      "The panel would have \(bars) bars × \(symbols) symbols × \(fields) fields = \(bytes) bytes; "
        + "the limit is \(limit). Import fewer symbols or a shorter period at a time."
    case .badSymbolRow(let path, let line, let column, let reason):
      sentence("\(path), line \(line), \(column): \(reason)")
    case .badSymbolItem(let path, let item, let key, let reason):
      "\(path), object \(item), \(key): \(reason)."
    case .badSymbolFile(let path, let reason):
      "\(path) is not read as JSON: \(reason)."
    case .unknownSymbols(let path, let store, let names, let nearest):
      "\(store) has no symbol \(names.prefix(5).joined(separator: ", "))"
        + (names.count > 5 ? ", … (\(names.count) of \(path))" : " (of \(path))")
        + ".\(didYouMean(nearest)) Its symbols: apus inspect \(store) --symbols."
    case .badOption(let option, let value, let reason):
      sentence("\(option): '\(value)' \(reason)")
    }
  }

  private static func note(_ row: QuarantinedRowNote) -> String {
    "line \(row.line), \(row.column): \(row.reason)"
  }

  /// Names of columns, as many and as much of each as a message takes.
  static func listed(_ names: [String]) -> String {
    names.prefix(20).map { name in
      let shown = name.prefix(60).map { $0.isNewline ? " " : String($0) }.joined()
      return shown.isEmpty ? "''" : shown + (name.count > 60 ? "…" : "")
    }.joined(separator: ", ") + (names.count > 20 ? ", … \(names.count) in all" : "")
  }

  private static func hint(_ column: String, _ found: [String]) -> String {
    if column == "symbol" {
      return "For one symbol a file, use --symbol or --symbol-from-filename."
    }
    return found.count == 1
      ? "If another character than , ; tab | divides its columns, name it: --delimiter."
      : "Name it: --columns \(column)=…"
  }
}
