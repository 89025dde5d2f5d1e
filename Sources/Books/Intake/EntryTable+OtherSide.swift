extension EntryTable {
  /// The entry on the other side of a transfer.
  package func otherSide(of row: Int, portfolioOf: [Int32]) -> Int? {
    guard counter[row] >= 0 else { return nil }
    let range = range(of: Int(portfolioOf[Int(counter[row])]))
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if (timeNs[middle], sequence[middle]) < (timeNs[row], sequence[row]) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    let wanted: Entry.Kind = kind[row] == .transferOut ? .transferIn : .transferOut
    while low < range.upperBound, timeNs[low] == timeNs[row], sequence[low] == sequence[row] {
      if kind[low] == wanted { return low }
      low += 1
    }
    return nil
  }
}
