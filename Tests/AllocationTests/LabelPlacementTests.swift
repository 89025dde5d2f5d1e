import Kernels
import Testing

@testable import Allocation

@Suite struct LabelPlacementTests {
  private let frame = LabelPlacement.Box(x: 66, y: 44, width: 626, height: 344)

  /// Methods as close as those of real panels are, some of them at one point.
  private static var crowd: [(name: String, at: (x: Double, y: Double))] {
    var crowd: [(name: String, at: (x: Double, y: Double))] = []
    for (index, entry) in AllocatorCatalog.all.enumerated() {
      crowd.append((entry.name, (x: 240 + 9 * Double(index % 5), y: 200 + 4 * Double(index % 4))))
    }
    crowd.append(("min_variance_2", (x: 240, y: 200)))
    crowd.append(("equal_2", (x: 691, y: 45)))
    crowd.append(("hrp_2", (x: 67, y: 387)))
    return crowd
  }

  @Test func labelsDoNotOverlap() {
    var points = Self.crowd.map(\.at)
    for step in 0...60 { points.append((x: 230 + 6 * Double(step), y: 300 - 4 * Double(step))) }
    var labels = LabelPlacement(frame: frame, avoiding: points)
    var again = labels
    for dot in Self.crowd {
      let place = labels.place(dot.name, size: 12, by: dot.at)
      let same = again.place(dot.name, size: 12, by: dot.at)
      #expect(place != nil, "\(dot.name)")
      #expect(place?.box == same?.box)
    }
    for (index, box) in labels.taken.enumerated() {
      #expect(box.x >= frame.x && box.x + box.width <= frame.x + frame.width)
      #expect(box.y >= frame.y && box.y + box.height <= frame.y + frame.height)
      for other in labels.taken[..<index] { #expect(!box.meets(other)) }
    }
  }

  @Test func aloneIsBesideItsPoint() throws {
    var labels = LabelPlacement(frame: frame, avoiding: [(300, 200)])
    let found = labels.place("equal", size: 12, by: (300, 200))
    let place = try #require(found)
    #expect(place.leader == nil && place.anchor == "start" && place.box.x == 308)
  }

  @Test func withoutRoomThereIsNone() {
    var labels = LabelPlacement(
      frame: .init(x: 0, y: 0, width: 20, height: 20), avoiding: [])
    let long = labels.place("a long name", size: 12, by: (10, 10))
    let nowhere = labels.place("x", size: 12, by: (.nan, .infinity))
    #expect(long == nil && nowhere == nil)
  }

  @Test func chartNamesAll() throws {
    let problem = AllocationProblem(
      symbols: ["A", "B"], covariance: Matrix(rows: 2, columns: 2, [0.04, 0, 0, 0.01]),
      expectedReturns: [0.10, 0.04])
    let svg = FrontierChart.svg(
      try EfficientFrontier(problem, points: 5),
      marks: AllocatorCatalog.all.map {
        .init(name: $0.name, volatilityAnnualized: 1.8, returnAnnualized: 15)
      })
    for entry in AllocatorCatalog.all { #expect(svg.contains(">\(entry.name)</text>")) }
  }
}
