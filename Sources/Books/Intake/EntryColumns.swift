/// Entries on their way into a book, as columns in the order in which they come.
struct EntryColumns {
  var timeNs: [Int64] = []
  var sequence: [Int64] = []
  var wallet: [Int32] = []
  var kind: [Entry.Kind] = []
  var instrument: [Int32] = []
  var cash: [Double] = []
  var units: [Double] = []
  var price: [Double] = []
  var fee: [Double] = []
  var counter: [Int32] = []
  var id: [String] = []

  var count: Int { timeNs.count }

  mutating func reserve(_ count: Int) {
    timeNs.reserveCapacity(count)
    sequence.reserveCapacity(count)
    wallet.reserveCapacity(count)
    kind.reserveCapacity(count)
    instrument.reserveCapacity(count)
    cash.reserveCapacity(count)
    units.reserveCapacity(count)
    price.reserveCapacity(count)
    fee.reserveCapacity(count)
    counter.reserveCapacity(count)
  }

  mutating func append(
    timeNs: Int64, sequence: Int64, wallet: Int32, kind: Entry.Kind, instrument: Int32 = -1,
    cash: Double, units: Double = 0, price: Double = .nan, fee: Double = 0, counter: Int32 = -1
  ) {
    self.timeNs.append(timeNs)
    self.sequence.append(sequence)
    self.wallet.append(wallet)
    self.kind.append(kind)
    self.instrument.append(instrument)
    // No minus before a zero, which would be another text in an export.
    self.cash.append(cash == 0 ? 0 : cash)
    self.units.append(units)
    self.price.append(price)
    self.fee.append(fee)
    self.counter.append(counter)
  }
}

extension EntryTable {
  /// The table with further entries, each portfolio's in order of time and sequence.
  ///
  /// - Parameters:
  ///   - table: what is there; its sequences come before all of `new`.
  ///   - new: further entries, sequences ascending.
  ///   - portfolioOf: portfolio of each wallet.
  ///   - portfolioCount: number of portfolios.
  /// - Complexity: O(entries), and a sort of portfolios whose times don't ascend.
  init(
    _ table: consuming EntryTable, adding new: consuming EntryColumns, portfolioOf: [Int32],
    portfolioCount: Int
  ) {
    let old = table.count
    let total = old + new.count
    var starts = [Int](repeating: 0, count: portfolioCount + 1)
    for portfolio in 0..<portfolioCount where portfolio + 1 < table.starts.count {
      starts[portfolio + 1] = table.starts[portfolio + 1] - table.starts[portfolio]
    }
    for wallet in new.wallet { starts[Int(portfolioOf[Int(wallet)]) + 1] += 1 }
    for portfolio in 0..<portfolioCount { starts[portfolio + 1] += starts[portfolio] }

    var next = Array(starts.dropLast())
    var order = [Int32](repeating: 0, count: total)
    for portfolio in 0..<portfolioCount where portfolio + 1 < table.starts.count {
      for row in table.range(of: portfolio) {
        order[next[portfolio]] = Int32(row)
        next[portfolio] += 1
      }
    }
    for row in 0..<new.count {
      let portfolio = Int(portfolioOf[Int(new.wallet[row])])
      order[next[portfolio]] = Int32(old + row)
      next[portfolio] += 1
    }
    let timeNs = Self.joined(order, table.timeNs, new.timeNs)
    Self.sort(&order, by: timeNs, starts)

    let wallet = Self.joined(order, table.wallet, take(&new.wallet))
    let kind = Self.joined(order, table.kind, take(&new.kind))
    let instrument = Self.joined(order, table.instrument, take(&new.instrument))
    let cash = Self.joined(order, table.cash, take(&new.cash))
    let units = Self.joined(order, table.units, take(&new.units))
    let price = Self.joined(order, table.price, take(&new.price))
    let fee = Self.joined(order, table.fee, take(&new.fee))
    let counter = Self.joined(order, table.counter, take(&new.counter))
    let sequence = Self.joined(order, table.sequence, take(&new.sequence))
    var id: [String] = []
    if !table.id.isEmpty || !new.id.isEmpty {
      let none = { (count: Int) in [String](repeating: "", count: count) }
      id = Self.joined(
        order, table.id.isEmpty ? none(old) : table.id,
        new.id.isEmpty ? none(total - old) : take(&new.id))
    }
    self.init(
      starts: starts, timeNs: Self.joined(order, table.timeNs, take(&new.timeNs)),
      sequence: sequence, wallet: wallet, kind: kind, instrument: instrument, cash: cash,
      units: units, price: price, fee: fee, counter: counter, id: id)
  }

  /// Stable within each portfolio: entries of one instant stay as they came.
  private static func sort(_ order: inout [Int32], by timeNs: [Int64], _ starts: [Int]) {
    for portfolio in 0..<(starts.count - 1) {
      let range = starts[portfolio]..<starts[portfolio + 1]
      var isSorted = true
      for row in range.dropFirst() where timeNs[row - 1] > timeNs[row] {
        isSorted = false
        break
      }
      if isSorted { continue }
      let rows = range.sorted { (timeNs[$0], $0) < (timeNs[$1], $1) }
      let sorted = rows.map { order[$0] }
      for (row, source) in zip(range, sorted) { order[row] = source }
    }
  }

  private static func joined<Value>(_ order: [Int32], _ old: [Value], _ new: [Value]) -> [Value] {
    let split = old.count
    return order.map { Int($0) < split ? old[Int($0)] : new[Int($0) - split] }
  }
}

/// A list, and nothing left in its place, so that its memory goes once it was used.
private func take<Value>(_ list: inout [Value]) -> [Value] {
  let taken = list
  list = []
  return taken
}
