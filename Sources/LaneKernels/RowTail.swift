import CShims
import Kernels

/// Order statistics of the lower tail of a row, and what lies below them.
///
/// Most values are passed over by one comparison with a threshold; only those below it are selected from. Nothing
/// branches on a value: eight of them are compared at once, and those that are kept are moved together.
enum RowTail {
  /// For each level the value of its rank with the sign turned, and the mean of its tail with the last value in part.
  ///
  /// - Parameters:
  ///   - row: without NaN.
  ///   - room: three times `count + 8` places.
  ///   - figures: two for each level.
  /// - Returns: false if the values defeated the selection, which is then left to the caller; else the figures are exact.
  @inline(never)
  static func run(
    _ row: UnsafePointer<Double>, _ count: Int, _ search: TailSearch,
    _ room: UnsafeMutablePointer<Double>, _ figures: UnsafeMutablePointer<Double>
  ) -> Bool {
    let tail = room
    var (threshold, found, tries) = (search.threshold, 0, 0)
    while true {
      found = below(threshold, row, count, tail)
      if found >= search.levels[0].rank { break }
      tries &+= 1
      if tries == 8 {
        for place in 0..<count { tail[place] = row[place] }
        found = count
        break
      }
      threshold += search.step
    }
    var value = 0.0
    for level in 0..<search.levelCount {
      let rank = search.levels[level].rank
      // Of a lesser rank among equal values, the value is that of the level before.
      if rank <= found {
        let selected = select(
          rank &- 1, tail, found, room + (count &+ laneWidth), room + 2 &* (count &+ laneWidth),
          &value)
        if !selected { return false }
        found = below(value, tail, found, tail)
      }
      let boundary = -value
      // In the order of bars, which the tail has kept; what is not below the value would add 0.
      var excess = 0.0
      for place in 0..<found { excess += -tail[place] - boundary }
      figures[2 &* level] = boundary
      figures[2 &* level &+ 1] = boundary + excess / search.levels[level].size
    }
    return true
  }

  /// Copies the values below a bound, in order; the output may be where they are.
  @inline(always)
  private static func below(
    _ bound: Double, _ values: UnsafePointer<Double>, _ count: Int,
    _ output: UnsafeMutablePointer<Double>
  ) -> Int {
    let bounds = Vector(repeating: bound)
    var (found, place) = (0, 0)
    while place &+ laneWidth <= count {
      let eight = apus_load(values + place)
      let kept = bits(eight .< bounds)
      apus_keep_lanes(eight, kept, output + found)
      found &+= kept.nonzeroBitCount
      place &+= laneWidth
    }
    while place < count {
      let one = values[place]
      output[found] = one
      found &+= one < bound ? 1 : 0
      place &+= 1
    }
    return found
  }

  /// Finds the value of sorted position `target`: the lesser and the greater values go to different places until few are left.
  @inline(always)
  private static func select(
    _ target: Int, _ values: UnsafePointer<Double>, _ count: Int,
    _ first: UnsafeMutablePointer<Double>, _ second: UnsafeMutablePointer<Double>,
    _ value: inout Double
  ) -> Bool {
    var (source, count, target) = (values, count, target)
    var (lesser, greater) = (first, second)
    // A pass leaves half of them on the average; whatever needs many more was made to.
    var passes = 64
    while count > 16 {
      passes &-= 1
      if passes == 0 { return false }
      let pivot = middle(source[0], source[count / 2], source[count &- 1])
      let bounds = Vector(repeating: pivot)
      var (low, high, place) = (0, 0, 0)
      while place &+ laneWidth <= count {
        let eight = apus_load(source + place)
        let (isLess, isMore) = (bits(eight .< bounds), bits(eight .> bounds))
        apus_keep_lanes(eight, isLess, lesser + low)
        apus_keep_lanes(eight, isMore, greater + high)
        low &+= isLess.nonzeroBitCount
        high &+= isMore.nonzeroBitCount
        place &+= laneWidth
      }
      while place < count {
        let one = source[place]
        lesser[low] = one
        greater[high] = one
        low &+= one < pivot ? 1 : 0
        high &+= one > pivot ? 1 : 0
        place &+= 1
      }
      if target < low {
        (source, count) = (UnsafePointer(lesser), low)
      } else if target < count &- high {
        value = pivot
        return true
      } else {
        target &-= count &- high
        (source, count) = (UnsafePointer(greater), high)
        (lesser, greater) = (greater, lesser)
      }
    }
    // How many are less than each, equal ones in their order, is where it stands.
    for place in 0..<count {
      let one = source[place]
      var rank = 0
      for other in 0..<count {
        let isBefore = source[other] < one || source[other] == one && other < place
        rank &+= isBefore ? 1 : 0
      }
      if rank == target { value = one }
    }
    return true
  }

  @inline(always)
  private static func middle(_ a: Double, _ b: Double, _ c: Double) -> Double {
    let (least, most) = a < c ? (a, c) : (c, a)
    return b < least ? least : b > most ? most : b
  }
}
