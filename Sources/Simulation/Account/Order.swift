/// Names an order of an account; numbers follow the order of submission.
public struct OrderID: Sendable, Hashable, Comparable, BitwiseCopyable {
  /// Counts from 1; 0 names no order.
  public let rawValue: Int

  /// Names no order.
  public static let none = OrderID(rawValue: 0)

  @inlinable
  init(rawValue: Int) { self.rawValue = rawValue }

  /// By submission.
  @inlinable
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// An instruction to buy or sell, live from the first bar after the one at whose close it was given.
///
/// Prices are in account currency and are rounded to the run's tick away from the market: a limit never gets worse than
/// asked, a stop never nearer.
public struct Order: Sendable, Equatable, BitwiseCopyable {
  /// When and at what price an order fills.
  public enum Kind: Sendable, Equatable, BitwiseCopyable {
    /// At the run's moment of fill.
    case market
    /// At the price or better, once the market trades through it.
    case limit(Double)
    /// As a market order once the market touches the price; at the open if that is beyond it.
    case stop(Double)
    /// A limit order from the moment that the market touches the stop.
    case stopLimit(stop: Double, limit: Double)
    /// A stop that keeps a distance from the best price since it is live; at first, from the last close or the parent's fill.
    case trailingStop(Distance)
    /// At the open of the next bar that trades.
    case onOpen
    /// At the close of the next bar that trades.
    case onClose
  }

  /// How far a trailing stop stays behind.
  public enum Distance: Sendable, Equatable, BitwiseCopyable {
    /// Money per unit.
    case amount(Double)
    /// A fraction of the best price.
    case fraction(Double)
  }

  /// How much an order is for.
  ///
  /// All but `units` and `close` are settled at the fill, at its price, commission included, so that a gap can't make an order
  /// unaffordable.
  public enum Quantity: Sendable, Equatable, BitwiseCopyable {
    /// Units to buy, or to sell if below zero.
    case units(Double)
    /// All units held; nothing if there are none.
    case close
    /// A value in account currency, negative to sell.
    case notional(Double)
    /// A fraction of equity, commission included; negative to sell.
    case fractionOfEquity(Double)
    /// A loss of a fraction of equity, if the price moves by a distance in money per unit; negative fractions sell.
    case risk(fraction: Double, distance: Double)
    /// A fraction of equity put at risk between the fill price and a distance as a fraction of it; negative fractions sell.
    case riskFraction(fraction: Double, distance: Double)
    /// The change to a position that is worth a fraction of equity; negative for a short one.
    case targetWeight(Double)
    /// The change to a number of units.
    case targetUnits(Double)
  }

  /// How long an order lives.
  public enum TimeInForce: Sendable, Equatable, BitwiseCopyable {
    /// Until it is filled or cancelled.
    case gtc
    /// Until the end of the exchange day of the first bar at which it is live.
    case day
    /// Until after a bar, counted as `BarView.bar` counts.
    case gtd(bar: Int)
    /// For a number of bars from the first at which it is live, whether they trade or not.
    case bars(Int)
    /// What fills at the first moment, the rest is cancelled.
    ///
    /// The first moment is the open of the next bar, or the close at which the run fills.
    case ioc
    /// All at the first moment, or nothing.
    case fok
  }

  /// Column of the run, from 0.
  public var symbol: Int
  /// When and at what price it fills.
  public var kind: Kind
  /// How much it is for.
  public var quantity: Quantity
  /// How long it lives.
  public var timeInForce: TimeInForce
  /// Whether it may only make a position smaller; what exceeds the position is left out.
  public var reducesOnly: Bool
  /// Whether it is cancelled once the position that it adds to is closed, so that it never opens one.
  public var addsOnly: Bool
  /// Orders of one group other than 0 cancel each other when one of them fills.
  public var group: Int
  /// The order whose first fill makes this one live; `none` for one that is live by itself.
  ///
  /// It is cancelled if that order ends without a fill, and when the position is closed.
  public var parent: OrderID
  /// Whether the prices of `kind` are multiples of the parent's fill price.
  public var isRelative: Bool
  /// A number of the strategy's own.
  public var tag: Int

  /// An order; by default at market, good till cancelled.
  @inlinable
  public init(
    _ quantity: Quantity, symbol: Int = 0, _ kind: Kind = .market,
    timeInForce: TimeInForce = .gtc, reducesOnly: Bool = false, addsOnly: Bool = false,
    group: Int = 0, parent: OrderID = .none, isRelative: Bool = false, tag: Int = 0
  ) {
    self.symbol = symbol
    self.kind = kind
    self.quantity = quantity
    self.timeInForce = timeInForce
    self.reducesOnly = reducesOnly
    self.addsOnly = addsOnly
    self.group = group
    self.parent = parent
    self.isRelative = isRelative
    self.tag = tag
  }
}

/// Why an order was refused, ended without its whole fill, or was made smaller.
public enum OrderReason: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  /// Nothing happened to it.
  case none
  /// No such column, a price that is not above zero and finite, or a quantity that is not finite or is zero.
  case invalid
  /// There is no position to close or to make smaller.
  case noPosition
  /// Less than a lot.
  case belowLot
  /// Worth less than the least notional.
  case belowMinimum
  /// No cash for any of it.
  case cash
  /// No collateral for any of it.
  case margin
  /// Short positions are not allowed.
  case shortsForbidden
  /// Not all of it could be filled at once.
  case notAtOnce
  /// Its day or date went by.
  case expired
  /// Taken back by the strategy.
  case withdrawn
  /// Another order of its group filled.
  case otherFilled
  /// Its parent ended without a fill.
  case parentEnded
  /// The position that it belonged to was closed.
  case positionClosed
  /// The account lost everything.
  case ruined
  /// The symbol ended.
  case delisted
  /// A risk that has no distance to a stop.
  case noStop

  /// Name in files.
  public var name: String {
    switch self {
    case .none: ""
    case .invalid: "invalid"
    case .noPosition: "no_position"
    case .belowLot: "below_lot"
    case .belowMinimum: "below_min_notional"
    case .cash: "cash"
    case .margin: "margin"
    case .shortsForbidden: "shorts_forbidden"
    case .notAtOnce: "not_at_once"
    case .expired: "expired"
    case .withdrawn: "withdrawn"
    case .otherFilled: "other_filled"
    case .parentEnded: "parent_ended"
    case .positionClosed: "position_closed"
    case .ruined: "ruined"
    case .delisted: "delisted"
    case .noStop: "no_stop"
    }
  }
}
