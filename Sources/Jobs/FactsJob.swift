import Interchange
import Kernels
import Market
import Storage

/// Brings facts about symbols into a store: corporate actions, ticker histories, the symbol master.
public struct FactsJob: Sendable {
  /// Files in order; `-` is standard input.
  public var files: [String]
  /// The store, which must be there.
  public var store: String
  /// Name of the format, one of `ImporterCatalog.facts`.
  public var format: String
  /// How to read the files; `panel` chooses the one that a ticker map is for.
  public var options = ImportOptions()
  /// Whether what the store knows otherwise may be replaced.
  public var force = false

  /// What was read, and what became of it.
  public struct Outcome: Sendable {
    /// Rows below the headers.
    public var rowsRead = 0
    /// What was recognised, in words.
    public var notes: [String] = []
    /// Rows that break a rule.
    public var quarantined: [QuarantinedRow] = []
    /// Actions that the store did not have.
    public var added = 0
    /// Actions that it had already.
    public var known = 0
    /// Actions that took the place of others.
    public var replaced = 0
    /// Symbols whose row in the master changed.
    public var symbolsChanged = 0
    /// Rows of prices that went to another symbol.
    public var moved = 0
    /// Rows of prices that no symbol claims.
    public var unclaimed = 0
    /// Symbols that the store does not have, with the nearest that it has; what was said of them is left out.
    public var unknown: [(symbol: String, nearest: String?)] = []
    /// How much was left out with them.
    public var leftOut = 0

    /// The first of the unknown symbols as the end of a sentence, and what may have been meant.
    public var unknownListed: String {
      let names = unknown.prefix(10).map(\.symbol).joined(separator: ", ")
      let more = unknown.count > 10 ? ", … \(unknown.count) symbols in all" : ""
      return "\(names)\(more)." + didYouMean(unknown.compactMap(\.nearest))
    }
  }

  /// A job.
  public init(files: [String], store: String, format: String) {
    self.files = files
    self.store = store
    self.format = format
  }

  /// Reads, checks, and writes unless `dryRun`.
  ///
  /// - Throws: `ImportError`, `StorageError`, `FactsError`; then the store is as it was.
  public func run(dryRun: Bool = false) throws -> Outcome {
    guard let importer = ImporterCatalog.factsImporter(named: format) else {
      preconditionFailure("the caller checks the format")
    }
    let store = try PriceStore.open(store)
    let draft = try importer.read(paths: files, options: options, days: try days(of: store))
    var mapped: [TickerMap.Outcome] = []
    if let tickers = draft.tickers { mapped = try map(store, tickers) }
    var outcome = Outcome()
    var failure: (any Error)?
    var isChanged = false
    let change: (inout StoreFacts) -> Bool = { facts in
      do {
        (facts, outcome) = try apply(draft, mapped, to: facts, store)
        isChanged =
          outcome.added + outcome.replaced + outcome.symbolsChanged > 0
          || !facts.replacedPanels.isEmpty || !outcome.quarantined.isEmpty
      } catch {
        failure = error
      }
      return failure == nil && isChanged && !dryRun
    }
    if dryRun {
      var facts = StoreFacts(store)
      _ = change(&facts)
    } else {
      try PriceStore.revise(self.store, change)
    }
    if let failure { throw failure }
    return outcome
  }

  // MARK: - What the store has

  /// The exchange days of the panel with the shortest bars of a day or more, or of any.
  private func days(of store: PriceStore) throws(StorageError) -> ExchangeDays {
    let named = options.panel.flatMap { name in store.panels.first { $0.name == name } }
    if let name = options.panel, named == nil { _ = try store.info(name) }
    let daily = store.panels.first { $0.frequencyNs == Calendar.dayNs }
    guard let info = named ?? daily ?? store.panels.first else { return .none }
    return try Self.days(of: try store.loadPanel(info.name, fields: []))
  }

  private static func days(of panel: PricePanel) throws(StorageError) -> ExchangeDays {
    ExchangeDays(
      timeNs: panel.time.ns, frequencyNs: panel.frequencyNs, zone: panel.calendar.timeZone)
  }

  /// The panels of a store by today's symbol.
  private func map(_ store: PriceStore, _ tickers: TickerMap) throws -> [TickerMap.Outcome] {
    let recorded = Set(store.actions.named(by: store.symbols).map(\.key))
    var outcomes: [TickerMap.Outcome] = []
    for info in store.panels where options.panel == nil || options.panel == info.name {
      let panel = try store.loadPanel(info.name)
      let days = try Self.days(of: panel)
      // A map that was applied once must not be again: its old tickers are other companies' now.
      let done = tickers.histories.map(\.symbol).filter { symbol in
        let renames = tickers.actions(for: [symbol], days: days).filter { $0.kind == .rename }
        return !renames.isEmpty && renames.allSatisfy { recorded.contains($0.key) }
      }
      let outcome = tickers.without(Set(done)).reassign(
        PanelDraft(panel, info), days: days, source: files.joined(separator: ", "))
      outcomes.append(outcome)
    }
    if let folder = outcomes.first(where: { $0.moved + $0.unclaimedCount > 0 }),
      store.isFolder
    {
      throw FactsError.folder(store: store.path, panel: folder.draft.name)
    }
    return outcomes
  }

  // MARK: - What becomes of it

  private func apply(
    _ draft: FactsDraft, _ mapped: [TickerMap.Outcome], to old: StoreFacts, _ store: PriceStore
  ) throws -> (StoreFacts, Outcome) {
    var facts = old
    var outcome = Outcome()
    outcome.rowsRead = draft.rowsRead
    outcome.notes = draft.notes
    outcome.quarantined = draft.quarantined
    var actions = draft.actions
    var symbols: Set<String> = []
    if let tickers = draft.tickers {
      for map in mapped where map.moved + map.unclaimedCount > 0 {
        facts.replacedPanels.append(map.draft)
        outcome.moved += map.moved
        outcome.unclaimed += map.unclaimedCount
        facts.quarantine += map.unclaimed.map { (map.draft.name, $0) }
      }
      symbols = Set(mapped.flatMap { $0.draft.symbols.map(\.symbol) })
      actions = tickers.actions(for: symbols, days: try days(of: store))
      facts.symbols += symbols.subtracting(old.symbols.map(\.symbol)).sorted().map {
        SymbolTable.Entry(symbol: $0)
      }
    }
    // An action without prices would never be seen, so that old tickers in the master don't count.
    let priced = Set(store.panels.flatMap(\.symbols)).union(symbols)
    let have = Set(facts.symbols.map(\.symbol))
    let strangers = actions.filter { priced.isDisjoint(with: $0.symbols) }.map(\.symbol)
    let others = draft.symbols.map(\.symbol).filter { !have.contains($0) }
    leaveOut(strangers + others, known: priced.sorted(), &outcome)
    outcome.leftOut = strangers.count + others.count
    let isMap = draft.tickers != nil
    // A map may be of all markets; of other files it is a mistake if none of it is the store's.
    let given = draft.actions.count + draft.symbols.count
    if !outcome.unknown.isEmpty, !isMap, outcome.leftOut == given || options.onBadRow == .reject {
      throw ImportError.unknownSymbols(
        path: files.joined(separator: ", "), store: self.store,
        names: outcome.unknown.map(\.symbol),
        nearest: outcome.unknown.lazy.compactMap(\.nearest).first)
    }
    try merge(actions.filter { !priced.isDisjoint(with: $0.symbols) }, into: &facts, &outcome)
    let entries = draft.symbols.filter { have.contains($0.symbol) }
    for entry in entries {
      guard let place = facts.symbols.firstIndex(where: { $0.symbol == entry.symbol }) else {
        continue
      }
      let merged = facts.symbols[place].updated(by: entry, onlyUnknown: isMap)
      if !merged.isSame(as: facts.symbols[place]) { outcome.symbolsChanged += 1 }
      facts.symbols[place] = merged
    }
    // The rows of a file that is read again replace those of before.
    let sources = Set(draft.quarantined.map(\.file)).union(files)
    facts.quarantine.removeAll { $0.panel == Self.quarantineName && sources.contains($0.row.file) }
    facts.quarantine += draft.quarantined.map { (Self.quarantineName, $0) }
    return (facts, outcome)
  }

  /// Stands for a panel in the quarantine of rows that are no prices.
  private static let quarantineName = "actions"

  private func leaveOut(_ names: [String], known: [String], _ outcome: inout Outcome) {
    var seen: Set<String> = []
    let strangers = names.filter { seen.insert($0).inserted }
    for name in strangers {
      // Few are slips of the pen; many are another market's, and near to nothing.
      let nearest = strangers.count <= 5 ? nearestName(to: name, among: known) : nil
      outcome.unknown.append((name, nearest))
    }
  }

  private func merge(
    _ actions: [NamedAction], into facts: inout StoreFacts, _ outcome: inout Outcome
  ) throws(FactsError) {
    let merge = ActionMerge(facts.actions, adding: actions)
    if let first = merge.changed.first, !force {
      throw .actionsDiffer(
        store: store, count: merge.changed.count, symbol: first.old.symbol,
        kind: first.old.kind.rawValue, timeNs: first.old.timeNs, old: Self.words(first.old),
        new: Self.words(first.new))
    }
    facts.actions = merge.actions
    outcome.added = merge.added
    outcome.known = merge.known
    outcome.replaced = merge.changed.count
  }

  private static func words(_ action: NamedAction) -> String {
    if action.kind == .rename { return action.becomes }
    return "\(action.value)" + (action.factor.isNaN ? "" : " (factor \(action.factor))")
  }
}
