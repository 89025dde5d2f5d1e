import CHDF5
import Glibc

/// Whether the library may be let loose on a file that is being read.
///
/// Metadata of HDF5 1.8 and later carries checksums, so damage is found before it is believed. Of older forms, which
/// other programs write by default, the library believes all it reads. Such a file is first read by a child process, once
/// for each state of the file; if the child crashes or does not come to an end, the file is refused.
///
/// Where no child process can be made, the file is read as it is.
final class Soundness {
  private let path: String
  private let descriptor: Int32
  private var isProven = false

  init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  /// A file as it stands: another state has another one.
  private struct State: Hashable {
    let device: dev_t
    let file: ino_t
    let size: off_t
    let seconds: Int
    let nanoseconds: Int

    init?(_ descriptor: Int32) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { return nil }
      device = status.st_dev
      file = status.st_ino
      size = status.st_size
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    }
  }

  // Only touched inside of `Library.enter`.
  private nonisolated(unsafe) static var proven: Set<State> = []
  /// More than any child needs for a file that this machine can hold.
  private static let patience: UInt32 = 60

  /// Throws if a child process that reads the whole file does not survive it.
  func prove() throws(HDF5Error) {
    Library.checkEntered()
    if isProven { return }
    let state = State(descriptor)
    if let state, Self.proven.contains(state) {
      isProven = true
      return
    }
    // The child takes variable-length texts as references, by a conversion that it inherits.
    _ = try StringType.opaque(path)
    guard apus_h5_survives(path, Self.patience) != 0 else {
      throw HDF5Error(
        operation: "open", path: path, stack: "it is damaged so that the HDF5 library crashes on it"
      )
    }
    isProven = true
    if let state { Self.proven.insert(state) }
  }

  /// Proves a file before it is opened, unless its first structures have checksums.
  static func check(_ path: String) throws(HDF5Error) {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    let file = FileBytes(descriptor: descriptor, base: 0, writing: nil, soundness: nil)
    // The signature stands at 0, or behind a user block of 512 · 2ⁿ bytes.
    var start: UInt64 = 0
    while let head = file.read(at: start, count: 48) {
      if head[0..<8].elementsEqual([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) {
        let isPlain = head[8] >= 2 && head[9] == 8 && hasPlainRoot(head, file)
        if !isPlain { try Soundness(path: path, descriptor: descriptor).prove() }
        return
      }
      start = start == 0 ? 512 : start * 2
    }
  }

  /// Whether the root group, and what extends the superblock if anything does, have checksums.
  private static func hasPlainRoot(_ superblock: [UInt8], _ file: FileBytes) -> Bool {
    func address(_ at: Int) -> UInt64 {
      superblock[at..<at + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    let (base, more, root) = (address(12), address(20), address(36))
    let file = FileBytes(descriptor: file.descriptor, base: base, writing: nil, soundness: nil)
    return file.hasCheckedHeader(at: root) && (more == .max || file.hasCheckedHeader(at: more))
  }
}

extension FileBytes {
  /// Whether the object at an address begins as those whose header has a checksum.
  func hasCheckedHeader(at address: UInt64) -> Bool {
    read(at: address, count: 4).map { $0.elementsEqual("OHDR".utf8) } ?? false
  }
}
