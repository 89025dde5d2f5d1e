import Glibc
import HDF5
import Market

extension PriceStore {
  /// Makes a store of panels, in place of what stands at `path` if `force` is given.
  ///
  /// - Parameters:
  ///   - drafts: the panels, with the facts about their symbols.
  ///   - quarantine: rows kept out of a panel, by its name.
  ///   - path: the file.
  ///   - force: whether an existing file may be replaced.
  /// - Throws: `invalidContent`, `fileExists`, `unwritable`; then nothing has changed.
  public static func write(
    _ drafts: [PanelDraft], quarantine: [String: [QuarantinedRow]] = [:], to path: String,
    force: Bool = false
  ) throws(StorageError) {
    var panels: [PanelContent] = []
    var entries: [SymbolTable.Entry] = []
    for draft in drafts {
      guard !panels.contains(where: { $0.info.name == draft.name }) else {
        throw .invalidContent(part: "panel '\(draft.name)'", reason: "it is given twice")
      }
      panels.append(try PanelContent(draft))
      entries = merge(entries, draft.symbols)
    }
    var rows: [(panel: String, row: QuarantinedRow)] = []
    for draft in drafts { rows += (quarantine[draft.name] ?? []).map { (draft.name, $0) } }
    try write(
      StoreContent(panels: panels, symbols: entries, quarantine: rows), to: path, force: force)
  }

  /// Adds a panel to a store, or makes the store.
  ///
  /// The file is written anew with its other panels and takes the place of the old one in one step; whoever has
  /// the old one loaded keeps it. Facts about symbols are merged: what the draft knows goes before what the
  /// store knows. Symbols that no panel and no corporate action has any more are dropped.
  ///
  /// - Parameters:
  ///   - draft: the panel.
  ///   - quarantine: rows kept out of it.
  ///   - actions: corporate actions to add to those that the store has; the new ones go before.
  ///   - path: the file.
  ///   - force: whether a panel of the same name may be replaced, with its quarantined rows.
  /// - Throws: `panelExists`, `invalidContent`, `unwritable`, and what opening an existing file throws; then
  ///   nothing has changed.
  public static func add(
    _ draft: PanelDraft, quarantine: [QuarantinedRow] = [], actions added: [NamedAction] = [],
    to path: String, force: Bool = false
  ) throws(StorageError) {
    try AtomicFile.checkTarget(path, force: true)
    let lock = FolderLock(of: path)
    defer { lock.release() }
    var panels: [PanelContent] = []
    var rows: [(panel: String, row: QuarantinedRow)] = []
    var entries: [SymbolTable.Entry] = []
    var actions: [NamedAction] = []
    let exists = access(path, F_OK) == 0
    if exists {
      let old = try PriceFile(path: path)
      if !force, old.panels.contains(where: { $0.name == draft.name }) {
        throw .panelExists(panel: draft.name, path: path)
      }
      for info in old.panels where info.name != draft.name {
        panels.append(PanelContent(try old.load(info.name, fields: info.fields)))
      }
      entries = old.symbols.entries
      actions = old.actions.named(by: old.symbols)
      rows = try old.quarantinedRows().filter { $0.panel != draft.name }
    }
    panels.append(try PanelContent(draft))
    actions = ActionMerge(actions, adding: added).actions
    rows += quarantine.map { (draft.name, $0) }
    let used = Set(panels.flatMap(\.info.symbols)).union(actions.flatMap(\.symbols))
    let merged = merge(
      merge(entries, draft.symbols), actions.flatMap(\.symbols).map { .init(symbol: $0) }
    )
    .filter { used.contains($0.symbol) }
    try write(
      StoreContent(panels: panels, symbols: merged, actions: actions, quarantine: rows), to: path,
      force: exists)
  }

  static func write(_ content: StoreContent, to path: String, force: Bool) throws(StorageError) {
    let (panels, symbols) = (content.panels, content.symbols)
    let actions = try table(content.actions, symbols)
    try AtomicFile.write(to: path, force: force) { temporary throws(StorageError) in
      try writing(path) { () throws(HDF5Error) in
        let file = try File.create(temporary)
        let root = try file.root()
        try Header.write(root, format: "prices", version: version)
        try root.setAttribute("created_utc", Header.now())
        try root.setAttribute(
          "content_sha256",
          ContentHash.file(symbols: symbols, actions: actions, panels: panels.map(\.info)))
        try writeSymbols(symbols, in: try root.createGroup("symbols"))
        try writeActions(actions, in: try root.createGroup("actions"))
        try writeQuarantine(content.quarantine, in: try root.createGroup("quarantine"))
        let folder = try root.createGroup("panels")
        for panel in panels { try panel.write(in: try folder.createGroup(panel.info.name)) }
        try file.close()
      }
    }
  }

  private static func writeSymbols(_ entries: [SymbolTable.Entry], in group: borrowing Group)
    throws(HDF5Error)
  {
    let symbol = try group.write("symbol", entries.map(\.symbol))
    try symbol.makeScale("symbol")
    let columns: [(String, [String])] = [
      ("name", entries.map(\.name)), ("sector", entries.map(\.sector)),
      ("industry", entries.map(\.industry)), ("exchange", entries.map(\.exchange)),
      ("currency", entries.map(\.currency)),
    ]
    for (name, texts) in columns {
      try group.writeColumn(name, texts, along: symbol)
    }
    try group.writeColumn("lot", entries.map(\.lot), along: symbol)
    try group.writeColumn("tick", entries.map(\.tick), along: symbol)
  }

  private static func writeQuarantine(
    _ rows: [(panel: String, row: QuarantinedRow)], in group: borrowing Group
  ) throws(HDF5Error) {
    let scale = try group.writeRows(rows.count)
    try group.writeColumn("panel", rows.map(\.panel), along: scale)
    try group.writeColumn("file", rows.map(\.row.file), along: scale)
    try group.writeColumn("line", rows.map { Int64($0.row.line) }, along: scale)
    try group.writeColumn("column", rows.map(\.row.column), along: scale)
    try group.writeColumn("text", rows.map(\.row.text), along: scale)
    try group.writeColumn("reason", rows.map(\.row.reason), along: scale)
  }
}

/// A panel ready to be written, from a draft or from the file that is being replaced.
struct PanelContent {
  var info: PanelInfo
  let timeNs: [Int64]
  private let source: Source

  private enum Source {
    case draft([PanelDraft.Field])
    case stored(StoredPanel)
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
    info.contentHash = ContentHash.panel(info, timeNs: timeNs) { index, hash in
      withValues(index) { hash($0) }
    }
  }

  func withValues<Failure: Error>(
    _ index: Int, _ body: (UnsafeBufferPointer<Double>) throws(Failure) -> Void
  ) throws(Failure) {
    switch source {
    case .draft(let fields):
      try fields[index].values.withUnsafeBufferPointer { values throws(Failure) in try body(values)
      }
    case .stored(let panel): try body(panel.values(index))
    }
  }

  func write(in group: borrowing Group) throws(HDF5Error) {
    try group.setAttribute("calendar", info.calendar.kind.rawValue)
    try group.setAttribute("frequency_ns", info.frequencyNs)
    try group.setAttribute("time_zone", info.calendar.timeZone)
    try group.setAttribute("negative_prices", info.allowsNegativePrices ? "allowed" : "refused")
    if info.adjusted != .none { try group.setAttribute("adjusted", info.adjusted.rawValue) }
    try group.setAttribute("content_sha256", info.contentHash)
    let time = try group.write("time", timeNs)
    try time.setAttribute("units", "nanoseconds since 1970-01-01")
    try time.makeScale("time")
    let symbol = try group.write("symbol", info.symbols)
    try symbol.makeScale("symbol")
    for (index, name) in info.fields.enumerated() {
      let field = try group.createDataset(
        name, of: Double.self, shape: [info.barCount, info.symbols.count])
      try withValues(index) { values throws(HDF5Error) in try field.write(values) }
      try field.attach(time, dimension: 0)
      try field.attach(symbol, dimension: 1)
    }
    try group.writeColumn(
      "first", info.lifetimes.map { Int64($0?.lowerBound ?? -1) }, along: symbol)
    try group.writeColumn(
      "last", info.lifetimes.map { Int64($0?.upperBound ?? -1) }, along: symbol)
  }
}

/// Keeps two processes from adding to the stores of one folder at once, where one panel would be lost.
///
/// The lock is on the folder, so that no file is left behind. Where folders can't be locked (some network
/// disks), there is no such guard.
struct FolderLock {
  private let descriptor: Int32

  init(of path: String) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor >= 0 { while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {} }
  }

  func release() { if descriptor >= 0 { close(descriptor) } }
}
