import Arguments
import Glibc

extension Console {
  /// Throws if an output would replace a file without `--force`; for the checks before work starts.
  package static func checkOutput(_ path: PathArgument, force: Bool) throws(ConsoleError) {
    if case .file(let path) = path, !force, isRegularFile(path) == true {
      throw .outputExists(path: path)
    }
  }

  /// Writes a text to standard output or, all or nothing, to a file.
  ///
  /// A file is written under a temporary name, synced and renamed, so that a reader sees the old
  /// one or the new one. A device or pipe is written in place.
  package func deliver(
    _ text: String, to path: PathArgument, force: Bool
  ) throws(ConsoleError) {
    switch path {
    case .standardStream: try write(text)
    case .file(let path):
      try Self.checkOutput(.file(path), force: force)
      if Self.isRegularFile(path) == false {
        try Self.write(text, to: path, flags: O_WRONLY)
      } else {
        try Self.replace(path, with: text)
      }
    }
  }

  /// Whether a path names a regular file; `nil` if nothing is there.
  private static func isRegularFile(_ path: String) -> Bool? {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    return info.st_mode & S_IFMT == S_IFREG
  }

  private static func replace(_ path: String, with text: String) throws(ConsoleError) {
    // Through a link, so that the file it names is replaced and not the link.
    var target = path
    if let real = realpath(path, nil) {
      target = String(cString: real)
      free(real)
    }
    let temporary = "\(target).tmp\(getpid())"
    do throws(ConsoleError) {
      try write(text, to: temporary, flags: O_WRONLY | O_CREAT | O_EXCL)
      if rename(temporary, target) != 0 { throw .writeFailed(path: path, code: errno) }
    } catch {
      unlink(temporary)
      // The user named the file, not the temporary one.
      if case .writeFailed(_, let code) = error { throw .writeFailed(path: path, code: code) }
      throw error
    }
  }

  private static func write(
    _ text: String, to path: String, flags: Int32
  ) throws(ConsoleError) {
    let descriptor = open(path, flags | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .writeFailed(path: path, code: errno) }
    var code = StandardStreams.write(text, to: descriptor)
    // Devices and pipes can't be synced, and need not.
    if code == 0, fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { code = errno }
    if close(descriptor) != 0, code == 0 { code = errno }
    if code == EPIPE { throw .readerGone }
    if code != 0 { throw .writeFailed(path: path, code: code) }
  }
}
