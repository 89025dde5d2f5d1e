/// Lots, the oldest first.
///
/// - Complexity: taking the oldest away costs nothing for those that stay, however many.
struct LotQueue: Sendable, Equatable {
  private var all: [Lot] = []
  /// Lots of `all` that are empty, and go when they are half of it.
  private var emptied = 0

  /// The lots.
  var lots: [Lot] { Array(all[emptied...]) }
  /// What they cost; below zero for shorts.
  var cost: Double { all[emptied...].reduce(0) { $0 + $1.units * $1.cost } }

  static func == (left: Self, right: Self) -> Bool {
    left.all[left.emptied...] == right.all[right.emptied...]
  }

  mutating func append(_ lot: Lot) { all.append(lot) }

  /// What comes off the oldest lots.
  struct Cut {
    /// What it cost, above zero for shorts too.
    var cost: Double
    /// How many lots are emptied.
    var emptied: Int
    /// Units of the next lot.
    var part = 0.0
  }

  /// All lots.
  var whole: Cut { Cut(cost: cost.magnitude, emptied: all.count - emptied) }

  /// The oldest units, as far as there are any.
  func oldest(_ count: Double) -> Cut {
    var (left, cost, place) = (count, 0.0, emptied)
    while left > 0, place < all.count {
      let lot = all[place]
      let part = min(lot.units.magnitude, left)
      cost += part * lot.cost
      left -= part
      if part != lot.units.magnitude {
        return Cut(cost: cost, emptied: place - emptied, part: part)
      }
      place += 1
    }
    return Cut(cost: cost, emptied: place - emptied)
  }

  /// Takes off what these lots were asked for.
  mutating func remove(_ cut: Cut) {
    emptied += cut.emptied
    if cut.part > 0 { all[emptied].units -= all[emptied].units > 0 ? cut.part : -cut.part }
    if emptied > 16, emptied > all.count / 2 {
      all.removeFirst(emptied)
      emptied = 0
    }
  }

  /// A split: `ratio` new units for an old one.
  mutating func split(_ ratio: Double) {
    for place in all.indices[emptied...] {
      all[place].units *= ratio
      all[place].cost /= ratio
    }
  }
}
