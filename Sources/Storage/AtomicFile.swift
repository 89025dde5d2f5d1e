import Glibc
import Synchronization

/// Files that appear whole or not at all.
///
/// What is written goes to `.<name>.tmp-<process>-<number>` in the same folder, is synced, and takes its place
/// by a rename; a process that is killed at any moment leaves the old file or the new one. Its temporary file
/// is removed by the next write to that name.
public enum AtomicFile {
  /// Writes a file by a temporary one, whose path `body` receives: it exists and is empty.
  ///
  /// - Parameters:
  ///   - path: where the file shall stand.
  ///   - force: whether it may replace an existing file.
  /// - Throws: `fileExists`, `unwritable`, and what `body` throws; then nothing has changed.
  public static func write(
    to path: String, force: Bool, _ body: (_ temporaryPath: String) throws(StorageError) -> Void
  ) throws(StorageError) {
    try write(to: [path], force: force) { _, temporary throws(StorageError) in try body(temporary) }
  }

  /// Writes files that go together, each by a temporary one: none takes its place before all are on the disk.
  ///
  /// They take their places in their order, with nothing between: who finds the last one new finds all of them so.
  ///
  /// - Parameters:
  ///   - paths: where the files shall stand.
  ///   - force: whether they may replace existing files.
  ///   - body: writes one, which exists and is empty.
  /// - Throws: `fileExists`, `unwritable`, and what `body` throws; then nothing has changed.
  public static func write(
    to paths: [String], force: Bool,
    _ body: (_ place: Int, _ temporaryPath: String) throws(StorageError) -> Void
  ) throws(StorageError) {
    for path in paths { try checkTarget(path, force: force) }
    // Through a symbolic link, the file that it names is replaced and not the link.
    let targets = paths.map { realPath($0) ?? $0 }
    var temporaries: [String] = []
    var moved = 0
    defer { active.withLock { $0.subtract(temporaries) } }
    do {
      for (place, path) in targets.enumerated() {
        removeStale(Target(path))
        temporaries.append(try reserve(Target(path)))
        try body(place, temporaries[place])
        try sync(temporaries[place], path)
      }
      for (temporary, path) in zip(temporaries, targets) {
        try move(temporary, to: path, force: force)
        moved += 1
      }
    } catch {
      for temporary in temporaries { unlink(temporary) }
      // Those that stand where nothing stood.
      if !force { for path in targets[..<moved] { unlink(path) } }
      throw error
    }
    for folder in Set(targets.map(folder(of:))) { syncFolder(folder) }
  }

  /// Writes bytes to a file.
  public static func write(_ bytes: [UInt8], to path: String, force: Bool) throws(StorageError) {
    try write(to: path, force: force) { temporary throws(StorageError) in
      try fill(temporary, bytes, path)
    }
  }

  /// Writes bytes into a temporary file; an error names `path`.
  static func fill(_ temporary: String, _ bytes: [UInt8], _ path: String) throws(StorageError) {
    let descriptor = open(temporary, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
    defer { close(descriptor) }
    _ = flock(descriptor, LOCK_EX)
    try writeAll(bytes, to: descriptor, path)
  }

  /// Writes a text to a file, in UTF-8.
  public static func write(_ text: String, to path: String, force: Bool) throws(StorageError) {
    try write(Array(text.utf8), to: path, force: force)
  }

  /// Throws if a write to `path` could not end well, before any work is done for it.
  public static func checkTarget(_ path: String, force: Bool) throws(StorageError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw .unwritable(path: path, reason: "this is no path")
    }
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR {
        throw .unwritable(path: path, reason: "it is a folder")
      }
      // A rename would put a plain file in place of a device such as /dev/null.
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw .unwritable(path: path, reason: "it is no plain file")
      }
      if !force { throw .fileExists(path: path) }
    }
    let folder = Target(path).folder
    guard stat(folder, &status) == 0 else {
      throw .unwritable(path: path, reason: "the folder \(folder) does not exist")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .unwritable(path: path, reason: "\(folder) is not a folder")
    }
    guard access(folder, W_OK | X_OK) == 0 else {
      throw .unwritable(
        path: path, reason: "the folder \(folder) does not allow it: \(systemReason())")
    }
  }

  /// The folder that a path is in.
  static func folder(of path: String) -> String { Target(path).folder }

  /// The path without symbolic links; nil if nothing stands there.
  static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Path of the hidden file that goes with a file: `.<name><ending>` in the same folder.
  static func hidden(_ path: String, _ ending: String) -> String {
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    return "\(path[..<slash]).\(path[slash...])\(ending)"
  }

  /// Temporary files that this process is writing now.
  private static let active = Mutex<Set<String>>([])
  private static let counter = Atomic<Int>(0)

  /// A path, split.
  private struct Target {
    let folder: String
    /// How the names of its temporary files begin.
    let prefix: String

    init(_ path: String) {
      let slash = path.lastIndex(of: "/")
      let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
      folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
      prefix = ".\(name).tmp-"
    }

    func path(_ name: String) -> String { folder == "/" ? "/" + name : "\(folder)/\(name)" }
  }

  private static func reserve(_ target: Target) throws(StorageError) -> String {
    while true {
      let number = counter.add(1, ordering: .relaxed).newValue
      let temporary = target.path("\(target.prefix)\(getpid())-\(number)")
      active.withLock { _ = $0.insert(temporary) }
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 {
        close(descriptor)
        return temporary
      }
      let code = errno
      active.withLock { _ = $0.remove(temporary) }
      // A process of this number may have died here before, in another container.
      guard code == EEXIST else { throw .unwritable(path: temporary, reason: systemReason(code)) }
    }
  }

  /// Removes temporary files of this target whose process is dead.
  private static func removeStale(_ target: Target) {
    guard let folder = opendir(target.folder) else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name.hasPrefix(target.prefix) else { continue }
      let parts = name.dropFirst(target.prefix.count).split(separator: "-")
      guard parts.count == 2, let process = pid_t(parts[0]), process > 0, Int(parts[1]) != nil
      else {
        continue
      }
      let path = target.path(name)
      let isOurs = process == getpid()
      if isOurs ? active.withLock({ $0.contains(path) }) : kill(process, 0) == 0 || errno != ESRCH {
        continue
      }
      // On a shared disk the process may live on another machine; then it holds a lock on what it writes.
      let descriptor = open(path, O_RDWR | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
      close(descriptor)
    }
  }

  static func sync(_ temporary: String, _ path: String) throws(StorageError) {
    let descriptor = open(temporary, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .unwritable(path: path, reason: systemReason()) }
  }

  private static func move(_ temporary: String, to path: String, force: Bool) throws(StorageError) {
    if force {
      guard rename(temporary, path) == 0 else {
        throw .unwritable(path: path, reason: systemReason())
      }
      return
    }
    // A hard link refuses an existing name in one step, so that a file made meanwhile is not lost.
    if link(temporary, path) == 0 {
      unlink(temporary)
      return
    }
    if errno == EEXIST { throw .fileExists(path: path) }
    // Some file systems have no hard links.
    try checkTarget(path, force: false)
    guard rename(temporary, path) == 0 else {
      throw .unwritable(path: path, reason: systemReason())
    }
  }

  /// Makes the new name last through a power cut; where a folder can't be synced, nothing can be done.
  static func syncFolder(_ folder: String) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

/// Writes all bytes to a file; an error names `path`.
func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(StorageError) {
  var written = 0
  while written < bytes.count {
    let count = bytes.withUnsafeBytes { buffer in
      write(descriptor, buffer.baseAddress.map { $0 + written }, bytes.count - written)
    }
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { throw .unwritable(path: path, reason: systemReason()) }
    written += count
  }
}

/// What the system says about its last error.
func systemReason(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
