import Glibc

extension AtomicFile {
  /// Writes a file of bytes that come part by part, for what is too large to be made at once.
  ///
  /// - Parameter parts: hands each part to what it takes.
  /// - Throws: `fileExists`, `unwritable`; then nothing has changed.
  public static func writeParts(
    to path: String, force: Bool,
    parts: (_ write: ([UInt8]) throws(StorageError) -> Void) throws(StorageError) -> Void
  ) throws(StorageError) {
    try write(to: path, force: force) { temporary throws(StorageError) in
      let descriptor = open(temporary, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
      defer { close(descriptor) }
      _ = flock(descriptor, LOCK_EX)
      try parts { bytes throws(StorageError) in try writeAll(bytes, to: descriptor, path) }
    }
  }
}
