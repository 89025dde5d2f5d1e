/// Order statistics of a series without sorting it.
///
/// Quickselect with the median of three as pivot and a three-way partition, so duplicates cost nothing. Pivots are
/// deterministic. A series that defeats them uses up a budget of element visits, after which pivots are medians of
/// medians and the time is O(n) whatever the input. NaN isn't expected: it ends, with an unspecified element.
///
/// - Source: Hoare, Algorithm 65 (1961); Blum, Floyd, Pratt, Rivest and Tarjan (1973); Musser, Introspective sorting
///   and selection algorithms (1997).
package struct Selection {
  /// The series, reordered by each call.
  private var scratch: [Double]
  /// Element visits after which a call takes guaranteed pivots.
  private let budget: Int
  /// Elements visited by partitions of the last call.
  package private(set) var visits = 0

  /// A selection from a copy of a series that isn't empty.
  ///
  /// - Parameter budget: visits before guaranteed pivots; nil is eight for each element, about twice what a random
  ///   order takes.
  package init(of values: [Double], budget: Int? = nil) {
    precondition(!values.isEmpty, "no order statistic of an empty series")
    scratch = values
    self.budget = budget ?? 8 * values.count
  }

  /// The element that would stand at `rank`, from 1, if the series were sorted upwards.
  ///
  /// O(n).
  package mutating func smallest(rank: Int) -> Double {
    precondition((1...scratch.count).contains(rank), "rank \(rank) of \(scratch.count)")
    var visited = 0
    let budget = budget
    var span = scratch.mutableSpan
    let index = Self.select(
      rank - 1, in: &span, 0..<span.count, visits: &visited, budget: budget)
    let value = span[index]
    visits = visited
    return value
  }

  /// A quantile, linearly interpolated between ranks (type 7 of Hyndman and Fan): 950 is the 95 % quantile.
  package mutating func quantile(perMille: Int) -> Double {
    let position = (scratch.count - 1) * perMille
    let (whole, part) = position.quotientAndRemainder(dividingBy: 1000)
    let lower = smallest(rank: whole + 1)
    if part == 0 { return lower }
    let upper = smallest(rank: whole + 2)
    return lower + (upper - lower) * (Double(part) / 1000)
  }

  /// Moves the element of sorted position `target` to its place within `bounds`, and returns that place.
  private static func select(
    _ target: Int, in span: inout MutableSpan<Double>, _ bounds: Range<Int>,
    visits: inout Int, budget: Int
  ) -> Int {
    var bounds = bounds
    while bounds.count > 1 {
      let pivot =
        visits < budget
        ? medianOfThree(in: span, bounds)
        : medianOfMedians(in: &span, bounds, visits: &visits)
      visits += bounds.count
      let equal = partition(&span, bounds, around: pivot)
      if equal.contains(target) { return target }
      bounds =
        target < equal.lowerBound
        ? bounds.lowerBound..<equal.lowerBound : equal.upperBound..<bounds.upperBound
    }
    return target
  }

  /// Puts elements below the pivot first and those above it last; returns the places of those equal to it.
  private static func partition(
    _ span: inout MutableSpan<Double>, _ bounds: Range<Int>, around pivot: Double
  ) -> Range<Int> {
    var low = bounds.lowerBound
    var index = low
    var high = bounds.upperBound
    while index < high {
      let value = span[index]
      if value < pivot {
        span.swapAt(low, index)
        low += 1
        index += 1
      } else if value > pivot {
        high -= 1
        span.swapAt(index, high)
      } else {
        index += 1
      }
    }
    return low..<high
  }

  private static func medianOfThree(
    in span: borrowing MutableSpan<Double>, _ bounds: Range<Int>
  ) -> Double {
    let first = span[bounds.lowerBound]
    let middle = span[bounds.lowerBound + bounds.count / 2]
    let last = span[bounds.upperBound - 1]
    return max(min(first, middle), min(max(first, middle), last))
  }

  /// A pivot with at least three tenths of the elements on either side: the median of the medians of fives.
  private static func medianOfMedians(
    in span: inout MutableSpan<Double>, _ bounds: Range<Int>, visits: inout Int
  ) -> Double {
    visits += bounds.count
    let start = bounds.lowerBound
    var medians = 0
    for group in stride(from: start, to: bounds.upperBound, by: 5) {
      let end = min(group + 5, bounds.upperBound)
      insertionSort(&span, group..<end)
      span.swapAt(start + medians, group + (end - group - 1) / 2)
      medians += 1
    }
    if medians == 1 { return span[start] }
    let middle = start + (medians - 1) / 2
    return span[
      select(middle, in: &span, start..<start + medians, visits: &visits, budget: 0)]
  }

  private static func insertionSort(_ span: inout MutableSpan<Double>, _ bounds: Range<Int>) {
    for sorted in bounds.dropFirst() {
      var index = sorted
      while index > bounds.lowerBound, span[index] < span[index - 1] {
        span.swapAt(index, index - 1)
        index -= 1
      }
    }
  }
}
