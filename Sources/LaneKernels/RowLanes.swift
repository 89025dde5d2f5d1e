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
  @inline(never)
  static func products(
    _ seed: UInt64, _ path: UInt32, _ steps: Int, _ draws: RowDraws,
    _ column: UnsafePointer<Double>, _ room: UnsafeMutablePointer<Words>
  ) -> Vector {
    draws.perWord == 4
      ? fourPerWord(seed, path, steps, draws, column, room)
      : anyPerWord(seed, path, steps, draws, column, room)
  }

  @inline(always)
  private static func anyPerWord(
    _ seed: UInt64, _ path: UInt32, _ steps: Int, _ draws: RowDraws,
    _ column: UnsafePointer<Double>, _ room: UnsafeMutablePointer<Words>
  ) -> Vector {
    var value = Vector(repeating: 1)
    var step = 0
    let perBlock = 2 &* draws.perWord
    while step < steps {
      let count = min(perBlock, steps &- step)
      fill(seed, path, step, count, draws, room + 8, room)
      for index in 0..<count { value *= gather(column, room[index]) }
      step &+= count
    }
    return value
  }

  /// The rows of a block are drawn while those of the block before are looked up: one needs arithmetic, the other memory.
  @inline(always)
  private static func fourPerWord(
    _ seed: UInt64, _ path: UInt32, _ steps: Int, _ draws: RowDraws,
    _ column: UnsafePointer<Double>, _ room: UnsafeMutablePointer<Words>
  ) -> Vector {
    let streams = PhiloxLanes.streams(from: path)
    let count = Words(repeating: UInt64(draws.rows))
    var value = Vector(repeating: 1)
    let blocks = steps / 8
    four(seed, streams, 0, count, room)
    var block = 0
    while block < blocks {
      four(seed, streams, block &+ 1, count, room + 8 &* ((block &+ 1) & 1))
      let rows = room + 8 &* (block & 1)
      value *= gather(column, rows[0])
      value *= gather(column, rows[1])
      value *= gather(column, rows[2])
      value *= gather(column, rows[3])
      value *= gather(column, rows[4])
      value *= gather(column, rows[5])
      value *= gather(column, rows[6])
      value *= gather(column, rows[7])
      block &+= 1
    }
    let rows = room + 8 &* (blocks & 1)
    for index in 0..<(steps &- 8 &* blocks) { value *= gather(column, rows[index]) }
    return value
  }

  @inline(always)
  private static func four(
    _ seed: UInt64, _ streams: Words, _ block: Int, _ count: Words,
    _ output: UnsafeMutablePointer<Words>
  ) {
    var words = PhiloxLanes.block(
      Words(repeating: 1), Words(repeating: UInt64(UInt32(truncatingIfNeeded: block))), .zero,
      streams, seed: seed)
    output[0] = next(&words.0, &words.1, count)
    output[1] = next(&words.0, &words.1, count)
    output[2] = next(&words.0, &words.1, count)
    output[3] = next(&words.0, &words.1, count)
    output[4] = next(&words.2, &words.3, count)
    output[5] = next(&words.2, &words.3, count)
    output[6] = next(&words.2, &words.3, count)
    output[7] = next(&words.2, &words.3, count)
  }

  /// The values of a column at rows.
  @inline(always)
  static func gather(_ column: UnsafePointer<Double>, _ rows: Words) -> Vector {
    unsafeBitCast(apus_gather(column, unsafeBitCast(rows, to: SIMD8<Int64>.self)), to: Vector.self)
  }
}
