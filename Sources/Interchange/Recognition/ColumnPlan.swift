/// What the columns of a file hold: first as the options say, then by their names, then by their cells.
struct ColumnPlan {
  private(set) var names: [String]
  private(set) var roles: [Dialect.Role]
  private(set) var layout = Dialect.Layout.long
  private(set) var reasons: [String]
  private(set) var notes: [String] = []
  private(set) var time: TimeSniffer.Columns?
  private(set) var lean: LEANShape?
  private(set) var symbol: String?

  private let form: HeaderSniffer
  private let path: String
  private let options: ImportOptions
  private var canonical: [String] = []
  private var taken: [Bool]
  private var meanings: Set<String> = []
  private let symbolInRow: Bool
  // Kinds of cells of some rows, by column.
  private var kinds: [[CellKind]] = []

  // A field is a block of the store; more columns than this are no fields.
  private static let fieldLimit = 2048
  private static let prices = ["open", "high", "low", "close", "volume"]

  init(_ form: HeaderSniffer, path: String, options: ImportOptions) {
    self.form = form
    self.path = path
    self.options = options
    names = form.names
    symbol = form.symbol
    symbolInRow = options.symbol == .column && form.symbol == nil
    roles = names.map { _ in .ignored }
    reasons = names.map { _ in "" }
    taken = names.map { _ in false }
  }

  /// Columns whose cells are numbers.
  var numberColumns: [Int] {
    roles.indices.filter { index in
      switch roles[index] {
      case .field, .extra, .symbolColumn: true
      default: false
      }
    }
  }

  /// Gives each column its role.
  mutating func assign() throws(ImportError) {
    let rows = form.rows.prefix(50).map { form.table.records[$0] }
    kinds = names.indices.map { column in
      rows.filter { column < $0.count }.map { form.table.with($0, column) { CellKind($0) } }
    }
    try nameColumns()
    canonical = names.map(ColumnName.canonical)
    try takeOptions()
    takeTime()
    let isWide = try takeWide()
    if !isWide {
      try takeAliases()
      try checkNeeds()
      try takeExtras()
    }
    settleTime()
  }

  // MARK: Names

  private mutating func nameColumns() throws(ImportError) {
    guard form.header == nil, form.isPlainHeader else { return }
    let hasPositions = options.columns.keys.contains { Int($0) != nil }
    if hasPositions { return }
    guard let shape = HeadlessShape.names(form.table, rows: form.rows, path: path) else {
      let first = form.table.strings(
        form.table.records[min(form.firstRow, form.table.records.count - 1)])
      throw .headerMissing(path: path, found: String(first.joined(separator: ",").prefix(80)))
    }
    names = shape.names
    lean = shape.lean
    notes.append(shape.note)
  }

  private mutating func takeOptions() throws(ImportError) {
    for (key, column) in options.columns.sorted(by: { $0.key < $1.key }) {
      let isPosition = Int(key) != nil
      let meaning = ColumnName.canonical(isPosition ? column : key)
      let value = "\(key)=\(column)"
      if meaning.isEmpty || meaning == "symbol" && options.symbol != .column {
        throw .badOption(
          option: "--columns", value: value,
          reason: meaning.isEmpty
            ? "names no field" : "contradicts the option that gives the symbol")
      }
      let index = try position(isPosition ? key : column, isPosition)
      guard !taken[index], meaning == "ignore" || meanings.insert(meaning).inserted else {
        throw .badOption(option: "--columns", value: value, reason: "names a column or field twice")
      }
      taken[index] = true
      if isPosition, form.header == nil { names[index] = meaning }
      switch meaning {
      case "ignore": reasons[index] = "as --columns says"
      case "time_of_day": roles[index] = .timeOfDay
      default: roles[index] = role(meaning)
      }
    }
    // Without a header, columns that nobody named are not known.
    if form.header == nil, form.isPlainHeader,
      options.columns.keys.contains(where: { Int($0) != nil })
    {
      for index in names.indices where !taken[index] {
        taken[index] = true
        reasons[index] = "not named by --columns"
      }
    }
  }

  private func position(_ column: String, _ isPosition: Bool) throws(ImportError) -> Int {
    let byName =
      names.firstIndex(of: column) ?? canonical.firstIndex(of: ColumnName.canonical(column))
    if !isPosition, let byName { return byName }
    if let number = Int(column) {
      guard names.indices.contains(number - 1) else {
        throw .badOption(
          option: "--columns", value: column,
          reason: "is no position; \(path) has columns 1 to \(names.count)")
      }
      return number - 1
    }
    throw .columnNotThere(
      path: path, column: column, found: names, nearest: ColumnName.nearest(column, in: names))
  }

  private func role(_ meaning: String) -> Dialect.Role {
    switch meaning {
    case "time", "date", "timestamp": .time
    case "symbol": .symbol
    case "name": .name
    default: .field(ColumnName.field(meaning))
    }
  }

  // MARK: Time

  private func isMostly(_ column: Int, _ kind: CellKind) -> Bool {
    let filled = kinds[column].count { $0 != .empty }
    return filled > 0 && kinds[column].count { $0 == kind } * 2 > filled
  }

  /// Columns that by name hold times, best first.
  private var timeColumns: [Int] {
    let letters = ColumnAliases.hasLetters(canonical)
    let ranked = ColumnAliases.all[0].names
    return canonical.indices.filter { index in
      !taken[index] && !canonical[index].isEmpty
        && ColumnAliases.meaning(of: canonical[index], withLetters: letters) == "time"
    }.sorted { left, right in
      let rank = [left, right].map { ranked.firstIndex(of: canonical[$0]) ?? ranked.count }
      return (rank[0], left) < (rank[1], right)
    }
  }

  private mutating func takeTime() {
    if let given = roles.firstIndex(of: .time) {
      meanings.insert("time")
      var columns = TimeSniffer.Columns(date: given, timeOfDay: nil, name: names[given])
      columns.timeOfDay = roles.firstIndex(of: .timeOfDay) ?? clockColumn(for: given)
      take(columns)
      return
    }
    let named = timeColumns
    let clocks = canonical.indices.filter { !taken[$0] && isClock($0) }
    if let date = named.first(where: { !clocks.contains($0) }) {
      take(.init(date: date, timeOfDay: clockColumn(for: date), name: names[date]))
    } else if named.isEmpty, let date = onlyDates() {
      notes.append("times are in column \(date + 1), '\(names[date])', the only one of dates")
      take(.init(date: date, timeOfDay: clockColumn(for: date), name: names[date]))
    } else if let date = named.first {
      take(.init(date: date, timeOfDay: nil, name: names[date]))
    }
  }

  private func onlyDates() -> Int? {
    let found = canonical.indices.filter { !taken[$0] && isMostly($0, .time) }
    if found.count == 1 { return found[0] }
    // Statistics packages leave the name of the index out.
    return found.isEmpty && canonical.first == "" && !taken[0] && isNumericTime(0) ? 0 : nil
  }

  /// Whether all cells are digits of a date or a month, or counts since 1970.
  private func isNumericTime(_ column: Int) -> Bool {
    let formats: [TimeFormat] = [.iso, .epoch(nil)]
    let months = try? TimePattern("%Y%m")
    return form.rows.prefix(40).allSatisfy { row in
      form.table.with(form.table.records[row], column) { bytes in
        formats.contains { $0.wallTime(bytes) != nil } || months?.wallTime(bytes, nil) != nil
      }
    }
  }

  private static let clockNames: Set<String> = [
    "time", "minute", "hour", "time_of_day", "timeofday", "clock", "zeit", "uhrzeit", "heure",
    "hora",
  ]

  /// Whether the cells of a column are times of day, and its name or a colon in each says so.
  private func isClock(_ column: Int) -> Bool {
    let isNamed = Self.clockNames.contains(canonical[column])
    return isClockCells(column, withColon: !isNamed)
  }

  private func isClockCells(_ column: Int, withColon: Bool) -> Bool {
    var seen = 0
    for row in form.rows.prefix(50) {
      let record = form.table.records[row]
      let isClock: Bool? = form.table.with(record, column) { bytes in
        if bytes.isEmpty { return nil }
        guard bytes.count <= 16, var wall = WallTime(year: 2000, month: 1, day: 1) else {
          return false
        }
        if withColon, !bytes.contains(UInt8(ascii: ":")) { return false }
        var cursor = ByteCursor(bytes)
        return DateText.timeOfDay(&cursor, &wall)
      }
      if isClock == false { return false }
      if isClock == true { seen += 1 }
    }
    return seen > 0
  }

  /// The time of day that goes with a column of dates alone.
  private func clockColumn(for date: Int) -> Int? {
    guard let found = canonical.indices.first(where: { $0 != date && !taken[$0] && isClock($0) })
    else { return nil }
    let formats: [TimeFormat] = [.iso, .dayFirst, .monthFirst, .monthName]
    let hasDates = form.rows.prefix(20).contains { row in
      form.table.with(form.table.records[row], date) { bytes in
        formats.contains { format in format.wallTime(bytes).map { $0.time == nil } ?? false }
      }
    }
    return hasDates || options.dateFormat != nil ? found : nil
  }

  private mutating func take(_ columns: TimeSniffer.Columns) {
    time = columns
    taken[columns.date] = true
    roles[columns.date] = .time
    meanings.insert("time")
    if let clock = columns.timeOfDay {
      taken[clock] = true
      roles[clock] = .timeOfDay
    }
  }

  /// Other columns of times are passed over, as one row has one time.
  private mutating func settleTime() {
    for index in roles.indices where roles[index] == .ignored && reasons[index].isEmpty {
      reasons[index] = canonical[index].isEmpty ? "it has no name" : "its cells are text"
    }
  }

  // MARK: Wide

  /// Takes a column a symbol, where there is neither a symbol nor a price by name.
  private mutating func takeWide() throws(ImportError) -> Bool {
    guard symbolInRow, time != nil, !meanings.contains("symbol"), !meanings.contains("close")
    else { return false }
    if let symbols = form.symbolsOfColumns {
      takeFieldOfSymbols(symbols)
      return true
    }
    let letters = ColumnAliases.hasLetters(canonical)
    let known = canonical.indices.filter { !taken[$0] }.compactMap {
      ColumnAliases.meaning(of: canonical[$0], withLetters: letters)
    }
    if known.contains("symbol") || canonical.contains(where: Self.isQuote) { return false }
    if options.field == nil,
      !meanings.isDisjoint(with: Self.prices) || !Set(known).isDisjoint(with: Self.prices)
    {
      return false
    }
    let columns = names.indices.filter { index in
      !taken[index] && !names[index].isEmpty && !isArtefact(index) && !isMostly(index, .text)
        && !isMostly(index, .time)
    }
    guard !columns.isEmpty else { return false }
    let field = ColumnName.field(ColumnName.canonical(options.field ?? "close"))
    try refuseNegative(columns, field)
    layout = .wide(field: field)
    for index in columns {
      roles[index] = .symbolColumn(names[index])
      taken[index] = true
    }
    notes.append(
      "there is no column of symbols, so each of the \(columns.count) columns is taken as the \(field) of a symbol"
    )
    return true
  }

  /// Whether a name is that of a bid or an ask, of which a symbol has both.
  private static func isQuote(_ name: String) -> Bool {
    ["bid", "ask"].contains { name == $0 || name.hasPrefix($0 + "_") }
  }

  /// Refuses closes below zero: returns and factors come in the same form, and are fields or of another name.
  private func refuseNegative(_ columns: [Int], _ field: String) throws(ImportError) {
    guard options.field == nil, Self.prices.contains(field), !options.allowsNegativePrices
    else { return }
    for column in columns {
      var filled = 0
      var negative: [String] = []
      for row in form.rows.prefix(200) {
        let record = form.table.records[row]
        let text = form.table.string(record, column)
        if text.isEmpty || options.missing.contains(text) { continue }
        filled += 1
        if text.hasPrefix("-"), text.count > 1 { negative.append(text) }
      }
      if negative.count * 10 >= filled, let first = negative.first {
        throw .wideUnclear(path: path, column: names[column], found: first, field: field)
      }
    }
  }

  /// Takes one field of the symbols above the header.
  private mutating func takeFieldOfSymbols(_ symbols: [String]) {
    let field = ColumnName.canonical(options.field ?? "close")
    layout = .wide(field: ColumnName.field(field))
    for index in names.indices where !taken[index] {
      let meaning =
        ColumnAliases.meaning(of: canonical[index], withLetters: false) ?? canonical[index]
      if meaning == field, index < symbols.count, !symbols[index].isEmpty {
        roles[index] = .symbolColumn(symbols[index])
      } else {
        reasons[index] = "the field is \(field); ask for another with --field"
      }
      taken[index] = true
    }
  }

  /// The numbers of rows that table programs write in front.
  private func isArtefact(_ index: Int) -> Bool {
    canonical[index].hasPrefix("unnamed_") || canonical[index] == "per"
      || canonical[index] == "index"
  }

  // MARK: Aliases

  private mutating func takeAliases() throws(ImportError) {
    let letters = ColumnAliases.hasLetters(canonical)
    for (meaning, aliases) in ColumnAliases.all
    where !meanings.contains(meaning) && meaning != "time" {
      if meaning == "symbol", !symbolInRow { continue }
      let names =
        aliases
        + (letters ? ColumnAliases.letters.filter { $0.meaning == meaning }.map(\.name) : [])
      var alias = names.first { name in
        canonical.indices.contains { !taken[$0] && canonical[$0] == name }
      }
      if meaning == "volume", alias == nil || alias == "volume_usd" {
        alias = coinVolume() ?? alias
      }
      guard let alias else { continue }
      let found = canonical.indices.filter { !taken[$0] && canonical[$0] == alias }
      if found.count > 1 { throw .columnRepeated(path: path, column: self.names[found[1]]) }
      taken[found[0]] = true
      meanings.insert(meaning)
      roles[found[0]] = role(meaning)
    }
  }

  /// The volume in coins where a file has it in coins and in money, as `Volume BTC` and `Volume USDT`.
  private func coinVolume() -> String? {
    let money = ["usd", "usdt", "usdc", "busd", "eur", "quote", "from", "to"]
    return canonical.indices.first { index in
      !taken[index] && canonical[index].hasPrefix("volume_")
        && !money.contains(String(canonical[index].dropFirst(7)))
        && isMostly(index, .number)
    }.map { canonical[$0] }
  }

  private func checkNeeds() throws(ImportError) {
    let hasPrices = !meanings.isDisjoint(with: Self.prices)
    for needed in ["time", "symbol", "close"] where !meanings.contains(needed) {
      if needed == "symbol", !symbolInRow { continue }
      // Quotes, factors and the like have fields of their own, and no close.
      if needed == "close", !hasPrices, misspeltClose == nil,
        names.indices.contains(where: { isFree($0) })
      {
        continue
      }
      let nearest = ColumnAliases.all.first { $0.meaning == needed }?.names
        .compactMap { ColumnName.nearest($0, in: names) }.first
      throw .columnMissing(path: path, column: needed, found: names, nearest: nearest)
    }
  }

  /// A column that is probably meant to be the close: all of its letters, or but one.
  private var misspeltClose: String? {
    names.indices.filter { !taken[$0] && isFree($0) }.map { names[$0] }.first { name in
      let letters = ColumnName.canonical(name)
      return letters.sorted() == "close".sorted() || ["clos", "closee", "cloce"].contains(letters)
    }
  }

  /// Whether a column that nothing claims may hold numbers, or was named by the options as a field.
  private func isFree(_ index: Int) -> Bool {
    if case .field = roles[index] { return true }
    return !taken[index] && !names[index].isEmpty && !isArtefact(index) && !isMostly(index, .text)
      && !isMostly(index, .time)
  }

  // MARK: Extras

  private mutating func takeExtras() throws(ImportError) {
    var fields: Set<String> = []
    for role in roles { if case .field(let name) = role { fields.insert(name) } }
    var nameTaken = meanings.contains("name")
    let timeNames = ColumnAliases.all[0].names
    for index in roles.indices where !taken[index] && !canonical[index].isEmpty {
      let name = canonical[index]
      if name == "symbol" || name == "ticker" || name == "s" && symbolInRow {
        reasons[index] = symbolInRow ? "another column is the symbol" : "an option gives the symbol"
      } else if name == "name" {
        if nameTaken { reasons[index] = "another column is the name" } else { roles[index] = .name }
        nameTaken = true
      } else if name == "ignore" {
        reasons[index] = "its name says so"
      } else if isArtefact(index) {
        reasons[index] = name == "per" ? "it is the period" : "it numbers the rows"
      } else if timeNames.contains(name) || isMostly(index, .time) || isEpoch(index) {
        reasons[index] = "'\(time?.name ?? "")' is the time"
      } else if isMostly(index, .text) {
        reasons[index] = "its cells are text"
      } else {
        let field = ColumnName.field(name)
        guard fields.insert(field).inserted else {
          throw .columnRepeated(path: path, column: names[index])
        }
        guard fields.count <= Self.fieldLimit else {
          throw .tooManyFields(path: path, columns: names.count, limit: Self.fieldLimit)
        }
        roles[index] = .extra(field)
      }
    }
  }

  /// Whether a column named for a time holds counts since 1970.
  private func isEpoch(_ index: Int) -> Bool {
    guard canonical[index].hasSuffix("time") || canonical[index].hasPrefix("time") else {
      return false
    }
    return form.rows.prefix(20).allSatisfy { row in
      form.table.with(form.table.records[row], index) { bytes in
        var cursor = ByteCursor(bytes)
        return bytes.isEmpty || EpochUnit.wallTime(&cursor, nil) != nil
      }
    }
  }
}
