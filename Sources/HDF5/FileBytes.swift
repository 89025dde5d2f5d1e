import Glibc

/// The bytes of an open file, for what the library reads without checks.
struct FileBytes {
  /// Belongs to the open file and lives as long as it.
  let descriptor: Int32
  /// Where the addresses inside the file count from.
  let base: UInt64
  /// Set if the file is being written.
  let writing: WrittenFile?
  /// Set if the file is being read.
  let soundness: Soundness?

  /// Length of the file in bytes.
  var size: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Bytes at an address, or nil if they don't all lie in the file.
  func read(at address: UInt64, count: Int) -> [UInt8]? {
    let (offset, overflow) = base.addingReportingOverflow(address)
    guard !overflow, let start = off_t(exactly: offset), count >= 0 else { return nil }
    var status = stat()
    guard fstat(descriptor, &status) == 0, start <= status.st_size,
      off_t(count) <= status.st_size - start
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    let done = bytes.withUnsafeMutableBytes { buffer -> Bool in
      guard let target = buffer.baseAddress else { return true }
      var filled = 0
      while filled < count {
        let got = pread(descriptor, target + filled, count - filled, start + off_t(filled))
        if got < 0 && errno == EINTR { continue }
        if got <= 0 { return false }
        filled += got
      }
      return true
    }
    return done ? bytes : nil
  }
}
