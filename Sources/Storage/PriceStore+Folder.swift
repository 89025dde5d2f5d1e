import Glibc
import Market

extension PriceStore {
  /// The files of a folder by name; nil if `path` is no folder.
  static func filesOfFolder(_ path: String) throws(StorageError) -> [String]? {
    guard !path.utf8.contains(0), let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      // A dot begins the name of a file that is still being written.
      if name.hasSuffix(".h5") && !name.hasPrefix(".") { names.append(name) }
    }
    guard !names.isEmpty else {
      throw .wrongFormat(path: path, expected: "price store", found: "the folder has no .h5 files")
    }
    return names.sorted().map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
  }

  /// Joins the files of a folder, which must have the same panels, in time order.
  init(folder: String, files: [PriceFile]) throws(StorageError) {
    guard let first = files.first else { preconditionFailure("a folder store has files") }
    var panels: [PanelInfo] = []
    for lead in first.panels {
      var joined = lead
      var hash = SHA256()
      hash.add(lead.contentHash)
      for (previous, file) in zip(files, files.dropFirst()) {
        let next = try Self.panel(lead, in: file, after: joined, of: previous)
        hash.add(next.contentHash)
        joined = joined.followed(by: next)
      }
      if files.count > 1 { joined.contentHash = hash.hexDigest() }
      panels.append(joined)
    }
    var hash = SHA256()
    var entries: [SymbolTable.Entry] = []
    for file in files {
      hash.add(file.contentHash)
      entries = Self.merge(entries, file.symbols.entries)
    }
    let symbols = SymbolTable(entries)
    self.init(
      path: folder, createdUTC: files.map(\.createdUTC).max() ?? "", contentHash: hash.hexDigest(),
      panels: panels, symbols: symbols, actions: try Self.actions(of: files, symbols),
      quarantineCount: files.reduce(0) { $0 + $1.quarantineCount }, files: files)
  }

  private static func panel(
    _ lead: PanelInfo, in file: PriceFile, after joined: PanelInfo, of previous: PriceFile
  ) throws(StorageError) -> PanelInfo {
    let part = "panels/\(lead.name)"
    guard let next = file.panels.first(where: { $0.name == lead.name }) else {
      throw .damaged(path: file.path, part: part, reason: "the other files of the folder have it")
    }
    guard next.symbols == lead.symbols, Set(next.fields) == Set(lead.fields),
      next.calendar == lead.calendar, next.frequencyNs == lead.frequencyNs,
      next.adjusted == lead.adjusted
    else {
      throw .damaged(
        path: file.path, part: part,
        reason: "symbols, fields, calendar, frequency or adjustment differ from the first file's")
    }
    guard let end = joined.range?.upperBound, let start = next.range?.lowerBound, start > end else {
      throw .damaged(
        path: file.path, part: part, reason: "it does not start after the end of \(previous.path)")
    }
    return next
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
  fileprivate func followed(by next: PanelInfo) -> PanelInfo {
    var joined = self
    joined.barCount += next.barCount
    if let start = range?.lowerBound, let end = next.range?.upperBound {
      joined.range = start...end
    }
    joined.lifetimes = zip(lifetimes, next.lifetimes).map { early, late in
      let shifted = late.map { $0.lowerBound + barCount...$0.upperBound + barCount }
      guard let early else { return shifted }
      return early.lowerBound...(shifted ?? early).upperBound
    }
    return joined
  }
}
