import Glibc
import HDF5
import Market

extension PriceStore {
  /// How the fields of a file lie in it.
  public enum Form: Sendable {
    /// Contiguous, to be mapped: what the engine reads at once.
    case plain
    /// Chunks, shuffled and deflated: smaller, and read through the library.
    case packed
  }

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
    var content = StoreContent()
    for draft in drafts {
      guard !content.panels.contains(where: { $0.info.name == draft.name }) else {
        throw .invalidContent(part: "panel '\(draft.name)'", reason: "it is given twice")
      }
      content.panels.append(try PanelContent(draft))
      content.symbols = merge(content.symbols, draft.symbols)
      content.quarantine += (quarantine[draft.name] ?? []).map { (draft.name, $0) }
    }
    try write(content, to: path, force: force)
  }

  /// Adds a panel to a store, or makes the store.
  ///
  /// The file is written anew with its other panels and takes the place of the old one in one step; whoever has
  /// the old one loaded keeps it. Facts about symbols are merged: what the draft knows goes before what the
  /// store knows. Symbols that no panel and no corporate action has any more are dropped. A path that ends in a slash, or
  /// names a folder, is a store of one file a period; of those too, all change in one step.
  ///
  /// - Parameters:
  ///   - draft: the panel.
  ///   - quarantine: rows kept out of it.
  ///   - actions: corporate actions to add to those that the store has; the new ones go before.
  ///   - path: the file or folder.
  ///   - force: whether a panel of the same name may be replaced, with its quarantined rows and its revisions.
  ///   - period: of a new folder; told by the length of a bar unless given.
  ///   - patience: seconds to wait for another writer.
  /// - Throws: `panelExists`, `invalidContent`, `unwritable`, `storeInUse`, and what opening an existing file throws;
  ///   then nothing has changed.
  public static func add(
    _ draft: PanelDraft, quarantine: [QuarantinedRow] = [], actions: [NamedAction] = [],
    to path: String, force: Bool = false, period: Period? = nil, patience: Double = defaultPatience
  ) throws(StorageError) {
    let change = PanelChange(
      draft: draft, quarantine: quarantine, actions: actions, policy: .replace(force: force))
    _ = try apply(change, to: path, period, patience)
  }

  /// Writes a file, and the hash of each panel that has none yet.
  static func write(
    _ content: StoreContent, to path: String, force: Bool, form: Form = .plain
  ) throws(StorageError) {
    let calendars = try ownCalendars(content.panels.map(\.info))
    let actions = try table(content.actions, content.symbols)
    let hashes = content.hashing()
    // Its thread reads what our callers own.
    defer { _ = hashes() }
    try AtomicFile.write(to: path, force: force) { temporary throws(StorageError) in
      try writing(path) { () throws(HDF5Error) in
        let file = try File.create(temporary, withChunks: form == .packed)
        do throws(HDF5Error) {
          try write(
            content, actions: actions, calendars: calendars, hashes: hashes, into: file, form: form)
        } catch {
          throw file.reason(of: error)
        }
        try file.close()
      }
    }
  }

  private static func write(
    _ content: StoreContent, actions: CorporateActions,
    calendars: [(name: String, definition: String)], hashes: () -> [String],
    into file: borrowing File, form: Form
  ) throws(HDF5Error) {
    let root = try file.root()
    try Header.write(root, format: "prices", version: version)
    try root.setAttribute("created_utc", Header.now())
    try writeSymbols(content.symbols, in: try root.createGroup("symbols"))
    try writeActions(actions, in: try root.createGroup("actions"))
    try writeQuarantine(content.quarantine, in: try root.createGroup("quarantine"))
    if !content.revisions.isEmpty {
      try Revision.write(content.revisions, in: try root.createGroup("revisions"))
    }
    try writeCalendars(calendars, in: root)
    let folder = try root.createGroup("panels")
    for panel in content.panels {
      try panel.write(in: try folder.createGroup(panel.info.name), form: form)
    }
    let panels = zip(content.panels, hashes()).map { panel, hash in
      var info = panel.info
      info.contentHash = hash
      return info
    }
    for info in panels {
      try folder.group(info.name).setAttribute("content_sha256", info.contentHash)
    }
    try root.setAttribute(
      "content_sha256",
      ContentHash.file(symbols: content.symbols, actions: actions, panels: panels))
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
    try group.setAttribute("content_sha256", ContentHash.quarantine(rows))
  }
}
