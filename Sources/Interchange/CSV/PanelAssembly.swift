import Dispatch
import Glibc
import Market

/// Puts the rows of all files onto one time axis and one list of symbols.
enum PanelAssembly {
  /// The axes, and where the times and symbols of a worker stand on them.
  private struct Axes {
    var times: [Int64] = []
    var symbols: [SymbolTable.Entry] = []
    var maps: [ObjectIdentifier: (times: [UInt32], symbols: [UInt32])] = [:]
  }

  /// Aligns tables into a draft, moving duplicate rows from the tables to their bad rows.
  static func assemble(
    _ tables: inout [FileTable], options: ImportOptions, workers: Int
  ) throws(ImportError) -> (
    draft: PanelDraft, quarantined: [QuarantinedRow], summary: ImportSummary
  ) {
    let axes = axes(of: tables)
    let fields = fieldNames(tables)
    let cells = try cellCount(axes, fields: fields.count, options: options)
    if place(tables, axes, cells: cells, workers: workers) {
      try dropDuplicates(&tables, axes, cells: cells, options: options)
    }

    let frequency = options.frequencyNs.map(Frequency.init(ns:)) ?? Frequency.infer(axes.times)
    let calendar = options.calendar ?? CalendarGuess.calendar(axes.times, frequency: frequency)
    // Files may have hundreds of thousands of fields, so none is searched for.
    let slots = tables.map { table in
      Dictionary(uniqueKeysWithValues: zip(table.fields, table.slots))
    }
    let draft = PanelDraft(
      name: options.panel ?? "\(calendar.name)_\(frequency.label)",
      timeNs: axes.times, symbols: axes.symbols, calendar: calendar, frequencyNs: frequency.ns,
      allowsNegativePrices: options.allowsNegativePrices,
      fields: fields.map {
        PanelDraft.Field(
          name: $0, values: values(tables, slots, $0, cells: cells, workers: workers))
      })
    return (draft, quarantined(tables), summary(tables, draft))
  }

  // MARK: Axes

  private static func axes(of tables: [FileTable]) -> Axes {
    var axes = Axes()
    let all = usedNumbers(tables)
    var times: [Int64] = []
    for (numbers, used) in all {
      var own = zip(numbers.times, used.times).compactMap { $1 ? $0 : nil }
      if !zip(own, own.dropFirst()).allSatisfy({ $0 < $1 }) { own.sort() }
      times = merged(times, own)
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
      axes.maps[ObjectIdentifier(numbers)] = (
        positions(of: numbers.times, in: times), numbers.symbols.map { symbolIndex[$0] ?? 0 }
      )
    }
    axes.times = times
    axes.symbols = symbols.map { SymbolTable.Entry(symbol: $0, name: names[$0] ?? "") }
    return axes
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

  /// Prices first, in the customary order, then the others as they come.
  private static func fieldNames(_ tables: [FileTable]) -> [String] {
    var found: [String] = []
    var known: Set<String> = []
    for table in tables {
      for field in table.fields where known.insert(field).inserted { found.append(field) }
    }
    let first = ["open", "high", "low", "close", "volume", "market_cap"]
    return first.filter(known.contains) + found.filter { !first.contains($0) }
  }

  private static func cellCount(_ axes: Axes, fields: Int, options: ImportOptions)
    throws(ImportError) -> Int
  {
    let limit =
      options.panelBytesLimit ?? sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 2
    // Counts stay below 2³² each, and fields below 2²⁰, so only the last product can overflow.
    let cells = axes.times.count.multipliedReportingOverflow(by: axes.symbols.count)
    let bytes = cells.partialValue.multipliedReportingOverflow(by: fields * 8)
    if cells.overflow || bytes.overflow || bytes.partialValue > limit {
      throw .tooLarge(
        bars: axes.times.count, symbols: axes.symbols.count, fields: fields,
        bytes: bytes.overflow ? .max : bytes.partialValue, limit: limit)
    }
    return cells.partialValue
  }

  // MARK: Places

  /// Neighbouring blocks for each worker, with about as many rows: cells of neighbouring symbols share cache lines, so
  /// two workers should not be at the same ones.
  private static func shares(_ blocks: [RowBlock], _ workers: Int) -> [Range<Int>] {
    let rows = blocks.reduce(0) { $0 + $1.count }
    var shares: [Range<Int>] = []
    var start = 0
    var passed = 0
    for (index, block) in blocks.enumerated() {
      passed += block.count
      if passed * workers >= rows * (shares.count + 1) || index == blocks.count - 1 {
        shares.append(start..<index + 1)
        start = index + 1
      }
    }
    return shares
  }

  /// Turns the number of time and symbol of each row into its cell of the panel.
  ///
  /// - Returns: whether two rows have the same one.
  private static func place(_ tables: [FileTable], _ axes: Axes, cells: Int, workers: Int) -> Bool {
    let blocks = tables.flatMap(\.blocks)
    let shares = shares(blocks, workers)
    let results = Slots<[UInt64]>(count: shares.count)
    let width = UInt64(axes.symbols.count)
    DispatchQueue.concurrentPerform(iterations: shares.count) { share in
      // A bit for each cell; none at all if a cell was taken twice.
      var taken = [UInt64](repeating: 0, count: cells / 64 + 1)
      var repeated: UInt64 = 0
      taken.withUnsafeMutableBufferPointer { taken in
        for block in blocks[shares[share]] {
          guard let map = axes.maps[ObjectIdentifier(block.numbers)] else { continue }
          let places = block.places
          map.times.withUnsafeBufferPointer { times in
            map.symbols.withUnsafeBufferPointer { symbols in
              for row in 0..<block.count {
                let place = places[row]
                let cell =
                  UInt64(times[Int(place >> 32)]) &* width
                  &+ UInt64(symbols[Int(place & 0xFFFF_FFFF)])
                places[row] = cell
                let word = Int(cell >> 6)
                let bit: UInt64 = 1 << (cell & 63)
                repeated |= taken[word] & bit
                taken[word] |= bit
              }
            }
          }
        }
      }
      results.store(repeated == 0 ? taken : [], at: share)
    }
    let sets = results.take()
    guard var all = sets.first, !sets.contains([]) else { return true }
    for other in sets.dropFirst() {
      for word in all.indices {
        if all[word] & other[word] != 0 { return true }
        all[word] |= other[word]
      }
    }
    return false
  }

  // MARK: Duplicates

  private static func dropDuplicates(
    _ tables: inout [FileTable], _ axes: Axes, cells: Int, options: ImportOptions
  ) throws(ImportError) {
    var taken = [Bool](repeating: false, count: cells)
    for file in tables.indices {
      var repeated: [FileTable.LateRow] = []
      let column = tables[file].dialect.roles.firstIndex(of: .time) ?? 0
      for (index, block) in tables[file].blocks.enumerated() {
        for row in 0..<block.count {
          let cell = Int(block.places[row])
          if taken[cell] {
            repeated.append(
              FileTable.LateRow(block: index, row: row, rule: .duplicate, columnIndex: column))
          } else {
            taken[cell] = true
          }
        }
      }
      if repeated.isEmpty { continue }
      explain(&repeated, in: file, tables, axes)
      tables[file].remove(repeated)
      try tables[file].check(options)
      if tables[file].rowCount == 0 { throw .nothingToImport(path: tables[file].path) }
    }
  }

  /// Says where the row stands that a repeated row repeats.
  private static func explain(
    _ repeated: inout [FileTable.LateRow], in file: Int, _ tables: [FileTable], _ axes: Axes
  ) {
    let blocks = tables[file].blocks
    let told = repeated.prefix(FileTable.badRowsKept).map { Int(blocks[$0.block].places[$0.row]) }
    var places: [Int: String] = [:]
    let wanted = Set(told)
    for earlier in 0...file {
      for block in tables[earlier].blocks {
        for row in 0..<block.count {
          let cell = Int(block.places[row])
          if !wanted.contains(cell) || places[cell] != nil { continue }
          let line = "line \(block.line(row))"
          places[cell] = earlier == file ? line : "\(tables[earlier].path) \(line)"
        }
      }
    }
    let width = axes.symbols.count
    for (index, cell) in told.enumerated() {
      let time = TimeParser.format(axes.times[cell / width])
      repeated[index].reason =
        "\(axes.symbols[cell % width].symbol) at \(time) stands already in \(places[cell] ?? "")"
    }
  }

  // MARK: Values

  private static func values(
    _ tables: [FileTable], _ slots: [[String: Int]], _ field: String, cells: Int, workers: Int
  ) -> [Double] {
    var sources: [(block: RowBlock, column: UnsafeMutablePointer<Double>)] = []
    for (table, slots) in zip(tables, slots) {
      guard let slot = slots[field] else { continue }
      for block in table.blocks { sources.append((block, block.column(slot))) }
    }
    let shares = shares(sources.map(\.block), cells < 10_000 ? 1 : workers)
    return [Double](unsafeUninitializedCapacity: cells) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      let target = Cells(base: base, sources: sources)
      // Each worker meets a part first, or all would wait for the same pages.
      let parts = cells < 10_000 ? 1 : workers
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        let (from, to) = (cells * part / parts, cells * (part + 1) / parts)
        (target.base + from).initialize(repeating: .nan, count: to - from)
      }
      DispatchQueue.concurrentPerform(iterations: shares.count) { share in
        for (block, column) in target.sources[shares[share]] {
          let places = block.places
          for row in 0..<block.count { target.base[Int(places[row])] = column[row] }
        }
      }
      count = cells
    }
  }

  /// Where values go to, and where they come from.
  private struct Cells: @unchecked Sendable {
    // Safe across threads because each writes cells of its own: those of its rows, which no other row has.
    let base: UnsafeMutablePointer<Double>
    let sources: [(block: RowBlock, column: UnsafeMutablePointer<Double>)]
  }

  // MARK: Report

  private static func quarantined(_ tables: [FileTable]) -> [QuarantinedRow] {
    tables.flatMap { table in
      table.badRows.map {
        QuarantinedRow(
          file: table.path, line: $0.line, column: $0.column, text: $0.text, reason: $0.reason)
      }
    }
  }

  private static func summary(_ tables: [FileTable], _ draft: PanelDraft) -> ImportSummary {
    var ignored: [String] = []
    for column in tables.flatMap(\.ignoredColumns) where !ignored.contains(column) {
      ignored.append(column)
    }
    return ImportSummary(
      files: tables.map(\.path),
      bytesRead: tables.reduce(0) { $0 + $1.bytesRead },
      rowsRead: tables.reduce(0) { $0 + $1.rowsRead },
      rowsKept: tables.reduce(0) { $0 + $1.rowCount },
      quarantined: tables.reduce(into: [:]) { $0.merge($1.badCounts, uniquingKeysWith: +) },
      bars: draft.timeNs.count, symbols: draft.symbols.count,
      // A table without rows was refused, so there is a first and a last bar.
      range: draft.timeNs[0]...draft.timeNs[draft.timeNs.count - 1],
      fields: draft.fields.map(\.name),
      dialects: tables.map(\.dialect.description), ignoredColumns: ignored,
      recognised: tables.map { RecognisedFile($0.dialect, path: $0.path) })
  }
}
