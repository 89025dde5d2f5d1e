import Kernels

/// How one CSV file is laid out, as recognised from its header and the options.
struct Dialect: Sendable, Equatable {
  /// What a column holds.
  enum Role: Sendable, Equatable {
    /// Start of the bar.
    case time
    /// Symbol of the row.
    case symbol
    /// Name of the firm or coin, for the symbol table.
    case name
    /// A field that must be a number: a price, volume, or one that the options name.
    case field(String)
    /// A field if its cells turn out to be numbers, else text to pass over.
    case extra(String)
    /// Not imported.
    case ignored
  }

  /// How times are written.
  enum TimeFormat: String, Sendable {
    /// ISO 8601, UTC unless an offset follows.
    case iso = "ISO 8601"
  }

  /// Byte between fields.
  var delimiter = UInt8(ascii: ",")
  /// How times are written.
  var timeFormat = TimeFormat.iso
  /// Names as they stand in the header.
  var header: [String]
  /// What each column holds.
  var roles: [Role]

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
    return (["'\(delimiter)' between fields", "\(timeFormat.rawValue) times"] + columns)
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

  /// The candidate that was probably meant by a name, if any is near; written differently, they are equal.
  static func nearest(_ name: String, in candidates: [String]) -> String? {
    let nearest = nearestName(to: canonical(name), among: candidates.map(canonical))
    return nearest.flatMap { found in candidates.first { canonical($0) == found } }
  }
}
