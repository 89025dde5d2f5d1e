import Dispatch
import Glibc
import Market

/// Puts the rows of all files onto one time axis and one list of symbols.
enum PanelAssembly {
  private struct Axes {
    var times: [Int64]
    var symbols: [SymbolTable.Entry]
    // By file: position on the axis of each instant and symbol of that file.
    var timeMap: [[Int]]
    var symbolMap: [[Int]]
  }

  /// Aligns tables into a draft, moving duplicate rows from the tables to their bad rows.
  static func assemble(_ tables: inout [FileTable], options: ImportOptions) throws(ImportError) -> (
    draft: PanelDraft, quarantined: [QuarantinedRow], summary: ImportSummary
  ) {
    let axes = axes(of: tables)
    let fields = fieldNames(tables)
    let cells = try cellCount(axes, fields: fields.count, options: options)
    try dropDuplicates(&tables, axes, cells: cells, options: options)

    let frequency = options.frequencyNs.map(Frequency.init(ns:)) ?? Frequency.infer(axes.times)
    let calendar = options.calendar ?? CalendarGuess.calendar(axes.times, frequency: frequency)
    let draft = PanelDraft(
      name: options.panel ?? "\(calendar.name)_\(frequency.label)",
      timeNs: axes.times, symbols: axes.symbols, calendar: calendar, frequencyNs: frequency.ns,
      allowsNegativePrices: options.allowsNegativePrices,
      fields: values(tables, axes, fields, cells: cells))
    return (draft, quarantined(tables), summary(tables, draft))
  }

  // MARK: Axes

  private static func axes(of tables: [FileTable]) -> Axes {
    var usedTimes: Set<Int64> = []
    var names: [String: String] = [:]
    for table in tables {
      var timeUsed = [Bool](repeating: false, count: table.times.count)
      var symbolUsed = [Bool](repeating: false, count: table.symbols.count)
      for row in 0..<table.rowCount {
        timeUsed[Int(table.rowTime[row])] = true
        symbolUsed[Int(table.rowSymbol[row])] = true
      }
      for (index, used) in timeUsed.enumerated() where used { usedTimes.insert(table.times[index]) }
      for (index, used) in symbolUsed.enumerated() where used {
        let known = names[table.symbols[index], default: ""]
        names[table.symbols[index]] = known.isEmpty ? table.names[index] : known
      }
    }
    let times = usedTimes.sorted()
    // The order of Swift strings is that of their scalars once composed, which a file's bytes need
    // not be.
    let symbols = names.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let timeIndex = Dictionary(uniqueKeysWithValues: times.enumerated().map { ($1, $0) })
    let symbolIndex = Dictionary(uniqueKeysWithValues: symbols.enumerated().map { ($1, $0) })
    return Axes(
      times: times,
      symbols: symbols.map { SymbolTable.Entry(symbol: $0, name: names[$0] ?? "") },
      timeMap: tables.map { $0.times.map { timeIndex[$0] ?? 0 } },
      symbolMap: tables.map { $0.symbols.map { symbolIndex[$0] ?? 0 } })
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

  // MARK: Duplicates

  private static func dropDuplicates(
    _ tables: inout [FileTable], _ axes: Axes, cells: Int, options: ImportOptions
  ) throws(ImportError) {
    var taken = [Bool](repeating: false, count: cells)
    let width = axes.symbols.count
    for file in tables.indices {
      let table = tables[file]
      let timeMap = axes.timeMap[file]
      let symbolMap = axes.symbolMap[file]
      var repeated: [Int] = []
      for row in 0..<table.rowCount {
        let cell = timeMap[Int(table.rowTime[row])] * width + symbolMap[Int(table.rowSymbol[row])]
        if taken[cell] { repeated.append(row) } else { taken[cell] = true }
      }
      if repeated.isEmpty { continue }
      let firsts = firstRows(of: repeated, in: file, tables, axes)
      quarantine(repeated, &tables[file], firsts, options)
      try tables[file].check(options)
      if tables[file].rowCount == 0 { throw .nothingToImport(path: table.path) }
    }
  }

  /// Where the row stands that a repeated row repeats, in words, by row.
  private static func firstRows(
    of repeated: [Int], in file: Int, _ tables: [FileTable], _ axes: Axes
  ) -> [Int: String] {
    func key(_ file: Int, _ row: Int) -> Int {
      let time = axes.timeMap[file][Int(tables[file].rowTime[row])]
      return time * axes.symbols.count + axes.symbolMap[file][Int(tables[file].rowSymbol[row])]
    }
    let wanted = Set(repeated.map { key(file, $0) })
    var places: [Int: String] = [:]
    for earlier in 0...file {
      for row in 0..<tables[earlier].rowCount {
        let cell = key(earlier, row)
        if places[cell] != nil || !wanted.contains(cell) { continue }
        let line = "line \(tables[earlier].rowLine[row])"
        places[cell] = earlier == file ? line : "\(tables[earlier].path) \(line)"
      }
    }
    return Dictionary(uniqueKeysWithValues: repeated.map { ($0, places[key(file, $0)] ?? "") })
  }

  private static func quarantine(
    _ repeated: [Int], _ table: inout FileTable, _ firsts: [Int: String], _ options: ImportOptions
  ) {
    let lines = Set(repeated.prefix(FileTable.badRowsKept).map { table.rowLine[$0] })
    let texts = rowTexts(table.path, lines, options)
    var dropped = [Bool](repeating: false, count: table.rowCount)
    let column = zip(table.dialect.header, table.dialect.roles).first { $1 == .time }?.0 ?? "time"
    for row in repeated {
      dropped[row] = true
      let symbol = table.symbols[Int(table.rowSymbol[row])]
      let time = TimeParser.format(table.times[Int(table.rowTime[row])])
      table.add(
        FileTable.BadRow(
          rule: .duplicate, line: table.rowLine[row], column: column,
          text: texts[table.rowLine[row]] ?? "",
          reason: "\(symbol) at \(time) stands already in \(firsts[row] ?? "")"))
    }
    table.remove(dropped)
    table.badRows.sort { $0.line < $1.line }
  }

  /// Reads rows again for their text, which was not kept; none from standard input, which is gone.
  private static func rowTexts(_ path: String, _ lines: Set<Int>, _ options: ImportOptions) -> [Int:
    String]
  {
    guard path != "-", let source = try? ByteSources.open(path, options: options) else {
      return [:]
    }
    var reader = RecordReader(source, path: path)
    var texts: [Int: String] = [:]
    // A file that changed meanwhile costs the text of a message, nothing else.
    while texts.count < lines.count, (try? reader.next()) == true {
      if lines.contains(reader.line) { texts[reader.line] = reader.recordText }
    }
    return texts
  }

  // MARK: Values

  private static func values(
    _ tables: [FileTable], _ axes: Axes, _ fields: [String], cells: Int
  ) -> [PanelDraft.Field] {
    let slots = Slots<[Double]>(count: fields.count)
    let width = axes.symbols.count
    DispatchQueue.concurrentPerform(iterations: fields.count) { index in
      var values = [Double](repeating: .nan, count: cells)
      for (file, table) in tables.enumerated() {
        guard let slot = table.fields.firstIndex(of: fields[index]) else { continue }
        let stride = table.fields.count
        let timeMap = axes.timeMap[file]
        let symbolMap = axes.symbolMap[file]
        for row in 0..<table.rowCount {
          let bar = timeMap[Int(table.rowTime[row])]
          let symbol = symbolMap[Int(table.rowSymbol[row])]
          values[bar * width + symbol] = table.values[row * stride + slot]
        }
      }
      slots.store(values, at: index)
    }
    return zip(fields, slots.take()).map { PanelDraft.Field(name: $0, values: $1) }
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
      dialects: tables.map(\.dialect.description), ignoredColumns: ignored)
  }
}
