import CShims
import Glibc

/// Turns blocks of text into columns: one for each worker, for all its blocks.
struct BlockParser: ~Copyable {
  /// Longest symbol, in bytes.
  static let symbolLimit = 256
  /// Longest time, in bytes.
  static let timeLimit = 128

  let numbers = RowNumbers()
  var symbols = ByteInterner()
  // Times by their text, of files that write them alike; earlier ones keep their numbers.
  var times = ByteInterner()
  private var timeStyle: (style: TimeStyle, isSplit: Bool)?
  var timeOffset = 0
  private var breaks: UnsafeMutablePointer<Int32>
  private var breaksCapacity = 0
  private var record = SplitRecord()
  private var memory = RowMemory(size: 0)
  // One row, with a missing value behind the last.
  var row: UnsafeMutablePointer<Double>
  private var rowCapacity = 16
  let key: UnsafeMutablePointer<UInt8>
  // Of a wide file, the number of each column's symbol.
  private var wideSymbols: [UInt32] = []
  var fixedSymbol: UInt32 = 0
  var plan: RowPlan?
  // By symbol: the block in which a name was last noted.
  var named: [Int] = []
  var blockCount = 0

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
  struct Context: ~Copyable {
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

  mutating func number(_ symbol: [UInt8]) -> UInt32 {
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
  mutating func readLong(
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

  mutating func readWide(
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

  func badNumber(_ context: inout Context, _ column: Int, _ outcome: NumberParser.Outcome) {
    let rule: ImportRule = outcome == .notFinite ? .finite : .number
    bad(&context, rule, column, BadCell.reason(rule, context.cell(column)))
  }
}
