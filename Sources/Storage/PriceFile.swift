import Glibc
import HDF5
import Market

/// One file of a price store, as read.
struct PriceFile: Sendable {
  let path: String
  let createdUTC: String
  let contentHash: String
  let panels: [PanelInfo]
  let symbols: SymbolTable
  let actions: CorporateActions
  let quarantineCount: Int

  var part: PartReader { PartReader(path: path) }

  init(path: String) throws(StorageError) {
    let file = try Self.open(path)
    let part = PartReader(path: path)
    let root = try reading(path) { () throws(HDF5Error) in try file.root() }
    (createdUTC, contentHash) = try reading(path) { () throws(HDF5Error) in
      (try root.text("created_utc", or: ""), try root.text("content_sha256", or: ""))
    }
    self.path = path
    let folder = try part.group(root, "panels")
    let calendars = try StoredCalendars(root, part)
    var panels: [PanelInfo] = []
    for name in try part.names(folder, of: .group) {
      panels.append(try Self.readPanel(try part.group(folder, name), name, part, calendars).info)
    }
    self.panels = panels
    if root.kind(of: "symbols") == nil {
      let used = panels.map { $0.symbols.map { SymbolTable.Entry(symbol: $0) } }
      symbols = SymbolTable(used.reduce([]) { PriceStore.merge($0, $1) })
    } else {
      symbols = try Self.readSymbols(try part.group(root, "symbols"), part)
    }
    actions = try Self.readActions(root, symbols, part)
    quarantineCount =
      root.kind(of: "quarantine") == nil
      ? 0 : try part.dataset(try part.group(root, "quarantine"), "line", [nil]).count
  }

  static func open(_ path: String) throws(StorageError) -> File {
    try Header.open(
      path, format: "prices", called: "price store", supported: PriceStore.version)
  }

  /// Loads fields that the panel has: mapped, or read into memory if they are packed or of another program's form.
  func load(_ name: String, fields: [String]) throws(StorageError) -> StoredPanel {
    let file = try Self.open(path)
    let root = try reading(path) { () throws(HDF5Error) in try file.root() }
    let group = try part.group(try part.group(root, "panels"), name)
    var (info, timeNs) = try Self.readPanel(group, name, part, try StoredCalendars(root, part))
    if let mapped = try map(info, timeNs, fields, group, file) { return mapped }
    let path = path
    let shape: [Int?] = [info.barCount, info.symbols.count]
    let size = info.barCount * info.symbols.count * MemoryLayout<Double>.stride
    let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    guard size <= max(memory, 1 << 30) / max(1, fields.count) else {
      throw .damaged(
        path: path, part: "panels/\(name)",
        reason: "\(fields.count) fields of \(size) bytes do not fit into this machine's memory")
    }
    info.fields = fields
    let part = part
    let storage = try HeapPanelStorage(
      fieldCount: fields.count, valuesPerField: info.barCount * info.symbols.count
    ) { index, values throws(StorageError) in
      let dataset = try part.dataset(group, fields[index], shape)
      try reading(path) { () throws(HDF5Error) in try dataset.read(into: values) }
    }
    return StoredPanel(info: info, timeNs: timeNs, storage: storage)
  }

  /// What is known of a panel now, and fields of it if they can be mapped.
  func map(_ name: String, fields: [String]) throws(StorageError)
    -> (info: PanelInfo, timeNs: [Int64], mapped: StoredPanel?)
  {
    let file = try Self.open(path)
    let root = try reading(path) { () throws(HDF5Error) in try file.root() }
    let group = try part.group(try part.group(root, "panels"), name)
    let (info, timeNs) = try Self.readPanel(group, name, part, try StoredCalendars(root, part))
    let isKnown = Set(fields).isSubset(of: info.fields)
    return (info, timeNs, isKnown ? try map(info, timeNs, fields, group, file) : nil)
  }

  private func map(
    _ info: PanelInfo, _ timeNs: [Int64], _ fields: [String], _ group: borrowing Group,
    _ file: borrowing File
  ) throws(StorageError) -> StoredPanel? {
    if fields.isEmpty { return nil }
    var offsets: [Int] = []
    for field in fields {
      let dataset = try part.dataset(group, field, [info.barCount, info.symbols.count])
      guard let offset = dataset.mappableOffset(as: Double.self) else { return nil }
      offsets.append(offset)
    }
    let storage = try MappedPanelStorage(
      descriptor: file.descriptor, offsets: offsets,
      valuesPerField: info.barCount * info.symbols.count, path: path)
    var info = info
    info.fields = fields
    return StoredPanel(info: info, timeNs: timeNs, storage: storage)
  }

  func revisions() throws(StorageError) -> [Revision] {
    let file = try Self.open(path)
    let root = try reading(path) { () throws(HDF5Error) in try file.root() }
    if root.kind(of: "revisions") == nil { return [] }
    return try Revision.read(try part.group(root, "revisions"), part)
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
    func texts(_ name: String) throws(StorageError) -> [String] {
      if group.kind(of: name) == nil { return [String](repeating: "", count: count) }
      return try part.texts(group, name, count)
    }
    func numbers(_ name: String) throws(StorageError) -> [Double] {
      if group.kind(of: name) == nil { return [Double](repeating: .nan, count: count) }
      return try part.numbers(group, name, count)
    }
    let (names, sectors) = (try texts("name"), try texts("sector"))
    let (industries, exchanges) = (try texts("industry"), try texts("exchange"))
    let currencies = try texts("currency")
    let (lots, ticks) = (try numbers("lot"), try numbers("tick"))
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
        try group.text("time_zone", or: ""),
        try group.text("negative_prices", or: "refused"), try group.text("content_sha256", or: ""),
        try group.numberAttribute("frequency_ns", of: Int64.self)
      )
    }
    guard frequency > 0 else { throw damaged("@frequency_ns", "\(frequency) is no length") }
    let timeNs = try readTime(group, inside, part)
    for bar in 1..<max(1, timeNs.count) where timeNs[bar] <= timeNs[bar - 1] {
      throw damaged("/time", "bar \(bar) starts at or before the one before it")
    }
    let symbols = try part.texts(group, "symbol", nil)
    try checkDistinct(symbols, inside + "/symbol", part)
    var fields: [String] = []
    for field in try part.names(group, of: .dataset)
    where !["time", "symbol", "first", "last"].contains(field) {
      let dataset = try part.dataset(group, field, [timeNs.count, symbols.count])
      guard dataset.holdsNumbers else { throw damaged("/\(field)", "it does not hold numbers") }
      fields.append(field)
    }
    guard !timeNs.isEmpty, !symbols.isEmpty, !fields.isEmpty else {
      throw damaged("", "it has no bars, no symbols or no fields")
    }
    var info = PanelInfo(
      name: name, barCount: timeNs.count, symbols: symbols, fields: fields,
      calendar: try calendars.calendar(calendarName, zone: zone.isEmpty ? nil : zone, inside),
      frequencyNs: frequency,
      range: timeNs[0]...timeNs[timeNs.count - 1], lifetimes: [],
      allowsNegativePrices: negative == "allowed", adjusted: try readAdjusted(group, inside, part),
      contentHash: hash)
    if group.kind(of: "first") == nil, group.kind(of: "last") == nil {
      info.lifetimes = try readLifetimes(info, group, part)
      return (info, timeNs)
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
    info.lifetimes = lifetimes
    return (info, timeNs)
  }

  private static func readTime(
    _ group: borrowing Group, _ inside: String, _ part: PartReader
  ) throws(StorageError) -> [Int64] {
    let time = try part.dataset(group, "time", [nil])
    let units = try reading(part.path) { () throws(HDF5Error) in
      try time.text("units", or: Self.timeUnits)
    }
    // A midnight may follow the day, and no zone but UTC.
    guard units.hasPrefix(Self.timeUnits), time.holdsIntegers else {
      throw .damaged(
        path: part.path, part: inside + "/time",
        reason: "it counts '\(units)' in \(time.holdsIntegers ? "whole numbers" : "other values"), "
          + "and must count \(Self.timeUnits) in whole numbers")
    }
    return try part.numbers(group, "time", nil, of: Int64.self)
  }

  /// First and last bars of a panel whose file does not tell them.
  private static func readLifetimes(
    _ info: PanelInfo, _ group: borrowing Group, _ part: PartReader
  ) throws(StorageError) -> [ClosedRange<Int>?] {
    var lifetimes = PanelLifetimes(info.symbols.count)
    for field in PanelLifetimes.fields(info.fields) {
      let dataset = try part.dataset(group, field, [info.barCount, info.symbols.count])
      let values = try reading(part.path) { () throws(HDF5Error) in try dataset.read(Double.self) }
      values.withUnsafeBufferPointer { lifetimes.add($0) }
    }
    return lifetimes.ranges
  }

  private static let timeUnits = "nanoseconds since 1970-01-01"

  private static func checkDistinct(_ names: [String], _ inside: String, _ part: PartReader)
    throws(StorageError)
  {
    guard Set(names).count == names.count else {
      throw .damaged(path: part.path, part: inside, reason: "a symbol stands twice")
    }
  }
}
