import Dispatch
import Glibc
import Market

/// Puts the rows of all files onto one time axis and one list of symbols.
enum PanelAssembly {
  /// Aligns tables into a draft, moving duplicate rows from the tables to their bad rows.
  static func assemble(
    _ tables: inout [FileTable], options: ImportOptions, workers: Int
  ) throws(ImportError) -> (
    draft: PanelDraft, quarantined: [QuarantinedRow], summary: ImportSummary
  ) {
    let axes = PanelAxes(of: tables)
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

  private static func cellCount(_ axes: PanelAxes, fields: Int, options: ImportOptions)
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
