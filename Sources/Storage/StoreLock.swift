import Glibc

/// Keeps two processes from writing the same store at once, where the work of one would be lost.
///
/// A lock on a hidden file that stands beside a store, or in the folder of one, while it is being written; it holds the
/// number of the process. What a killed process leaves of it locks nothing and goes with the next write. Where files can't
/// be locked (some network disks) there is no such guard; what is written is whole all the same.
struct StoreLock {
  private let path: String
  private let descriptor: Int32

  /// Waits for whoever writes the store, for some seconds.
  ///
  /// - Throws: `storeInUse` if it takes longer, `unwritable`.
  init(_ path: String, of store: String, patience: Double) throws(StorageError) {
    self.path = path
    var waited = 0
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { throw .unwritable(path: store, reason: systemReason()) }
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
        let isHeld = errno == EWOULDBLOCK
        if isHeld || errno == EINTR {
          let holder = Self.text(descriptor)
          close(descriptor)
          if isHeld, Double(waited) * 0.02 >= patience {
            throw .storeInUse(path: store, holder: holder, seconds: patience)
          }
          usleep(20_000)
          waited += 1
          continue
        }
      } else if !Self.stands(descriptor, path) {
        // It was removed by the writer before, after we opened it.
        close(descriptor)
        continue
      }
      self.descriptor = descriptor
      let text = "process \(getpid())"
      ftruncate(descriptor, 0)
      _ = pwrite(descriptor, text, text.utf8.count, 0)
      return
    }
  }

  /// Waits for whoever writes a store, a file or a folder that is there.
  init(of store: String, patience: Double) throws(StorageError) {
    let path =
      PriceStore.isFolder(store)
      ? FolderStore(store).file(".lock")
      : AtomicFile.hidden(AtomicFile.realPath(store) ?? store, ".lock")
    try self.init(path, of: store, patience: patience)
  }

  func release() {
    // Before the lock goes, or it could be the next writer's.
    unlink(path)
    close(descriptor)
  }

  private static func stands(_ descriptor: Int32, _ path: String) -> Bool {
    var (ours, theirs) = (stat(), stat())
    return fstat(descriptor, &ours) == 0 && stat(path, &theirs) == 0 && ours.st_ino == theirs.st_ino
      && ours.st_dev == theirs.st_dev
  }

  private static func text(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}
