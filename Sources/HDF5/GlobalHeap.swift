/// Reader of the heap in which a file keeps its variable-length strings, with every bound checked.
///
/// The library follows references into this heap without looking: a flipped bit there makes it read outside
/// of its memory. Layout: *HDF5 File Format Specification Version 3.0*, III.E "Disk Format: Level 1E -
/// Global Heap".
struct GlobalHeap {
  /// A variable-length value as it stands in a dataset: 16 bytes.
  struct Reference {
    var length: UInt32
    var address: UInt64
    var index: UInt32
  }

  /// A block of the heap: its bytes, and where each object lies in them.
  private struct Collection {
    var bytes: [UInt8]
    var objects: [Int: Range<Int>]
  }

  private let file: FileBytes
  private var collections: [UInt64: Collection] = [:]

  init(file: FileBytes) { self.file = file }

  /// Splits the 16-byte references of `count` values.
  static func references(_ bytes: [UInt8]) -> [Reference] {
    stride(from: 0, to: bytes.count - 15, by: 16).map { at in
      Reference(
        length: UInt32(truncatingIfNeeded: integer(bytes, at, 4)),
        address: integer(bytes, at + 4, 8),
        index: UInt32(truncatingIfNeeded: integer(bytes, at + 12, 4)))
    }
  }

  /// The text of a reference; nil if the reference or the heap is damaged, or the text is not UTF-8.
  mutating func string(_ reference: Reference) -> String? {
    if reference.length == 0 { return "" }
    return withObject(reference, bytes: Int(reference.length)) { object in
      var text = object[...]
      // Some writers count a closing NUL.
      while text.last == 0 { text.removeLast() }
      return String(validating: text, as: UTF8.self)
    }
  }

  /// The addresses of objects that a reference lists; nil if the reference or the heap is damaged.
  mutating func addresses(_ reference: Reference) -> [UInt64]? {
    withObject(reference, bytes: Int(reference.length) * 8) { object in
      let bytes = Array(object)
      return (0..<Int(reference.length)).map { Self.integer(bytes, $0 * 8, 8) }
    }
  }

  private mutating func withObject<Value>(
    _ reference: Reference, bytes length: Int, _ body: (Slice<UnsafeBufferPointer<UInt8>>) -> Value?
  ) -> Value? {
    if collections[reference.address] == nil {
      guard let collection = load(reference.address) else { return nil }
      collections[reference.address] = collection
    }
    guard let position = collections.index(forKey: reference.address) else { return nil }
    // Through the dictionary's storage: a copy of the collection for each string would be quadratic.
    guard let object = collections.values[position].objects[Int(reference.index)],
      length <= object.count
    else { return nil }
    return collections.values[position].bytes.withUnsafeBufferPointer { bytes in
      body(bytes[object.lowerBound..<object.lowerBound + length])
    }
  }

  private func load(_ address: UInt64) -> Collection? {
    guard let head = file.read(at: address, count: 16),
      head[0...4].elementsEqual([0x47, 0x43, 0x4F, 0x4C, 1])  // "GCOL", version 1
    else { return nil }
    guard let size = Int(exactly: Self.integer(head, 8, 8)), size >= 16,
      let bytes = file.read(at: address, count: size)
    else { return nil }
    var objects: [Int: Range<Int>] = [:]
    var at = 16
    while at + 16 <= size {
      let index = Int(Self.integer(bytes, at, 2))
      // Index 0 is the free space that closes the block.
      if index == 0 { break }
      guard let length = Int(exactly: Self.integer(bytes, at + 8, 8)), length <= size - at - 16
      else { return nil }
      objects[index] = at + 16..<at + 16 + length
      at += 16 + (length + 7) / 8 * 8
    }
    return Collection(bytes: bytes, objects: objects)
  }

  private static func integer(_ bytes: [UInt8], _ at: Int, _ count: Int) -> UInt64 {
    var value: UInt64 = 0
    for i in stride(from: count - 1, through: 0, by: -1) {
      value = value << 8 | UInt64(bytes[at + i])
    }
    return value
  }
}
