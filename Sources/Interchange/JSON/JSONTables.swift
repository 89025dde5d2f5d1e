/// Where the candles of a JSON file are, and in what form.
struct JSONTables {
  /// One run of candles.
  enum Form {
    /// A list of objects, or lines of them, each a row.
    case objects(at: Int, isLines: Bool)
    /// A list of lists, or lines of them, each a row without names.
    case arrays(at: Int, isLines: Bool)
    /// An object with a time as key and a row as value.
    case keyed(at: Int)
    /// Lists of equal length, one a column.
    case columns([(name: String, at: Int)], days: String?)
    /// Values by time, one list of pairs or one object a column.
    case series([(name: String, at: Int)])
  }

  /// The runs, in the order of the file, with the symbols that stand around them.
  private(set) var found: [(form: Form, symbol: String?)] = []

  private let bytes: UnsafeBufferPointer<UInt8>

  init(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONScanner.Fault) {
    self.bytes = bytes
    var scanner = JSONScanner(bytes)
    scanner.skipSpaces()
    let start = scanner.at
    let root = try JSONOutline.read(&scanner)
    scanner.skipSpaces()
    if scanner.at < bytes.count {
      // A value a line, each checked.
      while scanner.at < bytes.count {
        try scanner.skip(depth: 0)
        scanner.skipSpaces()
      }
      if case .object(_, let members) = root, Self.isRow(members) {
        found = [(.objects(at: start, isLines: true), nil)]
      } else if root.scalarCount != nil {
        found = [(.arrays(at: start, isLines: true), nil)]
      }
      return
    }
    try find(root, symbol: nil)
  }

  // MARK: Search

  private mutating func find(_ outline: JSONOutline, symbol: String?) throws(JSONScanner.Fault) {
    switch outline {
    case .scalar: return
    case .array(let at, _, let first):
      switch first {
      case .object(_, let members)?:
        if Self.isRow(members) {
          found.append((.objects(at: at, isLines: false), symbol))
        } else {
          try findInElements(at, symbol)
        }
      case .array?:
        if first?.scalarCount != nil { found.append((.arrays(at: at, isLines: false), symbol)) }
      case .scalar?, nil: return
      }
    case .object(let at, let members):
      let symbol = self.symbol(members) ?? symbol
      if let columns = try columns(members) {
        found.append((columns, symbol))
      } else if Self.isKeyed(members, byRows: true) {
        found.append((.keyed(at: at), symbol))
      } else if let series = Self.series(members) {
        found.append((.series(series), symbol))
      } else if Self.isKeyed(members, byRows: false) {
        found.append((.series([("close", at)]), symbol))
      } else {
        for (key, value) in members where !value.isScalar {
          try find(value, symbol: Self.isGeneric(key) ? symbol : key)
        }
      }
    }
  }

  private mutating func findInElements(_ at: Int, _ symbol: String?) throws(JSONScanner.Fault) {
    var scanner = JSONScanner(bytes, at: at)
    scanner.open()
    var isFirst = true
    while try scanner.more("]", isFirst: isFirst) {
      isFirst = false
      try find(try JSONOutline.read(&scanner), symbol: symbol)
    }
  }

  /// Whether an object names a time of its own.
  private static func isRow(_ members: [(key: String, value: JSONOutline)]) -> Bool {
    let names = members.filter { $0.value.isScalar }.map { ColumnName.canonical($0.key) }
    let letters = ColumnAliases.hasLetters(names)
    return names.contains { ColumnAliases.meaning(of: $0, withLetters: letters) == "time" }
  }

  /// Lists of scalars of one length, one of them times.
  private func columns(_ members: [(key: String, value: JSONOutline)]) throws(JSONScanner.Fault)
    -> Form?
  {
    let names = members.map { ColumnName.canonical($0.key) }
    let letters = ColumnAliases.hasLetters(names)
    guard
      let time = members.indices.first(where: {
        ColumnAliases.meaning(of: names[$0], withLetters: letters) == "time"
          && members[$0].value.scalarCount != nil
      }), case .array(let timeAt, let count, _) = members[time].value
    else { return nil }
    var all = members
    // Yahoo keeps its columns two levels further down.
    for (_, lists) in members.first(where: { $0.key == "indicators" })?.value.members ?? [] {
      if case .array(_, _, let first?) = lists { all += first.members }
    }
    var columns = [(name: members[time].key, at: timeAt)]
    for (key, value) in all where key != members[time].key {
      guard let length = value.scalarCount, case .array(let at, _, _) = value else { continue }
      if length != count {
        throw JSONScanner.Fault(
          at: at, reason: "'\(key)' has \(length) values, and '\(members[time].key)' has \(count)")
      }
      columns.append((key, at))
    }
    guard columns.count > 1 else { return nil }
    return .columns(columns, days: days(members))
  }

  /// The zone whose days daily bars are of, where the file tells both.
  private func days(_ members: [(key: String, value: JSONOutline)]) -> String? {
    guard let meta = members.first(where: { $0.key == "meta" })?.value,
      case .scalar(let length, true)? = meta["dataGranularity"],
      ["1d", "5d", "1wk", "1mo", "3mo"].contains(JSONScanner.text(bytes, length)),
      case .scalar(let zone, true)? = meta["exchangeTimezoneName"]
    else { return nil }
    return JSONScanner.text(bytes, zone)
  }

  private static func isTime(_ key: String) -> Bool {
    Array(key.utf8).withUnsafeBufferPointer { text in
      if CellKind.isTime(text) { return true }
      var cursor = ByteCursor(text)
      return text.count >= 9 && EpochUnit.wallTime(&cursor, nil) != nil
    }
  }

  /// Whether the keys are times, and the values rows or else single values.
  private static func isKeyed(_ members: [(key: String, value: JSONOutline)], byRows: Bool) -> Bool
  {
    guard let first = members.first, isTime(first.key) else { return false }
    return byRows ? first.value.members.contains { $0.value.isScalar } : first.value.isScalar
  }

  /// Members that are each values by time.
  private static func series(_ members: [(key: String, value: JSONOutline)]) -> [(
    name: String, at: Int
  )]? {
    let found = members.compactMap { key, value -> (name: String, at: Int)? in
      switch value {
      case .array(let at, _, let first?) where first.scalarCount == 2: (key, at)
      case .object(let at, let members) where isKeyed(members, byRows: false): (key, at)
      default: nil
      }
    }
    let isKnown = found.contains {
      ColumnAliases.meaning(of: ColumnName.canonical($0.name), withLetters: false) == "close"
    }
    return isKnown ? found : nil
  }

  // MARK: Symbols

  /// The symbol that an object names, itself or in what it tells about itself.
  private func symbol(_ members: [(key: String, value: JSONOutline)]) -> String? {
    for (key, value) in members {
      let name = ColumnName.canonical(key)
      if ["symbol", "ticker", "2_symbol", "instrument", "pair"].contains(name),
        case .scalar(let text, true) = value, !text.isEmpty
      {
        return JSONScanner.text(bytes, text)
      }
      if name == "meta" || name == "meta_data", let found = symbol(value.members) { return found }
    }
    return nil
  }

  private static let generic: Set<String> = [
    "result", "results", "data", "bars", "candles", "candlesticks", "values", "value", "series",
    "chart", "quotes", "quote", "historical", "history", "items", "records", "rows", "klines",
    "prices", "payload", "response", "ohlc", "ohlcv", "list", "market_data", "output", "content",
  ]

  private static func isGeneric(_ key: String) -> Bool {
    let name = ColumnName.canonical(key)
    return generic.contains(name) || name.contains("time_series") || name.contains("adjusted")
      || name.contains("indicators")
  }
}
