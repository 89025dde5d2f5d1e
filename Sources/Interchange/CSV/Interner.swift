import Glibc

/// Numbers texts in order of first sight.
///
/// Files repeat their symbols and times in a pattern: the same as in the row before, or the one that followed it last
/// time. Both guesses are tried before the table.
struct ByteInterner: ~Copyable {
  /// No number.
  static let none = UInt32.max

  private struct Entry {
    var offset: Int
    var length: UInt32
    var hash: UInt32
    var next: UInt32
  }

  // Texts one behind the other, readable eight bytes beyond each.
  private var arena: UnsafeMutablePointer<UInt8>
  private var arenaCount = 0
  private var arenaCapacity = 4096
  private var entries: UnsafeMutablePointer<Entry>
  private var entryCapacity = 64
  private var table: UnsafeMutablePointer<UInt32>
  private var tableMask = 255
  // Whoever makes a file does not know it, so can't make all texts meet in one place of the table.
  private let seed = UInt64.random(in: .min ... .max) | 1
  private var last: UInt32 = 0
  /// Number of texts.
  private(set) var count = 0

  init() {
    arena = .allocate(capacity: arenaCapacity + 8)
    entries = .allocate(capacity: entryCapacity)
    table = .allocate(capacity: tableMask + 1)
    table.initialize(repeating: Self.none, count: tableMask + 1)
  }

  deinit {
    arena.deallocate()
    entries.deallocate()
    table.deallocate()
  }

  /// A text by its number.
  subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
    precondition(index >= 0 && index < count, "no text \(index)")
    return UnsafeBufferPointer(
      start: arena + entries[index].offset, count: Int(entries[index].length))
  }

  /// Forgets all texts.
  mutating func removeAll() {
    count = 0
    arenaCount = 0
    last = 0
    table.update(repeating: Self.none, count: tableMask + 1)
  }

  /// The number of a text, `none` if it was never added; eight bytes behind the text must be readable.
  ///
  /// - Parameter following: whether the text is likelier another one than that before.
  @inline(__always)
  mutating func find(_ text: UnsafePointer<UInt8>, _ length: Int, following: Bool) -> UInt32 {
    if count == 0 { return Self.none }
    let current = last
    let next = entries[Int(current)].next
    let first = following ? next : current
    if matches(first, text, length) {
      last = first
      return first
    }
    let second = following ? current : next
    if matches(second, text, length) {
      last = second
      return second
    }
    return search(text, length)
  }

  /// Adds a text that `find` did not find.
  mutating func add(_ text: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
    if arenaCount + length + 8 > arenaCapacity {
      arenaCapacity = max(arenaCapacity * 2, arenaCount + length + 8)
      arena = grown(arena, arenaCount, to: arenaCapacity + 8)
    }
    if count == entryCapacity {
      entryCapacity *= 2
      entries = grown(entries, count, to: entryCapacity)
    }
    if count * 2 > tableMask { rehash() }
    memcpy(arena + arenaCount, text, length)
    let index = UInt32(count)
    let hash = hash(text, length)
    entries[count] = Entry(
      offset: arenaCount, length: UInt32(length), hash: hash, next: 0)
    arenaCount += length
    count += 1
    place(index, hash)
    entries[Int(last)].next = index
    last = index
    return index
  }

  @inline(__always)
  private func matches(_ index: UInt32, _ text: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    let entry = entries[Int(index)]
    if Int(entry.length) != length { return false }
    var known = UnsafeRawPointer(arena + entry.offset)
    var given = UnsafeRawPointer(text)
    var left = length
    while left > 8 {
      if known.loadUnaligned(as: UInt64.self) != given.loadUnaligned(as: UInt64.self) {
        return false
      }
      known += 8
      given += 8
      left -= 8
    }
    let difference =
      known.loadUnaligned(as: UInt64.self) ^ given.loadUnaligned(as: UInt64.self)
    return left == 0 || UInt64(littleEndian: difference) << UInt64(64 - 8 * left) == 0
  }

  @inline(never)
  private mutating func search(_ text: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
    let wanted = hash(text, length)
    var slot = Int(wanted) & tableMask
    while table[slot] != Self.none {
      let index = table[slot]
      if entries[Int(index)].hash == wanted, matches(index, text, length) {
        entries[Int(last)].next = index
        last = index
        return index
      }
      slot = (slot + 1) & tableMask
    }
    return Self.none
  }

  private func hash(_ text: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
    var state = seed &+ UInt64(length)
    func mix(_ word: UInt64) {
      let product = (state ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15 ^ seed << 1 | 1)
      state = product.high ^ product.low &+ seed
    }
    var left = length
    var raw = UnsafeRawPointer(text)
    while left > 8 {
      mix(UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)))
      raw += 8
      left -= 8
    }
    if left > 0 {
      mix(UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)) << UInt64(64 - 8 * left))
    }
    return UInt32(truncatingIfNeeded: state ^ state >> 32)
  }

  private mutating func place(_ index: UInt32, _ hash: UInt32) {
    var slot = Int(hash) & tableMask
    while table[slot] != Self.none { slot = (slot + 1) & tableMask }
    table[slot] = index
  }

  private mutating func rehash() {
    table.deallocate()
    tableMask = tableMask * 2 + 1
    table = .allocate(capacity: tableMask + 1)
    table.initialize(repeating: Self.none, count: tableMask + 1)
    for index in 0..<count { place(UInt32(index), entries[index].hash) }
  }
}

/// A larger block of memory with the same front.
func grown<Element: BitwiseCopyable>(
  _ old: UnsafeMutablePointer<Element>, _ count: Int, to capacity: Int
) -> UnsafeMutablePointer<Element> {
  let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
  larger.initialize(from: old, count: count)
  old.deallocate()
  return larger
}
