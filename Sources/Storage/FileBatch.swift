import Glibc
import Synchronization

/// Many files of a folder that are written together: each whole or not at all, and all synced by one call.
///
/// Files are staged in a hidden folder inside, synced, and moved into place. A process that is killed before the moves has
/// changed nothing, and one that is killed among them leaves old files and new ones, all whole; the next batch goes on. A
/// lock on the folder keeps other batches out. A file that is there already with the same bytes is left alone.
public final class FileBatch: Sendable {
  /// Where the files go.
  public let folder: String
  private let staging: String
  private let lock: Int32
  private let state = Mutex((staged: [String](), kept: 0, isDone: false))

  /// Opens a folder, and makes it where it is missing.
  ///
  /// - Parameters:
  ///   - folder: its path; the folder around it must be there.
  ///   - force: whether it may have files that `isOurs` doesn't know.
  ///   - isOurs: whether the names in a folder that isn't empty say that a batch like this one made it.
  /// - Throws: `unwritable`, `fileExists` for a folder of others.
  public init(_ folder: String, force: Bool, isOurs: ([String]) -> Bool) throws(StorageError) {
    self.folder = folder
    staging = folder + "/.staged"
    try Self.makeFolder(folder)
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unwritable(path: folder, reason: systemReason()) }
    do throws(StorageError) {
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        throw .unwritable(path: folder, reason: "another process writes there")
      }
      let names = Self.names(in: folder)
      guard force || names.isEmpty || names.contains(".staged") || isOurs(names) else {
        throw .fileExists(path: folder)
      }
      // Under the lock nobody writes what an earlier process staged.
      Self.remove(staging)
      guard mkdir(staging, 0o777) == 0 else {
        throw .unwritable(path: staging, reason: systemReason())
      }
    } catch {
      close(descriptor)
      throw error
    }
    // The last to be set, so that a batch that could not begin has no end either.
    lock = descriptor
  }

  deinit {
    if !state.withLock({ $0.isDone }) { Self.remove(staging) }
    close(lock)
  }

  /// Makes a folder unless it is there.
  ///
  /// - Throws: `unwritable`.
  public static func makeFolder(_ path: String) throws(StorageError) {
    if mkdir(path, 0o777) != 0, errno != EEXIST {
      throw .unwritable(path: path, reason: systemReason())
    }
  }

  /// Number of files that were there already with the same bytes, and of those that are new.
  public var counts: (kept: Int, written: Int) { state.withLock { ($0.kept, $0.staged.count) } }

  /// Stages a file; safe to call from any thread, with another name each time.
  ///
  /// - Throws: `unwritable`.
  public func add(_ bytes: [UInt8], name: String) throws(StorageError) {
    if Self.holds(folder + "/" + name, bytes) {
      state.withLock { $0.kept += 1 }
      return
    }
    let path = staging + "/" + name
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        let reason = systemReason()
        close(descriptor)
        throw .unwritable(path: path, reason: reason)
      }
      written += count
    }
    guard close(descriptor) == 0 else { throw .unwritable(path: path, reason: systemReason()) }
    state.withLock { $0.staged.append(name) }
  }

  /// Syncs what was staged and moves it into place.
  ///
  /// - Throws: `unwritable`; then every file is the old one or the new one.
  public func commit() throws(StorageError) {
    let names = state.withLock { $0.staged }
    // One call for all files: to sync each would take a millisecond a file. Linux waits until it is done.
    if !names.isEmpty { sync() }
    for name in names {
      guard rename(staging + "/" + name, folder + "/" + name) == 0 else {
        throw .unwritable(path: folder + "/" + name, reason: systemReason())
      }
    }
    state.withLock { $0.isDone = true }
    rmdir(staging)
    fsync(lock)
  }

  /// Whether a file has exactly these bytes.
  private static func holds(_ path: String, _ bytes: [UInt8]) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size == bytes.count
    else { return false }
    var found = [UInt8](repeating: 0, count: bytes.count)
    var count = 0
    while count < found.count {
      let taken = found.withUnsafeMutableBytes { buffer in
        read(descriptor, buffer.baseAddress.map { $0 + count }, bytes.count - count)
      }
      if taken < 0 && errno == EINTR { continue }
      guard taken > 0 else { return false }
      count += taken
    }
    return found == bytes
  }

  private static func names(in folder: String) -> [String] {
    guard let entries = opendir(folder) else { return [] }
    defer { closedir(entries) }
    var names: [String] = []
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static func remove(_ folder: String) {
    for name in names(in: folder) { unlink(folder + "/" + name) }
    rmdir(folder)
  }
}
