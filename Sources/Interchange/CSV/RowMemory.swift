import Glibc

/// Memory that many blocks of rows share, and that goes when the last of them does.
final class RowMemory: @unchecked Sendable {
  // Safe across threads because one worker hands out parts of it, and each part has one owner.
  private let base: UnsafeMutableRawPointer
  private let size: Int
  private var used = 0

  /// Enough for some blocks, and little beside a file that needs more.
  static let usualSize = 4 << 20
  private static let lineBytes = 128

  init(size: Int) {
    self.size = size
    // No more than the usual alignment: blocks at round addresses leave holes behind, so that the next import finds no room
    // where the last one was, and takes new pages, which cost as much as all of its work.
    base = .allocate(byteCount: size + Self.lineBytes, alignment: 16)
  }

  deinit { base.deallocate() }

  /// A part that nobody has; nil if there is not enough left.
  func take<Element: BitwiseCopyable>(_ count: Int, of type: Element.Type)
    -> UnsafeMutablePointer<Element>?
  {
    // Whole cache lines, so that workers do not share any.
    let bytes = (count * MemoryLayout<Element>.stride + Self.lineBytes - 1) & ~(Self.lineBytes - 1)
    guard bytes <= size - used else { return nil }
    defer { used += bytes }
    return (base.alignedUp(toMultipleOf: Self.lineBytes) + used)
      .bindMemory(to: type, capacity: count)
  }
}
