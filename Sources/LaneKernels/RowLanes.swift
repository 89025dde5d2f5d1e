import CShims
import Kernels

/// Rows of a bootstrap for eight paths; see `RowDraws`.
enum RowLanes {
  typealias Words = PhiloxLanes.Words

  /// The rows of steps, which begin at any, and what follows from them for the next.
  @inline(never)
  static func fill(
    _ seed: UInt64, _ path: UInt32, _ first: Int, _ steps: Int, _ draws: RowDraws,
    _ last: UnsafeMutablePointer<Words>, _ output: UnsafeMutablePointer<Words>
  ) {
    let streams = PhiloxLanes.streams(from: path)
    let count = Words(repeating: UInt64(draws.rows))
    let perBlock = 2 &* draws.perWord
    var step = first
    while step < first &+ steps {
      let block = step / perBlock
      let place = step &- block &* perBlock
      let words = PhiloxLanes.block(
        Words(repeating: 1), Words(repeating: UInt64(UInt32(truncatingIfNeeded: block))), .zero,
        streams, seed: seed)
      for side in 0..<2 {
        var low = side == 0 ? words.0 : words.2
        var high = side == 0 ? words.1 : words.3
        for index in 0..<draws.perWord {
          let row = next(&low, &high, count)
          if place > side &* draws.perWord &+ index { continue }
          if step < first &+ steps { output[step &- first] = row }
          step &+= 1
        }
      }
    }
    if draws.threshold < 1 << 32 {
      join(streams, seed, first, steps, draws, count, last, output)
    }
  }

  /// Blocks that go on take the row after the last instead of one that was drawn.
  @inline(always)
  private static func join(
    _ streams: Words, _ seed: UInt64, _ first: Int, _ steps: Int, _ draws: RowDraws,
    _ count: Words, _ last: UnsafeMutablePointer<Words>, _ output: UnsafeMutablePointer<Words>
  ) {
    let threshold = Words(repeating: draws.threshold)
    var row = last[0]
    var step = first
    while step < first &+ steps {
      let words = PhiloxLanes.block(
        Words(repeating: 2), Words(repeating: UInt64(UInt32(truncatingIfNeeded: step / 4))), .zero,
        streams, seed: seed)
      for place in step % 4..<4 where step < first &+ steps {
        let word = place == 0 ? words.0 : place == 1 ? words.1 : place == 2 ? words.2 : words.3
        // Differences below 0 have their highest bit set.
        let begins = .zero &- (((word & PhiloxLanes.lowHalf) &- threshold) &>> 63)
        let after = row &+ 1
        let wraps = .zero &- ((after &- count) &>> 63)
        let fresh = output[step &- first]
        row = step == 0 ? fresh : (fresh & begins) | ((after & wraps) & ~begins)
        output[step &- first] = row
        step &+= 1
      }
    }
    last[0] = row
  }

  /// A fraction of 64 bits times the number of rows: the row, and what is left as the next fraction.
  @inline(always)
  private static func next(_ low: inout Words, _ high: inout Words, _ count: Words) -> Words {
    // Where both factors are known to have 32 bits, a multiplication is one instruction.
    let count = count & PhiloxLanes.lowHalf
    let bottom = (low & PhiloxLanes.lowHalf) &* count
    let top = (high & PhiloxLanes.lowHalf) &* count &+ (bottom &>> 32)
    low = bottom
    high = top
    return top &>> 32
  }

  /// Products of a column at rows that are drawn apart.
  ///
  /// The rows of a block are drawn while those of the block before are looked up: one needs arithmetic, the other memory.
  @inline(never)
  static func products(
    _ seed: UInt64, _ path: UInt32, _ steps: Int, _ draws: RowDraws,
    _ column: UnsafePointer<Double>, _ room: UnsafeMutablePointer<Words>
  ) -> Vector {
    let streams = PhiloxLanes.streams(from: path)
    let count = Words(repeating: UInt64(draws.rows))
    let perWord = draws.perWord
    var products = RowProducts()
    draw(seed, streams, 0, count, perWord, room)
    var (block, left) = (0, steps / 2)
    while left >= perWord {
      let rows = room + 4 &* (block & 1)
      block &+= 1
      draw(seed, streams, block, count, perWord, room + 4 &* (block & 1))
      products.multiply(perWord, rows, column)
      left &-= perWord
    }
    let rows = room + 4 &* (block & 1)
    products.multiply(left, rows, column)
    if steps % 2 == 0 { return products.value }
    return products.value * gather(column, rows[left] & PhiloxLanes.lowHalf)
  }

  /// The rows of a block, two a lane: the later in the high half.
  @inline(always)
  private static func draw(
    _ seed: UInt64, _ streams: Words, _ block: Int, _ count: Words, _ perWord: Int,
    _ output: UnsafeMutablePointer<Words>
  ) {
    let step = UInt64(UInt32(truncatingIfNeeded: block))
    var (a, b, c, d) = PhiloxLanes.block(
      Words(repeating: 1), Words(repeating: step), .zero, streams, seed: seed)
    switch perWord {
    case 4:
      output[0] = pair(next(&a, &b, count), next(&a, &b, count))
      output[1] = pair(next(&a, &b, count), next(&a, &b, count))
      output[2] = pair(next(&c, &d, count), next(&c, &d, count))
      output[3] = pair(next(&c, &d, count), next(&c, &d, count))
    case 3:
      output[0] = pair(next(&a, &b, count), next(&a, &b, count))
      output[1] = pair(next(&a, &b, count), next(&c, &d, count))
      output[2] = pair(next(&c, &d, count), next(&c, &d, count))
    case 2:
      output[0] = pair(next(&a, &b, count), next(&a, &b, count))
      output[1] = pair(next(&c, &d, count), next(&c, &d, count))
    default:
      output[0] = pair(next(&a, &b, count), next(&c, &d, count))
    }
  }

  @inline(always)
  private static func pair(_ first: Words, _ second: Words) -> Words { first | (second &<< 32) }

  /// The values of a column at rows.
  @inline(always)
  static func gather(_ column: UnsafePointer<Double>, _ rows: Words) -> Vector {
    apus_gather(column, unsafeBitCast(rows, to: SIMD8<Int64>.self))
  }
}

/// Eight products of a column, two lanes at a time: a gather of eight takes twice as long as eight loads.
private struct RowProducts {
  private var a = SIMD2(repeating: 1.0)
  private var b = SIMD2(repeating: 1.0)
  private var c = SIMD2(repeating: 1.0)
  private var d = SIMD2(repeating: 1.0)

  @inline(always)
  var value: Vector { Vector(a[0], a[1], b[0], b[1], c[0], c[1], d[0], d[1]) }

  /// Multiplies by the column at pairs of rows.
  @inline(always)
  mutating func multiply(
    _ count: Int, _ rows: UnsafeMutablePointer<RowLanes.Words>, _ column: UnsafePointer<Double>
  ) {
    let words = UnsafeRawPointer(rows).assumingMemoryBound(to: UInt64.self)
    for index in 0..<count {
      let word = words + 8 &* index
      Self.multiply(&a, word[0], word[1], column)
      Self.multiply(&b, word[2], word[3], column)
      Self.multiply(&c, word[4], word[5], column)
      Self.multiply(&d, word[6], word[7], column)
    }
  }

  /// Two lanes, two rows each.
  @inline(always)
  private static func multiply(
    _ value: inout SIMD2<Double>, _ left: UInt64, _ right: UInt64, _ column: UnsafePointer<Double>
  ) {
    value *= SIMD2(
      column[Int(UInt32(truncatingIfNeeded: left))], column[Int(UInt32(truncatingIfNeeded: right))])
    value *= SIMD2(column[Int(left &>> 32)], column[Int(right &>> 32)])
  }
}
