import CShims
import Glibc

/// Turns blocks of text into columns: one for each worker, for all its blocks.
struct BlockParser: ~Copyable {
  /// Longest symbol, in bytes.
  static let symbolLimit = 256
  /// Longest time, in bytes.
  static let timeLimit = 128

  let numbers = RowNumbers()
  private var symbols = ByteInterner()
  // Times by their text, of files that write them alike; earlier ones keep their numbers.
  private var times = ByteInterner()
  private var timeStyle: (style: TimeStyle, isSplit: Bool)?
  private var timeOffset = 0
  private var breaks: UnsafeMutablePointer<Int32>
  private var breaksCapacity = 0
  private var record = SplitRecord()
  private var memory = RowMemory(size: 0)
  // One row, with a missing value behind the last.
  private var row: UnsafeMutablePointer<Double>
  private var rowCapacity = 16
  private let key: UnsafeMutablePointer<UInt8>
  // Of a wide file, the number of each column's symbol.
  private var wideSymbols: [UInt32] = []
  private var fixedSymbol: UInt32 = 0
  private var plan: RowPlan?
  // By symbol: the block in which a name was last noted.
  private var named: [Int] = []
  private var blockCount = 0

  init() {
    breaks = .allocate(capacity: 1)
    row = .allocate(capacity: rowCapacity)
    key = .allocate(capacity: Self.timeLimit + 16)
    key.initialize(repeating: 0, count: Self.timeLimit + 16)
  }

  deinit {
    breaks.deallocate()
    row.deallocate()
    key.deallocate()
  }

  /// Gives the numbers of symbols and times their meanings, for those who read the blocks.
  mutating func finish() {
    numbers.symbols = (0..<symbols.count).map { String(decoding: symbols[$0], as: UTF8.self) }
  }

  // MARK: Blocks

  /// What a block was to its file.
  private struct Context: ~Copyable {
    let plan: RowPlan
    let text: UnsafePointer<UInt8>
    let block: RowBlock
    let keepsBadRows: Bool
    // The record at hand: where it stands in the text, and its line.
    var start = 0
    var end = 0
    var line = 0
    // Its cells: text, and the position behind each one.
    var cells: UnsafePointer<UInt8>
    var ends: UnsafePointer<Int32>

    @inline(__always) func start(_ column: Int) -> Int { Int(ends[column - 1]) + 1 }
    @inline(__always) func cell(_ column: Int) -> UnsafeBufferPointer<UInt8> {
      let start = start(column)
      return UnsafeBufferPointer(start: cells + start, count: Int(ends[column]) - start)
    }
  }

  /// Reads a block of whole records.
  ///
  /// - Parameter keepsBadRows: whether bad rows need more than to be counted.
  /// - Returns: nil if the block holds a zero byte.
  mutating func parse(_ text: borrowing TextBlock, _ plan: RowPlan, keepsBadRows: Bool) -> RowBlock?
  {
    prepare(plan)
    if text.count > breaksCapacity {
      breaks.deallocate()
      breaksCapacity = text.count
      breaks = .allocate(capacity: breaksCapacity + 66)
    }
    breaks[0] = -1
    var odd: UInt32 = 0
    let count = apus_text_breaks(
      text.base, text.count, plan.records.delimiter, breaks + 1, &odd)
    if odd & UInt32(apus_text_zero) != 0 { return nil }
    let rows = max(1, plan.symbolColumns.count) * (count / max(1, plan.dialect.header.count) + 1)
    let block = RowBlock(
      width: plan.fields.count, capacity: rows, numbers: numbers, memory: &memory)
    var context = Context(
      plan: plan, text: text.base, block: block, keepsBadRows: keepsBadRows, cells: text.base,
      ends: breaks + 1)
    blockCount += 1
    if odd == 0 {
      readLines(&context, count)
    } else {
      readRecords(&context, text.count)
    }
    return block
  }

  private mutating func prepare(_ plan: RowPlan) {
    if self.plan === plan { return }
    self.plan = plan
    if rowCapacity <= plan.fields.count {
      row.deallocate()
      rowCapacity = plan.fields.count + 1
      row = .allocate(capacity: rowCapacity)
    }
    row[plan.fields.count] = .nan
    let isSplit = plan.timeOfDayColumn != nil
    if let known = timeStyle, known.style == plan.dialect.time, known.isSplit == isSplit {
    } else {
      times.removeAll()
      timeOffset = numbers.times.count
      timeStyle = (plan.dialect.time, isSplit)
    }
    wideSymbols = plan.symbolColumns.map { number($0.symbol) }
    fixedSymbol = plan.fixedSymbol.map { number($0) } ?? 0
  }

  private mutating func number(_ symbol: [UInt8]) -> UInt32 {
    (symbol + [UInt8](repeating: 0, count: 8)).withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return 0 }
      let found = symbols.find(base, symbol.count, following: true)
      return found != ByteInterner.none ? found : symbols.add(base, symbol.count)
    }
  }

  /// Records without quotes, that end with a line feed.
  private mutating func readLines(_ context: inout Context, _ count: Int) {
    let text = context.text
    let plan = context.plan
    let columns = plan.dialect.header.count
    let delimiter = plan.records.delimiter
    let places = breaks + 1
    var at = 0
    var line = 0
    while at < count {
      let start = Int(places[at - 1]) + 1
      var last = at + columns - 1
      // A row as the header has it, which is nearly every one: only its last break is a line end.
      var isPlain = columns > 1 && last < count && text[Int(places[min(last, count - 1)])] == 10
      if isPlain {
        var strange: UInt8 = 0
        for place in at..<last { strange |= text[Int(places[place])] ^ delimiter }
        isPlain = strange == 0
      }
      if !isPlain {
        last = at
        while text[Int(places[last])] != RecordScanner.lineFeed { last += 1 }
      }
      let end = Int(places[last])
      context.start = start
      context.end = end
      context.line = line
      context.ends = UnsafePointer(places + at)
      let isReturn = end > start && text[end - 1] == RecordScanner.carriageReturn
      if isReturn { places[last] = Int32(truncatingIfNeeded: end - 1) }
      if text[start] == plan.records.comment
        || !isPlain && plan.records.isPassedOver(text + start, end + 1 - start)
      {
      } else {
        readRecord(&context, cellCount: last - at + 1, isBroken: false)
      }
      if isReturn { places[last] = Int32(truncatingIfNeeded: end) }
      at = last + 1
      line += 1
    }
    context.block.lineCount = line
  }

  /// Records of any kind.
  private mutating func readRecords(_ context: inout Context, _ count: Int) {
    var at = 0
    var line = 0
    while at < count {
      context.start = at
      context.line = line
      at = record.split(context.text, from: at, count, context.plan.records)
      context.end = at
      line += record.lines
      if context.plan.records.isPassedOver(context.text + context.start, at - context.start) {
        continue
      }
      context.cells = UnsafePointer(record.text)
      context.ends = UnsafePointer(record.ends)
      readRecord(&context, cellCount: record.count, isBroken: record.isBroken)
    }
    context.block.lineCount = line
  }

  // MARK: Rows

  @inline(__always)
  private mutating func readRecord(_ context: inout Context, cellCount: Int, isBroken: Bool) {
    let plan = context.plan
    guard cellCount == plan.dialect.header.count, !isBroken else {
      return refuse(&context, cellCount, isBroken)
    }
    let time = timeNumber(&context)
    if time == ByteInterner.none { return readOddTime(&context) }
    if !plan.symbolColumns.isEmpty { return readWide(&context, time, nil) }
    readLong(&context, time, nil)
  }

  @inline(__always)
  private mutating func readLong(
    _ context: inout Context, _ time: UInt32, _ fold: (earlier: Int64, later: Int64)?
  ) {
    let block = context.block
    block.rowsRead += 1
    let symbol = symbolNumber(&context)
    if symbol == ByteInterner.none { return }
    let row = row
    guard readNumbers(&context, row) else { return }
    if context.plan.isScaled {
      for slot in context.plan.scaled { row[slot] /= context.plan.dialect.priceDivisor }
    }
    guard keepsRules(&context, row, -1) else { return }
    if let fold {
      block.folds.append(.init(row: block.count, earlier: fold.earlier, later: fold.later))
    }
    if context.plan.nameColumn != nil { noteName(&context, symbol) }
    block.add(time: time, symbol: symbol, line: context.line, row)
  }

  private mutating func readWide(
    _ context: inout Context, _ time: UInt32, _ fold: (earlier: Int64, later: Int64)?
  ) {
    let plan = context.plan
    let block = context.block
    for (index, entry) in plan.symbolColumns.enumerated() {
      let (outcome, value) = number(&context, entry.column)
      if outcome == .empty { continue }
      block.rowsRead += 1
      guard outcome == .number else {
        badNumber(&context, entry.column, outcome)
        continue
      }
      row[0] = value
      guard keepsRules(&context, row, entry.column) else { continue }
      if let fold {
        block.folds.append(.init(row: block.count, earlier: fold.earlier, later: fold.later))
      }
      block.add(time: time, symbol: wideSymbols[index], line: context.line, row)
    }
  }

  // MARK: Times

  /// The number of the time; `none` for one that takes a closer look.
  @inline(__always)
  private mutating func timeNumber(_ context: inout Context) -> UInt32 {
    if context.plan.timeOfDayColumn != nil { return splitTimeNumber(&context) }
    let cell = context.cell(context.plan.timeColumn)
    guard let base = cell.baseAddress, cell.count > 0, cell.count <= Self.timeLimit else {
      return ByteInterner.none
    }
    let found = times.find(base, cell.count, following: true)
    return found == ByteInterner.none
      ? addTime(&context, base, cell.count) : found &+ UInt32(truncatingIfNeeded: timeOffset)
  }

  private mutating func splitTimeNumber(_ context: inout Context) -> UInt32 {
    let date = context.cell(context.plan.timeColumn)
    let clock = context.cell(context.plan.timeOfDayColumn ?? 0)
    let length = date.count + 1 + clock.count
    guard let first = date.baseAddress, let second = clock.baseAddress,
      length <= Self.timeLimit
    else { return ByteInterner.none }
    memcpy(key, first, date.count)
    key[date.count] = 0
    memcpy(key + date.count + 1, second, clock.count)
    let found = times.find(key, length, following: true)
    return found == ByteInterner.none
      ? addTime(&context, key, length) : found &+ UInt32(truncatingIfNeeded: timeOffset)
  }

  @inline(never)
  private mutating func addTime(
    _ context: inout Context, _ key: UnsafePointer<UInt8>, _ length: Int
  )
    -> UInt32
  {
    guard case .instant(let instant) = outcome(&context) else { return ByteInterner.none }
    numbers.times.append(instant)
    return times.add(key, length) &+ UInt32(truncatingIfNeeded: timeOffset)
  }

  private func outcome(_ context: inout Context) -> TimeOutcome {
    let plan = context.plan
    let cell = context.cell(plan.timeColumn)
    guard let column = plan.timeOfDayColumn else { return plan.dialect.time.parse(cell, nil) }
    return plan.dialect.time.parse(cell, context.cell(column))
  }

  /// A row whose time has no number: it is wrong, or comes twice, or is very long.
  @inline(never)
  private mutating func readOddTime(_ context: inout Context) {
    let plan = context.plan
    var fold: (earlier: Int64, later: Int64)?
    switch outcome(&context) {
    case .twice(let earlier, let later): fold = (earlier, later)
    case .instant: return badTime(&context, "a time is no longer than \(Self.timeLimit) bytes")
    case .bad(let reason), .never(let reason): return badTime(&context, reason)
    }
    // The number follows once it is known which of the two it is.
    let time: UInt32 = 0
    if plan.symbolColumns.isEmpty {
      readLong(&context, time, fold)
    } else {
      readWide(&context, time, fold)
    }
  }

  private func badTime(_ context: inout Context, _ reason: String) {
    if isHeader(&context) { return }
    context.block.rowsRead += 1
    bad(&context, .time, context.plan.timeColumn, reason)
  }

  /// Whether a record repeats the header, as where files were put together.
  private func isHeader(_ context: inout Context) -> Bool {
    let dialect = context.plan.dialect
    if !dialect.hasHeader { return false }
    for (column, name) in dialect.header.enumerated()
    where !name.utf8.elementsEqual(context.cell(column).trimmingSpaces) { return false }
    return true
  }

  // MARK: Symbols

  @inline(__always)
  private mutating func symbolNumber(_ context: inout Context) -> UInt32 {
    guard let column = context.plan.symbolColumn else { return fixedSymbol }
    var cell = context.cell(column)
    if let base = cell.baseAddress, cell.count > 0, base[0] <= 0x20 || base[cell.count - 1] <= 0x20
    {
      cell = cell.trimmingSpaces
    }
    guard let base = cell.baseAddress, cell.count > 0 else {
      bad(&context, .symbol, column, "the symbol is empty")
      return ByteInterner.none
    }
    let found = symbols.find(base, cell.count, following: false)
    return found == ByteInterner.none ? addSymbol(&context, cell, base) : found
  }

  @inline(never)
  private mutating func addSymbol(
    _ context: inout Context, _ cell: UnsafeBufferPointer<UInt8>, _ base: UnsafePointer<UInt8>
  ) -> UInt32 {
    let column = context.plan.symbolColumn ?? 0
    if cell.count > Self.symbolLimit {
      bad(&context, .symbol, column, "the symbol is longer than \(Self.symbolLimit) bytes")
      return ByteInterner.none
    }
    if String(validating: cell, as: UTF8.self) == nil {
      bad(&context, .symbol, column, "the symbol is not UTF-8")
      return ByteInterner.none
    }
    // What another encoding could not say became U+FFFD, by which two symbols would become one.
    if cell.contains(where: { $0 < 0x20 || $0 == 0x7F })
      || String(decoding: cell, as: UTF8.self).unicodeScalars.contains("\u{FFFD}")
    {
      bad(&context, .symbol, column, "the symbol holds a character that is none")
      return ByteInterner.none
    }
    return symbols.add(base, cell.count)
  }

  private mutating func noteName(_ context: inout Context, _ symbol: UInt32) {
    guard let column = context.plan.nameColumn else { return }
    let index = Int(symbol)
    while named.count <= index { named.append(0) }
    if named[index] == blockCount { return }
    let name = String(decoding: context.cell(column).trimmingSpaces, as: UTF8.self)
    if name.isEmpty { return }
    named[index] = blockCount
    context.block.names.append((symbol, name))
  }

  // MARK: Numbers

  @inline(__always)
  private func number(_ context: inout Context, _ column: Int) -> (NumberParser.Outcome, Double) {
    let start = context.start(column)
    let length = Int(context.ends[column]) - start
    if context.plan.hasPlainNumbers,
      let value = NumberParser.plain(context.cells + start, length)
    {
      return (.number, value)
    }
    if length == 0 { return (.empty, .nan) }
    return NumberParser.parse(context.cell(column), style: context.plan.dialect.numbers)
  }

  @inline(__always)
  private func readNumbers(_ context: inout Context, _ row: UnsafeMutablePointer<Double>) -> Bool {
    let plan = context.plan
    return plan.columns.withUnsafeBufferPointer { columns in
      for slot in 0..<columns.count {
        let (outcome, value) = number(&context, columns[slot])
        row[slot] = value
        if outcome == .number || outcome == .empty { continue }
        if slot >= plan.requiredCount {
          row[slot] = outcome == .notFinite ? RowBlock.notFinite : RowBlock.notNumber
          continue
        }
        badNumber(&context, columns[slot], outcome)
        return false
      }
      return true
    }
  }

  private func badNumber(_ context: inout Context, _ column: Int, _ outcome: NumberParser.Outcome) {
    let rule: ImportRule = outcome == .notFinite ? .finite : .number
    bad(&context, rule, column, BadCell.reason(rule, context.cell(column)))
  }

  /// - Parameter column: where the values of a wide row come from; -1 for a long one.
  @inline(__always)
  private func keepsRules(_ context: inout Context, _ row: UnsafePointer<Double>, _ column: Int)
    -> Bool
  {
    let plan = context.plan
    let open = row[plan.open]
    let high = row[plan.high]
    let low = row[plan.low]
    let close = row[plan.close]
    let volume = row[plan.volume]
    // Comparisons with NaN are false, so a missing value breaks nothing.
    let isPositive =
      plan.allowsNegativePrices || !(open <= 0 || high <= 0 || low <= 0 || close <= 0)
    let isOrdered = !(low > high || open < low || open > high || close < low || close > high)
    if isPositive, isOrdered, !(volume < 0) { return true }
    brokenRule(&context, row, column)
    return false
  }

  @inline(never)
  private func brokenRule(
    _ context: inout Context, _ row: UnsafePointer<Double>, _ column: Int
  ) {
    let plan = context.plan
    let (rule, slot, reason) = brokenRule(plan, row)
    bad(&context, rule, column < 0 ? plan.columns[slot] : column, reason)
  }

  private func brokenRule(_ plan: RowPlan, _ row: UnsafePointer<Double>) -> (
    ImportRule, Int, String
  ) {
    func order(_ a: Int, _ relation: String, _ b: Int) -> (ImportRule, Int, String) {
      (.priceOrder, a, "\(plan.fields[a]) \(row[a]) lies \(relation) \(plan.fields[b]) \(row[b])")
    }
    if !plan.allowsNegativePrices {
      for slot in [plan.open, plan.high, plan.low, plan.close] where row[slot] <= 0 {
        return (.positivePrice, slot, "\(plan.fields[slot]) \(row[slot]) is not above zero")
      }
    }
    if row[plan.low] > row[plan.high] { return order(plan.low, "above", plan.high) }
    for slot in [plan.open, plan.close] {
      if row[slot] < row[plan.low] { return order(slot, "below", plan.low) }
      if row[slot] > row[plan.high] { return order(slot, "above", plan.high) }
    }
    return (.volume, plan.volume, "volume \(row[plan.volume]) is negative")
  }

  // MARK: Bad rows

  @inline(never)
  private func refuse(_ context: inout Context, _ cellCount: Int, _ isBroken: Bool) {
    context.block.rowsRead += 1
    let wanted = context.plan.dialect.header.count
    if cellCount != wanted {
      bad(&context, .fieldCount, 0, "\(cellCount) fields, where the header has \(wanted)")
    } else {
      bad(&context, .quotes, 0, "text follows a closing quote")
    }
  }

  @inline(never)
  private func bad(_ context: inout Context, _ rule: ImportRule, _ column: Int, _ reason: String) {
    let block = context.block
    block.badCounts[rule, default: 0] += 1
    block.badCount += 1
    guard context.keepsBadRows, block.badRows.count < FileTable.badRowsKept else { return }
    block.badRows.append(
      FileTable.BadRow(
        rule: rule, line: context.line, columnIndex: column,
        column: context.plan.dialect.header[column],
        text: RowText.cut(context.text, context.start, context.end), reason: reason))
  }
}

/// What is told about a cell.
enum BadCell {
  /// A cell for a message, cut after 40 characters.
  static func shown(_ cell: UnsafeBufferPointer<UInt8>) -> String {
    let bytes = UnsafeBufferPointer(rebasing: cell.prefix(160))
    return String(String(decoding: bytes, as: UTF8.self).prefix(40))
  }

  /// Why a cell is no value of a field.
  static func reason(_ rule: ImportRule, _ cell: UnsafeBufferPointer<UInt8>) -> String {
    rule == .finite
      ? "\(shown(cell)) is not finite; leave the cell empty where a value is missing"
      : "'\(shown(cell))' is not a number"
  }
}
