import Glibc
import Market

/// What an append added to a store.
public struct AppendOutcome: Sendable, Equatable {
  /// Whether the panel was not there before.
  public var isNewPanel = false
  /// Bars that the panel did not have.
  public var barsAdded = 0
  /// Symbols that the panel did not have.
  public var symbolsAdded: [String] = []
  /// Fields that the panel did not have.
  public var fieldsAdded: [String] = []
  /// Missing values of stored bars, symbols and fields that are known now.
  public var valuesFilled = 0
  /// Values that the store had, the same to the bit.
  public var valuesEqual = 0
  /// Values that were replaced.
  public var valuesRevised = 0
  /// Quarantined rows that the store did not list.
  public var quarantinedAdded = 0
  /// Files that were written; none if the store had everything.
  public var filesWritten: [String] = []
}

extension PriceStore {
  /// Seconds to wait for another writer, unless more is said.
  public static let defaultPatience = 5.0

  /// Appends to a panel: adds the bars, symbols, fields and values that it does not have yet.
  ///
  /// The same draft again changes nothing, and no file is written. Whatever is interrupted, the store holds all of the
  /// draft or none of it, and appending again completes it. A store or panel that is not there is made. Bars may come
  /// to stand between stored ones. A missing value of the draft says nothing: what is stored stays.
  ///
  /// - Parameters:
  ///   - draft: the panel, its axes strictly increasing and distinct as those of any panel.
  ///   - quarantine: rows kept out of it; those that the store lists already are not listed twice.
  ///   - actions: corporate actions to add to those that the store has; the new ones go before.
  ///   - path: the file, or the folder (an existing one, or a path that ends in a slash).
  ///   - revise: whether values that differ from stored ones take their place; what was there is kept in the table of
  ///     revisions.
  ///   - source: the files that the draft was made of, for that table.
  ///   - period: of a new folder; told by the length of a bar unless given.
  ///   - patience: seconds to wait for another writer.
  /// - Throws: `conflicts` unless `revise`; `panelContradicts` for another calendar or frequency; `unknownPeriods`,
  ///   `invalidContent`, `unwritable`, `storeInUse`, and what opening throws; then nothing has changed.
  @discardableResult
  public static func append(
    _ draft: PanelDraft, quarantine: [QuarantinedRow] = [], actions: [NamedAction] = [],
    to path: String, revise: Bool = false, source: String = "", period: Period? = nil,
    patience: Double = defaultPatience
  ) throws(StorageError) -> AppendOutcome {
    let change = PanelChange(
      draft: draft, quarantine: quarantine, actions: actions,
      policy: .append(revise: revise, source: source))
    return try apply(change, to: path, period, patience)
  }

  /// Throws if a store could not be written at `path`, before any work is done for it.
  public static func checkTarget(_ path: String) throws(StorageError) {
    guard isFolder(path) else {
      try AtomicFile.checkTarget(path, force: true)
      return
    }
    let folder = FolderStore(path)
    let isThere = access(folder.path, F_OK) == 0
    if isThere, try folder.isForeign() {
      throw .unwritable(
        path: path,
        reason: "the folder has other files and no store; name a new folder, or a file like "
          + "\(folder.file("prices.h5"))")
    }
    // A file of a folder that is there, or the folder itself as a new name.
    try AtomicFile.checkTarget(
      access(folder.path, F_OK) == 0 ? folder.file("2000.h5") : folder.path, force: true)
  }

  /// Whether a file or a folder with files stands at `path`.
  public static func isStore(_ path: String) throws(StorageError) -> Bool {
    if access(path, F_OK) != 0 { return false }
    if !isFolder(path) { return true }
    return try !FolderStore(path).members().isEmpty
  }

  /// Whether a path means a folder of files.
  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    if stat(path, &status) == 0 { return status.st_mode & S_IFMT == S_IFDIR }
    return path.hasSuffix("/")
  }

  /// Changes a store while nobody else does.
  static func apply(
    _ change: PanelChange, to path: String, _ period: Period?, _ patience: Double
  ) throws(StorageError) -> AppendOutcome {
    try checkTarget(path)
    // A draft that can't be stored should not make a folder.
    _ = try PanelInfo(change.draft)
    if isFolder(path) { return try FolderStore(path).apply(change, period, patience) }
    let lock = try StoreLock(of: path, patience: patience)
    defer { lock.release() }
    let old = access(path, F_OK) == 0 ? try PriceFile(path: path) : nil
    var outcome = AppendOutcome()
    let step = try change.step(on: old, path: path, &outcome)
    try change.checkConflicts([step], path: path)
    if let content = step.content {
      try write(content, to: path, force: old != nil)
      outcome.filesWritten = [path]
    }
    return outcome
  }
}
