import Glibc
import Market

/// A folder of price files, one a period, that change together.
///
///     prices/
///     ├─ 2023.h5 2024.h5 …     a file a year, or 2024-01.h5 a month
///     ├─ .2024.h5.next         the file that is to take the place of 2024.h5
///     ├─ .commit               "put 2024.h5", "drop 2023.h5", …: written when all of the next files are
///     └─ .lock                 held by whoever writes
///
/// While `.commit` stands, readers take the next files in place of those that they replace: all changes are seen at once,
/// whenever the writer dies. The next writer completes them.
struct FolderStore {
  let path: String

  init(_ path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  func file(_ name: String) -> String { path == "/" ? "/" + name : "\(path)/\(name)" }

  private func next(_ name: String) -> String { file(".\(name).next") }
  private var commit: String { file(".commit") }

  // MARK: - Reading

  /// One file as it stands now: a file that is replaced has another number.
  struct Member: Equatable {
    let path: String
    let number: ino_t
    let size: off_t
    let modifiedNs: Int
  }

  /// The files in time order, by the order of their names.
  ///
  /// - Throws: `unreadable`.
  func members() throws(StorageError) -> [Member] {
    var paths: [String: String] = [:]
    for name in try names() where name.hasSuffix(".h5") && !name.hasPrefix(".") {
      paths[name] = file(name)
    }
    for line in changes() {
      switch line {
      case .put(let name): if access(next(name), F_OK) == 0 { paths[name] = next(name) }
      case .drop(let name): paths[name] = nil
      }
    }
    return paths.sorted { $0.key < $1.key }.map { _, path in
      var status = stat()
      let isThere = stat(path, &status) == 0
      return Member(
        path: path, number: isThere ? status.st_ino : 0, size: isThere ? status.st_size : -1,
        modifiedNs: isThere ? status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec : 0)
    }
  }

  private func names() throws(StorageError) -> [String] {
    guard let folder = opendir(path) else {
      throw .unreadable(path: path, reason: systemReason())
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names
  }

  private enum Change {
    case put(String)
    case drop(String)
  }

  /// What a writer decided and may not have completed.
  private func changes() -> [Change] {
    let descriptor = open(commit, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = read(descriptor, &bytes, bytes.count)
    let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    return text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      // A name with a slash would lead out of the folder.
      guard words.count == 2, Period(fileName: words[1]) != nil else { return nil }
      return words[0] == "put" ? .put(words[1]) : words[0] == "drop" ? .drop(words[1]) : nil
    }
  }

  // MARK: - Writing

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
    let names = try members().map { String($0.path.dropFirst(file("").utf8.count)) }
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
        content.merge([])
        contents.append((name, content))
      }
    }
    try write(contents)
    outcome.filesWritten = contents.filter { !$0.content.panels.isEmpty }.map { file($0.name) }
    return outcome
  }

  /// Writes files, all of them at once; one without panels goes.
  private func write(_ contents: [(name: String, content: StoreContent)]) throws(StorageError) {
    if contents.isEmpty { return }
    if contents.count == 1, !contents[0].content.panels.isEmpty {
      try PriceStore.write(contents[0].content, to: file(contents[0].name), force: true)
      return
    }
    var lines: [String] = []
    do throws(StorageError) {
      for (name, content) in contents {
        if content.panels.isEmpty {
          lines.append("drop \(name)\n")
        } else {
          try PriceStore.write(content, to: next(name), force: true)
          lines.append("put \(name)\n")
        }
      }
      try AtomicFile.write(lines.joined(), to: commit, force: true)
    } catch {
      for (name, _) in contents { unlink(next(name)) }
      throw error
    }
    try complete()
  }

  /// Completes what a writer decided, and removes what one left behind that did not come so far.
  private func complete() throws(StorageError) {
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
