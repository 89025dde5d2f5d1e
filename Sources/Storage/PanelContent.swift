import HDF5
import Market

/// A panel ready to be written: from a draft, from a file that is being replaced, or from both.
struct PanelContent: Sendable {
  let info: PanelInfo
  let timeNs: [Int64]
  private let source: Source

  private enum Source: Sendable {
    case draft([PanelDraft.Field])
    case stored(StoredPanel)
    case merged(PanelMerge)
  }

  init(_ stored: StoredPanel) {
    info = stored.info
    timeNs = stored.timeNs
    source = .stored(stored)
  }

  init(_ draft: PanelDraft) throws(StorageError) {
    info = try PanelInfo(draft)
    timeNs = draft.timeNs
    source = .draft(draft.fields)
  }

  init(_ merge: PanelMerge) {
    info = merge.info
    timeNs = merge.timeNs
    source = .merged(merge)
  }

  /// Calls `body` with the values of a field in order, as blocks of whole bars.
  func forEachBlock<Failure: Error>(
    _ index: Int, _ body: (UnsafeBufferPointer<Double>) throws(Failure) -> Void
  ) throws(Failure) {
    switch source {
    case .draft(let fields):
      try fields[index].values.withUnsafeBufferPointer { values throws(Failure) in try body(values)
      }
    case .stored(let panel): try body(panel.values(index))
    case .merged(let merge): try merge.forEachBlock(index, body)
    }
  }

  /// SHA-256 of the content.
  func contentHash() -> String {
    ContentHash.panel(info, timeNs: timeNs) { index, add in forEachBlock(index) { add($0) } }
  }

  /// Writes the panel into its group, all but the hash.
  func write(in group: borrowing Group, form: PriceStore.Form) throws(HDF5Error) {
    try group.setAttribute("calendar", info.calendar.name)
    try group.setAttribute("frequency_ns", info.frequencyNs)
    try group.setAttribute("time_zone", info.calendar.timeZone)
    try group.setAttribute("negative_prices", info.allowsNegativePrices ? "allowed" : "refused")
    if info.adjusted != .none { try group.setAttribute("adjusted", info.adjusted.rawValue) }
    let time = try group.write("time", timeNs)
    try time.setAttribute("units", "nanoseconds since 1970-01-01")
    try time.makeScale("time")
    let symbol = try group.write("symbol", info.symbols)
    try symbol.makeScale("symbol")
    let shape = [info.barCount, info.symbols.count]
    for (index, name) in info.fields.enumerated() {
      let field =
        switch form {
        case .plain: try group.createDataset(name, of: Double.self, shape: shape)
        case .packed:
          try group.createPackedDataset(
            name, of: Double.self, shape: shape, chunk: Self.chunk(shape), level: 6)
        }
      var row = 0
      try forEachBlock(index) { block throws(HDF5Error) in
        try field.writeRows(block, at: row)
        row += block.count / shape[1]
      }
      try field.attach(time, dimension: 0)
      try field.attach(symbol, dimension: 1)
    }
    try group.writeColumn(
      "first", info.lifetimes.map { Int64($0?.lowerBound ?? -1) }, along: symbol)
    try group.writeColumn(
      "last", info.lifetimes.map { Int64($0?.upperBound ?? -1) }, along: symbol)
  }

  /// Chunks of at most 1 MiB, the library's cache for each dataset; many bars of few symbols, whose values are alike.
  private static func chunk(_ shape: [Int]) -> [Int] {
    let bars = min(shape[0], 8192)
    return [bars, max(1, min(shape[1], (1 << 17) / bars))]
  }
}
