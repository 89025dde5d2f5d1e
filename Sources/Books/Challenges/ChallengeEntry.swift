/// What a participant hands in, ready to be replayed.
public struct ChallengeEntry: Sendable {
  /// A purchase or sale.
  public struct Order: Sendable, Equatable {
    /// When, nanoseconds UTC.
    public var timeNs: Int64
    /// Column of the market.
    public var column: Int32
    /// Units, below zero for a sale.
    public var units: Double
    /// Price of a unit; NaN for the rules' fill.
    public var price: Double
    /// Line of its file.
    public var line: Int32

    /// An order.
    public init(timeNs: Int64, column: Int, units: Double, price: Double = .nan, line: Int = 0) {
      self.timeNs = timeNs
      self.column = Int32(column)
      self.units = units
      self.price = price
      self.line = Int32(clamping: line)
    }
  }

  /// Weights to move to; what is not named is sold.
  public struct Target: Sendable, Equatable {
    /// When, nanoseconds UTC.
    public var timeNs: Int64
    /// Columns of the market, ascending, each once.
    public var columns: [Int32]
    /// Fractions of equity, below zero for shorts.
    public var weights: [Double]
    /// Line of its file.
    public var line: Int32

    /// A target.
    public init(timeNs: Int64, columns: [Int], weights: [Double], line: Int = 0) {
      self.timeNs = timeNs
      self.columns = columns.map { Int32($0) }
      self.weights = weights
      self.line = Int32(clamping: line)
    }
  }

  /// Opaque name.
  public var participant: String
  /// Purchases and sales, in any order.
  public var orders: [Order]
  /// Weights to move to, in any order.
  public var targets: [Target]
  /// What is wrong with rows that are neither.
  public var flaws: [ChallengeBreach]

  /// An entry.
  public init(
    participant: String, orders: [Order] = [], targets: [Target] = [],
    flaws: [ChallengeBreach] = []
  ) {
    self.participant = participant
    self.orders = orders
    self.targets = targets
    self.flaws = flaws
  }

  /// Orders by time; sales first at one time, then by symbol, units and price: no order of rows matters.
  public var ordersByTime: [Order] {
    orders.sorted {
      if $0.timeNs != $1.timeNs { return $0.timeNs < $1.timeNs }
      if ($0.units < 0) != ($1.units < 0) { return $0.units < 0 }
      if $0.column != $1.column { return $0.column < $1.column }
      if $0.units != $1.units { return $0.units < $1.units }
      return $0.price < $1.price || $0.price.isNaN && !$1.price.isNaN
    }
  }
}
