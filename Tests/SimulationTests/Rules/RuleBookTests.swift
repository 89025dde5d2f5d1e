import Kernels
import Simulation
import Testing

/// Rules that other engines broke, on accounts worked by hand; `Sources/Simulation/README.md` tells which.
@Suite struct RuleBookTests {
  static let flat: [[Double]] = Array(repeating: [100, 100, 100, 100], count: 4)

  /// A stop that is already passed when it is handed in is no better than a market order.
  @Test func aStopIsNeverFilledBetterThanTheMarket() {
    // Handed in at 100: to sell at 150 is to sell at the open, not at 150; to buy at 50 is to buy at the open.
    let rows: [[Double]] = [[100, 100, 100, 100], [90, 160, 40, 100], [100, 100, 100, 100]]
    let sell = Scripted(rows, [0: [Order(.units(-2), .stop(150))]])
    #expect(sell.fills() == ["1: -2.0 at 90.0"])
    let buy = Scripted(rows, [0: [Order(.units(2), .stop(50))]])
    #expect(buy.fills() == ["1: 2.0 at 90.0"])
  }

  @Test func aLimitThatIsNotReachedDoesNotFill() {
    let rows: [[Double]] = [[100, 100, 100, 100], [100, 105, 95, 100], [94, 96, 90, 92]]
    var lane = Scripted(rows, [0: [Order(.units(2), .limit(95))]])
    // A touch is not enough; the open below is better than asked.
    #expect(lane.fills() == ["2: 2.0 at 94.0"])
    lane.rules.limitTouch = true
    #expect(lane.fills() == ["1: 2.0 at 95.0"])
  }

  @Test func nothingFillsAtAStalePrice() {
    let rows: [[Double]] = [
      [100, 100, 100, 100], hole, [.nan, 120, 80, 110], [104, 105, 103, 104],
    ]
    for order in [Order(.units(2)), Order(.units(2), .onClose), Order(.units(2), .limit(200))] {
      let record = Scripted(rows, [0: [order]]).record()
      #expect(record.fills.map(\.bar) == [3])
    }
  }

  @Test func aCommissionIsChargedOnceAnOrder() {
    var lane = Scripted(Self.flat, [0: [Order(.units(4))], 1: [Order(.units(-4))]])
    lane.rules.commission.fixed = 7
    let record = lane.record()
    #expect(record.fills.map(\.commission) == [7, 7])
    #expect(((record.equity.last ?? 0) - 986).magnitude < 1e-9)
  }

  /// Target weights mean the same for both sides, whatever is held.
  @Test(arguments: [0.5, -0.5])
  func targetsOfLongsAndShortsMirror(weight: Double) {
    let rows: [[Double]] = [
      [100, 100, 100, 100], [100, 100, 100, 100], [50, 50, 50, 50], [50, 50, 50, 50],
    ]
    let lane = Scripted(
      rows, [0: [Order(.targetWeight(weight))], 1: [Order(.targetWeight(weight))]])
    // 500 of 1000 at 100; at 50 equity is 750 or 1250, so 7.5 or -12.5 units are held.
    let units = weight > 0 ? 7.5 : -12.5
    #expect(lane.record().units == [0, weight * 10, units, units])
  }

  @Test func aSwitchSellsBeforeItBuys() {
    let rows = Self.flat
    let lane = Scripted(
      symbols: [rows, rows],
      [
        0: [Order(.targetWeight(1), symbol: 1)],
        // The purchase is named first, and nothing is left to pay for it but what the sale brings.
        1: [Order(.targetWeight(1), symbol: 0), Order(.targetWeight(0), symbol: 1)],
      ])
    #expect(
      lane.fills() == [
        "1: 10.0 of S1 at 100.0", "2: -10.0 of S1 at 100.0", "2: 10.0 of S0 at 100.0",
      ])
    #expect(lane.record().cash.allSatisfy { $0 >= 0 })
  }

  @Test func aGapScalesAnOrderToItsCash() {
    // All cash at 100; the open is 125.
    let rows: [[Double]] = [[100, 100, 100, 100], [125, 125, 125, 125], [125, 125, 125, 125]]
    for order in [Order(.targetWeight(1)), Order(.fractionOfEquity(1))] {
      let record = Scripted(rows, [0: [order]]).record()
      #expect(record.fills.map(\.units) == [8])
      #expect(record.cash.last == 0)
    }
    // Units that were counted at the close are cut to what the cash pays for, and that is told.
    let record = Scripted(rows, [0: [Order(.units(10))]]).record()
    #expect(record.fills.map(\.units) == [8])
    #expect(record.orders.map(\.reason) == ["cash"])
    #expect(record.summary.scaledOrders == 1)
  }

  @Test func reducingNeedsNoMargin() {
    // Sold short, then tripled: the account is nearly empty, and still may buy back.
    let rows: [[Double]] = [
      [100, 100, 100, 100], [100, 100, 100, 100], [150, 150, 150, 150], [150, 150, 150, 150],
    ]
    var lane = Scripted(rows, [0: [Order(.units(-10))], 1: [Order(.close)]])
    lane.rules.maintenanceMargin = 1
    #expect(lane.fills() == ["1: -10.0 at 100.0", "2: 10.0 at 150.0"])
    #expect(lane.record().equity.last == 500)
  }

  @Test func anAccountWithoutShortsSellsWhatItHasAndNoMore() {
    var lane = Scripted(
      Self.flat, [0: [Order(.units(5))], 1: [Order(.units(-8))], 2: [Order(.units(-1))]])
    lane.rules.allowsShort = false
    let record = lane.record()
    #expect(record.units.last == 0)
    #expect(record.units.allSatisfy { $0 >= 0 })
    #expect(record.orders.last?.reason == "shorts_forbidden")
  }

  @Test func aShortNeedsCollateral() {
    // 1000 of equity is worth 2000 short at 150 %: proceeds of 2000 and 1000 of its own.
    let lane = Scripted(Self.flat, [0: [Order(.units(-30))]])
    let record = lane.record()
    #expect(record.fills.map(\.units) == [-20])
    #expect(record.orders.map(\.reason) == ["margin"])
  }

  @Test func lessThanALotIsRecorded() {
    var lane = Scripted(Self.flat, [0: [Order(.units(0.5))], 1: [Order(.units(2.9))]])
    lane.rules.lot = 1
    #expect(lane.fills() == ["2: 2.0 at 100.0"])
    #expect(lane.fates() == ["rejected, below_lot", "filled"])
  }

  /// Weights that exceed the equity of an account without leverage are cut to it.
  @Test func weightsAboveOneBuyNoMoreThanTheCash() {
    let rows = Self.flat
    let lane = Scripted(
      symbols: [rows, rows],
      [0: [Order(.targetWeight(0.8), symbol: 0), Order(.targetWeight(0.8), symbol: 1)]])
    let record = lane.record()
    #expect(record.cash.allSatisfy { $0 >= 0 })
    #expect((record.fills.reduce(0) { $0 + $1.units } - 10).magnitude < 1e-12)
    #expect(record.summary.scaledOrders > 0)
  }

  /// A short is closed at the extreme that its collateral does not cover, before its own stop.
  @Test func liquidationComesAtTheExtremeAndBeforeStops() {
    let rows: [[Double]] = [
      [100, 100, 100, 100], [100, 100, 100, 100], [100, 160, 50, 100], [100, 100, 100, 100],
    ]
    var lane = Scripted(
      rows, [0: [Order(.units(-10))], 1: [Order(.close, .stop(155), reducesOnly: true)]])
    // Cash of 2000 covers 10 units at 1.3 up to 153.8.
    #expect(lane.fills() == ["1: -10.0 at 100.0", "2: 10.0 at 160.0"])
    #expect(lane.record().summary.liquidations == 1)
    // Even before a nearer one: the extreme is taken to come first.
    lane.orders[1] = [Order(.close, .stop(120), reducesOnly: true)]
    #expect(lane.fills() == ["1: -10.0 at 100.0", "2: 10.0 at 160.0"])
    lane.symbols[0].set(2, (100, 150, 50, 100))
    #expect(lane.fills() == ["1: -10.0 at 100.0", "2: 10.0 at 120.0"])
  }

  @Test func aLostAccountStaysLost() {
    let rows: [[Double]] = [
      [100, 100, 100, 100], [100, 100, 100, 100], [300, 300, 300, 300], [100, 100, 100, 100],
    ]
    let record = Scripted(rows, [0: [Order(.units(-10))], 2: [Order(.units(1))]]).record()
    #expect(record.summary.isRuined)
    #expect(record.equity == [1000, 1000, -1000, -1000])
    #expect(record.fills.count == 2)
  }
}
