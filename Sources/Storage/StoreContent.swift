import Dispatch
import HDF5
import Market
import Synchronization

/// All that a price file holds, ready to be written.
struct StoreContent {
  var panels: [PanelContent] = []
  var symbols: [SymbolTable.Entry] = []
  var actions: [NamedAction] = []
  var quarantine: [(panel: String, row: QuarantinedRow)] = []
  var revisions: [Revision] = []

  /// Nothing.
  init() {}

  /// What a file holds beside its panels, and those of its panels that are to be kept.
  init(_ file: PriceFile, keeping isKept: (String) -> Bool = { _ in true }) throws(StorageError) {
    for info in file.panels where isKept(info.name) {
      panels.append(PanelContent(try file.load(info.name, fields: info.fields)))
    }
    symbols = file.symbols.entries
    actions = file.actions.named(by: file.symbols)
    quarantine = try file.quarantinedRows()
    revisions = try file.revisions()
  }

  /// Takes facts about symbols, and drops those that no panel and no action has.
  mutating func merge(_ entries: [SymbolTable.Entry]) {
    // Tickers that stand only in actions have a row too, as actions point to rows.
    let named = actions.flatMap(\.symbols)
    let all = PriceStore.merge(
      PriceStore.merge(symbols, entries), named.map { SymbolTable.Entry(symbol: $0) })
    let used = Set(panels.flatMap(\.info.symbols)).union(named)
    symbols = all.filter { used.contains($0.symbol) }
  }

  /// Takes corporate actions, which go before those that are there.
  mutating func merge(_ new: [NamedAction]) { actions = ActionMerge(actions, adding: new).actions }

  /// Takes quarantined rows of a panel, without those that are listed already; returns how many were new.
  mutating func add(_ rows: [QuarantinedRow], of panel: String) -> Int {
    let known = Set(quarantine.filter { $0.panel == panel }.map(\.row))
    let new = rows.filter { !known.contains($0) }
    quarantine += new.map { (panel, $0) }
    return new.count
  }

  /// Hashes of panels, made by another thread while they are written.
  ///
  /// A panel that was hashed before keeps its hash.
  func hashing() -> () -> [String] {
    let hashes = Hashes()
    let group = DispatchGroup()
    let panels = panels
    DispatchQueue.global().async(group: group) {
      let made = panels.map { $0.info.contentHash.isEmpty ? $0.contentHash() : $0.info.contentHash }
      hashes.made.withLock { $0 = made }
    }
    return {
      group.wait()
      return hashes.made.withLock { $0 }
    }
  }
}

/// A place for hashes that two threads know.
private final class Hashes: Sendable {
  let made = Mutex<[String]>([])
}
