import CShims

/// A fixed block of memory, aligned to a cache line, that frees itself.
///
/// The one owner of raw memory in the engine: everything else borrows from it. Elements start as given.
public struct AlignedBuffer<Element: BitwiseCopyable>: ~Copyable {
  /// First element; valid while the buffer lives.
  public let base: UnsafeMutablePointer<Element>
  /// Number of elements.
  public let count: Int

  /// Allocates `count` elements, each equal to `value`.
  public init(repeating value: Element, count: Int) {
    precondition(count >= 0, "a buffer cannot have \(count) elements")
    let bytes = max(count, 1) * MemoryLayout<Element>.stride
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    if bytes >= 4 << 20 { apus_memory_wants_large_pages(raw, bytes) }
    base = raw.bindMemory(to: Element.self, capacity: max(count, 1))
    base.initialize(repeating: value, count: count)
    self.count = count
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  /// Reads or writes one element.
  ///
  /// Traps outside `0..<count`.
  @inlinable public subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "index outside the buffer")
      return base[index]
    }
    nonmutating set {
      precondition(index >= 0 && index < count, "index outside the buffer")
      base[index] = newValue
    }
  }
}
