/// What was recognised of a file, in words, for a report.
public struct RecognisedFile: Sendable, Equatable {
  /// One column.
  public struct Column: Sendable, Equatable {
    /// Its name in the header, or the one it was given.
    public var name: String
    /// `time`, `symbol`, the name of a field, …; nil for a column that is not imported.
    public var meaning: String?
    /// Why it is not imported; empty for the others.
    public var reason: String
  }

  /// The file, as given.
  public var path: String
  /// For example `UTF-8`.
  public var encoding: String
  /// For example `comma`; `JSON` for such a file.
  public var delimiter: String
  /// Lines above the header, or above the first row where there is no header.
  public var skippedLines: Int
  /// Whether the header stands in the file.
  public var hasHeader: Bool
  /// The field of a wide file, which has a column a symbol; nil for a long one.
  public var wideField: String?
  /// All columns, in the order of the file.
  public var columns: [Column]
  /// How times are written.
  public var times: String
  /// Zone of times without an offset.
  public var timeZone: String
  /// How numbers are written; empty for the plain way.
  public var numbers: String
  /// Order of the rows at the head of the file.
  public var order: String
  /// What else was recognised, one sentence each, without a full stop.
  public var notes: [String]

  init(_ dialect: Dialect, path: String) {
    self.path = path
    encoding = dialect.encoding.rawValue
    delimiter = dialect.delimiterName
    skippedLines = dialect.skippedLines
    hasHeader = dialect.hasHeader
    if case .wide(let field) = dialect.layout { wideField = field }
    columns = dialect.header.indices.map { index in
      let reason = index < dialect.reasons.count ? dialect.reasons[index] : ""
      return Column(
        name: dialect.header[index], meaning: Self.meaning(dialect.roles[index]), reason: reason)
    }
    times = dialect.time.format.description
    timeZone = dialect.time.zone.name
    numbers = dialect.numbers.description
    order = dialect.order.rawValue
    notes = dialect.notes
    if let symbol = dialect.symbol { notes.append("the lines above the header name \(symbol)") }
  }

  private static func meaning(_ role: Dialect.Role) -> String? {
    switch role {
    case .time: "time"
    case .timeOfDay: "time of day"
    case .symbol: "symbol"
    case .name: "name"
    case .field(let name), .extra(let name): name
    case .symbolColumn(let symbol): "symbol \(symbol)"
    case .ignored: nil
    }
  }

  /// Tells what a text is from all of its bytes, without reading its rows.
  package static func recognise(_ bytes: [UInt8], path: String, options: ImportOptions)
    throws(ImportError) -> RecognisedFile
  {
    let dialect = try DialectSniffer.sniff(
      head: bytes, isWhole: true, path: path, options: options)
    return RecognisedFile(dialect, path: path)
  }
}
