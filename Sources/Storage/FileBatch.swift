import CShims
import Glibc
import Synchronization

/// Files of a folder that are written together: none stands in its place before all are on the disk.
///
/// They are staged in a hidden folder beside theirs, synced by one call, and moved: a folder that is new or empty appears
/// whole. A process that is killed before the moves has changed nothing, and the next batch removes what it staged. One batch at
/// a time writes to a folder.
public final class FileBatch: Sendable {
  /// How files come into a folder that has some.
  public enum Placement: Sendable {
    /// Each takes the place of the one of its name, and others stay: killed among the moves, old files and new ones stand
    /// there, all whole.
    case fileByFile
    /// The folder makes way with all its files: killed while the two change places, the old one is left beside, hidden.
    case wholeFolder
  }

  /// Where the files go, without symbolic links.
  public let folder: String
  private let placement: Placement
  private let staging: String
  private let lock: Int32
  /// The folder around it, if this batch made it.
  private let made: String?
  private let state = Mutex((staged: [String](), kept: 0, isMoved: false))

  /// Opens a batch.
  ///
  /// - Parameters:
  ///   - folder: its path.
  ///   - placement: how files come into a folder that has some.
  ///   - force: whether it may be a folder that `isOurs` doesn't know.
  ///   - isOurs: whether the names in a folder that isn't empty say that a batch like this one made it.
  ///   - mayLose: whether a file of this name may go with a whole folder; others are kept even from `force`.
  ///   - makesParent: whether the folder around it is made where it is missing; without a commit it goes again.
  /// - Throws: `unwritable`, `fileExists` for a folder of others.
  public init(
    _ folder: String, _ placement: Placement, force: Bool,
    isOurs: (Set<String>) -> Bool = { _ in false }, mayLose: (String) -> Bool = { _ in true },
    makesParent: Bool = false
  ) throws(StorageError) {
    try Self.checkTarget(folder, placement, force: force, isOurs: isOurs, mayLose: mayLose)
    let parent = AtomicFile.folder(of: Self.trimmed(folder))
    var made: String?
    if makesParent, try Self.makeFolder(parent) { made = parent }
    let path = AtomicFile.realPath(folder) ?? Self.trimmed(folder)
    self.folder = path
    self.placement = placement
    staging = AtomicFile.hidden(path, ".staged")
    self.made = made
    // The last to be set, so that a batch that could not begin has no end either.
    do throws(StorageError) { lock = try Self.reserve(staging, for: path) } catch {
      if let made { rmdir(made) }
      throw error
    }
  }

  deinit {
    // Once all is moved, another batch may stage under this name.
    if !state.withLock({ $0.isMoved }) {
      Self.removeFiles(staging)
      // Fails where another process has put something in.
      if let made { rmdir(made) }
    }
    close(lock)
  }

  /// Makes a folder unless it is there.
  ///
  /// - Returns: whether it is new.
  /// - Throws: `unwritable`.
  @discardableResult
  public static func makeFolder(_ path: String) throws(StorageError) -> Bool {
    if mkdir(path, 0o777) == 0 { return true }
    guard errno == EEXIST else { throw .unwritable(path: path, reason: systemReason()) }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR {
      throw .unwritable(path: path, reason: "it is a file, and a folder is wanted")
    }
    return false
  }

  /// Number of files that were there already with the same bytes, and of those that are new.
  public var counts: (kept: Int, written: Int) { state.withLock { ($0.kept, $0.staged.count) } }

  /// Stages a file, unless it is there already with the same bytes; safe to call from any thread, with another name each time.
  ///
  /// - Throws: `unwritable`.
  public func add(_ bytes: [UInt8], name: String) throws(StorageError) {
    if placement == .fileByFile, Self.holds(folder + "/" + name, bytes) {
      state.withLock { $0.kept += 1 }
      return
    }
    try add(name: name) { (write) throws(StorageError) in try write(bytes) }
  }

  /// Stages a file whose bytes `body` hands over part by part.
  ///
  /// - Throws: `unwritable`, and what `body` throws.
  public func add(
    name: String,
    _ body: (_ write: ([UInt8]) throws(StorageError) -> Void) throws(StorageError) -> Void
  ) throws(StorageError) {
    let path = staging + "/" + name
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
    do throws(StorageError) {
      try body { bytes throws(StorageError) in try writeAll(bytes, to: descriptor, path) }
    } catch {
      close(descriptor)
      throw error
    }
    guard close(descriptor) == 0 else { throw .unwritable(path: path, reason: systemReason()) }
    state.withLock { $0.staged.append(name) }
  }

  /// Syncs what was staged and moves it into place, in the order in which it was staged.
  ///
  /// - Throws: `unwritable`; of a batch that goes file by file, every file is then the old one or the new one.
  public func commit() throws(StorageError) {
    let (names, kept) = state.withLock { ($0.staged, $0.kept) }
    if !names.isEmpty { try sync(names) }
    // Fails where files are.
    if kept == 0, rename(staging, folder) == 0 {
      state.withLock { $0.isMoved = true }
      AtomicFile.syncFolder(AtomicFile.folder(of: folder))
      return
    }
    switch placement {
    case .fileByFile:
      for name in names { try Self.move(staging + "/" + name, to: folder + "/" + name) }
      rmdir(staging)
      state.withLock { $0.isMoved = true }
      AtomicFile.syncFolder(folder)
    case .wholeFolder:
      let old = AtomicFile.hidden(folder, ".old")
      Self.removeFiles(old)
      try Self.move(folder, to: old)
      do throws(StorageError) { try Self.move(staging, to: folder) } catch {
        _ = rename(old, folder)
        throw error
      }
      state.withLock { $0.isMoved = true }
      Self.removeFiles(old)
      AtomicFile.syncFolder(AtomicFile.folder(of: folder))
    }
  }

  private func sync(_ names: [String]) throws(StorageError) {
    // One call for the file system: to sync each of ten thousand files would take a millisecond a file.
    if apus_sync_file_system(lock) == 0 { return }
    guard errno == ENOSYS else { throw .unwritable(path: staging, reason: systemReason()) }
    for name in names { try AtomicFile.sync(staging + "/" + name, folder + "/" + name) }
    AtomicFile.syncFolder(staging)
  }
}

// MARK: - Folders

extension FileBatch {
  /// Throws if a batch could not end well, before any work is done for it.
  private static func checkTarget(
    _ folder: String, _ placement: Placement, force: Bool, isOurs: (Set<String>) -> Bool,
    mayLose: (String) -> Bool
  ) throws(StorageError) {
    guard !folder.isEmpty, !folder.utf8.contains(0) else {
      throw .unwritable(path: folder, reason: "this is no path")
    }
    var status = stat()
    guard stat(folder, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .unwritable(path: folder, reason: "it is a file, and a folder is wanted")
    }
    guard let names = names(in: folder) else {
      throw .unwritable(path: folder, reason: systemReason())
    }
    guard force || names.isEmpty || isOurs(Set(names)) else { throw .fileExists(path: folder) }
    guard placement == .wholeFolder else { return }
    // The least, so that the message is the same on every file system.
    for inner in names.sorted() where isFolder(folder + "/" + inner) || !mayLose(inner) {
      let kind = isFolder(folder + "/" + inner) ? "folder" : "file"
      throw .unwritable(
        path: folder, reason: "it holds the \(kind) '\(inner)', which would be lost")
    }
  }

  /// Makes the staging folder of a target empty, and holds it against other batches until the descriptor is closed.
  private static func reserve(_ staging: String, for folder: String) throws(StorageError) -> Int32 {
    while true {
      guard mkdir(staging, 0o777) == 0 || errno == EEXIST else {
        throw .unwritable(path: folder, reason: systemReason())
      }
      let descriptor = open(staging, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      if descriptor < 0, errno == ENOENT { continue }
      guard descriptor >= 0 else { throw .unwritable(path: staging, reason: systemReason()) }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        throw .unwritable(path: folder, reason: "another process writes there")
      }
      // Who held it before may have moved it into place meanwhile.
      var (held, found) = (stat(), stat())
      if fstat(descriptor, &held) == 0, stat(staging, &found) == 0, held.st_ino == found.st_ino {
        for name in names(in: staging) ?? [] { unlink(staging + "/" + name) }
        return descriptor
      }
      close(descriptor)
    }
  }

  private static func trimmed(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Names in a folder; nil if it can't be read.
  private static func names(in folder: String) -> [String]? {
    guard let entries = opendir(folder) else { return nil }
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

  /// Removes a folder of files.
  private static func removeFiles(_ folder: String) {
    for name in names(in: folder) ?? [] { unlink(folder + "/" + name) }
    rmdir(folder)
  }

  private static func move(_ path: String, to place: String) throws(StorageError) {
    guard rename(path, place) == 0 else {
      throw .unwritable(path: place, reason: systemReason())
    }
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
}
