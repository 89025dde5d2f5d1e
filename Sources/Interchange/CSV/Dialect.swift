import Market

/// How one CSV file is laid out, as recognised from its header and the options.
struct Dialect: Sendable, Equatable {
  /// How characters are written.
  enum Encoding: String, Sendable {
    case utf8 = "UTF-8"
    case utf16LE = "UTF-16 LE"
    case utf16BE = "UTF-16 BE"
    case latin1 = "Latin-1"
  }

  /// What a row holds.
  enum Layout: Sendable, Equatable {
    /// One symbol and time.
    case long
    /// One time, and a value of this field for each symbol.
    case wide(field: String)
  }

  /// What a column holds.
  enum Role: Sendable, Equatable {
    /// Start of the bar.
    case time
    /// The time of day, where `time` is the date alone.
    case timeOfDay
    /// Symbol of the row.
    case symbol
    /// Name of the firm or coin, for the symbol table.
    case name
    /// A field that must be a number: a price, volume, or one that the options name.
    case field(String)
    /// A field if its cells turn out to be numbers, else text to pass over.
    case extra(String)
    /// Values of this symbol, in a wide layout.
    case symbolColumn(String)
    /// Not imported.
    case ignored
  }

  /// How characters are written; a mark at the front is no part of the text.
  var encoding = Encoding.utf8
  /// Byte between fields.
  var delimiter = UInt8(ascii: ",")
  /// Lines that begin with it are passed over.
  var comment: UInt8?
  /// Lines above the header.
  var skippedLines = 0
  /// Whether the first record names the columns; else `header` holds made-up names.
  var hasHeader = true
  /// Names as they stand in the header.
  var header: [String]
  /// What each column holds.
  var roles: [Role]
  /// How numbers are written.
  var numbers = NumberStyle()
  /// How times are written.
  var time = TimeStyle(.iso)
  /// What a row holds.
  var layout = Layout.long

  /// In words, for a summary.
  var description: String {
    let delimiter = Character(UnicodeScalar(delimiter))
    let columns = zip(header, roles).compactMap { name, role in
      switch role {
      case .time: name == "time" ? nil : "time = \(name)"
      case .symbol: name == "symbol" ? nil : "symbol = \(name)"
      case .field(let field): name == field ? nil : "\(field) = \(name)"
      default: nil
      }
    }
    return (["'\(delimiter)' between fields", "\(time.format.rawValue) times"] + columns)
      .joined(separator: ", ")
  }

  // MARK: Recognition

  /// Names by which a column is known, best first, after `ColumnName.canonical`.
  static let aliases: [(meaning: String, names: [String])] = [
    (
      "time",
      ["time", "date", "timestamp", "datetime", "timestamp_utc", "time_utc", "date_utc"]
    ),
    ("symbol", ["symbol", "ticker", "name"]),
    ("open", ["open", "o", "open_price"]),
    ("high", ["high", "h", "high_price"]),
    ("low", ["low", "l", "low_price"]),
    ("close", ["close", "c", "close_price", "price", "price_usd"]),
    ("volume", ["volume", "v", "vol", "volume_usd", "volume_base"]),
    ("market_cap", ["market_cap", "marketcap", "market_cap_usd"]),
  ]

  /// Assigns a role to each column, first by the options, then by alias.
  static func recognise(header: [String], path: String, options: ImportOptions)
    throws(ImportError) -> Dialect
  {
    var dialect = Dialect(header: header, roles: header.map { _ in .ignored })
    let names = header.map(ColumnName.canonical)
    try refuseValues(header, path: path)
    var taken = [Bool](repeating: false, count: header.count)
    var meanings: Set<String> = []
    let symbolInRow = options.symbol == .column

    for (key, column) in options.columns.sorted(by: { $0.key < $1.key }) {
      let meaning = ColumnName.canonical(key)
      if meaning.isEmpty || meaning == "symbol" && !symbolInRow {
        throw .badOption(
          option: "--columns", value: "\(key)=\(column)",
          reason: meaning.isEmpty
            ? "names no field" : "contradicts the option that gives the symbol")
      }
      guard
        let index = header.firstIndex(of: column)
          ?? names.firstIndex(of: ColumnName.canonical(column))
      else {
        throw .columnMissing(
          path: path, column: column, found: header, nearest: ColumnName.nearest(column, in: header)
        )
      }
      guard !taken[index], meanings.insert(meaning).inserted else {
        throw .badOption(
          option: "--columns", value: "\(key)=\(column)", reason: "names a column or field twice")
      }
      taken[index] = true
      dialect.roles[index] = role(meaning)
    }
    for (meaning, aliases) in aliases where !meanings.contains(meaning) {
      if meaning == "symbol", !symbolInRow { continue }
      guard
        let alias = aliases.first(where: { alias in
          names.indices.contains { !taken[$0] && names[$0] == alias }
        })
      else { continue }
      let found = names.indices.filter { !taken[$0] && names[$0] == alias }
      if found.count > 1 { throw .columnRepeated(path: path, column: header[found[1]]) }
      taken[found[0]] = true
      meanings.insert(meaning)
      dialect.roles[found[0]] = role(meaning)
    }
    for needed in ["time", "symbol", "close"] where !meanings.contains(needed) {
      if needed == "symbol", !symbolInRow { continue }
      let nearest = aliases.first { $0.meaning == needed }?.names
        .compactMap { ColumnName.nearest($0, in: header) }.first
      throw .columnMissing(path: path, column: needed, found: header, nearest: nearest)
    }
    try dialect.assignExtras(names, taken, meanings, path: path)
    return dialect
  }

  private static func role(_ meaning: String) -> Role {
    switch meaning {
    case "time": .time
    case "symbol": .symbol
    case "name": .name
    default: .field(ColumnName.field(meaning))
    }
  }

  private mutating func assignExtras(
    _ names: [String], _ taken: [Bool], _ meanings: Set<String>, path: String
  ) throws(ImportError) {
    var fields: Set<String> = []
    for role in roles { if case .field(let name) = role { fields.insert(name) } }
    var nameTaken = meanings.contains("name")
    for index in roles.indices where !taken[index] && !names[index].isEmpty {
      if names[index] == "symbol" || names[index] == "ticker" { continue }
      if names[index] == "name" {
        if !nameTaken { roles[index] = .name }
        nameTaken = true
        continue
      }
      let field = ColumnName.field(names[index])
      guard fields.insert(field).inserted else {
        throw .columnRepeated(path: path, column: header[index])
      }
      roles[index] = .extra(field)
    }
  }

  /// A first line that starts with a date or holds only numbers is not a header.
  private static func refuseValues(_ header: [String], path: String) throws(ImportError) {
    let isValue = header.map { cell in
      Array(cell.utf8).withUnsafeBufferPointer {
        TimeParser.parse($0) != nil || NumberParser.parse($0).0 != .notNumber
      }
    }
    let values = zip(header, isValue).count { !$0.isEmpty && $1 }
    if values > 0, values * 2 >= header.count {
      throw .headerMissing(
        path: path, found: String(header.joined(separator: ",").prefix(80)))
    }
  }
}

/// Names of columns, made comparable.
enum ColumnName {
  /// Lower case, with one underscore for each run of anything but letters and digits.
  static func canonical(_ name: String) -> String {
    var result = ""
    for character in name.lowercased() {
      if character.isLetter || character.isNumber {
        result.append(character)
      } else if !result.isEmpty, result.last != "_" {
        result.append("_")
      }
    }
    while result.last == "_" { result.removeLast() }
    return result
  }

  /// The name of a field, clear of the names that a store keeps for itself.
  static func field(_ canonical: String) -> String {
    ["time", "symbol", "first", "last"].contains(canonical) ? canonical + "_value" : canonical
  }

  /// The candidate with the fewest edits from a name, if that is at most two in five of its
  /// letters, or one.
  static func nearest(_ name: String, in candidates: [String]) -> String? {
    let wanted = canonical(name)
    let scored = candidates.map { (distance: edits(wanted, canonical($0)), name: $0) }
    guard let best = scored.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, wanted.count * 2 / 5) ? best.name : nil
  }

  /// Levenshtein distance; names cut at 64 characters, as a longer one is no slip of the pen.
  private static func edits(_ a: String, _ b: String) -> Int {
    let a = Array(a.prefix(64))
    let b = Array(b.prefix(64))
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let substituted = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}

/// How numbers are written.
struct NumberStyle: Sendable, Equatable {
  /// Byte before the fraction.
  var decimal = UInt8(ascii: ".")
  /// Byte between groups of three digits.
  var grouping: UInt8?
  /// Words that mean that there is no value.
  var missing: [[UInt8]] = []
}

extension NumberParser {
  /// Reads a number in a style.
  static func parse(_ text: UnsafeBufferPointer<UInt8>, style: NumberStyle) -> (Outcome, Double) {
    let word = text.trimmingSpaces
    if style.missing.contains(where: { $0.elementsEqual(word) }) { return (.empty, .nan) }
    if style.decimal == UInt8(ascii: "."), style.grouping == nil { return parse(text) }
    var plain: [UInt8] = []
    for byte in text where byte != style.grouping {
      if byte == UInt8(ascii: "."), style.decimal != byte { return (.notNumber, .nan) }
      plain.append(byte == style.decimal ? UInt8(ascii: ".") : byte)
    }
    return plain.withUnsafeBufferPointer { parse($0) }
  }
}

/// How times are written.
struct TimeStyle: Sendable, Equatable {
  /// The pattern.
  enum Format: String, Sendable {
    /// ISO 8601, UTC unless an offset follows.
    case iso = "ISO 8601"
  }

  var format: Format
  var zone = ZoneRules.utc

  init(_ format: Format, zone: ZoneRules = .utc) {
    self.format = format
    self.zone = zone
  }

  /// What a text means.
  func parse(_ date: UnsafeBufferPointer<UInt8>, _ timeOfDay: UnsafeBufferPointer<UInt8>?)
    -> TimeOutcome
  {
    let text = String(decoding: date, as: UTF8.self)
    var parsed = TimeParser.parse(date)
    if let timeOfDay {
      parsed = Array((text + " " + String(decoding: timeOfDay, as: UTF8.self)).utf8)
        .withUnsafeBufferPointer { TimeParser.parse($0) }
    }
    guard let wall = parsed else {
      return .bad("'\(text.prefix(40))' is not a date or time like 2024-01-31 or 2024-01-31 09:30:00")
    }
    if date.count == 10 && timeOfDay == nil { return .instant(wall) }
    switch zone.instant(wall: wall) {
    case .once(let instant): return .instant(instant)
    case .twice(let earlier, let later): return .twice(earlier: earlier, later: later)
    case .never: return .never("\(text) was skipped by the clocks of \(zone.name)")
    }
  }
}

/// What a time turned out to be.
enum TimeOutcome: Equatable {
  /// Nanoseconds since 1970, UTC.
  case instant(Int64)
  /// No time in this style.
  case bad(String)
  /// Shown twice by the clocks of the zone.
  case twice(earlier: Int64, later: Int64)
  /// Never shown by the clocks of the zone.
  case never(String)
}
