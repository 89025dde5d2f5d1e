import HDF5
import Market

/// One file of a price store, as read.
struct PriceFile: Sendable {
  let path: String
  let createdUTC: String
  let contentHash: String
  let panels: [PanelInfo]
  let symbols: SymbolTable
  let quarantineCount: Int

  private var part: PartReader { PartReader(path: path) }

  init(path: String) throws(StorageError) {
    let file = try Self.open(path)
    let part = PartReader(path: path)
    let root = try reading(path) { () throws(HDF5Error) in try file.root() }
    (createdUTC, contentHash) = try reading(path) { () throws(HDF5Error) in
      (try root.textAttribute("created_utc"), try root.textAttribute("content_sha256"))
    }
    self.path = path
    symbols = try Self.readSymbols(try part.group(root, "symbols"), part)
    let folder = try part.group(root, "panels")
    let names = try reading(path) { () throws(HDF5Error) in try folder.names() }
    let calendars = try StoredCalendars(root, part)
    var panels: [PanelInfo] = []
    for name in names where folder.kind(of: name) == .group {
      panels.append(try Self.readPanel(try part.group(folder, name), name, part, calendars).info)
    }
    self.panels = panels
    quarantineCount =
      root.kind(of: "quarantine") == nil
      ? 0 : try part.dataset(try part.group(root, "quarantine"), "line", [nil]).count
  }

  private static func open(_ path: String) throws(StorageError) -> File {
    try Header.open(
      path, format: "prices", called: "price store", supported: PriceStore.version)
  }

  /// Loads fields that the panel has: mapped, or read into memory if an other program wrote them in another form.
  func load(_ name: String, fields: [String]) throws(StorageError) -> StoredPanel {
    let file = try Self.open(path)
    let root = try reading(path) { () throws(HDF5Error) in try file.root() }
    let group = try part.group(try part.group(root, "panels"), name)
    let calendars = try StoredCalendars(root, part)
    var (info, timeNs) = try Self.readPanel(group, name, part, calendars)
    let shape: [Int?] = [info.barCount, info.symbols.count]
    var offsets: [Int] = []
    for field in fields {
      let dataset = try part.dataset(group, field, shape)
      if let offset = dataset.mappableOffset(as: Double.self) { offsets.append(offset) }
    }
    info.fields = fields
    if offsets.count == fields.count {
      let storage = try MappedPanelStorage(
        descriptor: file.descriptor, offsets: offsets,
        valuesPerField: info.barCount * info.symbols.count, path: path)
      return StoredPanel(info: info, timeNs: timeNs, storage: storage)
    }
    var values: [[Double]] = []
    for field in fields {
      let dataset = try part.dataset(group, field, shape)
      values.append(try reading(path) { () throws(HDF5Error) in try dataset.read(Double.self) })
    }
    return StoredPanel(info: info, timeNs: timeNs, storage: HeapPanelStorage(fields: values))
  }

  /// Compares a panel with its hash.
  func verify(_ name: String) throws(StorageError) {
    guard let info = panels.first(where: { $0.name == name }) else { return }
    let stored = try load(name, fields: info.fields)
    let found = ContentHash.panel(stored.info, timeNs: stored.timeNs) { index, hash in
      hash(stored.values(index))
    }
    guard found == stored.info.contentHash else {
      throw .hashMismatch(
        path: path, part: "panels/\(name)", stored: stored.info.contentHash, found: found)
    }
  }

  /// Compares symbols and panel hashes with the hash of the file.
  func verifyWhole() throws(StorageError) {
    let found = ContentHash.file(symbols: symbols.entries, panels: panels)
    guard found == contentHash else {
      throw .hashMismatch(path: path, part: "the file", stored: contentHash, found: found)
    }
  }

  func quarantinedRows() throws(StorageError) -> [(panel: String, row: QuarantinedRow)] {
    if quarantineCount == 0 { return [] }
    let file = try Self.open(path)
    let root = try reading(path) { () throws(HDF5Error) in try file.root() }
    let group = try part.group(root, "quarantine")
    let lines = try part.numbers(group, "line", nil, of: Int64.self)
    let panels = try part.texts(group, "panel", lines.count)
    let files = try part.texts(group, "file", lines.count)
    let columns = try part.texts(group, "column", lines.count)
    let texts = try part.texts(group, "text", lines.count)
    let reasons = try part.texts(group, "reason", lines.count)
    return lines.indices.map { i in
      (
        panels[i],
        QuarantinedRow(
          file: files[i], line: Int(lines[i]), column: columns[i], text: texts[i],
          reason: reasons[i])
      )
    }
  }

  private static func readSymbols(_ group: borrowing Group, _ part: PartReader)
    throws(StorageError) -> SymbolTable
  {
    let symbols = try part.texts(group, "symbol", nil)
    try checkDistinct(symbols, "symbols/symbol", part)
    let count = symbols.count
    let names = try part.texts(group, "name", count)
    let sectors = try part.texts(group, "sector", count)
    let industries = try part.texts(group, "industry", count)
    let exchanges = try part.texts(group, "exchange", count)
    let currencies = try part.texts(group, "currency", count)
    let lots = try part.numbers(group, "lot", count, of: Double.self)
    let ticks = try part.numbers(group, "tick", count, of: Double.self)
    return SymbolTable(
      symbols.indices.map { i in
        SymbolTable.Entry(
          symbol: symbols[i], name: names[i], sector: sectors[i], industry: industries[i],
          exchange: exchanges[i], currency: currencies[i], lot: lots[i], tick: ticks[i])
      })
  }

  private static func readPanel(
    _ group: borrowing Group, _ name: String, _ part: PartReader, _ calendars: StoredCalendars
  ) throws(StorageError) -> (info: PanelInfo, timeNs: [Int64]) {
    let inside = "panels/\(name)"
    func damaged(_ what: String, _ reason: String) -> StorageError {
      .damaged(path: part.path, part: inside + what, reason: reason)
    }
    let calendarName = try reading(part.path) { () throws(HDF5Error) in
      try group.textAttribute("calendar")
    }
    let (zone, negative, hash, frequency) = try reading(part.path) { () throws(HDF5Error) in
      (
        try group.textAttribute("time_zone"), try group.textAttribute("negative_prices"),
        try group.textAttribute("content_sha256"),
        try group.numberAttribute("frequency_ns", of: Int64.self)
      )
    }
    guard frequency > 0 else { throw damaged("@frequency_ns", "\(frequency) is no length") }
    let timeNs = try part.numbers(group, "time", nil, of: Int64.self)
    for bar in 1..<max(1, timeNs.count) where timeNs[bar] <= timeNs[bar - 1] {
      throw damaged("/time", "bar \(bar) starts at or before the one before it")
    }
    let symbols = try part.texts(group, "symbol", nil)
    try checkDistinct(symbols, inside + "/symbol", part)
    var fields: [String] = []
    for field in try reading(part.path, { () throws(HDF5Error) in try group.names() })
    where !["time", "symbol", "first", "last"].contains(field) && group.kind(of: field) == .dataset
    {
      _ = try part.dataset(group, field, [timeNs.count, symbols.count])
      fields.append(field)
    }
    guard !timeNs.isEmpty, !symbols.isEmpty, !fields.isEmpty else {
      throw damaged("", "it has no bars, no symbols or no fields")
    }
    let first = try part.numbers(group, "first", symbols.count, of: Int64.self)
    let last = try part.numbers(group, "last", symbols.count, of: Int64.self)
    var lifetimes: [ClosedRange<Int>?] = []
    for (symbol, (from, to)) in zip(symbols, zip(first, last)) {
      if from == -1 && to == -1 {
        lifetimes.append(nil)
        continue
      }
      guard from >= 0, from <= to, to < timeNs.count else {
        throw damaged("/first", "\(symbol) lives from bar \(from) to \(to) of \(timeNs.count)")
      }
      lifetimes.append(Int(from)...Int(to))
    }
    let info = PanelInfo(
      name: name, barCount: timeNs.count, symbols: symbols, fields: fields,
      calendar: try calendars.calendar(calendarName, zone: zone, inside), frequencyNs: frequency,
      range: timeNs[0]...timeNs[timeNs.count - 1], lifetimes: lifetimes,
      allowsNegativePrices: negative == "allowed", contentHash: hash)
    return (info, timeNs)
  }

  private static func checkDistinct(_ names: [String], _ inside: String, _ part: PartReader)
    throws(StorageError)
  {
    guard Set(names).count == names.count else {
      throw .damaged(path: part.path, part: inside, reason: "a symbol stands twice")
    }
  }
}
