import Glibc
import Market

/// Panel values in a mapped file: pages are read when they are touched, and shared between processes.
///
/// The file may be closed, renamed over or unlinked meanwhile; it must not be shortened in place, which nothing
/// of Apus does.
final class MappedPanelStorage: PanelStorage {
  let fieldCount: Int
  let valuesPerField: Int
  private let base: UnsafeMutableRawPointer
  private let length: Int
  private let offsets: [Int]

  /// Maps an open file.
  ///
  /// - Parameters:
  ///   - offsets: first byte of each field in the file, a multiple of 8.
  ///   - path: for errors.
  /// - Throws: `truncated` if a field ends beyond the file, `unreadable` if the system can't map it.
  init(descriptor: Int32, offsets: [Int], valuesPerField: Int, path: String) throws(StorageError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, reason: systemReason())
    }
    length = Int(status.st_size)
    let needed = (offsets.max() ?? 0) + valuesPerField * MemoryLayout<Double>.stride
    guard needed <= length else { throw .truncated(path: path, needed: needed, found: length) }
    let address = mmap(nil, length, PROT_READ, MAP_SHARED, descriptor, 0)
    guard let address, address != MAP_FAILED else {
      throw .unreadable(path: path, reason: systemReason())
    }
    base = address
    self.offsets = offsets
    self.valuesPerField = valuesPerField
    fieldCount = offsets.count
  }

  deinit { munmap(base, length) }

  func field(_ index: Int) -> UnsafePointer<Double> {
    precondition(index >= 0 && index < fieldCount, "no field \(index)")
    return UnsafePointer((base + offsets[index]).assumingMemoryBound(to: Double.self))
  }
}

// The mapping is read-only and lives as long as the object.
extension MappedPanelStorage: @unchecked Sendable {}
