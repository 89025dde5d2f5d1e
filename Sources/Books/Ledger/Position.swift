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
  public internal(set) var lots: [Lot] = []
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

  init(instrument: Int) { self.instrument = instrument }

  /// Cost of the units held, by lots.
  public var cost: Double { lots.reduce(0) { $0 + $1.units * $1.cost } }
  /// The average cost of a unit held; NaN without any.
  public var averagePrice: Double { units == 0 ? .nan : averageCost / units }

  /// Trades: units above zero for a purchase, `money` what they cost or bring for a unit, fees included.
  ///
  /// Units that close a position realise a gain; what is left over opens the other side.
  mutating func trade(_ traded: Double, unitCost: Double, timeNs: Int64) {
    let closing = units * traded < 0 ? min(traded.magnitude, units.magnitude) : 0
    if closing > 0 {
      let side = units > 0 ? 1.0 : -1.0
      realised += side * (closing * unitCost - take(closing))
      let share = closing == units.magnitude ? averageCost : averageCost / units * side * closing
      realisedAverage += side * closing * unitCost - share
      averageCost -= share
      units += traded > 0 ? closing : -closing
      if lots.isEmpty { (units, averageCost) = (0, 0) }
    }
    let opening = traded.magnitude - closing
    if opening > 0 { open(traded > 0 ? opening : -opening, unitCost: unitCost, timeNs: timeNs) }
  }

  /// Adds units that come with their cost.
  mutating func open(_ opened: Double, unitCost: Double, timeNs: Int64) {
    lots.append(Lot(timeNs: timeNs, units: opened, cost: unitCost))
    units += opened
    averageCost += opened * unitCost
  }

  /// Gives units away with their cost: by lots, the oldest first.
  ///
  /// - Returns: cost of a unit of what goes.
  mutating func give(_ given: Double) -> Double {
    let cost = take(given)
    averageCost -= given == units ? averageCost : averageCost / units * given
    units -= given
    if lots.isEmpty { (units, averageCost) = (0, 0) }
    return cost / given
  }

  /// Takes units off the oldest lots, whichever side they are on; returns their cost, above zero for shorts too.
  private mutating func take(_ count: Double) -> Double {
    var left = count
    var cost = 0.0
    var emptied = 0
    while left > 0, emptied < lots.count {
      let held = lots[emptied].units.magnitude
      let taken = min(held, left)
      cost += taken * lots[emptied].cost
      left -= taken
      // What is left of a lot by rounding alone is nothing.
      if held - taken <= 1e-9 * held {
        emptied += 1
      } else {
        lots[emptied].units -= lots[emptied].units > 0 ? taken : -taken
      }
    }
    lots.removeFirst(emptied)
    return cost
  }

  /// A split: `ratio` new units for an old one.
  mutating func split(_ ratio: Double) {
    units *= ratio
    for index in lots.indices {
      lots[index].units *= ratio
      lots[index].cost /= ratio
    }
  }
}
