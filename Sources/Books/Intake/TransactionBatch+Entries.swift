extension TransactionBatch {
  /// A transaction as entries, and where it stands in its file.
  public struct Placed: Sendable {
    /// The file.
    public var file: String
    /// Its line.
    public var line: Int
    /// One entry, or both sides of a transfer.
    public var entries: [Entry]
  }

  /// The transactions in the order of rows; units that are transferred have no cost yet.
  public var transactions: [Placed] {
    (0..<count).map { transaction in
      let first = Int(firstEntry[transaction])
      let end = transaction + 1 < count ? Int(firstEntry[transaction + 1]) : entries.count
      let (file, line) = place(transaction)
      return Placed(
        file: file, line: line,
        entries: (first..<end).map { row in
          Entry(
            timeNs: entries.timeNs[row], sequence: entries.sequence[row],
            wallet: Int(entries.wallet[row]), kind: entries.kind[row],
            instrument: entries.instrument[row] < 0 ? nil : Int(entries.instrument[row]),
            cash: entries.cash[row], units: entries.units[row], price: entries.price[row],
            fee: entries.fee[row],
            counter: entries.counter[row] < 0 ? nil : Int(entries.counter[row]),
            id: entries.id.isEmpty ? "" : entries.id[row])
        })
    }
  }
}
