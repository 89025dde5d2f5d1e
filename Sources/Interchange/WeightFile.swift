import Kernels

/// Portfolios as somebody's optimiser writes them.
///
/// Either a row for each portfolio and symbol, `portfolio,symbol,weight`, or a row for each portfolio and a column for each
/// symbol, `portfolio,AAPL,MSFT,…`. Without a column `portfolio` the first form is one portfolio, and rows of the second are
/// numbered from 1, unless the first column has no name: then it is that of the portfolios. An empty cell is no weight. JSON has the same forms: an object of objects by portfolio, or a list of rows.
public struct WeightFile: Sendable, Equatable {
  /// Names of the portfolios, in the order of the file.
  public private(set) var portfolios: [String] = []
  /// Symbols, in the order of the file.
  public private(set) var symbols: [String] = []
  /// `[P, N]` row-major, NaN where there is no weight.
  public private(set) var values: [Double] = []

  private(set) var places: [String: Int] = [:]
  private var columns: [String: Int] = [:]
  var cells: [(portfolio: Int, symbol: Int, weight: Double)] = []

  /// Cells that were taken, to tell those that stand twice.
  var known: Set<Int> = []

  /// Most portfolios times symbols of a file.
  static let sizeLimit = 1 << 28

  /// Reads a file, plain or gzip.
  public static func read(_ path: String) throws(ImportError) -> WeightFile {
    let source = HeadSource(try ByteSources.open(path, options: ImportOptions()))
    if try source.isJSON { return try readJSON(source, path) }
    var reader = RecordReader(source, path: path)
    guard try reader.next() else { throw .empty(path: path) }
    var header: [String] = []
    for index in 0..<reader.count {
      guard let name = reader.validText(index) else { throw .headerNotUTF8(path: path) }
      header.append(name.trimmingSpaces)
    }
    var file = WeightFile()
    let names = header.map(ColumnName.canonical)
    let portfolio = names.firstIndex { $0 == "portfolio" || $0 == "name" }
    if let symbol = names.firstIndex(where: { $0 == "symbol" || $0 == "ticker" }) {
      guard let weight = names.firstIndex(of: "weight") else {
        throw .columnMissing(
          path: path, column: "weight", found: header,
          nearest: ColumnName.nearest("weight", in: header))
      }
      try file.readLong(&reader, path, header, portfolio, symbol, weight)
    } else {
      // pandas writes an index without a name.
      let isIndexed = portfolio == nil && header.first == ""
      if isIndexed { header[0] = "portfolio" }
      try file.readWide(&reader, path, header, isIndexed ? 0 : portfolio)
    }
    if file.cells.isEmpty { throw .nothingToImport(path: path) }
    file.settle()
    return file
  }

  private mutating func readLong(
    _ reader: inout RecordReader, _ path: String, _ header: [String], _ portfolio: Int?,
    _ symbol: Int, _ weight: Int
  ) throws(ImportError) {
    while try reader.next() {
      try check(reader, path, header)
      let name = portfolio.map { reader.text($0).trimmingSpaces } ?? "portfolio"
      let ticker = reader.text(symbol).trimmingSpaces
      guard !ticker.isEmpty, !name.isEmpty else {
        throw .badSymbolRow(
          path: path, line: reader.line, column: header[ticker.isEmpty ? symbol : portfolio ?? 0],
          reason: "it is empty")
      }
      let (row, column) = (place(of: name), self.column(of: ticker))
      guard known.insert(row * Self.sizeLimit + column).inserted else {
        throw .badSymbolRow(
          path: path, line: reader.line, column: header[symbol],
          reason: "\(ticker) has a weight in \(name) already")
      }
      try take(reader, weight, row, column, path, header)
    }
  }

  private mutating func readWide(
    _ reader: inout RecordReader, _ path: String, _ header: [String], _ portfolio: Int?
  ) throws(ImportError) {
    for (index, name) in header.enumerated() where index != portfolio {
      guard !name.isEmpty, columns[name] == nil else {
        throw .badSymbolRow(
          path: path, line: 1, column: name.isEmpty ? "column \(index + 1)" : name,
          reason: name.isEmpty ? "it has no name" : "it stands there already")
      }
      _ = column(of: name)
    }
    while try reader.next() {
      try check(reader, path, header)
      let name = portfolio.map { reader.text($0).trimmingSpaces } ?? "\(portfolios.count + 1)"
      guard !name.isEmpty, places[name] == nil else {
        throw .badSymbolRow(
          path: path, line: reader.line, column: header[portfolio ?? 0],
          reason: name.isEmpty ? "it is empty" : "\(name) stands there already")
      }
      let row = place(of: name)
      for (index, symbol) in header.enumerated() where index != portfolio {
        try take(reader, index, row, column(of: symbol), path, header)
      }
    }
  }

  private func check(_ reader: borrowing RecordReader, _ path: String, _ header: [String])
    throws(ImportError)
  {
    guard reader.count != header.count else { return }
    throw .badSymbolRow(
      path: path, line: reader.line, column: header[0],
      reason: "\(reader.count) fields, where the header has \(header.count)")
  }

  private mutating func take(
    _ reader: borrowing RecordReader, _ index: Int, _ row: Int, _ column: Int, _ path: String,
    _ header: [String]
  ) throws(ImportError) {
    let (outcome, value) = NumberParser.parse(reader[index])
    switch outcome {
    case .empty: return
    case .number where value.isFinite: cells.append((row, column, value))
    default:
      throw .badSymbolRow(
        path: path, line: reader.line, column: header[index],
        reason: "'\(reader.text(index).prefix(40))' is not a weight")
    }
    try checkSize()
  }

  func checkSize() throws(ImportError) {
    guard portfolios.count * symbols.count <= Self.sizeLimit else {
      throw .tooLarge(
        bars: portfolios.count, symbols: symbols.count, fields: 1,
        bytes: portfolios.count * symbols.count * 8, limit: Self.sizeLimit * 8)
    }
  }

  mutating func place(of portfolio: String) -> Int {
    if let place = places[portfolio] { return place }
    places[portfolio] = portfolios.count
    portfolios.append(portfolio)
    return portfolios.count - 1
  }

  mutating func column(of symbol: String) -> Int {
    if let column = columns[symbol] { return column }
    columns[symbol] = symbols.count
    symbols.append(symbol)
    return symbols.count - 1
  }

  mutating func settle() {
    values = Array(repeating: .nan, count: portfolios.count * symbols.count)
    for cell in cells { values[cell.portfolio * symbols.count + cell.symbol] = cell.weight }
    (cells, places, columns, known) = ([], [:], [:], [])
  }

  /// Equal in what it says.
  public static func == (a: Self, b: Self) -> Bool {
    a.portfolios == b.portfolios && a.symbols == b.symbols
      && a.values.map(\.bitPattern) == b.values.map(\.bitPattern)
  }
}
