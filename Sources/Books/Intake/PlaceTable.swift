/// Places found by a hash, without an object for each.
struct PlaceTable {
  private var slots: [Int32]
  private let mask: Int

  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = [Int32](repeating: -1, count: size)
    mask = size - 1
  }

  /// A place that matches; nil if there is none, and then the new one stands there.
  mutating func insert(_ place: Int32, hash: Int, _ matches: (Int32) -> Bool) -> Int32? {
    var slot = hash & mask
    while slots[slot] >= 0 {
      if matches(slots[slot]) { return slots[slot] }
      slot = (slot + 1) & mask
    }
    slots[slot] = place
    return nil
  }
}
