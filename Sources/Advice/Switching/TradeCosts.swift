import Simulation

/// What trading costs: commission and slippage by the rules of simulations, in the currency of what is traded.
public struct TradeCosts: Sendable, Equatable {
  /// Charged for each order.
  public var commission = Commission()
  /// By which purchases are dearer than the mark and sales cheaper; of its parts the rate, and half of the spread in money.
  public var slippage = Slippage()
  /// Part of money that goes from one currency to another.
  public var exchangeRate = 0.0

  /// Nothing.
  public init() {}

  /// Price of a fill.
  func price(_ units: Double, mark: Double) -> Double {
    slippage.fillPrice(units: units, price: mark)
  }

  /// Commission of an order, in the symbol's currency.
  func fee(_ units: Double, mark: Double) -> Double {
    units == 0 ? 0 : commission.charge(units: units, price: price(units, mark: mark))
  }

  /// Commission and slippage of an order, in the symbol's currency.
  func total(_ units: Double, mark: Double) -> Double {
    fee(units, mark: mark) + units * (price(units, mark: mark) - mark)
  }
}

/// A purchase or a sale.
public struct PlannedTrade: Sendable, Equatable {
  /// Place among the account's lines.
  public var line: Int
  /// Above 0 for a purchase.
  public var units: Double
  /// Of a unit, after slippage, in the symbol's currency.
  public var price: Double
  /// Commission, in the symbol's currency.
  public var fee: Double
  /// Place of the wallet that pays or is paid.
  public var wallet: Int

  /// Change of the wallet's money.
  public var cash: Double { -(units * price) - fee }
}

/// Money that goes from one wallet to another, before purchases.
public struct PlannedMove: Sendable, Equatable {
  /// Place of the wallet that it leaves.
  public var from: Int
  /// Place of the wallet that it enters.
  public var to: Int
  /// Money that leaves, in the one's currency; what the exchange costs is in it.
  public var amount: Double
  /// Money that enters, in the other's currency.
  public var received: Double

  /// A transfer.
  public init(from: Int, to: Int, amount: Double, received: Double) {
    self.from = from
    self.to = to
    self.amount = amount
    self.received = received
  }
}
