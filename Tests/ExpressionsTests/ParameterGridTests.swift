import Expressions
import TestSupport
import Testing

private func axis(_ name: String, _ values: [Double]) -> ParameterGrid.Axis {
  ParameterGrid.Axis(name: name, values: values)
}

@Test func theLastAxisIsTheFastest() {
  let grid = ParameterGrid(axes: [axis("a", [1, 2]), axis("b", [5]), axis("c", [7, 8, 9])])
  let values = (0..<grid.count).map { grid.values(set: $0) }
  #expect(
    values == [[1, 5, 7], [1, 5, 8], [1, 5, 9], [2, 5, 7], [2, 5, 8], [2, 5, 9]])
  #expect(grid.describe(point: 4) == "a = 2, b = 5, c = 8")
}

@Test func aGridWithoutAxesIsOneSet() {
  let grid = ParameterGrid(axes: [])
  #expect(grid.count == 1)
  #expect(grid.values(set: 0) == [])
  #expect(LaneVectors(grid, sets: 0..<1).sets == [0, -1, -1, -1, -1, -1, -1, -1])
  #expect(ParameterGrid(axes: [axis("a", [])]).count == 0)
}

@Test func whatKeepRefusesIsLeftOut() {
  let grid = ParameterGrid(axes: [axis("fast", [1, 2, 3]), axis("slow", [1, 2, 3])]) {
    $0[0] < $0[1]
  }
  #expect((0..<grid.count).map { grid.values(set: $0) } == [[1, 2], [1, 3], [2, 3]])
  #expect(Array(grid.points) == [1, 2, 5])
  #expect(grid.points.list(1..<3) == [2, 5])
}

/// Runs of neighbours are looked up as a plain list would be.
@Test func pointsAreThoseThatWereKept() {
  for seed in 0..<200 as Range<UInt64> {
    var random = TestRandom(seed: seed)
    let axes = (0..<2).map { axis("p\($0)", (0..<random.int(1...9)).map(Double.init)) }
    let kept = (0..<81).map { _ in random.one(in: 2) }
    let size = axes[0].values.count * axes[1].values.count
    let expected = (0..<size).filter { kept[$0] }
    let grid = ParameterGrid(axes: axes) { values in
      kept[Int(values[0]) * axes[1].values.count + Int(values[1])]
    }
    #expect(Array(grid.points) == expected && grid.count == expected.count, "seed \(seed)")
    let first = random.int(0...expected.count)
    let last = random.int(first...expected.count)
    #expect(grid.points.list(first..<last) == Array(expected[first..<last]), "seed \(seed)")
  }
}

@Test func sizesBeyondAWordAreSaid() {
  let wide = axis("a", Array(repeating: 0, count: 1 << 16))
  #expect(ParameterGrid.size(of: [wide, wide, wide]) == 1 << 48)
  #expect(ParameterGrid.size(of: [wide, wide, wide, wide]) == nil)
}

/// Places without a set are filled; the rest hold each set once, and neighbours on a full axis are aligned.
@Test func vectorsHoldEachSetOnce() {
  for seed in 0..<400 as Range<UInt64> {
    var random = TestRandom(seed: seed)
    let axes = (0..<random.int(0...3)).map { index in
      axis("p\(index)", (0..<random.pick([1, 2, 3, 7, 8, 9, 16, 24, 100])).map(Double.init))
    }
    let odd = random.int(2...5)
    let keepsAll = random.one(in: 2)
    let grid = ParameterGrid(axes: axes) { keepsAll || Int($0.reduce(0, +)) % odd != 0 }
    guard grid.count > 0 else { continue }
    let first = random.int(0...grid.count - 1)
    let last = random.int(first...grid.count - 1)
    let vectors = LaneVectors(grid, sets: first..<last + 1)
    #expect(vectors.sets.count == vectors.count * 8, "seed \(seed)")
    #expect(
      (0..<vectors.count).allSatisfy { vectors.sets[$0 * 8..<$0 * 8 + 8].contains { $0 >= 0 } },
      "seed \(seed)")
    #expect(vectors.sets.filter { $0 >= 0 }.sorted() == Array(first...last), "seed \(seed)")
    // A set stands where its grid point is computed.
    for vector in 0..<vectors.count {
      for repeating in [false, true] {
        let points = vectors.points(of: vector, grid, repeating: repeating)
        for place in 0..<8 where vectors.sets[vector * 8 + place] >= 0 {
          #expect(points[place] == grid.points[vectors.sets[vector * 8 + place]], "seed \(seed)")
        }
      }
    }
    // At most a third of the places is empty, but for the end.
    let places = vectors.count * 8
    #expect(places * 2 <= (last - first + 1) * 3 || places - (last - first + 1) < 8, "seed \(seed)")
  }
}

@Test func setsOnAFullAxisStandAtMultiplesOfTheWidth() {
  let grid = ParameterGrid(axes: [axis("a", [1, 2, 3]), axis("b", (0..<16).map(Double.init))])
  let vectors = LaneVectors(grid, sets: 0..<48)
  for index in 0..<vectors.count {
    let vector = vectors.sets[index * 8..<index * 8 + 8]
    let slow = Set(vector.map { grid.values(set: $0)[0] })
    #expect(slow.count == 1)
    #expect(grid.values(set: vector.first ?? 0)[1].truncatingRemainder(dividingBy: 8) == 0)
  }
}

@Test func representativesCoverEachCombinationOnce() {
  for seed in 0..<100 as Range<UInt64> {
    var random = TestRandom(seed: seed)
    let axes = (0..<3).map { axis("p\($0)", (0..<random.int(1...6)).map(Double.init)) }
    let odd = random.int(2...5)
    let grid = ParameterGrid(axes: axes) { Int($0[0] + 2 * $0[1] + $0[2]) % odd != 0 }
    let dependencies = (0..<3).filter { _ in random.one(in: 2) }
    let found = grid.representatives(of: dependencies).map { point in
      dependencies.map { grid.values(point: point)[$0] }
    }
    let expected = Set(
      (0..<grid.count).map { set in dependencies.map { grid.values(set: set)[$0] } })
    #expect(found.count == expected.count && Set(found) == expected, "seed \(seed)")
  }
}
