import Glibc
import HDF5
import Market

/// What a store knows beside prices, for `PriceStore.revise`.
public struct StoreFacts: Sendable {
  /// The master table; its symbols may not go away while a panel has them.
  public var symbols: [SymbolTable.Entry]
  /// Corporate actions, in any order.
  public var actions: [NamedAction]
  /// Rows that were kept out, by panel; those of tables that are no panels under `actions`.
  public var quarantine: [(panel: String, row: QuarantinedRow)]
  /// Panels that take the place of those of the same name.
  public var replacedPanels: [PanelDraft] = []

  /// What a store knows, as far as it needs no look at the quarantine.
  public init(_ store: PriceStore) {
    symbols = store.symbols.entries
    actions = store.actions.named(by: store.symbols)
    quarantine = []
  }
}

extension PriceStore {
  /// Whether it is a folder of files.
  public var isFolder: Bool { Self.isFolder(path) }

  /// Changes what a store knows beside prices, in one step.
  ///
  /// The file is written anew with its panels, and takes the place of the old one; of a folder it is the last file,
  /// which then has the facts of all.
  ///
  /// - Parameters:
  ///   - path: the store, which must be there.
  ///   - patience: seconds to wait for another writer.
  ///   - change: gets the facts as they are; nothing is written if it returns false.
  /// - Throws: what opening throws, `invalidContent`, `unwritable`, `storeInUse`; then nothing has changed.
  public static func revise(
    _ path: String, patience: Double = defaultPatience, _ change: (inout StoreFacts) -> Bool
  ) throws(StorageError) {
    try checkTarget(path)
    // Before the lock makes a file where no store is.
    _ = try open(path)
    let lock = try StoreLock(of: path, patience: patience)
    defer { lock.release() }
    if isFolder(path) { try FolderStore(path).complete() }
    let store = try open(path)
    guard let file = store.files.last else { return }
    var facts = StoreFacts(store)
    facts.quarantine = try file.quarantinedRows()
    guard change(&facts) else { return }
    var content = try StoreContent(file)
    (content.symbols, content.actions) = (facts.symbols, facts.actions)
    content.quarantine = facts.quarantine
    for draft in facts.replacedPanels {
      guard let place = content.panels.firstIndex(where: { $0.info.name == draft.name }) else {
        continue
      }
      content.panels[place] = try PanelContent(draft)
      content.symbols = merge(content.symbols, draft.symbols)
    }
    // The last file of a folder has the rows of symbols that only earlier ones have prices of.
    let elsewhere = Set(store.panels.flatMap(\.symbols))
    let kept = content.symbols.filter { elsewhere.contains($0.symbol) }
    content.merge([] as [SymbolTable.Entry])
    content.symbols = merge(content.symbols, kept)
    try write(content, to: file.path, force: true)
  }

  /// Loads a panel with its prices adjusted by the corporate actions of the store.
  ///
  /// Without actions that matter to it, it is the panel as `loadPanel` gives it. With them the content hash is one of panel,
  /// actions and adjustment together.
  ///
  /// - Parameters:
  ///   - name: which panel.
  ///   - adjustment: what to adjust by; prices that came adjusted are not adjusted twice.
  ///   - dayStart: the instant at which an exchange day begins whose 00:00 UTC is given; asked for intraday panels only.
  /// - Throws: `notAdjustable`, and what `loadPanel` throws.
  public func loadPanel(
    _ name: String, adjusted adjustment: Adjustment, dayStart: (Int64) -> Int64
  ) throws(StorageError) -> PricePanel {
    let raw = try loadPanel(name)
    let stored = try info(name).adjusted
    let ours = actions.rows.filter {
      raw.symbols.index(of: symbols[$0.symbol].symbol) != nil
        && Self.matters($0.kind, adjustment, stored)
    }
    if ours.isEmpty { return raw }
    do throws(MarketError) {
      let actions = try CorporateActions(ours, symbolCount: symbols.count)
      let view = try raw.adjusted(
        by: actions, symbols: symbols, to: adjustment, stored: stored, dayStart: dayStart)
      return view.withContentHash(
        ContentHash.view(
          of: raw.contentHash, adjusted: adjustment, actions: actions.named(by: symbols)))
    } catch {
      throw .notAdjustable(panel: name, path: path, reason: "\(error)")
    }
  }

  /// Whether actions of a kind can change a view, so that only those are in its hash.
  private static func matters(
    _ kind: CorporateAction.Kind, _ adjustment: Adjustment, _ stored: Adjustment
  ) -> Bool {
    switch kind {
    case .rename: false
    case .delist: true
    case .dividend: adjustment == .totalReturn && stored != .totalReturn
    case .split:
      // The close before a dividend is one in the shares of then.
      adjustment == .totalReturn ? stored != .totalReturn : adjustment == .splits && stored == .none
    }
  }

  // MARK: - The table in the file

  /// Actions by name as the table that is stored.
  static func table(_ actions: [NamedAction], _ symbols: [SymbolTable.Entry])
    throws(StorageError) -> CorporateActions
  {
    do { return try CorporateActions(actions, symbols: SymbolTable(symbols)) } catch {
      throw .invalidContent(part: "actions", reason: "\(error)")
    }
  }

  static func writeActions(_ actions: CorporateActions, in group: borrowing Group)
    throws(HDF5Error)
  {
    let rows = try group.writeRows(actions.count)
    try group.writeColumn("symbol", actions.rows.map { Int32($0.symbol) }, along: rows)
    let time = try group.write("time", actions.rows.map(\.timeNs))
    try time.setAttribute("units", "nanoseconds since 1970-01-01")
    try time.attach(rows, dimension: 0)
    try group.writeColumn("kind", actions.rows.map(\.kind.rawValue), along: rows)
    try group.writeColumn("value", actions.rows.map(\.value), along: rows)
    try group.writeColumn("factor", actions.rows.map(\.factor), along: rows)
  }

  /// The actions of the files of a folder as one table; a later file goes before an earlier one.
  static func actions(of files: [PriceFile], _ symbols: SymbolTable) throws(StorageError)
    -> CorporateActions
  {
    var merged: [NamedAction] = []
    for file in files {
      merged = ActionMerge(merged, adding: file.actions.named(by: file.symbols)).actions
    }
    return try table(merged, symbols.entries)
  }
}

extension PriceFile {
  /// The actions, which a file of another program may lack.
  static func readActions(_ root: borrowing Group, _ symbols: SymbolTable, _ part: PartReader)
    throws(StorageError) -> CorporateActions
  {
    if root.kind(of: "actions") == nil { return .none }
    let group = try part.group(root, "actions")
    let columns = try part.numbers(group, "symbol", nil, of: Int32.self)
    let count = columns.count
    let times = try part.numbers(group, "time", count, of: Int64.self)
    let kinds = try part.texts(group, "kind", count)
    let values = try part.numbers(group, "value", count, of: Double.self)
    let hasFactors = group.kind(of: "factor") != nil
    let factors =
      hasFactors
      ? try part.numbers(group, "factor", count, of: Double.self)
      : Array(repeating: .nan, count: count)
    var rows: [CorporateAction] = []
    for row in columns.indices {
      guard let kind = CorporateAction.Kind(rawValue: kinds[row]) else {
        throw .damaged(
          path: part.path, part: "actions/kind",
          reason: "row \(row) is '\(kinds[row].prefix(40))', which is no kind of action")
      }
      rows.append(
        CorporateAction(
          symbol: Int(columns[row]), timeNs: times[row], kind: kind, value: values[row],
          factor: factors[row]))
    }
    do { return try CorporateActions(rows, symbolCount: symbols.count) } catch {
      throw .damaged(path: part.path, part: "actions", reason: "\(error)")
    }
  }

  /// What prices were adjusted by, an attribute that raw panels lack.
  static func readAdjusted(_ group: borrowing Group, _ inside: String, _ part: PartReader)
    throws(StorageError) -> Adjustment
  {
    guard group.hasAttribute("adjusted") else { return .none }
    let name = try reading(part.path) { () throws(HDF5Error) in
      try group.textAttribute("adjusted")
    }
    guard let adjusted = Adjustment(rawValue: name) else {
      throw .damaged(
        path: part.path, part: inside + "@adjusted", reason: "'\(name)' is no adjustment")
    }
    return adjusted
  }
}
