import Metrics
import Testing

@Suite struct SelectionTests {
  /// Element visits that guaranteed pivots take at most: T(n) = T(n/5) + T(7n/10) + 2n, plus odd ends.
  static let guaranteed = 24
  static let patterns = ["random", "sorted", "reversed", "organ pipe", "saw", "constant", "two"]

  private func series(_ pattern: String, _ count: Int) -> [Double] {
    var generator = SeededGenerator(seed: UInt64(count))
    return (0..<count).map { index in
      switch pattern {
      case "sorted": Double(index)
      case "reversed": Double(count - index)
      case "organ pipe": Double(min(index, count - index))
      case "saw": Double(index % 7)
      case "constant": 1
      case "two": Double(index & 1)
      default: Double.random(in: -1...1, using: &generator)
      }
    }
  }

  @Test(arguments: patterns, [nil, 0, 40])
  func everyRankIsTheSortedElement(pattern: String, budget: Int?) {
    for count in 1...33 {
      let values = series(pattern, count)
      let sorted = values.sorted()
      for rank in 1...count {
        var selection = Selection(of: values, budget: budget)
        #expect(selection.smallest(rank: rank) == sorted[rank - 1], "\(count) \(rank)")
      }
    }
  }

  @Test(arguments: patterns, [nil, 0, 40])
  func largeSeriesTakeLinearTime(pattern: String, budget: Int?) {
    let count = 50_000
    let values = series(pattern, count)
    let sorted = values.sorted()
    var selection = Selection(of: values, budget: budget)
    for rank in [1, 500, 2500, count / 2, count - 1, count] {
      #expect(selection.smallest(rank: rank) == sorted[rank - 1], "\(rank)")
      let limit = (budget ?? 8 * count) + (Self.guaranteed + 1) * count
      #expect(selection.visits <= limit, "\(rank)")
    }
  }

  @Test func anAdversaryIsNotQuadratic() {
    let count = 4096
    let killer = Self.killer(count)
    var unguarded = Selection(of: killer, budget: .max)
    #expect(unguarded.smallest(rank: count) == Double(count))
    #expect(unguarded.visits > count * count / 5, "the series no longer defeats the pivots")

    var guarded = Selection(of: killer)
    #expect(guarded.smallest(rank: count) == Double(count))
    #expect(guarded.visits <= (8 + 1 + Self.guaranteed) * count)
  }

  /// A series whose medians of three are always the second smallest element left.
  ///
  /// It plays the partition forward on positions, and gives the smallest values left to two of the three elements
  /// that are looked at; all others are larger.
  private static func killer(_ count: Int) -> [Double] {
    var places = Array(0..<count)
    var values = Array(repeating: 0.0, count: count)
    var next = 1.0
    var start = 0
    while count - start > 3 {
      let middle = start + (count - start) / 2
      values[places[start]] = next
      values[places[middle]] = next + 1
      // The partition by next + 1: one element below, one equal, the rest from the top down.
      var (low, index, high) = (start, start, count)
      while index < high {
        let value = values[places[index]]
        if value == next {
          places.swapAt(low, index)
          low += 1
          index += 1
        } else if value == next + 1 {
          index += 1
        } else {
          high -= 1
          places.swapAt(index, high)
        }
      }
      start = high
      next += 2
    }
    for place in places[start...] {
      values[place] = next
      next += 1
    }
    return values
  }

  @Test func nanEnds() {
    for budget in [nil, 0] {
      var selection = Selection(
        of: (0..<100).map { $0.isMultiple(of: 3) ? .nan : Double($0) }, budget: budget)
      for rank in 1...100 { _ = selection.smallest(rank: rank) }
      #expect(selection.visits > 0)
    }
  }

  @Test func quantileInterpolates() {
    var selection = Selection(of: [4, 1, 3, 2, 5])
    #expect(selection.quantile(perMille: 0) == 1)
    #expect(selection.quantile(perMille: 500) == 3)
    #expect(selection.quantile(perMille: 1000) == 5)
    #expect(abs(selection.quantile(perMille: 50) - 1.2) < 1e-15)
    #expect(abs(selection.quantile(perMille: 950) - 4.8) < 1e-15)
  }
}
