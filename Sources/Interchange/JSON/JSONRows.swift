import Market

/// The candles of a JSON file as lines of CSV, so that the same recognition and the same rules hold for both.
///
/// A candle stands on the line on which it begins in the file, as long as each has a line of its own.
struct JSONRows {
  /// The text.
  private(set) var text: [UInt8] = []
  /// Whether lines of the text are those of the file; if not, they count candles.
  private(set) var keepsLines = true

  private let bytes: UnsafeBufferPointer<UInt8>
  private var columns: [String] = []
  private var positions: [String: Int] = [:]
  private var cells: [[UInt8]] = []
  // By column, whether the candle has it already.
  private var isTaken: [Bool] = []
  private var hasSymbol = false
  // Line of the text and of the file that comes next, and how far lines of the file are counted.
  private var line = 1
  private var fileLine = 1
  private var counted = 0

  /// Turns candles into lines.
  ///
  /// - Parameter keepsSymbols: whether symbols that stand around the candles become a column.
  init(
    _ bytes: UnsafeBufferPointer<UInt8>, _ tables: JSONTables, keepsSymbols: Bool
  ) throws(JSONScanner.Fault) {
    self.bytes = bytes
    hasSymbol = keepsSymbols && tables.found.contains { $0.symbol != nil }
    var isNamed = false
    for (form, _) in tables.found {
      if case .arrays = form { continue }
      isNamed = true
      try addNames(form)
    }
    if hasSymbol, isNamed, positions["symbol"] == nil { _ = column("symbol") }
    for isSecondTry in [false, true] {
      keepsLines = !isSecondTry
      (line, fileLine, counted) = (1, 1, 0)
      text = []
      if isNamed { put(columns.map { Array($0.utf8) }) }
      for (form, symbol) in tables.found {
        let symbol = hasSymbol ? symbol.map { Array($0.utf8) } ?? [] : nil
        try write(form, symbol)
      }
      if keepsLines { return }
    }
    keepsLines = false
  }

  // MARK: Names

  /// Most columns: a candle has a few keys, and each row has a cell for each.
  private static let columnLimit = 512

  @discardableResult private mutating func column(_ name: String) -> Int {
    if let known = positions[name] { return known }
    positions[name] = columns.count
    columns.append(name)
    return columns.count - 1
  }

  private mutating func addNames(_ form: JSONTables.Form) throws(JSONScanner.Fault) {
    switch form {
    case .arrays: return
    case .columns(let lists, _): for list in lists { column(list.name) }
    case .series(let lists):
      column("time")
      for list in lists { column(list.name) }
    case .keyed(let at):
      column("date")
      var scanner = JSONScanner(bytes, at: at)
      scanner.open()
      var isFirst = true
      while try scanner.more("}", isFirst: isFirst) {
        isFirst = false
        _ = try scanner.key()
        try addKeys(&scanner)
      }
    case .objects(let at, let isLines):
      var elements = Elements(bytes, at: at, isLines: isLines)
      while try elements.next() { try addKeys(&elements.scanner) }
    }
  }

  private mutating func addKeys(_ scanner: inout JSONScanner) throws(JSONScanner.Fault) {
    guard try scanner.kind() == .object else { return try scanner.skip(depth: 2) }
    scanner.open()
    var isFirst = true
    while try scanner.more("}", isFirst: isFirst) {
      isFirst = false
      let key = try scanner.key()
      let kind = try scanner.kind()
      if kind != .object, kind != .array { column(key) }
      if columns.count > Self.columnLimit {
        throw scanner.fault("the candles have more than \(Self.columnLimit) different keys")
      }
      try scanner.skip(depth: 2)
    }
  }

  // MARK: Rows

  private mutating func write(_ form: JSONTables.Form, _ symbol: [UInt8]?) throws(JSONScanner.Fault)
  {
    switch form {
    case .objects(let at, let isLines):
      var elements = Elements(bytes, at: at, isLines: isLines)
      while try elements.next() {
        let start = elements.scanner.at
        clear(symbol)
        try take(&elements.scanner)
        put(from: start)
      }
    case .keyed(let at):
      var scanner = JSONScanner(bytes, at: at)
      scanner.open()
      var isFirst = true
      while try scanner.more("}", isFirst: isFirst) {
        isFirst = false
        let start = scanner.at
        clear(symbol)
        let key = try scanner.key()
        try take(&scanner)
        cells[positions["date"] ?? 0] = Array(key.utf8)
        put(from: start)
      }
    case .arrays(let at, let isLines): try writeArrays(at, isLines, symbol)
    case .columns(let lists, let days): try writeColumns(lists, days, symbol)
    case .series(let lists): try writeSeries(lists, symbol)
    }
  }

  private mutating func clear(_ symbol: [UInt8]?) {
    cells = [[UInt8]](repeating: [], count: columns.count)
    isTaken = [Bool](repeating: false, count: columns.count)
    if let symbol, let position = positions["symbol"] { cells[position] = symbol }
  }

  /// Takes the values of an object that are no lists and objects themselves.
  private mutating func take(_ scanner: inout JSONScanner) throws(JSONScanner.Fault) {
    guard try scanner.kind() == .object else { return try scanner.skip(depth: 2) }
    scanner.open()
    var isFirst = true
    while try scanner.more("}", isFirst: isFirst) {
      isFirst = false
      let start = scanner.at
      let key = try scanner.key()
      let value = try value(&scanner)
      guard let position = positions[key] else { continue }
      if isTaken[position] { throw scanner.fault("the key '\(key)' stands twice in it", at: start) }
      isTaken[position] = true
      cells[position] = value
    }
  }

  /// Takes a scalar; anything else is passed over, with a cell in its place that is no number.
  private func value(_ scanner: inout JSONScanner) throws(JSONScanner.Fault) -> [UInt8] {
    switch try scanner.kind() {
    case .string: return Array(JSONScanner.text(bytes, try scanner.string()).utf8)
    case .number, .word:
      let word = Array(bytes[try scanner.atom()])
      return word == Array("null".utf8) ? [] : word
    case .array:
      try scanner.skip(depth: 2)
      return Array("[…]".utf8)
    case .object:
      try scanner.skip(depth: 2)
      return Array("{…}".utf8)
    }
  }

  private mutating func writeArrays(_ at: Int, _ isLines: Bool, _ symbol: [UInt8]?)
    throws(JSONScanner.Fault)
  {
    var elements = Elements(bytes, at: at, isLines: isLines)
    while try elements.next() {
      let start = elements.scanner.at
      cells = symbol.map { [$0] } ?? []
      if try elements.scanner.kind() == .array {
        elements.scanner.open()
        var isFirst = true
        while try elements.scanner.more("]", isFirst: isFirst) {
          isFirst = false
          cells.append(try value(&elements.scanner))
        }
      } else {
        cells.append(try value(&elements.scanner))
      }
      put(from: start)
    }
  }

  private mutating func writeColumns(
    _ lists: [(name: String, at: Int)], _ days: String?, _ symbol: [UInt8]?
  ) throws(JSONScanner.Fault) {
    var scanners: [(position: Int, elements: Elements)] = []
    for list in lists { scanners.append((column(list.name), Elements(bytes, at: list.at))) }
    let zone = days.flatMap { ZoneRules.named($0) }
    while true {
      clear(symbol)
      let start = scanners[0].elements.scanner.at
      for index in scanners.indices {
        guard try scanners[index].elements.next() else { return }
        cells[scanners[index].position] = try value(&scanners[index].elements.scanner)
      }
      if let zone {
        let position = scanners[0].position
        cells[position] = Self.day(cells[position], zone)
      }
      put(from: start)
    }
  }

  /// The day of an instant on the wall of a zone, as text.
  private static func day(_ cell: [UInt8], _ zone: ZoneRules) -> [UInt8] {
    cell.withUnsafeBufferPointer { cell in
      guard case .instant(let instant) = TimeStyle(.epoch(nil)).parse(cell) else {
        return Array(cell)
      }
      let (day, _) = Timestamp.split(instant + zone.offset(at: instant))
      return Array(CivilDate(daysSinceEpoch: day).description.utf8)
    }
  }

  private mutating func writeSeries(_ lists: [(name: String, at: Int)], _ symbol: [UInt8]?)
    throws(JSONScanner.Fault)
  {
    var rows: [[UInt8]: Int] = [:]
    var times: [[UInt8]] = []
    var starts: [Int] = []
    var values: [[Int: [UInt8]]] = []
    for list in lists {
      let position = column(list.name)
      var elements = Elements(bytes, at: list.at)
      while try elements.next() {
        let start = elements.scanner.at
        let (time, cell) = try pair(&elements)
        let row = rows[time] ?? times.count
        if row == times.count {
          rows[time] = row
          times.append(time)
          starts.append(start)
          values.append([:])
        }
        // A time that a series has twice keeps both, so that the second is found as a duplicate.
        if values[row][position] != nil {
          times.append(time)
          starts.append(start)
          values.append([position: cell])
        } else {
          values[row][position] = cell
        }
      }
    }
    for row in times.indices {
      clear(symbol)
      cells[positions["time"] ?? 0] = times[row]
      for (position, cell) in values[row] { cells[position] = cell }
      put(from: starts[row])
    }
  }

  /// A time and its value, as a list of two or as a member.
  private func pair(_ elements: inout Elements) throws(JSONScanner.Fault) -> ([UInt8], [UInt8]) {
    if elements.isObject {
      let key = try elements.scanner.key()
      return (Array(key.utf8), try value(&elements.scanner))
    }
    guard try elements.scanner.kind() == .array else {
      throw elements.scanner.fault("a list of time and value is expected")
    }
    elements.scanner.open()
    var both: [[UInt8]] = []
    while try elements.scanner.more("]", isFirst: both.isEmpty) {
      both.append(try value(&elements.scanner))
    }
    guard both.count == 2 else {
      throw elements.scanner.fault("a list of time and value is expected")
    }
    return (both[0], both[1])
  }

  // MARK: Lines

  private mutating func put(from start: Int) {
    if keepsLines {
      while counted < start {
        if bytes[counted] == 0x0A { fileLine += 1 }
        counted += 1
      }
      // A header has the first line for itself.
      if fileLine < line { keepsLines = false }
      while line < fileLine {
        text.append(0x0A)
        line += 1
      }
    }
    put(cells)
  }

  private mutating func put(_ cells: [[UInt8]]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      let needsQuotes = cell.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
      if !needsQuotes {
        text += cell
        continue
      }
      text.append(0x22)
      for byte in cell {
        // A line end would move the lines that follow; a symbol must not pass for another without it.
        if byte == 0x0A || byte == 0x0D { text += [0xEF, 0xBF, 0xBD] } else { text.append(byte) }
        if byte == 0x22 { text.append(0x22) }
      }
      text.append(0x22)
    }
    text.append(0x0A)
    line += 1
  }

  /// The elements of a list, the members of an object, or the values of a file with one a line.
  private struct Elements {
    var scanner: JSONScanner
    let isObject: Bool
    private let isLines: Bool
    private var isFirst = true

    /// - Parameter isLines: whether values follow each other up to the end of the file.
    init(_ bytes: UnsafeBufferPointer<UInt8>, at: Int, isLines: Bool = false) {
      scanner = JSONScanner(bytes)
      scanner.at = at
      self.isLines = isLines
      isObject = !isLines && scanner.next == UInt8(ascii: "{")
      if !isLines { scanner.open() }
    }

    /// Moves to the next one; false if there is none.
    mutating func next() throws(JSONScanner.Fault) -> Bool {
      if isLines {
        scanner.skipSpaces()
        return scanner.at < scanner.bytes.count
      }
      defer { isFirst = false }
      return try scanner.more(isObject ? "}" : "]", isFirst: isFirst)
    }
  }
}
