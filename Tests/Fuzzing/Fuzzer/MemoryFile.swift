import CFuzzDriver
import Glibc

/// A file without a place on disk.
struct MemoryFile: ~Copyable {
  private let descriptor: Int32

  init(_ bytes: UnsafeRawBufferPointer) {
    descriptor = fuzz_memory_file()
    precondition(descriptor >= 0, "no memory file")
    var written = 0
    while written < bytes.count, let base = bytes.baseAddress {
      let count = write(descriptor, base + written, bytes.count - written)
      precondition(count > 0, "memory file is full")
      written += count
    }
    lseek(descriptor, 0, SEEK_SET)
  }

  deinit { close(descriptor) }

  var path: String { "/proc/self/fd/\(descriptor)" }
}
