import Market

/// A draft on its way into a store.
struct PanelChange {
  /// What to do with a panel of the same name.
  enum Policy {
    case replace(force: Bool)
    case append(revise: Bool, source: String)
  }

  var draft: PanelDraft
  var quarantine: [QuarantinedRow]
  var actions: [NamedAction] = []
  var policy: Policy

  /// Whether the panel of that name goes.
  var isReplacing: Bool {
    if case .replace = policy { true } else { false }
  }

  /// What becomes of one file; nothing is copied or written yet.
  struct Step {
    /// What to write; nil if the file has it all.
    let content: StoreContent?
    fileprivate let merge: PanelMerge?
  }

  /// What becomes of a file, or of a new one.
  ///
  /// - Throws: `panelExists`, `panelContradicts`, `damaged`.
  func step(on old: PriceFile?, path: String, _ outcome: inout AppendOutcome) throws(StorageError)
    -> Step
  {
    let name = draft.name
    let known = old?.panels.first { $0.name == name }
    var content = StoreContent()
    if let old { content = try StoreContent(old) { $0 != name } }
    let actionsBefore = content.actions
    content.merge(actions)
    switch policy {
    case .replace(let force):
      if known != nil, !force { throw .panelExists(panel: name, path: path) }
      content.quarantine.removeAll { $0.panel == name }
      content.revisions.removeAll { $0.panel == name }
    case .append(let revise, let source):
      guard let old, let known else { break }
      let stored = try old.load(name, fields: known.fields)
      let merge = try PanelMerge(stored, draft, path: path, keepsConflicts: revise)
      outcome.count(merge)
      let before = content.symbols
      let place = old.panels.firstIndex { $0.name == name } ?? 0
      content.panels.insert(PanelContent(merge), at: place)
      content.merge(draft.symbols)
      let rows = content.add(quarantine, of: name)
      outcome.quarantinedAdded += rows
      if revise {
        let now = Header.now()
        content.revisions += merge.conflicts.map {
          Revision(panel: name, value: $0, file: source, revisedUTC: now)
        }
      }
      let isSame =
        merge.changesNothing && rows == 0 && content.actions == actionsBefore
        && ContentHash.isSame(before, content.symbols)
      return Step(content: isSame ? nil : content, merge: merge)
    }
    let panel = try PanelContent(draft)
    outcome.isNewPanel = true
    outcome.barsAdded += draft.timeNs.count
    content.panels.append(panel)
    content.merge(draft.symbols)
    outcome.quarantinedAdded += content.add(quarantine, of: name)
    return Step(content: content, merge: nil)
  }

  /// Throws if stored values differ and may not be replaced.
  func checkConflicts(_ steps: [Step], path: String) throws(StorageError) {
    guard case .append(revise: false, _) = policy else { return }
    let merges = steps.compactMap(\.merge)
    let count = merges.reduce(0) { $0 + $1.conflictCount }
    guard count > 0 else { return }
    throw .conflicts(
      panel: draft.name, path: path, count: count,
      first: Array(merges.flatMap(\.conflicts).prefix(3)))
  }
}

extension AppendOutcome {
  fileprivate mutating func count(_ merge: PanelMerge) {
    barsAdded += merge.newBars
    symbolsAdded += merge.newSymbols.filter { !symbolsAdded.contains($0) }
    fieldsAdded += merge.newFields.filter { !fieldsAdded.contains($0) }
    valuesFilled += merge.filledCount
    valuesEqual += merge.equalCount
    valuesRevised += merge.conflictCount
  }
}
