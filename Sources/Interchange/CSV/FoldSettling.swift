/// Decides which of two instants a time means that the clocks of its zone showed twice.
enum FoldSettling {
  private struct Key: Hashable {
    var symbol: String
    var earlier: Int64
  }
  private struct Seen {
    var block: Int
    var row: Int
    var later: Int64
  }

  /// Gives such rows their times by the order of rows: of a symbol's first and second row with the same time on the
  /// wall, the one that lies nearer to the older end of the file is the earlier.
  ///
  /// - Returns: rows whose time was seen once only, so that nothing tells.
  static func settle(_ table: inout FileTable, _ plan: RowPlan) -> [FileTable.LateRow] {
    if table.blocks.allSatisfy({ $0.folds.isEmpty }) { return [] }
    var seen: [Key: [Seen]] = [:]
    for (index, block) in table.blocks.enumerated() {
      for fold in block.folds {
        let key = Key(
          symbol: block.numbers.symbols[block.symbol(fold.row)], earlier: fold.earlier)
        seen[key, default: []].append(Seen(block: index, row: fold.row, later: fold.later))
      }
    }
    let isNewestFirst = isNewestFirst(table)
    var late: [FileTable.LateRow] = []
    var numbers: [ObjectIdentifier: [Int64: UInt32]] = [:]
    for (key, rows) in seen {
      guard rows.count > 1 else {
        late.append(
          FileTable.LateRow(
            block: rows[0].block, row: rows[0].row, rule: .time, columnIndex: plan.timeColumn,
            reason:
              "the clocks of \(plan.dialect.time.zone.name) showed this time twice, and the file "
              + "has it once; say which is meant with --fold"))
        continue
      }
      for (index, entry) in rows.enumerated() {
        let time = (index == 0) == isNewestFirst ? entry.later : key.earlier
        let block = table.blocks[entry.block]
        let known = numbers[ObjectIdentifier(block.numbers), default: [:]][time]
        let number = known ?? UInt32(block.numbers.times.count)
        if known == nil {
          block.numbers.times.append(time)
          numbers[ObjectIdentifier(block.numbers), default: [:]][time] = number
        }
        block.setTime(number, of: entry.row)
      }
    }
    return late
  }

  /// Whether times mostly fall from row to row.
  private static func isNewestFirst(_ table: FileTable) -> Bool {
    var balance = 0
    for block in table.blocks {
      let doubtful = Set(block.folds.map(\.row))
      var before: Int64?
      for row in 0..<block.count where !doubtful.contains(row) {
        let time = block.numbers.times[block.time(row)]
        if let before { balance += time == before ? 0 : time > before ? 1 : -1 }
        before = time
      }
    }
    return balance < 0
  }
}
