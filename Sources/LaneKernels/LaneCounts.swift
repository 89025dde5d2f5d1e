import Kernels

/// How often each lane of a bundle did something in a block, as eight planes of bits: 64 counters in eight words.
struct LaneCounts {
  private var p0, p1, p2, p3, p4, p5, p6, p7: UInt64

  @inline(always)
  init() { (p0, p1, p2, p3, p4, p5, p6, p7) = (0, 0, 0, 0, 0, 0, 0, 0) }

  /// Adds one to the lanes of a word; at most 255 times for a lane, which can't sell at every bar.
  @inline(always)
  mutating func add(_ lanes: UInt64) {
    var carry = lanes
    (p0, carry) = (p0 ^ carry, p0 & carry)
    (p1, carry) = (p1 ^ carry, p1 & carry)
    (p2, carry) = (p2 ^ carry, p2 & carry)
    // Only every eighth sale of a lane goes on.
    if carry == 0 { return }
    (p3, carry) = (p3 ^ carry, p3 & carry)
    (p4, carry) = (p4 ^ carry, p4 & carry)
    (p5, carry) = (p5 ^ carry, p5 & carry)
    (p6, carry) = (p6 ^ carry, p6 & carry)
    p7 ^= carry
  }

  /// The counts of the eight lanes from a bit on.
  @inline(always)
  func counts(_ shift: UInt64) -> Vector {
    var total = Vector.zero
    add(p0, 1, shift, &total)
    add(p1, 2, shift, &total)
    add(p2, 4, shift, &total)
    add(p3, 8, shift, &total)
    add(p4, 16, shift, &total)
    add(p5, 32, shift, &total)
    add(p6, 64, shift, &total)
    add(p7, 128, shift, &total)
    return total
  }

  @inline(always)
  private func add(_ plane: UInt64, _ value: Double, _ shift: UInt64, _ total: inout Vector) {
    total.replace(
      with: total + Vector(repeating: value),
      where: mask(UInt8(truncatingIfNeeded: plane &>> shift)))
  }
}
