import HDF5
import Kernels
import Market

/// What can go wrong with the files of Apus.
public enum StorageError: Error, Equatable {
  /// There is no such file.
  case fileMissing(path: String)
  /// The file is there and may not be replaced.
  case fileExists(path: String)
  /// The system refused to read.
  case unreadable(path: String, reason: String)
  /// The system refused to write.
  case unwritable(path: String, reason: String)
  /// The file is not of the wanted format; `found` is what it says it is, or why it can't be told.
  case wrongFormat(path: String, expected: String, found: String)
  /// Written by a later Apus.
  case schemaTooNew(path: String, found: Int, supported: Int)
  /// Shorter than it says it is.
  case truncated(path: String, needed: Int, found: Int)
  /// A part can't be read or contradicts another.
  case damaged(path: String, part: String, reason: String)
  /// The content is not what the stored hash was made of.
  case hashMismatch(path: String, part: String, stored: String, found: String)
  /// The store has no such panel.
  case panelMissing(panel: String, path: String, available: [String], nearest: String?)
  /// The store has a panel of this name, and it may not be replaced.
  case panelExists(panel: String, path: String)
  /// The panel has no such field.
  case fieldMissing(field: String, panel: String, path: String, available: [String])
  /// An array has not the shape that its dimensions give.
  case shapeMismatch(path: String, part: String, found: [Int], expected: [Int])
  /// The result has no trace of this lane.
  case traceMissing(lane: Int64, path: String, available: Int)
  /// Prices can't be adjusted by the store's corporate actions.
  case notAdjustable(panel: String, path: String, reason: String)
  /// Another process is at work on the same output.
  case inUse(path: String)
  /// Another process has been writing this store for longer than we wait; `holder` names it, if that is known.
  case storeInUse(path: String, holder: String, seconds: Double)
  /// What is to be appended has other values for what is stored; the first few of them.
  case conflicts(panel: String, path: String, count: Int, first: [PanelConflict])
  /// What is to be appended is of another calendar or frequency.
  case panelContradicts(panel: String, path: String, what: String, stored: String, new: String)
  /// The files of a folder have names that don't tell which periods they are for.
  case unknownPeriods(path: String, file: String)
  /// The file has no table of weights of this name, or several and none of a usual name.
  case weightsMissing(path: String, wanted: String?, tables: [String])
  /// A table of weights, or the names of its rows or columns, has another shape than it should.
  case weightsMisshapen(path: String, part: String, reason: String)
  /// What was to be written breaks a rule of the format.
  case invalidContent(part: String, reason: String)
}

extension StorageError: CustomStringConvertible {
  /// What happened, where, and what to do.
  public var description: String {
    switch self {
    case .fileMissing(let path): "\(path) does not exist. Check the path."
    case .fileExists(let path):
      "\(path) exists and is kept. Choose another name, or replace it with --force."
    case .unreadable(let path, let reason): "\(path) can't be read: \(reason)."
    case .unwritable(let path, let reason): "\(path) can't be written: \(reason)."
    case .wrongFormat(let path, let expected, let found):
      "\(path) is not a \(expected) file of Apus: \(found)."
    case .schemaTooNew(let path, let found, let supported):
      "\(path) is of version \(found); this build reads up to \(supported). Update apus, or make the file again."
    case .truncated(let path, let needed, let found):
      "\(path) is cut off: it has \(found) bytes of \(needed). Copy or make it again."
    case .damaged(let path, let part, let reason):
      "\(path) is damaged at \(part): \(reason). Copy or make it again."
    case .hashMismatch(let path, let part, let stored, let found):
      "\(path) is damaged: the content of \(part) has the hash \(found.prefix(12))…, the file says "
        + "\(stored.prefix(12))…. Copy or make it again."
    case .panelMissing(let panel, let path, let available, let nearest):
      "\(path) has no panel '\(panel)' (it has: \(Self.list(available)))."
        + didYouMean(nearest)
    case .panelExists(let panel, let path):
      "\(path) has a panel '\(panel)' already. Choose another name with --panel, or replace it with --force."
    case .weightsMissing(let path, let wanted, let tables):
      "\(path) has "
        + (wanted.map { "no table of numbers '\($0)'" }
          ?? (tables.isEmpty ? "no table of numbers" : "several tables of numbers"))
        + (tables.isEmpty
          ? "; weights are a dataset [portfolios, symbols], for example w."
          : " (it has: \(Self.list(tables))). Name one: portfolios: { file: …, dataset: … }.")
    case .weightsMisshapen(let path, let part, let reason):
      "\(path), \(part): \(reason). Weights are a dataset [portfolios, symbols]; see apus help risk."
    case .fieldMissing(let field, let panel, let path, let available):
      "\(path) has no field '\(field)' in panel '\(panel)' (it has: \(Self.list(available)))."
    case .shapeMismatch(let path, let part, let found, let expected):
      "\(path) is damaged: \(part) has the shape \(found), its dimensions give \(expected)."
    case .traceMissing(let lane, let path, let available):
      "\(path) has no trace of lane \(lane) (it has \(available) traces). Make it with apus replay."
    case .notAdjustable(let panel, let path, let reason):
      "panel \(panel) of \(path) can't be adjusted: \(reason). Look at its actions: apus inspect \(path) --actions."
    case .inUse(let path):
      "\(path) is held by another process that writes the same output. Wait for it, or choose another name with -o."
    case .storeInUse(let path, let holder, let seconds):
      "\(path) is being written by \(holder.isEmpty ? "another process" : holder); waited \(seconds) s. "
        + "Run again when it is done, or wait longer with --wait."
    case .conflicts(let panel, let path, let count, let first):
      "\(count) \(count == 1 ? "value differs" : "values differ") from what \(path) has in panel '\(panel)': "
        + first.map(\.description).joined(separator: "; ") + (count > first.count ? "; …" : "")
        + ". Nothing was changed. Take the new values with --revise, which keeps a record of the old ones."
    case .panelContradicts(let panel, let path, let what, let stored, let new):
      "the \(what) of panel '\(panel)' in \(path) is \(stored), that of the files is \(new). "
        + "Append to another panel with --panel, or correct the \(what)."
    case .unknownPeriods(let path, let file):
      "\(path) can't be appended to: the name of \(file) tells no year (2024.h5) and no month (2024-03.h5). "
        + "Rename its files, or append to one of them."
    case .invalidContent(let part, let reason): "\(part) can't be stored: \(reason)."
    }
  }

  private static func list(_ names: [String]) -> String {
    if names.isEmpty { return "none" }
    return names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
  }
}

/// Runs reading calls of the library; their failure means that the file is damaged.
func reading<Value: ~Copyable>(_ path: String, _ body: () throws(HDF5Error) -> Value)
  throws(StorageError) -> Value
{
  do { return try body() } catch {
    let isLater = error.cause.contains("bad version number")
    throw .damaged(
      path: path, part: String(error.path.dropFirst(path.count + 1)),
      reason: error.cause
        + (isLater
          ? " (a later HDF5 may have written it; h5py writes older forms with libver='v110')" : "")
    )
  }
}

/// Runs writing calls of the library; their failure means that the target can't be written.
func writing<Value: ~Copyable>(_ path: String, _ body: () throws(HDF5Error) -> Value)
  throws(StorageError) -> Value
{
  do { return try body() } catch {
    throw unwritable(path, error)
  }
}

/// A target that could not be written.
func unwritable(_ path: String, _ error: HDF5Error) -> StorageError {
  .unwritable(path: path, reason: "could not \(error.operation) a part: \(error.cause)")
}
extension PanelConflict: CustomStringConvertible {
  /// For example `AAPL 2024-01-02 close 10.5, now 10.6`.
  public var description: String {
    "\(symbol) \(Timestamp.text(nanoseconds: timeNs)) \(field) \(old), now \(new)"
  }
}
