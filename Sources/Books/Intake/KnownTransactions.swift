import Kernels

/// Which transactions of a batch a book has already: by id, and without one by content and occurrence.
struct KnownTransactions {
  private let table: EntryTable
  private let portfolioOf: [Int32]
  private let batch: TransactionBatch
  private let new: EntryColumns
  /// For each transaction of the batch whether the book has it.
  private(set) var isKnown: [Bool]

  /// Asks for all transactions of a batch.
  ///
  /// - Throws: `BooksError.badRow` if an id stands for another one.
  init(
    _ table: EntryTable, portfolioOf: [Int32], batch: TransactionBatch, workers: Int
  ) throws(BooksError) {
    self.table = table
    self.portfolioOf = portfolioOf
    self.batch = batch
    new = batch.entries
    isKnown = [Bool](repeating: false, count: batch.count)
    if !new.id.isEmpty { try findIDs() }
    if table.count > 0 { findContents(workers) }
  }

  // MARK: By id

  private mutating func findIDs() throws(BooksError) {
    // Places of the batch stand behind those of the book.
    let book = table.count
    let (ids, newIDs) = (table.id, new.id)
    var places = PlaceTable(capacity: batch.count + ids.count)
    for (row, id) in ids.enumerated() where !id.isEmpty && table.kind[row] != .transferIn {
      _ = places.insert(Int32(row), hash: id.hashValue) { _ in false }
    }
    for transaction in 0..<batch.count {
      let entry = Int(batch.firstEntry[transaction])
      let id = newIDs[entry]
      if id.isEmpty { continue }
      let found = places.insert(Int32(book + transaction), hash: id.hashValue) { place in
        Int(place) < book
          ? ids[Int(place)] == id : newIDs[Int(batch.firstEntry[Int(place) - book])] == id
      }
      guard let found else { continue }
      let (file, line) = batch.place(transaction)
      if Int(found) >= book {
        let earlier = batch.place(Int(found) - book)
        throw .badRow(
          file: file, line: line, column: "id",
          reason: "'\(id)' stands already in line \(earlier.line)"
            + (earlier.file == file ? "" : " of \(earlier.file)"))
      }
      guard content(row: Int(found)) == content(entry: entry) else {
        throw .badRow(
          file: file, line: line, column: "id",
          reason: "'\(id)' is in the book with other values; what happened is not rewritten")
      }
      isKnown[transaction] = true
    }
  }

  // MARK: By content

  /// Portfolios side by side, each with its rows of the book and of the batch, both in order of time.
  private mutating func findContents(_ workers: Int) {
    let (starts, order) = plainTransactions()
    let size = 256
    let count = (starts.count - 1 + size - 1) / size
    let found = Slots<[Int32]>(count: count)
    let finder = self
    _ = try? TileLoop(tiles: count, workers: max(1, workers)).run(
      isCancelled: { false }, room: {},
      { tile, _ in
        var known: [Int32] = []
        for portfolio in tile * size..<min((tile + 1) * size, starts.count - 1) {
          finder.find(order[starts[portfolio]..<starts[portfolio + 1]], of: portfolio, &known)
        }
        found.set(tile, known)
      })
    for list in found.values { for transaction in list { isKnown[Int(transaction)] = true } }
  }

  /// Transactions without an id by portfolio, each's in the order of rows: `[P + 1]` and places.
  private func plainTransactions() -> (starts: [Int], order: [Int32]) {
    let (ids, wallet) = (new.id, new.wallet)
    var starts = [Int](repeating: 0, count: table.starts.count)
    func portfolio(_ transaction: Int) -> Int? {
      let entry = Int(batch.firstEntry[transaction])
      guard ids.isEmpty || ids[entry].isEmpty else { return nil }
      let portfolio = Int(portfolioOf[Int(wallet[entry])])
      // A portfolio that the table of entries doesn't know yet has none.
      return portfolio + 1 < table.starts.count ? portfolio : nil
    }
    for transaction in 0..<batch.count {
      if let portfolio = portfolio(transaction) { starts[portfolio + 1] += 1 }
    }
    for portfolio in starts.indices.dropFirst() { starts[portfolio] += starts[portfolio - 1] }
    var next = starts
    var order = [Int32](repeating: 0, count: starts.last ?? 0)
    for transaction in 0..<batch.count {
      guard let portfolio = portfolio(transaction) else { continue }
      order[next[portfolio]] = Int32(transaction)
      next[portfolio] += 1
    }
    return (starts, order)
  }

  private func time(_ transaction: Int32) -> Int64 {
    new.timeNs[Int(batch.firstEntry[Int(transaction)])]
  }

  /// Adds those transactions of a portfolio that the book has.
  private func find(
    _ transactions: ArraySlice<Int32>, of portfolio: Int, _ known: inout [Int32]
  ) {
    let rows = table.range(of: portfolio)
    if rows.isEmpty || transactions.isEmpty { return }
    var transactions = transactions
    let isAscending = zip(transactions, transactions.dropFirst()).allSatisfy {
      time($0) <= time($1)
    }
    if !isAscending { transactions.sort { (time($0), $0) < (time($1), $1) } }
    var row = rows.lowerBound
    var place = transactions.startIndex
    while place < transactions.endIndex {
      let instant = time(transactions[place])
      var end = place + 1
      while end < transactions.endIndex, time(transactions[end]) == instant { end += 1 }
      while row < rows.upperBound, table.timeNs[row] < instant { row += 1 }
      var last = row
      while last < rows.upperBound, table.timeNs[last] == instant { last += 1 }
      if row < last { match(transactions[place..<end], row..<last, &known) }
      (place, row) = (end, last)
    }
  }

  /// Transactions and rows of one instant.
  private func match(
    _ transactions: ArraySlice<Int32>, _ rows: Range<Int>, _ known: inout [Int32]
  ) {
    func isPlain(_ row: Int) -> Bool {
      table.kind[row] != .transferIn && (table.id.isEmpty || table.id[row].isEmpty)
    }
    // A file that is imported again has them in the order of the book.
    var row = rows.lowerBound
    var rest = transactions
    while let transaction = rest.first {
      while row < rows.upperBound, !isPlain(row) { row += 1 }
      guard row < rows.upperBound,
        content(row: row) == content(entry: Int(batch.firstEntry[Int(transaction)]))
      else { break }
      known.append(transaction)
      rest.removeFirst()
      row += 1
    }
    if rest.isEmpty || row == rows.upperBound { return }
    var left: [Content: Int] = [:]
    for row in row..<rows.upperBound where isPlain(row) { left[content(row: row), default: 0] += 1 }
    for transaction in rest {
      let content = content(entry: Int(batch.firstEntry[Int(transaction)]))
      guard let count = left[content], count > 0 else { continue }
      left[content] = count - 1
      known.append(transaction)
    }
  }

  /// What two transactions share that are the same.
  private struct Content: Hashable {
    var timeNs: Int64
    var wallet, instrument, counter: Int32
    var kind: Entry.Kind
    var cash, units, fee: Double
    /// Cash on the other side of a transfer; 0 where there is none.
    var received: Double
  }

  private func content(row: Int) -> Content {
    var received = 0.0
    if table.kind[row] == .transferOut, table.units[row] == 0 {
      received = table.otherSide(of: row, portfolioOf: portfolioOf).map { table.cash[$0] } ?? .nan
    }
    return Content(
      timeNs: table.timeNs[row], wallet: table.wallet[row], instrument: table.instrument[row],
      counter: table.counter[row], kind: table.kind[row], cash: table.cash[row],
      units: table.units[row], fee: table.fee[row], received: received)
  }

  private func content(entry: Int) -> Content {
    let isCash = new.kind[entry] == .transferOut && new.units[entry] == 0
    return Content(
      timeNs: new.timeNs[entry], wallet: new.wallet[entry], instrument: new.instrument[entry],
      counter: new.counter[entry], kind: new.kind[entry], cash: new.cash[entry],
      units: new.units[entry], fee: new.fee[entry], received: isCash ? new.cash[entry + 1] : 0)
  }
}
