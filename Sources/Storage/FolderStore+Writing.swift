import Glibc
import Market

extension FolderStore {
  /// Makes the folder unless it is there; whether it did.
  @discardableResult
  func make() throws(StorageError) -> Bool {
    if mkdir(path, 0o777) == 0 { return true }
    guard errno == EEXIST else { throw .unwritable(path: path, reason: systemReason()) }
    return false
  }

  /// Splits a change over the files and makes it in all of them at once.
  func apply(_ change: PanelChange, _ wanted: Period?, _ patience: Double) throws(StorageError)
    -> AppendOutcome
  {
    let isNew = try make()
    do throws(StorageError) {
      let lock = try StoreLock(file(".lock"), of: path, patience: patience)
      defer { lock.release() }
      try complete()
      return try write(change, wanted)
    } catch {
      if isNew { rmdir(path) }
      throw error
    }
  }

  private func write(_ change: PanelChange, _ wanted: Period?) throws(StorageError) -> AppendOutcome
  {
    let names = try memberNames()
    let store = names.isEmpty ? nil : try PriceStore.open(path)
    let period = try period(of: names, wanted, change.draft)
    let known = store?.panels.first { $0.name == change.draft.name }
    if case .replace(force: false) = change.policy, known != nil {
      throw .panelExists(panel: change.draft.name, path: path)
    }
    if case .append = change.policy, let known {
      try PanelMerge.checkAgreement(known, try PanelInfo(change.draft), path)
    }
    var part = change
    let listed = Set(
      try store?.quarantinedRows().filter { $0.panel == change.draft.name }.map(\.row) ?? [])
    let rows =
      change.isReplacing ? change.quarantine : change.quarantine.filter { !listed.contains($0) }
    let drafts = period.split(change.draft)
    var outcome = AppendOutcome()
    var steps: [PanelChange.Step] = []
    for (index, (name, draft)) in drafts.enumerated() {
      part.draft = draft
      // Rows that were kept out have no time that could be trusted: they go with the last of the file's bars.
      part.quarantine = index == drafts.count - 1 ? rows : []
      part.actions = index == drafts.count - 1 ? change.actions : []
      let old = names.contains(name) ? try PriceFile(path: file(name)) : nil
      steps.append(try part.step(on: old, path: file(name), &outcome))
    }
    try change.checkConflicts(steps, path: path)
    outcome.isNewPanel = known == nil
    if let known {
      outcome.symbolsAdded = change.draft.symbols.map(\.symbol).filter {
        !known.symbols.contains($0)
      }
      outcome.fieldsAdded = change.draft.fields.map(\.name).filter { !known.fields.contains($0) }
    }
    var contents = zip(drafts, steps).compactMap { draft, step in
      step.content.map { (name: draft.fileName, content: $0) }
    }
    if change.isReplacing, let store {
      // Other periods of what is replaced.
      for (name, file) in zip(names, store.files)
      where !drafts.contains(where: { $0.fileName == name })
        && file.panels.contains(where: { $0.name == change.draft.name })
      {
        var content = try StoreContent(file) { $0 != change.draft.name }
        content.quarantine.removeAll { $0.panel == change.draft.name }
        content.revisions.removeAll { $0.panel == change.draft.name }
        content.merge([] as [SymbolTable.Entry])
        contents.append((name, content))
      }
      // What a file that goes knew of actions stays with the last one.
      let orphans = contents.filter(\.content.panels.isEmpty).flatMap(\.content.actions)
      if !orphans.isEmpty, let last = contents.lastIndex(where: { !$0.content.panels.isEmpty }) {
        contents[last].content.actions =
          ActionMerge(orphans, adding: contents[last].content.actions).actions
        contents[last].content.merge([] as [SymbolTable.Entry])
      }
    }
    try write(contents)
    outcome.filesWritten = contents.filter { !$0.content.panels.isEmpty }.map { file($0.name) }
    return outcome
  }

  /// Makes this the folder of given files, in place of all that stands there if `force` is given.
  ///
  /// - Throws: `fileExists`, `unwritable`, `storeInUse`; then nothing has changed.
  func replace(
    by files: [(name: String, content: StoreContent)], form: PriceStore.Form, force: Bool,
    _ patience: Double
  ) throws(StorageError) {
    let isNew = try make()
    do throws(StorageError) {
      let lock = try StoreLock(file(".lock"), of: path, patience: patience)
      defer { lock.release() }
      try complete()
      let old = try memberNames()
      if !old.isEmpty, !force { throw .fileExists(path: path) }
      let gone = old.filter { name in !files.contains { $0.name == name } }
      try write(files + gone.map { ($0, StoreContent()) }, form: form)
    } catch {
      if isNew { rmdir(path) }
      throw error
    }
  }

  private func memberNames() throws(StorageError) -> [String] {
    try members().map { Self.name(of: $0.path) }
  }

  /// Writes files, all of them at once; one without panels goes.
  private func write(
    _ contents: [(name: String, content: StoreContent)], form: PriceStore.Form = .plain
  ) throws(StorageError) {
    if contents.isEmpty { return }
    if contents.count == 1, !contents[0].content.panels.isEmpty {
      try PriceStore.write(
        contents[0].content, to: file(contents[0].name), force: true, form: form)
      return
    }
    var lines: [String] = []
    do throws(StorageError) {
      for (name, content) in contents {
        if content.panels.isEmpty {
          lines.append("drop \(name)\n")
        } else {
          try PriceStore.write(content, to: next(name), force: true, form: form)
          lines.append("put \(name)\n")
        }
      }
      try AtomicFile.write(lines.joined(), to: commit, force: true)
    } catch {
      for (name, _) in contents { unlink(next(name)) }
      // Nobody knows the names under which files are written.
      if case .unwritable(_, let reason) = error { throw .unwritable(path: path, reason: reason) }
      throw error
    }
    try complete()
  }

  /// Completes what a writer decided, and removes what one left behind that did not come so far.
  func complete() throws(StorageError) {
    let changes = changes()
    for change in changes {
      switch change {
      case .put(let name):
        guard rename(next(name), file(name)) == 0 || errno == ENOENT else {
          throw .unwritable(path: file(name), reason: systemReason())
        }
      case .drop(let name):
        guard unlink(file(name)) == 0 || errno == ENOENT else {
          throw .unwritable(path: file(name), reason: systemReason())
        }
      }
    }
    if !changes.isEmpty {
      AtomicFile.syncFolder(path)
      unlink(commit)
    }
    for name in try names() where name.hasPrefix(".") && name.contains(".h5.next") {
      unlink(file(name))
    }
  }

  private func period(of names: [String], _ wanted: Period?, _ draft: PanelDraft)
    throws(StorageError) -> Period
  {
    guard let first = names.first else { return wanted ?? Period(frequencyNs: draft.frequencyNs) }
    guard let period = Period(fileName: first) else {
      throw .unknownPeriods(path: path, file: first)
    }
    if let odd = names.first(where: { Period(fileName: $0) != period }) {
      throw .unknownPeriods(path: path, file: odd)
    }
    if let wanted, wanted != period {
      throw .panelContradicts(
        panel: draft.name, path: path, what: "period", stored: period.rawValue,
        new: wanted.rawValue)
    }
    return period
  }
}
