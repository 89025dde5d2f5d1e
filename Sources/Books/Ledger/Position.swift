/// Units that were bought at one time for one price.
public struct Lot: Sendable, Equatable {
  /// When.
  public var timeNs: Int64
  /// Units left of it; below zero for units sold short.
  public var units: Double
  /// Cost of a unit with the fee of its purchase, in the currency of the instrument; of a short, what a unit brought.
  public var cost: Double

  /// A lot.
  public init(timeNs: Int64, units: Double, cost: Double) {
    self.timeNs = timeNs
    self.units = units
    self.cost = cost
  }
}

/// What a portfolio holds of one symbol, and what came of it so far, in the currency of the instrument.
///
/// Cost and gain are told in two ways at once: by lots, first in first out, and by the average cost of all units held.
public struct Position: Sendable, Equatable {
  /// Position of the symbol in the book.
  public let instrument: Int
  /// Units held; below zero if short.
  public internal(set) var units = 0.0
  /// What is left of purchases, or of short sales, the oldest first.
  public var lots: [Lot] { queue.lots }
  /// Average cost of all units held, fees included; below zero if short.
  public internal(set) var averageCost = 0.0
  /// Gain of what was sold, or bought back, by lots.
  public internal(set) var realised = 0.0
  /// The same by average cost.
  public internal(set) var realisedAverage = 0.0
  /// Dividends less fees that name the symbol.
  public internal(set) var income = 0.0
  /// Fees of trades.
  public internal(set) var fees = 0.0
  /// Number of purchases.
  public internal(set) var buys = 0
  /// Number of sales.
  public internal(set) var sells = 0
  /// Money paid in purchases, fees left out.
  public internal(set) var bought = 0.0
  /// Money got in sales, fees left out.
  public internal(set) var sold = 0.0
  /// Money that opened it: what purchases cost with their fees, what units that were received had cost, and what short sales
  /// brought.
  public internal(set) var invested = 0.0
  private var queue = LotQueue()

  init(instrument: Int) { self.instrument = instrument }

  /// Cost of the units held, by lots.
  public var cost: Double { queue.cost }
  /// A gain as a fraction of all money that opened the position; NaN where nothing ever did.
  public func share(of gain: Double) -> Double { invested > 0 ? gain / invested : .nan }
  /// The average cost of a unit held; NaN without any.
  public var averagePrice: Double { units == 0 ? .nan : averageCost / units }

  /// Trades: units above zero for a purchase, `unitCost` what a unit costs or brings, fees included.
  ///
  /// Units that close a position realise a gain; what is left over opens the other side.
  mutating func trade(_ traded: Double, unitCost: Double, timeNs: Int64) {
    let after = Self.moved(units, by: traded)
    var opened = traded
    if units > 0 && traded < 0 || units < 0 && traded > 0 {
      let side = units > 0 ? 1.0 : -1.0
      let isAll = after == 0 || (after > 0) != (units > 0)
      let closing = isAll ? units.magnitude : traded.magnitude
      let cut = isAll ? queue.whole : queue.oldest(closing)
      queue.remove(cut)
      realised += side * (closing * unitCost - cut.cost)
      let share = isAll ? averageCost : averageCost / units * side * closing
      realisedAverage += side * closing * unitCost - share
      averageCost -= share
      if isAll { averageCost = 0 }
      opened = isAll ? after : 0
    }
    units = after
    if opened == 0 { return }
    queue.append(Lot(timeNs: timeNs, units: opened, cost: unitCost))
    averageCost += opened * unitCost
    invested += (opened * unitCost).magnitude
  }

  /// Gives units away with their cost: by lots, the oldest first.
  ///
  /// - Returns: cost of a unit of what goes.
  mutating func give(_ given: Double) -> Double {
    let (cut, after) = leaving(given)
    queue.remove(cut)
    averageCost -= after == 0 ? averageCost : averageCost / units * given
    units = after
    return cut.cost / given
  }

  /// What a unit costs, by lots, of those that `give` would take; 0 without any.
  func cost(giving given: Double) -> Double {
    guard units > 0 else { return 0 }
    let cost = leaving(given).cut.cost / given
    return cost.isFinite ? max(0, cost) : 0
  }

  /// What goes off the lots with some units, and the units that stay.
  private func leaving(_ given: Double) -> (cut: LotQueue.Cut, units: Double) {
    let after = max(0, Self.moved(units, by: -given))
    // All of it leaves no lot behind, whatever the lots' sum is by rounding.
    return (after == 0 ? queue.whole : queue.oldest(given), after)
  }

  /// Units after some come in, or go out if below zero; what is left over by rounding alone is nothing.
  static func moved(_ units: Double, by traded: Double) -> Double {
    let after = units + traded
    let isOpposed = units > 0 && traded < 0 || units < 0 && traded > 0
    return isOpposed && after.magnitude <= 1e-9 * min(units.magnitude, traded.magnitude) ? 0 : after
  }

  /// A split: `ratio` new units for an old one.
  mutating func split(_ ratio: Double) {
    units *= ratio
    queue.split(ratio)
  }
}
