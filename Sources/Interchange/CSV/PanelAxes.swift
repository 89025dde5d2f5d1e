import Market

/// The axes of a panel, and where the times and symbols of a worker stand on them.
struct PanelAxes {
  private(set) var times: [Int64] = []
  private(set) var symbols: [SymbolTable.Entry] = []
  private(set) var maps: [ObjectIdentifier: (times: [UInt32], symbols: [UInt32])] = [:]

  /// The axes of all rows of some tables.
  init(of tables: [FileTable]) {
    let all = Self.usedNumbers(tables)
    for (numbers, used) in all {
      var own = zip(numbers.times, used.times).compactMap { $1 ? $0 : nil }
      if !zip(own, own.dropFirst()).allSatisfy({ $0 < $1 }) { own.sort() }
      times = Self.merged(times, own)
    }
    var names: [String: String] = [:]
    for (numbers, used) in all {
      for (symbol, isUsed) in zip(numbers.symbols, used.symbols) where isUsed { names[symbol] = "" }
    }
    for block in tables.lazy.flatMap(\.blocks) {
      for (number, name) in block.names {
        let symbol = block.numbers.symbols[Int(number)]
        if names[symbol]?.isEmpty == true { names[symbol] = name }
      }
    }
    // The order of Swift strings is that of their scalars once composed, which a file's bytes need
    // not be.
    let symbols = names.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let symbolIndex = Dictionary(
      uniqueKeysWithValues: symbols.enumerated().map { ($1, UInt32($0)) })
    for (numbers, _) in all {
      maps[ObjectIdentifier(numbers)] = (
        Self.positions(of: numbers.times, in: times), numbers.symbols.map { symbolIndex[$0] ?? 0 }
      )
    }
    self.symbols = symbols.map { SymbolTable.Entry(symbol: $0, name: names[$0] ?? "") }
  }

  private typealias Used = (times: [Bool], symbols: [Bool])

  /// What each worker met, and which of it is in a good row.
  private static func usedNumbers(_ tables: [FileTable]) -> [(RowNumbers, Used)] {
    // Only a row that was left out can have brought in what no other row has.
    let isAllUsed = tables.allSatisfy { $0.badCount == 0 && $0.dialect.layout == .long }
    var found: [(RowNumbers, Used)] = []
    var positions: [ObjectIdentifier: Int] = [:]
    for block in tables.lazy.flatMap(\.blocks) {
      let numbers = block.numbers
      var index = positions[ObjectIdentifier(numbers)]
      if index == nil {
        index = found.count
        positions[ObjectIdentifier(numbers)] = index
        found.append(
          (
            numbers,
            (
              [Bool](repeating: isAllUsed, count: numbers.times.count),
              [Bool](repeating: isAllUsed, count: numbers.symbols.count)
            )
          ))
      }
      if isAllUsed { continue }
      guard let index else { continue }
      for row in 0..<block.count {
        found[index].1.times[block.time(row)] = true
        found[index].1.symbols[block.symbol(row)] = true
      }
    }
    return found
  }

  /// Two ascending lists as one, each instant once.
  private static func merged(_ a: [Int64], _ b: [Int64]) -> [Int64] {
    var result: [Int64] = []
    result.reserveCapacity(max(a.count, b.count))
    var (i, j) = (0, 0)
    while i < a.count || j < b.count {
      let next = i == a.count ? b[j] : j == b.count ? a[i] : min(a[i], b[j])
      if result.last != next { result.append(next) }
      while i < a.count, a[i] == next { i += 1 }
      while j < b.count, b[j] == next { j += 1 }
    }
    return result
  }

  /// Where instants stand on an axis; 0 for one that is not there.
  private static func positions(of times: [Int64], in axis: [Int64]) -> [UInt32] {
    var last = 0
    return times.map { time in
      if last + 1 < axis.count, axis[last + 1] == time {
        last += 1
        return UInt32(last)
      }
      var low = 0
      var high = axis.count
      while low < high {
        let middle = (low + high) / 2
        if axis[middle] < time { low = middle + 1 } else { high = middle }
      }
      last = low < axis.count && axis[low] == time ? low : 0
      return UInt32(last)
    }
  }
}
