extension ParameterGrid {
  /// Ascending positions on the full grid, held as runs of neighbours.
  ///
  /// A lookup is O(log runs); going through a range of sets is O(1) each.
  public struct Points: Sendable, Equatable, RandomAccessCollection {
    private struct Run: Sendable, Equatable {
      /// First set of the run, and its point.
      var set: Int
      var point: Int
    }

    private var runs: [Run] = []
    /// Number of sets.
    public private(set) var count = 0

    /// The points 0 ..< `size`.
    init(all size: Int) {
      if size > 0 { runs = [Run(set: 0, point: 0)] }
      count = size
    }

    /// Adds a point behind all others.
    mutating func append(_ point: Int) {
      let isNeighbour = runs.last.map { point == $0.point + count - $0.set } ?? false
      if !isNeighbour { runs.append(Run(set: count, point: point)) }
      count += 1
    }

    /// 0.
    public var startIndex: Int { 0 }
    /// The number of sets.
    public var endIndex: Int { count }

    /// The point of a set.
    public subscript(set: Int) -> Int {
      precondition(set >= 0 && set < count, "set \(set) of \(count)")
      let run = runs[run(of: set)]
      return run.point + set - run.set
    }

    /// The points of a range of sets.
    package func list(_ sets: Range<Int>) -> [Int] {
      precondition(sets.lowerBound >= 0 && sets.upperBound <= count, "sets \(sets) of \(count)")
      var points: [Int] = []
      points.reserveCapacity(sets.count)
      var index = sets.isEmpty ? 0 : run(of: sets.lowerBound)
      while points.count < sets.count {
        let set = sets.lowerBound + points.count
        let end = index + 1 < runs.count ? runs[index + 1].set : count
        let first = runs[index].point + set - runs[index].set
        points.append(contentsOf: first..<first + Swift.min(end, sets.upperBound) - set)
        index += 1
      }
      return points
    }

    /// Position of the run that holds a set.
    private func run(of set: Int) -> Int {
      var (low, high) = (0, runs.count)
      while high - low > 1 {
        let middle = (low + high) / 2
        if runs[middle].set <= set { low = middle } else { high = middle }
      }
      return low
    }
  }
}
