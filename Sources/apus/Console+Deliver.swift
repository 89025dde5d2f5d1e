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

  /// The same of a result, which is a plain file in a folder that is there.
  package static func checkResult(_ path: String, force: Bool) throws {
    try checkOutput(.file(path), force: force)
    try AtomicFile.checkTarget(path, force: true)
  }

  /// Writes texts to standard output or, all or nothing, to a file.
  ///
  /// A reader of the file sees the old one or the new one. A device or pipe is written in place.
  ///
  /// - Parameter texts: makes the texts, and hands each to what it takes.
  package func deliver(
    to path: PathArgument, force: Bool, _ texts: ((String) throws -> Void) throws -> Void
  ) throws {
    switch path {
    case .standardStream: try texts { try write($0) }
    case .file(let path):
      try Self.checkOutput(.file(path), force: force)
      if Self.isRegularFile(path) == false {
        try Self.write(texts, into: path, called: path)
        return
      }
      var cause: (any Error)?
      do {
        try AtomicFile.write(to: path, force: force) { temporary throws(StorageError) in
          do { try Self.write(texts, into: temporary, called: path) } catch {
            cause = error
            throw .unwritable(path: path, reason: "\(error)")
          }
        }
      } catch {
        throw cause ?? error
      }
    }
  }

  /// Writes a text to standard output or, all or nothing, to a file.
  package func deliver(_ text: String, to path: PathArgument, force: Bool) throws {
    try deliver(to: path, force: force) { try $0(text) }
  }

  /// Whether a path names a regular file; `nil` if nothing is there.
  private static func isRegularFile(_ path: String) -> Bool? {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    return info.st_mode & S_IFMT == S_IFREG
  }

  private static func write(
    _ texts: ((String) throws -> Void) throws -> Void, into path: String, called name: String
  ) throws {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ConsoleError.writeFailed(path: name, code: errno) }
    // Tells the next run, maybe on another machine, that its writer lives.
    _ = flock(descriptor, LOCK_EX | LOCK_NB)
    var isOpen = true
    defer { if isOpen { close(descriptor) } }
    func check(_ code: Int32) throws(ConsoleError) {
      if code == EPIPE { throw .readerGone }
      if code != 0 { throw .writeFailed(path: name, code: code) }
    }
    try texts { try check(StandardStreams.write($0, to: descriptor)) }
    isOpen = false
    try check(close(descriptor) != 0 ? errno : 0)
  }
}
