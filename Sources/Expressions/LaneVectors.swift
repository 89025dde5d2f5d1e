import Kernels

/// Parameter sets side by side in vectors of eight lanes.
///
/// Neighbours on the fastest axes share a vector that starts at a multiple of its width, so that whoever evaluates
/// `sma(close, slow)` for eight lanes can do it once for all values of `fast`. Vectors with the same part of the
/// fastest axes follow each other, so that what they share stays in the nearest cache. Where alignment would leave too
/// many places empty, sets are packed in order.
package struct LaneVectors: Sendable, Equatable {
  /// Parameter set of each place of each vector, -1 for a place without one.
  package private(set) var sets: [Int] = []
  /// Grid point of each vector's first place, where its places are neighbours on the grid; else -1.
  package private(set) var bases: [Int] = []
  /// Number of grid points over which the fastest axes turn once: a vector never reaches across its end.
  package let turn: Int
  /// Positions of these axes.
  package let innerAxes: Range<Int>

  /// Number of vectors.
  package var count: Int { bases.count }

  /// Lays out a range of the sets of a grid.
  package init(_ grid: ParameterGrid, sets range: Range<Int>) {
    var turn = 1
    var first = grid.axes.count
    while first > 0, turn < laneWidth {
      first -= 1
      turn *= grid.axes[first].values.count
    }
    self.turn = turn
    innerAxes = first..<grid.axes.count

    var sets: [Int] = []
    var bases: [Int] = []
    for (set, point) in zip(range, grid.points.list(range)) {
      let place = point % turn % laneWidth
      if bases.last != point - place {
        bases.append(point - place)
        sets.append(contentsOf: repeatElement(-1, count: laneWidth))
      }
      sets[sets.count - laneWidth + place] = set
    }
    if range.count * 3 < bases.count * laneWidth * 2 {
      let count = (range.count + laneWidth - 1) / laneWidth
      self.bases = Array(repeating: -1, count: count)
      self.sets = (0..<count * laneWidth).map {
        range.lowerBound + $0 < range.upperBound ? range.lowerBound + $0 : -1
      }
      return
    }
    // A counting sort by the part of the turn.
    var next = [Int](repeating: 0, count: turn / laneWidth + 2)
    for base in bases { next[base % turn / laneWidth + 1] += 1 }
    for part in 1..<next.count { next[part] += next[part - 1] }
    self.sets = Array(repeating: -1, count: sets.count)
    self.bases = Array(repeating: -1, count: bases.count)
    for (index, base) in bases.enumerated() {
      let to = next[base % turn / laneWidth]
      next[base % turn / laneWidth] += 1
      self.bases[to] = base
      for place in 0..<laneWidth {
        self.sets[to * laneWidth + place] = sets[index * laneWidth + place]
      }
    }
  }

  /// Where to cut the sets of a grid into parts with about the same number of vectors.
  package static func cuts(_ grid: ParameterGrid, parts: Int) -> [Int] {
    let all = LaneVectors(grid, sets: 0..<grid.count)
    let firsts = stride(from: 0, to: all.sets.count, by: laneWidth).map { start in
      all.sets[start..<start + laneWidth].first { $0 >= 0 } ?? 0
    }.sorted()
    let inner = (1..<parts).map { firsts[all.count * $0 / parts] }
    return [0] + inner + [grid.count]
  }

  /// The grid points to compute for a vector.
  ///
  /// Places without a set take the grid point that would stand there, which keeps packs equal between vectors; with
  /// `repeating`, and where places are no neighbours, they repeat one that has a set.
  package func points(of vector: Int, _ grid: ParameterGrid, repeating: Bool = false) -> [Int] {
    let base = bases[vector]
    if base >= 0 && !repeating {
      let last = base - base % turn + turn - 1
      return (0..<laneWidth).map { min(base + $0, last) }
    }
    let places = sets[vector * laneWidth..<(vector + 1) * laneWidth]
    let any = places.first { $0 >= 0 } ?? 0
    return places.map { grid.points[$0 < 0 ? any : $0] }
  }
}
