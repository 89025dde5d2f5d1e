extension BlockParser {
  /// - Parameter column: where the values of a wide row come from; -1 for a long one.
  @inline(__always)
  func keepsRules(_ context: inout Context, _ row: UnsafePointer<Double>, _ column: Int)
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
  func refuse(_ context: inout Context, _ cellCount: Int, _ isBroken: Bool) {
    context.block.rowsRead += 1
    let wanted = context.plan.dialect.header.count
    if cellCount != wanted {
      bad(&context, .fieldCount, 0, "\(cellCount) fields, where the header has \(wanted)")
    } else {
      bad(&context, .quotes, 0, "text follows a closing quote")
    }
  }

  @inline(never)
  func bad(_ context: inout Context, _ rule: ImportRule, _ column: Int, _ reason: String) {
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
