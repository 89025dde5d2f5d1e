import Glibc

/// Folders of files that appear whole or not at all.
public enum AtomicFolder {
  /// Writes a folder by a temporary one beside it, whose path `body` receives.
  ///
  /// - Parameters:
  ///   - path: where the folder shall stand; a slash at its end means nothing.
  ///   - force: whether it may take the place of a folder, which is lost with all that it holds. A process that is killed while
  ///     the two change places leaves the old one beside, under a hidden name.
  /// - Throws: `fileExists`, `unwritable`, and what `body` throws; then nothing has changed.
  public static func write(
    to path: String, force: Bool, _ body: (_ temporaryPath: String) throws -> Void
  ) throws {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    try checkTarget(path, force: force)
    let temporary = AtomicFile.hidden(path, ".tmp-\(getpid())")
    remove(temporary)
    guard mkdir(temporary, 0o777) == 0 else {
      throw StorageError.unwritable(path: path, reason: systemReason())
    }
    do {
      try body(temporary)
      AtomicFile.syncFolder(temporary)
      try move(temporary, to: path, force: force)
    } catch {
      remove(temporary)
      throw error
    }
    let slash = path.lastIndex(of: "/")
    AtomicFile.syncFolder(slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
  }

  private static func move(_ temporary: String, to path: String, force: Bool) throws(StorageError) {
    if rename(temporary, path) == 0 { return }
    let code = errno
    guard force, code == ENOTEMPTY || code == EEXIST else {
      throw .unwritable(path: path, reason: systemReason(code))
    }
    let old = AtomicFile.hidden(path, ".old-\(getpid())")
    remove(old)
    guard rename(path, old) == 0 else { throw .unwritable(path: path, reason: systemReason()) }
    guard rename(temporary, path) == 0 else {
      let code = errno
      _ = rename(old, path)
      throw .unwritable(path: path, reason: systemReason(code))
    }
    remove(old)
  }

  /// Throws if a write to `path` could not end well, before any work is done for it.
  public static func checkTarget(_ path: String, force: Bool) throws(StorageError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw .unwritable(path: path, reason: "this is no path")
    }
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .unwritable(path: path, reason: "it is a file, and a folder is wanted")
    }
    guard let folder = opendir(path) else {
      throw .unwritable(path: path, reason: systemReason())
    }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let isDots =
        entry.pointee.d_name.0 == 46
        && (entry.pointee.d_name.1 == 0
          || entry.pointee.d_name.1 == 46 && entry.pointee.d_name.2 == 0)
      if !isDots && !force { throw .fileExists(path: path) }
    }
  }

  /// Removes a folder of files.
  private static func remove(_ path: String) {
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { unlink(path + "/" + name) }
      }
      closedir(folder)
    }
    rmdir(path)
  }
}
