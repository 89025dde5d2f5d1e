import Glibc

extension BlockParser {
  /// The number of the time; `none` for one that takes a closer look.
  @inline(__always)
  mutating func timeNumber(_ context: inout Context) -> UInt32 {
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

  func outcome(_ context: inout Context) -> TimeOutcome {
    let plan = context.plan
    let cell = context.cell(plan.timeColumn)
    guard let column = plan.timeOfDayColumn else { return plan.dialect.time.parse(cell, nil) }
    return plan.dialect.time.parse(cell, context.cell(column))
  }

  /// A row whose time has no number: it is wrong, or comes twice, or is very long.
  @inline(never)
  mutating func readOddTime(_ context: inout Context) {
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
  mutating func symbolNumber(_ context: inout Context) -> UInt32 {
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

  mutating func noteName(_ context: inout Context, _ symbol: UInt32) {
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
  func number(_ context: inout Context, _ column: Int) -> (NumberParser.Outcome, Double) {
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
  func readNumbers(_ context: inout Context, _ row: UnsafeMutablePointer<Double>) -> Bool {
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
}
