import Arguments
import Glibc
import Storage

extension Console {
  /// Throws if an output would replace a file without `--force`; for the checks before work starts.
  package static func checkOutput(_ path: PathArgument, force: Bool) throws(ConsoleError) {
    if case .file(let path) = path, !force, isRegularFile(path) == true {
      throw .outputExists(path: path)
    }
  }

  /// Writes a text to standard output or, all or nothing, to a file.
  ///
  /// A reader of the file sees the old one or the new one. A device or pipe is written in place.
  package func deliver(_ text: String, to path: PathArgument, force: Bool) throws {
    switch path {
    case .standardStream: try write(text)
    case .file(let path):
      try Self.checkOutput(.file(path), force: force)
      if Self.isRegularFile(path) == false {
        try Self.write(text, toDevice: path)
      } else {
        try AtomicFile.write(text, to: path, force: force)
      }
    }
  }

  /// Whether a path names a regular file; `nil` if nothing is there.
  private static func isRegularFile(_ path: String) -> Bool? {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    return info.st_mode & S_IFMT == S_IFREG
  }

  private static func write(_ text: String, toDevice path: String) throws(ConsoleError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .writeFailed(path: path, code: errno) }
    var code = StandardStreams.write(text, to: descriptor)
    if close(descriptor) != 0, code == 0 { code = errno }
    if code == EPIPE { throw .readerGone }
    if code != 0 { throw .writeFailed(path: path, code: code) }
  }
}
