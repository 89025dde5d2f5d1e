/// Which transactions of a batch a book has already: by id, and without one by content and occurrence.
struct KnownTransactions {
  private let sides: Sides
  private var ids: PlaceTable
  private var contents: PlaceTable
  /// For each place of `contents` that a row took: how many rows like it are not matched yet.
  private var left: [Int32: Int32] = [:]

  init(_ table: EntryTable, portfolioOf: [Int32], batch: TransactionBatch) {
    sides = Sides(table: table, portfolioOf: portfolioOf, batch: batch)
    let hasIDs = !batch.entries.id.isEmpty
    ids = PlaceTable(capacity: hasIDs ? batch.count + (table.id.isEmpty ? 0 : table.count) : 0)
    let hasPlain = !hasIDs || batch.entries.id.contains("")
    contents = PlaceTable(capacity: hasPlain ? table.count : 0)
    for row in 0..<table.count where table.kind[row] != .transferIn {
      if table.id.isEmpty || table.id[row].isEmpty {
        if hasPlain { note(row) }
      } else if hasIDs {
        let id = table.id[row]
        _ = ids.insert(Int32(row), hash: id.hashValue) { _ in false }
      }
    }
  }

  private mutating func note(_ row: Int) {
    let sides = sides
    let found = contents.insert(Int32(row), hash: sides.hash(table: row)) {
      sides.isSame(Int($0), row)
    }
    left[found ?? Int32(row), default: 0] += 1
  }

  /// Whether the book has a transaction of the batch; to be asked once for each, in order.
  ///
  /// - Throws: `BooksError.badRow` if its id stands for another one.
  mutating func take(_ transaction: Int) throws(BooksError) -> Bool {
    let sides = sides
    let (table, batch) = (sides.table, sides.batch)
    let entry = Int(batch.firstEntry[transaction])
    let id = batch.entries.id.isEmpty ? "" : batch.entries.id[entry]
    if id.isEmpty {
      guard
        let row = contents.find(
          hash: sides.hash(entry: entry), { sides.isSame(row: Int($0), entry) }),
        let count = left[row], count > 0
      else { return false }
      left[row] = count - 1
      return true
    }
    // Places of the batch stand behind those of the book.
    let book = table.count
    let found = ids.insert(Int32(book + transaction), hash: id.hashValue) { place in
      Int(place) < book
        ? table.id[Int(place)] == id
        : batch.entries.id[Int(batch.firstEntry[Int(place) - book])] == id
    }
    guard let found else { return false }
    let (file, line) = batch.place(transaction)
    if Int(found) >= book {
      let earlier = batch.place(Int(found) - book)
      throw .badRow(
        file: file, line: line, column: "id",
        reason: "'\(id)' stands already in line \(earlier.line)"
          + (earlier.file == file ? "" : " of \(earlier.file)"))
    }
    guard sides.isSame(row: Int(found), entry) else {
      throw .badRow(
        file: file, line: line, column: "id",
        reason: "'\(id)' is in the book with other values; what happened is not rewritten")
    }
    return true
  }

}

/// What is compared: entries of a book, and those of a batch.
private struct Sides {
  let table: EntryTable
  let portfolioOf: [Int32]
  let batch: TransactionBatch

  func hash(table row: Int) -> Int {
    hash(
      table.timeNs[row], table.wallet[row], table.kind[row], table.instrument[row],
      table.cash[row], table.units[row], table.fee[row], table.counter[row])
  }

  func hash(entry: Int) -> Int {
    let new = batch.entries
    return hash(
      new.timeNs[entry], new.wallet[entry], new.kind[entry], new.instrument[entry],
      new.cash[entry], new.units[entry], new.fee[entry], new.counter[entry])
  }

  private func hash(
    _ timeNs: Int64, _ wallet: Int32, _ kind: Entry.Kind, _ instrument: Int32, _ cash: Double,
    _ units: Double, _ fee: Double, _ counter: Int32
  ) -> Int {
    var hasher = Hasher()
    hasher.combine(timeNs)
    hasher.combine(Int64(wallet) << 32 | Int64(instrument) & 0xFFFF_FFFF)
    hasher.combine(Int64(counter) << 8 | Int64(kind.rawValue))
    hasher.combine(cash)
    hasher.combine(units)
    hasher.combine(fee)
    return hasher.finalize()
  }

  /// Whether two rows of the book say the same.
  func isSame(_ left: Int, _ right: Int) -> Bool {
    table.timeNs[left] == table.timeNs[right] && table.wallet[left] == table.wallet[right]
      && table.kind[left] == table.kind[right]
      && table.instrument[left] == table.instrument[right]
      && table.cash[left] == table.cash[right] && table.units[left] == table.units[right]
      && table.fee[left] == table.fee[right] && table.counter[left] == table.counter[right]
      && (table.kind[left] != .transferOut
        || table.units[left] != 0 || received(left) == received(right))
  }

  /// Whether a row of the book says what an entry of the batch does.
  func isSame(row: Int, _ entry: Int) -> Bool {
    let new = batch.entries
    guard
      table.timeNs[row] == new.timeNs[entry] && table.wallet[row] == new.wallet[entry]
        && table.kind[row] == new.kind[entry] && table.instrument[row] == new.instrument[entry]
        && table.cash[row] == new.cash[entry] && table.units[row] == new.units[entry]
        && table.fee[row] == new.fee[entry] && table.counter[row] == new.counter[entry]
    else { return false }
    return table.kind[row] != .transferOut || table.units[row] != 0
      || received(row) == new.cash[entry + 1]
  }

  private func received(_ row: Int) -> Double {
    table.otherSide(of: row, portfolioOf: portfolioOf).map { table.cash[$0] } ?? .nan
  }
}

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

/// Places found by a hash, without an object for each.
struct PlaceTable {
  private var slots: [Int32]
  private let mask: Int

  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = [Int32](repeating: -1, count: size)
    mask = size - 1
  }

  /// A place that matches; nil if there is none, and then the new one stands there.
  mutating func insert(_ place: Int32, hash: Int, _ matches: (Int32) -> Bool) -> Int32? {
    var slot = hash & mask
    while slots[slot] >= 0 {
      if matches(slots[slot]) { return slots[slot] }
      slot = (slot + 1) & mask
    }
    slots[slot] = place
    return nil
  }

  /// A place that matches; nil if there is none.
  func find(hash: Int, _ matches: (Int32) -> Bool) -> Int32? {
    var slot = hash & mask
    while slots[slot] >= 0 {
      if matches(slots[slot]) { return slots[slot] }
      slot = (slot + 1) & mask
    }
    return nil
  }
}
