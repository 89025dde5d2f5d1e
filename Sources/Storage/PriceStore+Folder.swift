import Glibc
import Market

extension PriceStore {
  /// Opens the files of a folder as they are at one moment.
  ///
  /// - Throws: `unreadable` if writers left no such moment for half a minute, and what opening a file throws.
  static func openFolder(_ path: String) throws(StorageError) -> PriceStore {
    let folder = FolderStore(path)
    var pauseUs: UInt32 = 500
    var waitedUs: UInt32 = 0
    while true {
      let members = try folder.members()
      guard !members.isEmpty else {
        throw .wrongFormat(
          path: path, expected: "price store", found: "the folder has no .h5 files")
      }
      do throws(StorageError) {
        var files: [PriceFile] = []
        for member in members { files.append(try PriceFile(path: member.path)) }
        if try folder.members() == members { return try PriceStore(folder: path, files: files) }
      } catch {
        if try folder.members() == members { throw error }
      }
      // A writer replaced files meanwhile: what was read is of two moments.
      let patienceUs: UInt32 = 30_000_000
      guard waitedUs < patienceUs else {
        throw .unreadable(
          path: path, reason: "its files were replaced again and again for 30 s; run again later")
      }
      usleep(pauseUs)
      waitedUs += pauseUs
      pauseUs = min(2 * pauseUs, 100_000)
    }
  }

  /// The store as it is now, if it is a folder whose files are others than they were.
  func reopenedFolder() throws(StorageError) -> PriceStore? {
    guard Self.isFolder(path) else { return nil }
    let now = try Self.openFolder(path)
    let isSame = now.contentHash == contentHash && now.files.map(\.path) == files.map(\.path)
    return isSame ? nil : now
  }

  /// Joins the files of a folder in time order; a panel is in some of them, and grows symbols and fields on the way.
  init(folder: String, files: [PriceFile]) throws(StorageError) {
    var names: [String] = []
    for panel in files.flatMap(\.panels) where !names.contains(panel.name) {
      names.append(panel.name)
    }
    var panels: [PanelInfo] = []
    for name in names {
      var whole: PanelInfo?
      var hashes: [String] = []
      for file in files {
        guard let part = file.panels.first(where: { $0.name == name }) else { continue }
        whole = try whole?.followed(by: part, in: file.path) ?? part
        hashes.append(part.contentHash)
      }
      guard var whole else { continue }
      if hashes.count > 1 { whole.contentHash = Self.hash(of: hashes) }
      panels.append(whole)
    }
    var entries: [SymbolTable.Entry] = []
    for file in files { entries = Self.merge(entries, file.symbols.entries) }
    let symbols = SymbolTable(entries)
    self.init(
      path: folder, createdUTC: files.map(\.createdUTC).max() ?? "",
      contentHash: Self.hash(of: files.map(\.contentHash)), panels: panels, symbols: symbols,
      actions: try Self.actions(of: files, symbols),
      quarantineCount: files.reduce(0) { $0 + $1.quarantineCount }, files: files)
  }

  /// One hash of several, or none if one is missing.
  private static func hash(of hashes: [String]) -> String {
    guard !hashes.contains("") else { return "" }
    var hash = SHA256()
    for text in hashes { hash.add(text) }
    return hash.hexDigest()
  }

  /// Loads the parts of a panel into one block, NaN where an earlier or later file lacks a symbol or a field.
  ///
  /// - Throws: `damaged` if a file was replaced since the folder was opened, and what loading a file throws.
  func loadParts(_ info: PanelInfo, fields: [String]) throws(StorageError) -> StoredPanel {
    func replaced(_ file: PriceFile) -> StorageError {
      .damaged(
        path: file.path, part: "panels/\(info.name)",
        reason: "it was replaced while it was being read; run again")
    }
    let columns = Dictionary(uniqueKeysWithValues: info.symbols.enumerated().map { ($1, $0) })
    var parts: [(file: PriceFile, mapped: StoredPanel?, info: PanelInfo, columns: [Int])] = []
    var timeNs: [Int64] = []
    for file in files {
      guard let known = file.panels.first(where: { $0.name == info.name }) else { continue }
      let own = fields.filter { known.fields.contains($0) }
      let (now, times, mapped) = try file.map(info.name, fields: own)
      guard now == known else { throw replaced(file) }
      timeNs += times
      parts.append((file, mapped, known, known.symbols.map { columns[$0] ?? 0 }))
    }
    let width = info.symbols.count
    let storage = try HeapPanelStorage(
      fieldCount: fields.count, valuesPerField: timeNs.count * width
    ) { index, values throws(StorageError) in
      var start = 0
      for part in parts {
        let own = part.info.symbols.count
        let bars = part.info.barCount
        let block = UnsafeMutableBufferPointer(rebasing: values[start..<start + bars * width])
        start += bars * width
        guard part.info.fields.contains(fields[index]) else { continue }
        // What is compressed is held in memory twice for one field of one file at most.
        let stored =
          if let mapped = part.mapped { mapped } else {
            try part.file.load(info.name, fields: [fields[index]])
          }
        guard stored.info.symbols == part.info.symbols, stored.timeNs.count == bars else {
          throw replaced(part.file)
        }
        let place = stored.info.fields.firstIndex(of: fields[index]) ?? 0
        let source = stored.values(place)
        if own == width, part.columns == Array(0..<width) {
          _ = block.update(fromContentsOf: source)
          continue
        }
        for bar in 0..<bars {
          for symbol in 0..<own {
            block[bar * width + part.columns[symbol]] = source[bar * own + symbol]
          }
        }
      }
    }
    var info = info
    info.fields = fields
    return StoredPanel(info: info, timeNs: timeNs, storage: storage)
  }

  /// Rows of two symbol tables as one; what the second knows goes before what the first knows.
  static func merge(_ old: [SymbolTable.Entry], _ new: [SymbolTable.Entry]) -> [SymbolTable.Entry] {
    var merged = old
    var positions = Dictionary(
      old.enumerated().map { ($0.element.symbol, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    for entry in new {
      guard let position = positions[entry.symbol] else {
        positions[entry.symbol] = merged.count
        merged.append(entry)
        continue
      }
      var row = merged[position]
      if !entry.name.isEmpty { row.name = entry.name }
      if !entry.sector.isEmpty { row.sector = entry.sector }
      if !entry.industry.isEmpty { row.industry = entry.industry }
      if !entry.exchange.isEmpty { row.exchange = entry.exchange }
      if !entry.currency.isEmpty { row.currency = entry.currency }
      if !entry.lot.isNaN { row.lot = entry.lot }
      if !entry.tick.isNaN { row.tick = entry.tick }
      merged[position] = row
    }
    return merged
  }
}

extension PanelInfo {
  /// This panel with the bars of a later one behind its own.
  fileprivate func followed(by next: PanelInfo, in path: String) throws(StorageError) -> PanelInfo {
    func refuse(_ reason: String) -> StorageError {
      .damaged(path: path, part: "panels/\(name)", reason: reason)
    }
    guard next.calendar == calendar, next.frequencyNs == frequencyNs else {
      throw refuse("calendar or frequency differ from the files before")
    }
    guard let end = range?.upperBound, let start = next.range?.lowerBound, start > end else {
      throw refuse("it does not start after the end of the file before")
    }
    var joined = self
    joined.barCount += next.barCount
    if let first = range?.lowerBound, let last = next.range?.upperBound {
      joined.range = first...last
    }
    joined.allowsNegativePrices = allowsNegativePrices || next.allowsNegativePrices
    joined.fields += next.fields.filter { !fields.contains($0) }
    var columns = Dictionary(uniqueKeysWithValues: symbols.enumerated().map { ($1, $0) })
    for (symbol, life) in zip(next.symbols, next.lifetimes) {
      let late = life.map { $0.lowerBound + barCount...$0.upperBound + barCount }
      guard let column = columns[symbol] else {
        columns[symbol] = joined.symbols.count
        joined.symbols.append(symbol)
        joined.lifetimes.append(late)
        continue
      }
      let early = joined.lifetimes[column]
      joined.lifetimes[column] = early.map { $0.lowerBound...(late ?? $0).upperBound } ?? late
    }
    return joined
  }
}
