/// Units of one symbol in a portfolio, and what they are worth as of an instant.
///
/// Money is in the portfolio's currency, at the rate of that instant; NaN where a mark or a rate is unknown.
public struct Holding: Sendable, Equatable {
  /// Position of the symbol in the book.
  public var instrument: Int
  /// Units held; below zero if short.
  public var units: Double
  /// The last close, in the currency of the instrument.
  public var price: Double
  /// What one of the instrument's currency is worth in the portfolio's.
  public var rate: Double
  /// Units × price × rate; below zero if short.
  public var value: Double
  /// What the units cost, by lots, fees included.
  public var cost: Double
  /// The same by average cost.
  public var averageCost: Double
  /// Value less cost.
  public var unrealised: Double
  /// The same by average cost.
  public var unrealisedAverage: Double
  /// The bar that the price is of; nil without one.
  public var markBar: Int?
}
