import Glibc

/// Memory that many blocks of rows share, and that goes when the last of them does.
final class RowMemory: @unchecked Sendable {
  // Safe across threads because one worker hands out parts of it, and each part has one owner.
  private let base: UnsafeMutableRawPointer
  private let size: Int
  private var used = 0

  /// Enough for some blocks, and little beside a file that needs more.
  static let usualSize = 4 << 20

  init(size: Int) {
    self.size = size
    base = .allocate(byteCount: size, alignment: LargePages.size)
    LargePages.ask(for: base, size)
  }

  deinit { base.deallocate() }

  /// A part that nobody has; nil if there is not enough left.
  func take<Element: BitwiseCopyable>(_ count: Int, of type: Element.Type)
    -> UnsafeMutablePointer<Element>?
  {
    // A multiple of cache lines, so that workers do not share any.
    let bytes = (count * MemoryLayout<Element>.stride + 127) & ~127
    guard bytes <= size - used else { return nil }
    defer { used += bytes }
    return (base + used).bindMemory(to: type, capacity: count)
  }
}

/// Pages of two megabytes: where much memory is touched for the first time, small ones cost more than what is done there.
enum LargePages {
  static let size = 2 << 20

  /// Asks for large pages where whole ones fit; a system that has none takes small ones.
  static func ask(for base: UnsafeMutableRawPointer, _ count: Int) {
    let start = (Int(bitPattern: base) + size - 1) & ~(size - 1)
    let end = (Int(bitPattern: base) + count) & ~(size - 1)
    guard end > start, let first = UnsafeMutableRawPointer(bitPattern: start) else { return }
    _ = madvise(first, end - start, MADV_HUGEPAGE)
  }
}
