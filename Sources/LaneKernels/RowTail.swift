import CShims
import Kernels

/// Order statistics of the lower tail of a row, and what lies below them.
///
/// Most values are passed over by one comparison with a threshold; only those below it are selected from.
enum RowTail {
  /// For each level the value of its rank with the sign turned, and the mean of its tail with the last value in part.
  ///
  /// - Parameters:
  ///   - row: without NaN.
  ///   - room: twice `count + 8` places.
  ///   - figures: two for each level.
  /// - Returns: false if the values defeated the selection, which is then left to the caller; else the values are exact.
  @inline(never)
  static func run(
    _ row: UnsafePointer<Double>, _ count: Int, _ search: TailSearch,
    _ room: UnsafeMutablePointer<Double>, _ figures: UnsafeMutablePointer<Double>
  ) -> Bool {
    let most = search.levels[0].rank
    let tail = room
    let scratch = room + (count &+ laneWidth)
    var threshold = search.threshold
    var found = 0
    var tries = 0
    while true {
      found = collect(row, count, below: threshold, tail)
      if found >= most { break }
      tries += 1
      if tries == 8 {
        for place in 0..<count { tail[place] = row[place] }
        found = count
        break
      }
      threshold += search.step
    }
    for place in 0..<found { scratch[place] = tail[place] }
    var end = found
    for level in 0..<search.levelCount {
      let rank = search.levels[level].rank
      if !select(scratch, end, rank &- 1) { return false }
      end = rank
      let value = scratch[rank &- 1]
      let boundary = -value
      // In the order of bars, which `tail` has kept.
      var excess = 0.0
      for place in 0..<found {
        let beyond = -tail[place] - boundary
        excess += beyond > 0 ? beyond : 0
      }
      figures[2 &* level] = boundary
      figures[2 &* level &+ 1] = boundary + excess / search.levels[level].size
    }
    return true
  }

  /// Copies the values below a threshold, in order.
  @inline(always)
  private static func collect(
    _ row: UnsafePointer<Double>, _ count: Int, below threshold: Double,
    _ output: UnsafeMutablePointer<Double>
  ) -> Int {
    let bound = Vector(repeating: threshold)
    var found = 0
    var place = 0
    while place + laneWidth <= count {
      let values = UnsafeRawPointer(row + place).loadUnaligned(as: Vector.self)
      let kept = bits(values .< bound)
      apus_keep_lanes(values, kept, output + found)
      found &+= kept.nonzeroBitCount
      place += laneWidth
    }
    while place < count {
      output[found] = row[place]
      if row[place] < threshold { found &+= 1 }
      place += 1
    }
    return found
  }

  /// Moves the value of sorted position `target` to its place, with none greater before it; Hoare's selection.
  @inline(always)
  private static func select(
    _ values: UnsafeMutablePointer<Double>, _ count: Int, _ target: Int
  ) -> Bool {
    var (low, high) = (0, count &- 1)
    // Passes take half of what is left on the average; whatever needs many more was made to.
    var passes = 128
    while high &- low > 16 {
      passes &-= 1
      if passes == 0 { return false }
      let (a, b, c) = (values[low], values[low &+ (high &- low) / 2], values[high])
      let (least, most) = a < c ? (a, c) : (c, a)
      let pivot = b < least ? least : b > most ? most : b
      var (i, j) = (low, high)
      while i <= j {
        while values[i] < pivot { i &+= 1 }
        while values[j] > pivot { j &-= 1 }
        if i <= j {
          let value = values[i]
          values[i] = values[j]
          values[j] = value
          i &+= 1
          j &-= 1
        }
      }
      if target <= j {
        high = j
      } else if target >= i {
        low = i
      } else {
        return true
      }
    }
    var sorted = low &+ 1
    while sorted <= high {
      let value = values[sorted]
      var place = sorted
      while place > low && values[place &- 1] > value {
        values[place] = values[place &- 1]
        place &-= 1
      }
      values[place] = value
      sorted &+= 1
    }
    return true
  }
}
