import Arguments
import Interchange
import Market

/// The flags of `apus import` that say how files are to be read.
enum ImportFlags {
  static let options: [OptionSpec] = [
    .value(
      "format", "NAME", help: "Format of the files; auto tells by name and content.",
      default: "auto", completion: .choices(["auto"] + ImporterCatalog.all.map { $0.name })),
    .value(
      "columns", "FIELD=COLUMN,…",
      help: "Columns by hand: close=Price,time=Day; or by position, as 1=time,2=open,3=ignore."),
    .value(
      "time-zone", "ZONE", help: "Zone of times without an offset, such as America/New_York."),
    .value(
      "fold", "WHICH", help: "Which time is meant where the clock is set back and shows it twice.",
      completion: .choices(ImportOptions.Fold.allCases.map(\.rawValue))),
    .value(
      "date-format", "FORM",
      help: "How times are written: iso, dmy, mdy, mon, epoch-s, -ms, -us, -ns, excel, or"
        + " a pattern like '%d.%m.%Y %H:%M'."),
    .value(
      "delimiter", "CHAR", help: "Between columns: comma, semicolon, tab, pipe or a character."),
    .value("decimal", "CHAR", help: "Before decimals: a point or a comma."),
    .value("thousands", "CHAR", help: "Between thousands: a comma, a point, space or another."),
    .value("missing", "WORD,…", help: "Further cells that mean 'no value', such as 0,-99.99."),
    .value(
      "field", "NAME",
      help: "What the columns of a wide file hold, one a symbol; close unless given."
    ),
    .value(
      "encoding", "NAME", help: "Encoding of the text.",
      completion: .choices(["UTF-8", "UTF-16 LE", "UTF-16 BE", "Latin-1"])),
    .value("skip-lines", "N", help: "Lines to pass over before the header."),
    .flag("no-header", help: "The first line holds values; name columns by position."),
    .value(
      "frequency", "LENGTH", help: "Length of a bar, such as 1m, 4h, 1d; inferred unless given."),
  ]

  /// Reads the flags, and refuses those that contradict each other.
  static func read(_ arguments: ParsedArguments) throws -> ImportOptions {
    var options = ImportOptions()
    if let symbol = arguments.optionalString("symbol") { options.symbol = .fixed(symbol) }
    if arguments.flag("symbol-from-filename") {
      if case .fixed(let symbol) = options.symbol {
        throw contradiction("--symbol", symbol, "contradicts --symbol-from-filename")
      }
      options.symbol = .fileName
    }
    options.panel = arguments.optionalString("panel")
    options.calendar = arguments.optionalString("calendar").flatMap { Calendar.Kind(rawValue: $0) }
    options.allowsNegativePrices = arguments.flag("negative-prices")
    options.onBadRow =
      ImportOptions.BadRowPolicy(rawValue: arguments.string("on-bad-row")) ?? .quarantine
    options.columns = try columns(arguments)
    options.timeZone = arguments.optionalString("time-zone")
    options.fold = arguments.optionalString("fold").flatMap { ImportOptions.Fold(rawValue: $0) }
    options.dateFormat = arguments.optionalString("date-format")
    options.delimiter = try character(
      arguments, "delimiter", names: ["comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"])
    options.decimal = try character(arguments, "decimal", names: ["point": ".", "comma": ","])
    options.thousands = try character(
      arguments, "thousands",
      names: ["point": ".", "comma": ",", "space": " ", "apostrophe": "'", "underscore": "_"])
    options.missing =
      arguments.optionalString("missing").map {
        $0.split(separator: ",").map(String.init)
      } ?? []
    options.field = arguments.optionalString("field")
    options.encoding = arguments.optionalString("encoding")
    if arguments.optionalString("skip-lines") != nil {
      options.skippedLines = try arguments.int("skip-lines", in: 0...1_000_000)
    }
    if arguments.flag("no-header") { options.hasHeader = false }
    options.frequencyNs = try frequency(arguments)
    try check(options)
    return options
  }

  private static func check(_ options: ImportOptions) throws(ArgumentsError) {
    if let decimal = options.decimal, decimal != ".", decimal != "," {
      throw contradiction("--decimal", "\(decimal)", "is neither a point nor a comma")
    }
    if let decimal = options.decimal, decimal == options.thousands {
      throw contradiction("--thousands", "\(decimal)", "contradicts --decimal, which is the same")
    }
    if let field = options.field, options.symbol != .column {
      throw contradiction(
        "--field", field, "is for files with a column a symbol, and another flag gives the symbol")
    }
    if options.fold != nil, options.timeZone == "UTC" {
      throw contradiction(
        "--fold", options.fold?.rawValue ?? "", "contradicts --time-zone UTC, which has none")
    }
    if let encoding = options.encoding, encoding == "" {
      throw contradiction("--encoding", encoding, "is empty")
    }
  }

  private static func contradiction(_ name: String, _ value: String, _ reason: String)
    -> ArgumentsError
  {
    .badValue(name: name, value: value, reason: .other(reason, next: "give one of the two"))
  }

  private static func columns(_ arguments: ParsedArguments) throws(ArgumentsError) -> [String:
    String]
  {
    var columns: [String: String] = [:]
    for pair in arguments.optionalString("columns")?.split(separator: ",") ?? [] {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else {
        throw .badValue(name: "--columns", value: String(pair), reason: .notKeyValue)
      }
      guard columns.updateValue(String(parts[1]), forKey: String(parts[0])) == nil else {
        throw .badValue(
          name: "--columns", value: String(pair), reason: .repeatedKey(String(parts[0])))
      }
    }
    return columns
  }

  private static func character(
    _ arguments: ParsedArguments, _ name: String, names: [String: Character]
  ) throws(ArgumentsError) -> Character? {
    guard let text = arguments.optionalString(name) else { return nil }
    if let known = names[text] { return known }
    if text == "\\t" { return "\t" }
    guard text.count == 1, let character = text.first, character.isASCII,
      !["\n", "\r", "\""].contains(character)
    else {
      throw .badValue(
        name: "--\(name)", value: text,
        reason: .other(
          "'\(text)' is not one character",
          next: "one of: \(names.keys.sorted().joined(separator: ", ")), or a character"))
    }
    return character
  }

  private static func frequency(_ arguments: ParsedArguments) throws(ArgumentsError) -> Int64? {
    guard let text = arguments.optionalString("frequency") else { return nil }
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    if let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
      (1...1_000_000).contains(count)
    {
      return count * unit * 1_000_000_000
    }
    throw .badValue(
      name: "--frequency", value: text,
      reason: .other("'\(text)' is no length of a bar", next: "write it like 30s, 1m, 4h, 1d or 1w")
    )
  }
}
