/// Finds places for the labels of a chart, so that none covers another.
///
/// Each label in turn takes the cheapest of a fixed list of places around its point, so equal arguments give equal places.
struct LabelPlacement {
  /// A rectangle; y grows downwards.
  struct Box: Equatable {
    var (x, y, width, height): (Double, Double, Double, Double)

    func meets(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width && y < other.y + other.height
        && other.y < y + height
    }

    func holds(_ point: (x: Double, y: Double), margin: Double = 0) -> Bool {
      point.x > x - margin && point.x < x + width + margin && point.y > y - margin
        && point.y < y + height + margin
    }
  }

  /// Where a text goes.
  struct Place {
    /// What the text covers.
    var box: Box
    /// Start, middle or end of its baseline, as `anchor` says.
    var at: (x: Double, y: Double)
    /// `start`, `middle` or `end`.
    var anchor: String
    /// End of a line from the point to the text, where they are apart.
    var leader: (x: Double, y: Double)?
  }

  private let frame: Box
  /// Points that labels should not cover: dots, the curve, lines to labels.
  private var points: [(x: Double, y: Double)]
  private(set) var taken: [Box] = []

  private static let directions: [(x: Double, y: Double)] = [
    (1, 0), (-0.8, -0.6), (0.8, 0.6), (0.8, -0.6), (-1, 0), (-0.8, 0.6), (0, -1), (0, 1),
  ]
  private static let distances = [8.0, 12, 17, 23, 30, 38, 47, 57, 68, 80, 95, 115, 140, 170, 210]

  /// A frame that labels stay within, and points that they avoid.
  init(frame: Box, avoiding points: [(x: Double, y: Double)]) {
    self.frame = frame
    self.points = points
  }

  /// A place for the label of a point, which is taken from then on; nil if all near ones are.
  mutating func place(_ text: String, size: Double, by point: (x: Double, y: Double)) -> Place? {
    let (width, height) = (Self.width(text, size: size), size * 1.2)
    var best: (cost: Double, place: Place)?
    for distance in Self.distances {
      // Farther ones cost more than that by their distance alone.
      if let best, best.cost <= distance { break }
      for direction in Self.directions {
        let end = (x: point.x + distance * direction.x, y: point.y + distance * direction.y)
        let side = direction.x.sign(threshold: 0.1)
        let box = Box(
          x: end.x + (side - 1) / 2 * width,
          y: end.y + (direction.y.sign(threshold: 0.7) - 1) / 2 * height, width: width,
          height: height)
        guard box.x >= frame.x, box.y >= frame.y, box.x + width <= frame.x + frame.width,
          box.y + height <= frame.y + frame.height, !taken.contains(where: { $0.meets(box) })
        else { continue }
        let line = distance > 17 ? Self.between(point, end) : []
        let covered = points.count { box.holds($0, margin: 2) }
        let crossed = line.count { spot in taken.contains { $0.holds(spot) } }
        let cost = distance + 8 * Double(min(covered, 6)) + 8 * Double(min(crossed, 6))
        if let best, best.cost <= cost { continue }
        best = (
          cost,
          Place(
            box: box, at: (box.x + (1 - side) / 2 * width, box.y + 0.8 * height),
            anchor: side > 0 ? "start" : side < 0 ? "end" : "middle",
            leader: line.isEmpty ? nil : end)
        )
      }
    }
    guard let place = best?.place else { return nil }
    taken.append(place.box)
    if let end = place.leader { points += Self.between(point, end) }
    return place
  }

  private static func between(_ a: (x: Double, y: Double), _ b: (x: Double, y: Double))
    -> [(x: Double, y: Double)]
  {
    (1...8).map { step in
      let part = Double(step) / 9
      return (a.x + part * (b.x - a.x), a.y + part * (b.y - a.y))
    }
  }

  /// Width of a text in a common sans-serif font, rather too large than too small.
  static func width(_ text: String, size: Double) -> Double {
    size
      * text.unicodeScalars.reduce(0) { sum, scalar in
        switch scalar {
        case "i", "j", "l", "I", "f", "t", "r", " ", ".", ",", ":", "'": sum + 0.42
        case "m", "w", "M", "W", "@", "%": sum + 0.98
        case "A"..."Z", "&", "_": sum + 0.74
        case _ where scalar.value >= 0x1100: sum + 1.05
        default: sum + 0.62
        }
      }
  }
}

extension Double {
  /// −1, 0 or 1; 0 within a threshold.
  fileprivate func sign(threshold: Double) -> Double {
    self > threshold ? 1 : self < -threshold ? -1 : 0
  }
}
