import HDF5

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
        + (nearest.map { " Did you mean '\($0)'?" } ?? "")
    case .panelExists(let panel, let path):
      "\(path) has a panel '\(panel)' already. Choose another name with --panel, or replace it with --force."
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
    throw .damaged(
      path: path, part: String(error.path.dropFirst(path.count + 1)), reason: error.cause)
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
