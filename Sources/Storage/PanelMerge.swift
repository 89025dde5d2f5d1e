import Market

/// A stored panel and a draft of the same panel as one: what each adds, and where they differ.
///
/// Bars, symbols and fields are those of either; of symbols and fields the stored ones come first. A value of the draft
/// goes before a stored one, a missing one never does.
struct PanelMerge: Sendable {
  /// The whole, its hash still empty.
  private(set) var info: PanelInfo
  /// Start of each bar.
  let timeNs: [Int64]
  /// Values that only the draft has, in bars, symbols and fields that are stored.
  private(set) var filledCount = 0
  /// Values that both have, and agree on.
  private(set) var equalCount = 0
  /// Number of values that both have, and don't agree on.
  private(set) var conflictCount = 0
  /// Those values; only the first few unless all are asked for.
  private(set) var conflicts: [PanelConflict] = []
  /// What only the draft has.
  let newBars: Int
  let newSymbols: [String]
  let newFields: [String]

  private let old: StoredPanel
  private let new: PanelDraft
  /// The stored bar and the draft's by bar of the whole; −1 for none.
  private let oldRows: [Int]
  private let newRows: [Int]
  /// Column of each of the draft's symbols in the whole.
  private let newColumns: [Int]
  /// Places of each field of the whole in either.
  private let oldFields: [Int?]
  private let newFieldPlaces: [Int?]

  /// Nothing is copied: O(draft) time beyond the axes.
  ///
  /// - Parameters:
  ///   - old: with all its fields.
  ///   - keepsConflicts: whether all values that differ are wanted, or the first few.
  init(_ old: StoredPanel, _ new: PanelDraft, path: String, keepsConflicts: Bool)
    throws(StorageError)
  {
    let draft = try PanelInfo(new)
    try Self.checkAgreement(old.info, draft, path)
    self.old = old
    self.new = new
    (timeNs, oldRows, newRows) = Self.axis(old.timeNs, new.timeNs)
    newBars = timeNs.count - old.timeNs.count

    var symbols = old.info.symbols
    var places = Dictionary(uniqueKeysWithValues: symbols.enumerated().map { ($1, $0) })
    newColumns = draft.symbols.map { symbol in
      if let place = places[symbol] { return place }
      places[symbol] = symbols.count
      symbols.append(symbol)
      return symbols.count - 1
    }
    newSymbols = Array(symbols[old.info.symbols.count...])
    newFields = draft.fields.filter { !old.info.fields.contains($0) }
    let fields = old.info.fields + newFields
    oldFields = fields.map { old.info.fields.firstIndex(of: $0) }
    newFieldPlaces = fields.map { draft.fields.firstIndex(of: $0) }

    info = old.info
    info.contentHash = ""
    info.barCount = timeNs.count
    info.symbols = symbols
    info.fields = fields
    info.range = timeNs[0]...timeNs[timeNs.count - 1]
    info.allowsNegativePrices = old.info.allowsNegativePrices || draft.allowsNegativePrices
    info.lifetimes = mergedLifetimes(draft)
    compare(limit: keepsConflicts ? .max : 3)
  }

  /// Whether the whole says no more than what is stored.
  var changesNothing: Bool {
    newBars == 0 && newSymbols.isEmpty && newFields.isEmpty && filledCount == 0
      && conflictCount == 0
      && info.allowsNegativePrices == old.info.allowsNegativePrices
  }

  /// Throws unless two panels have one calendar and one length of bars.
  static func checkAgreement(_ old: PanelInfo, _ new: PanelInfo, _ path: String)
    throws(StorageError)
  {
    func contradiction(_ what: String, _ stored: String, _ found: String) -> StorageError {
      .panelContradicts(panel: old.name, path: path, what: what, stored: stored, new: found)
    }
    if old.calendar != new.calendar {
      throw contradiction(
        "calendar", "\(old.calendar.name) in \(old.calendar.timeZone)",
        "\(new.calendar.name) in \(new.calendar.timeZone)")
    }
    if old.adjusted != new.adjusted {
      throw contradiction("adjustment", old.adjusted.rawValue, new.adjusted.rawValue)
    }
    if old.frequencyNs != new.frequencyNs {
      throw contradiction("frequency", "\(old.frequencyNs) ns", "\(new.frequencyNs) ns")
    }
  }

  /// Both axes as one, and where each of its bars stands in either.
  private static func axis(_ old: [Int64], _ new: [Int64]) -> ([Int64], [Int], [Int]) {
    var (times, oldRows, newRows): ([Int64], [Int], [Int]) = ([], [], [])
    times.reserveCapacity(old.count + new.count)
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      let next = min(i < old.count ? old[i] : .max, j < new.count ? new[j] : .max)
      times.append(next)
      let (isOld, isNew) = (i < old.count && old[i] == next, j < new.count && new[j] == next)
      oldRows.append(isOld ? i : -1)
      newRows.append(isNew ? j : -1)
      i += isOld ? 1 : 0
      j += isNew ? 1 : 0
    }
    return (times, oldRows, newRows)
  }

  /// Lifetimes by close, or by any field where no panel has it: they only grow, unless it is the draft that brings it.
  private func mergedLifetimes(_ draft: PanelInfo) -> [ClosedRange<Int>?] {
    func places(_ rows: [Int]) -> [Int] {
      rows.enumerated().filter { $0.element >= 0 }.map(\.offset)
    }
    let (oldBars, newBars) = (places(oldRows), places(newRows))
    let isByClose = info.fields.contains("close")
    var lifetimes = [ClosedRange<Int>?](repeating: nil, count: info.symbols.count)
    func extend(_ column: Int, _ life: ClosedRange<Int>?, _ bars: [Int]) {
      guard let life else { return }
      let (first, last) = (bars[life.lowerBound], bars[life.upperBound])
      lifetimes[column] =
        min(
          first, lifetimes[column]?.lowerBound ?? first)...max(
          last, lifetimes[column]?.upperBound ?? last)
    }
    if !isByClose || old.info.fields.contains("close") {
      for (column, life) in old.info.lifetimes.enumerated() { extend(column, life, oldBars) }
    }
    if !isByClose || draft.fields.contains("close") {
      for (column, life) in zip(newColumns, draft.lifetimes) { extend(column, life, newBars) }
    }
    return lifetimes
  }

  /// Counts agreement and collects the values that differ, bar by bar.
  private mutating func compare(limit: Int) {
    let (oldWidth, newWidth) = (old.info.symbols.count, new.symbols.count)
    let shared = info.fields.indices.filter { oldFields[$0] != nil && newFieldPlaces[$0] != nil }
    for bar in timeNs.indices where newRows[bar] >= 0 && oldRows[bar] >= 0 {
      for field in shared {
        guard let place = newFieldPlaces[field], let stored = oldFields[field] else { continue }
        let row = old.values(stored)[oldRows[bar] * oldWidth..<(oldRows[bar] + 1) * oldWidth]
        for symbol in 0..<newWidth where newColumns[symbol] < oldWidth {
          let found = new.fields[place].values[newRows[bar] * newWidth + symbol]
          if found.isNaN { continue }
          let known = row[row.startIndex + newColumns[symbol]]
          if known.isNaN {
            filledCount += 1
          } else if known.bitPattern == found.bitPattern {
            equalCount += 1
          } else {
            conflictCount += 1
            if conflictCount > limit { continue }
            conflicts.append(
              PanelConflict(
                symbol: new.symbols[symbol].symbol, timeNs: timeNs[bar], field: info.fields[field],
                old: known, new: found))
          }
        }
      }
    }
  }

  /// Calls `body` with the values of a field in order, as blocks of whole bars.
  ///
  /// Bars that only the store has are handed over where they lie, if they are as wide as the whole.
  func forEachBlock<Failure: Error>(
    _ field: Int, _ body: (UnsafeBufferPointer<Double>) throws(Failure) -> Void
  ) throws(Failure) {
    let (width, oldWidth) = (info.symbols.count, old.info.symbols.count)
    let stored = oldFields[field].map { old.values($0) }
    let blockBars = max(1, (1 << 16) / width)
    var block: [Double] = []
    var bar = 0
    while bar < timeNs.count {
      var end = bar
      while end < timeNs.count, newRows[end] < 0 { end += 1 }
      if end > bar, width == oldWidth, let stored {
        // Without a bar of the draft between them, stored bars follow each other.
        let first = oldRows[bar] * width
        try body(UnsafeBufferPointer(rebasing: stored[first..<first + (end - bar) * width]))
        bar = end
        continue
      }
      end = min(bar + blockBars, timeNs.count)
      block.removeAll(keepingCapacity: true)
      for row in bar..<end { append(row, field, stored, to: &block) }
      try block.withUnsafeBufferPointer { values throws(Failure) in try body(values) }
      bar = end
    }
  }

  private func append(
    _ bar: Int, _ field: Int, _ stored: UnsafeBufferPointer<Double>?, to block: inout [Double]
  ) {
    let (width, oldWidth, newWidth) = (info.symbols.count, old.info.symbols.count, newColumns.count)
    let start = block.count
    if oldRows[bar] >= 0, let stored {
      block.append(contentsOf: stored[oldRows[bar] * oldWidth..<(oldRows[bar] + 1) * oldWidth])
    }
    block.append(contentsOf: repeatElement(.nan, count: width - (block.count - start)))
    guard newRows[bar] >= 0, let place = newFieldPlaces[field] else { return }
    let values = new.fields[place].values
    for symbol in 0..<newWidth {
      let value = values[newRows[bar] * newWidth + symbol]
      if !value.isNaN { block[start + newColumns[symbol]] = value }
    }
  }
}
