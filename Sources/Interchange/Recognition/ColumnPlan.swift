/// What the columns of a file hold: first as the options say, then by their names, then by their cells.
struct ColumnPlan {
  private(set) var names: [String]
  var roles: [Dialect.Role]
  var layout = Dialect.Layout.long
  var reasons: [String]
  var notes: [String] = []
  var time: TimeSniffer.Columns?
  private(set) var lean: LEANShape?
  let symbol: String?

  let form: HeaderSniffer
  let path: String
  let options: ImportOptions
  private(set) var canonical: [String] = []
  var taken: [Bool]
  var meanings: Set<String> = []
  let symbolInRow: Bool
  // Kinds of cells of some rows, by column.
  private var kinds: [[CellKind]] = []

  // A field is a block of the store; more columns than this are no fields.
  static let fieldLimit = 2048
  static let prices = ["open", "high", "low", "close", "volume"]

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

  func role(_ meaning: String) -> Dialect.Role {
    switch meaning {
    case "time", "date", "timestamp": .time
    case "symbol": .symbol
    case "name": .name
    default: .field(ColumnName.field(meaning))
    }
  }

  // MARK: Time

  func isMostly(_ column: Int, _ kind: CellKind) -> Bool {
    let filled = kinds[column].count { $0 != .empty }
    return filled > 0 && kinds[column].count { $0 == kind } * 2 > filled
  }
}
