import Dispatch

/// One CSV file while it is read, by as many workers as there are.
///
/// The file is cut into blocks of whole records, in order and by one worker at a time; what is in them is read by all at
/// once. Blocks are put together in their order, so the table does not depend on who read which, nor on their size.
final class TableReader: @unchecked Sendable {
  // Safe across threads because everything that changes is behind the lock until `finish`, which comes after all workers.

  /// A block on its way to a worker.
  struct Ticket {
    var index: Int
    var plan: RowPlan
    /// Whether bad rows of this block can be among those whose text is kept.
    var keepsBadRows: Bool
  }

  let path: String
  private let options: ImportOptions
  private let known: KnownDialects
  private let source: TableSource
  private let lock = DispatchSemaphore(value: 1)
  private var blocks: TextBlocks?
  private var plan: RowPlan?
  private var results: [RowBlock?] = []
  private var firstLine = 1
  private var isDone = false
  // What stopped the reading, behind how many blocks.
  private var failure: (after: Int, TextBlocks.Failure)?
  // Blocks from the front that are ready, and their bad rows.
  private var readyCount = 0
  private var readyBadRows = 0

  /// - Parameter known: what files of the same import were recognised as.
  init(_ path: String, options: ImportOptions, known: KnownDialects) {
    self.path = path
    self.known = known
    source = TableSource(path, options: options)
    self.options = options
  }

  // MARK: Workers

  /// Takes the next block; nil if there is none, or none is worth it any more.
  func next(_ text: inout TextBlock) -> Ticket? {
    lock.wait()
    defer { lock.signal() }
    if isDone { return nil }
    do throws(TextBlocks.Failure) {
      if blocks == nil { try open() }
      guard let blocks, let plan, try blocks.next(&text) else {
        close()
        return nil
      }
      results.append(nil)
      return Ticket(
        index: results.count - 1, plan: plan, keepsBadRows: readyBadRows < FileTable.badRowsKept)
    } catch {
      failure = (results.count, error)
      close()
      return nil
    }
  }

  /// Hands in what a block held; nil for no text.
  func deliver(_ block: RowBlock?, _ ticket: Ticket) {
    lock.wait()
    defer { lock.signal() }
    guard let block else {
      if ticket.index < failure?.after ?? .max {
        failure = (
          ticket.index, .other(.notText(path: path, kind: "binary data (a zero byte)"))
        )
      }
      isDone = true
      return
    }
    results[ticket.index] = block
    while readyCount < results.count, let ready = results[readyCount] {
      readyBadRows += ready.badCount
      readyCount += 1
    }
  }

  private var bytesRead = 0

  private func close() {
    isDone = true
    bytesRead = blocks?.bytesRead ?? 0
    blocks = nil
  }

  /// Recognises the file and goes to its first row.
  private func open() throws(TextBlocks.Failure) {
    let head: HeadedSource
    let dialect: Dialect
    do throws(ImportError) {
      head = HeadedSource(try source.open())
      dialect = try recognise(head)
      let text: any ByteSource =
        dialect.encoding == .utf8 ? head : DecodedSource(head, dialect.encoding)
      let plan = try RowPlan(dialect, path: path, options: options)
      self.plan = plan
      blocks = TextBlocks(text, path: path, records: plan.records)
    } catch {
      throw .other(error)
    }
    guard let blocks else { return }
    firstLine = 1 + (try blocks.skipLines(dialect.skippedLines))
    if dialect.hasHeader, let header = try blocks.takeRecord() { firstLine += header.next - 1 }
  }

  /// Finds out how the file is laid out, from its first bytes: as many as it takes for a few lines.
  private func recognise(_ opened: HeadedSource) throws(ImportError) -> Dialect {
    // A few hundred lines tell as much as thousands, and each of many files is recognised by itself.
    var count = 32 << 10
    while true {
      let head = try opened.peek(count)
      let isWhole = head.count < count
      var lines = 0
      for byte in head { lines &+= byte == 0x0A || byte == 0x0D ? 1 : 0 }
      let isShort =
        count < DialectSniffer.headBytes
        ? lines < 256 : lines < 4 && count < RecordReader.recordLimit * 4
      if !isWhole, isShort {
        count *= 2
        continue
      }
      return try known.dialect(head, isWhole: isWhole, options: options) {
        () throws(ImportError) in
        try DialectSniffer.sniff(
          head: head, isWhole: isWhole, path: path, options: options,
          whole: FileColumns(source: source))
      }
    }
  }

  // MARK: End

  /// Puts the blocks together, once no worker is at it any more.
  func finish() throws(ImportError) -> FileTable {
    let ready = results.prefix(failure?.after ?? results.count).compactMap { $0 }
    var line = firstLine
    for block in ready {
      block.firstLine = line
      line += block.lineCount
    }
    if let failure { throw failure.1.error(path: path, line: line) }
    guard let plan else { throw .empty(path: path) }
    var table = FileTable(source: source, dialect: plan.dialect, blocks: ready)
    table.bytesRead = bytesRead
    for (index, role) in plan.dialect.roles.enumerated() where role == .ignored {
      table.ignoredColumns.append(plan.dialect.header[index])
    }
    for block in ready {
      table.rowsRead += block.rowsRead
      table.badCounts.merge(block.badCounts, uniquingKeysWith: +)
      for var bad in block.badRows.prefix(FileTable.badRowsKept - table.badRows.count) {
        bad.line += block.firstLine
        table.badRows.append(bad)
      }
      block.badRows = []
    }
    var late = FoldSettling.settle(&table, plan)
    late += Self.settleExtras(&table, plan)
    Self.order(&late)
    table.remove(late)
    try table.check(options)
    guard table.rowCount > 0 else { throw .nothingToImport(path: path) }
    return table
  }

  /// Leaves columns of text out, and finds the rows that are no numbers in a column that otherwise is.
  private static func settleExtras(_ table: inout FileTable, _ plan: RowPlan) -> [FileTable.LateRow]
  {
    var late: [FileTable.LateRow] = []
    for slot in plan.fields.indices {
      if slot >= plan.requiredCount {
        var filled = 0
        var marked = 0
        for block in table.blocks {
          let column = block.column(slot)
          for row in 0..<block.count {
            let value = column[row]
            if !value.isNaN { filled += 1 } else if RowBlock.isMark(value) { marked += 1 }
          }
        }
        if marked > filled {
          table.ignoredColumns.append(plan.dialect.header[plan.columns[slot]])
          continue
        }
        if marked > 0 { late += markedRows(table, plan, slot) }
      }
      table.fields.append(plan.fields[slot])
      table.slots.append(slot)
    }
    return late
  }

  private static func markedRows(_ table: FileTable, _ plan: RowPlan, _ slot: Int)
    -> [FileTable.LateRow]
  {
    var late: [FileTable.LateRow] = []
    for (index, block) in table.blocks.enumerated() {
      let column = block.column(slot)
      for row in 0..<block.count where column[row].isNaN && RowBlock.isMark(column[row]) {
        late.append(
          FileTable.LateRow(
            block: index, row: row,
            rule: column[row].bitPattern == RowBlock.notFinite.bitPattern ? .finite : .number,
            columnIndex: plan.columns[slot]))
      }
    }
    return late
  }

  /// In the order of the file, each row once: for its first reason.
  private static func order(_ late: inout [FileTable.LateRow]) {
    if late.isEmpty { return }
    late.sort { ($0.block, $0.row, $0.columnIndex) < ($1.block, $1.row, $1.columnIndex) }
    var kept = 1
    for index in 1..<late.count
    where late[index].block != late[kept - 1].block || late[index].row != late[kept - 1].row {
      late[kept] = late[index]
      kept += 1
    }
    late.removeLast(late.count - kept)
  }
}

/// A file that is read once more for one of its columns.
struct FileColumns: WholeColumns {
  let source: TableSource

  func cells(
    of column: Int, _ dialect: Dialect, until isDone: (UnsafeBufferPointer<UInt8>) -> Bool
  ) throws(ImportError) {
    let records = RecordScanner(delimiter: dialect.delimiter, comment: dialect.comment)
    var reader = RecordReader(
      try source.open(dialect.encoding), path: source.path, records: records)
    try reader.skipLines(dialect.skippedLines)
    while try reader.next() {
      if reader.count > column, isDone(reader[column].trimmingSpaces) { return }
    }
  }
}

/// Bytes at hand.
final class MemoryBytes: ByteSource {
  private let bytes: [UInt8]
  private var taken = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func read(into target: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
    let count = min(target.count, bytes.count - taken)
    target.copyBytes(from: bytes[taken..<taken + count])
    taken += count
    return count
  }
}
