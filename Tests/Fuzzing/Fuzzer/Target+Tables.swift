import Interchange
import Market
import Storage

extension Target {
  /// A table is refused, or each of its rows is kept or reported; the size of blocks changes nothing.
  static func readTable(_ bytes: UnsafeRawBufferPointer) {
    // The first byte chooses among the options, so that one corpus serves them all.
    guard let choice = bytes.first else { return }
    let file = MemoryFile(UnsafeRawBufferPointer(rebasing: bytes.dropFirst()))
    let options = options(choice)
    let whole = Result {
      try CSVImporter.read(paths: [file.path], options: options, workers: 1, blockBytes: 1 << 14)
    }
    if case .success(let (draft, bad, summary)) = whole { check(draft, bad, summary) }
    guard choice & 0x80 != 0 else { return }
    let parts = Result {
      try CSVImporter.read(paths: [file.path], options: options, workers: 2, blockBytes: 61)
    }
    switch (whole, parts) {
    case (.failure, .failure): break
    case (.success(let whole), .success(let parts)):
      precondition(whole.summary == parts.summary, "blocks change the summary")
      precondition(whole.quarantined == parts.quarantined, "blocks change what is left out")
      precondition(
        whole.draft.timeNs == parts.draft.timeNs
          && whole.draft.symbols.map(\.symbol) == parts.draft.symbols.map(\.symbol)
          && zip(whole.draft.fields, parts.draft.fields).allSatisfy {
            $0.name == $1.name && $0.values.map(\.bitPattern) == $1.values.map(\.bitPattern)
          }, "blocks change the panel")
    default: preconditionFailure("blocks decide whether a file is refused")
    }
  }

  /// JSON is refused, or each of its candles is kept or reported.
  static func readCandles(_ bytes: UnsafeRawBufferPointer) {
    guard let choice = bytes.first else { return }
    let file = MemoryFile(UnsafeRawBufferPointer(rebasing: bytes.dropFirst()))
    var options = options(choice)
    // It refuses these at once.
    (options.delimiter, options.encoding, options.skippedLines, options.hasHeader) =
      (nil, nil, nil, nil)
    guard
      let (draft, bad, summary) = try? JSONImporter.read(paths: [file.path], options: options)
    else { return }
    check(draft, bad, summary)
  }

  private static func check(
    _ draft: PanelDraft, _ bad: [QuarantinedRow], _ summary: ImportSummary
  ) {
    let cells = draft.timeNs.count * draft.symbols.count
    precondition(draft.fields.allSatisfy { $0.values.count == cells }, "a field has other cells")
    precondition(
      zip(draft.timeNs, draft.timeNs.dropFirst()).allSatisfy { $0 < $1 }, "times don't increase")
    let left = summary.quarantined.values.reduce(0, +)
    precondition(summary.rowsKept + left == summary.rowsRead, "a row is lost")
    precondition(bad.count <= left && bad.isEmpty == (left == 0), "a row is left out in silence")
    precondition(
      draft.fields.allSatisfy { $0.values.allSatisfy { !$0.isInfinite } }, "a value is infinite")
    precondition(Set(draft.symbols.map(\.symbol)).count == draft.symbols.count, "a symbol repeats")
  }

  /// Three bits are flags, four pick a dialect, and the last has the reader's blocks compared.
  private static func options(_ choice: UInt8) -> ImportOptions {
    var options = ImportOptions()
    if choice & 1 != 0 { options.symbol = .fixed("X") }
    if choice & 2 != 0 { options.allowsNegativePrices = true }
    if choice & 4 != 0 { options.onBadRow = .reject }
    options.panelBytesLimit = 64 << 20
    options.unpackedBytesLimit = 16 << 20
    switch choice >> 3 & 15 {
    case 1: options.timeZone = "America/New_York"
    case 2: (options.timeZone, options.fold) = ("Europe/Berlin", .later)
    case 3: options.dateFormat = "dmy"
    case 4: (options.dateFormat, options.decimal) = ("mdy", ",")
    case 5: options.dateFormat = "%d.%m.%Y %H:%M"
    case 6: options.dateFormat = "excel"
    case 7: options.dateFormat = "epoch-ms"
    case 8: (options.delimiter, options.thousands) = (";", ".")
    case 9: options.missing = ["-", "0", "n/a"]
    case 10: options.field = "return"
    case 11: options.encoding = "Latin-1"
    case 12: (options.skippedLines, options.hasHeader) = (1, false)
    case 13: options.columns = ["1": "time", "2": "close", "3": "symbol"]
    case 14: options.columns = ["close": "close", "bid": "open"]
    case 15: options.hasLEANPrices = true
    default: break
    }
    return options
  }
}
