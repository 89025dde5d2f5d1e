import Kernels
import Simulation
import Testing

/// Sizes, limits of volume, groups, reasons: worked by hand.
@Suite struct OrderRuleTests {
  @Test func aPartialFillLeavesTheRestOpen() {
    // 10 % of volumes 50, 30 and 1000: 5, 3, and the rest of 12.
    let rows =
      flat(100) + [[100, 100, 100, 100, 50], [101, 101, 101, 101, 30], [40, 40, 40, 40, 1000]]
    var book = HandBook(rows, [0: { $1.buy(12) }])
    book.rules.maxVolumeShare = 0.1
    book.rules.commission.minimum = 2
    book.cash = 2000
    #expect(
      book.fills() == ["1 entry 5.0 @ 100.0", "2 entry 3.0 @ 101.0", "3 entry 4.0 @ 40.0"])
    #expect(book.orders() == ["market filled 3 12.0"])
    let record = book.record()
    #expect(record.summary.partialFills == 2)
    // Charged as one order.
    #expect(record.summary.fees == 2)
    #expect(record.fills.map(\.commission) == [2, 0, 0])
    #expect(record.trades.count == 1 && record.trades[0].units == 12)
  }

  @Test func ordersShareTheVolumeOfABar() {
    let rows =
      flat(100) + [
        [100, 100, 100, 100, 10], [100, 100, 100, 100, .nan], [100, 100, 100, 100, 10],
      ]
    var book = HandBook(
      rows,
      [
        0: {
          $1.buy(3)
          $1.buy(4)
        }
      ])
    book.rules.maxVolumeShare = 0.5
    // Without a volume nothing is for sale.
    #expect(
      book.fills() == ["1 entry 3.0 @ 100.0", "1 entry 2.0 @ 100.0", "3 entry 2.0 @ 100.0"])
  }

  @Test func aStopThatWasTouchedGoesOnAsAMarketOrder() {
    let rows =
      flat(100) + [[100, 100, 100, 100, 100], [100, 100, 89, 95, 6], [97, 99, 96, 98, 100]]
    var book = HandBook(rows, [0: { $1.bracket(Order(.units(5)), stop: 90, target: 120) }])
    book.rules.maxVolumeShare = 0.5
    #expect(
      book.fills() == ["1 entry 5.0 @ 100.0", "2 stop -3.0 @ 90.0", "3 stop -2.0 @ 97.0"])
    #expect(book.orders()[2] == "limit cancelled - 0.0 other_filled")
  }

  @Test func anOrderForMoreThanTheCashIsScaledAndSaysSo() {
    var book = HandBook(flat(100, 2), [0: { $1.buy(20) }])
    #expect(book.fills() == ["1 entry 10.0 @ 100.0"])
    #expect(book.orders() == ["market filled 1 10.0 cash"])
    #expect(book.record().summary.scaledOrders == 1)
    book.rules.lot = 3
    #expect(book.fills() == ["1 entry 9.0 @ 100.0"])
  }

  @Test func aHundredPercentOrderSurvivesAGap() {
    let book = HandBook(
      flat(100) + [[125, 125, 125, 125]], [0: { $1.target(weight: 1) }])
    #expect(book.fills() == ["1 entry 8.0 @ 125.0"])
    #expect(book.orders() == ["market filled 1 8.0"])
  }

  @Test(arguments: [
    (Order.Quantity.units(4), 4.0), (.notional(250), 2), (.fractionOfEquity(0.5), 4),
    (.risk(fraction: 0.01, distance: 5), 2), (.riskFraction(fraction: 0.02, distance: 0.1), 1.6),
    (.targetWeight(-0.25), -2), (.targetUnits(3), 3), (.notional(-250), -2),
  ])
  func sizesAreSettledAtTheFill(quantity: Order.Quantity, units: Double) {
    // Decided at 100, filled at 125 with equity 1000.
    let book = HandBook(flat(100) + flat(125), [0: { $1.submit(Order(quantity)) }])
    #expect(book.record().fills.map(\.units) == [units])
  }

  @Test(arguments: [
    (Order(.units(0)), "invalid"), (Order(.units(.nan)), "invalid"),
    (Order(.units(1), .limit(-1)), "invalid"), (Order(.units(1), .stop(.infinity)), "invalid"),
    (Order(.units(1), symbol: 1), "invalid"), (Order(.units(1), symbol: -1), "invalid"),
    (Order(.close), "no_position"), (Order(.units(0.4)), "below_lot"),
    (Order(.units(-1)), "shorts_forbidden"), (Order(.units(2)), "below_min_notional"),
    (Order(.risk(fraction: 0.1, distance: .infinity)), "no_stop"),
    (Order(.units(9), parent: .none, isRelative: true), ""),
  ])
  func whatCannotBeAcceptedIsRecordedWithItsReason(order: Order, reason: String) {
    var book = HandBook(flat(100, 2), [0: { $1.submit(order) }])
    book.rules.lot = 1
    book.rules.minNotional = 250
    book.rules.allowsShort = false
    let record = book.record()
    #expect(record.orders.map(\.reason) == [reason])
    #expect(record.orders.map(\.status) == [reason.isEmpty ? .filled : .rejected])
    #expect(record.summary.rejectedOrders == (reason.isEmpty ? 0 : 1))
  }

  @Test func reducingNeedsNeitherCashNorMinimum() {
    var book = HandBook(
      flat(100) + flat(100) + flat(300) + flat(300), [0: { $1.sell(4) }, 2: { $1.buy(1) }])
    book.rules.minNotional = 400
    // Sold 4 at 100: cash 1400, 1200 short at 300. A purchase of 1 reduces, whatever margin is left.
    book.rules.maintenanceMargin = 1
    book.rules.initialMargin = 1.5
    #expect(book.fills() == ["1 entry -4.0 @ 100.0", "3 exit 1.0 @ 300.0"])
  }

  @Test func reducesOnlyNeverTurnsAPosition() {
    let book = HandBook(
      flat(100, 4),
      [
        0: { $1.buy(2) }, 1: { $1.submit(Order(.units(-5), reducesOnly: true)) },
        2: { $1.submit(Order(.units(-5), reducesOnly: true)) },
      ])
    #expect(book.fills() == ["1 entry 2.0 @ 100.0", "2 exit -2.0 @ 100.0"])
    #expect(book.orders()[2] == "market cancelled - 0.0 no_position")
  }

  @Test func anOrderMayTurnAPosition() {
    let book = HandBook(flat(100, 4), [0: { $1.buy(2) }, 1: { $1.sell(5) }])
    #expect(book.fills() == ["1 entry 2.0 @ 100.0", "2 exit -5.0 @ 100.0"])
    #expect(book.record().units.last == -3)
    #expect(book.record().trades.count == 2)
  }

  @Test func ofAGroupOneFills() {
    let book = HandBook(
      flat(100) + [[100, 100, 94, 100], [100, 106, 100, 100]],
      [
        0: {
          $1.oneCancelsOther([
            Order(.units(1), .limit(95)), Order(.units(1), .stop(105)),
            Order(.units(1), .limit(90)),
          ])
        }
      ])
    #expect(book.fills() == ["1 entry 1.0 @ 95.0"])
    #expect(
      book.orders() == [
        "limit filled 1 1.0", "stop cancelled - 0.0 other_filled",
        "limit cancelled - 0.0 other_filled",
      ])
  }

  @Test func exitsOfABracketEndWithItsEntry() {
    let book = HandBook(
      flat(100, 3),
      [
        0: {
          let id = $1.bracket(Order(.units(1), .limit(50)), stop: 40, target: 60)
          _ = id
        }, 1: { $1.cancel($0.openOrders[0]) },
      ])
    #expect(
      book.orders() == [
        "limit cancelled - 0.0 withdrawn", "stop cancelled - 0.0 parent_ended",
        "limit cancelled - 0.0 parent_ended",
      ])
  }

  @Test func aPositionThatIsClosedTakesItsExitsAlong() {
    let book = HandBook(
      flat(100, 2) + [[100, 100, 70, 100]] + flat(100),
      [0: { $1.bracket(Order(.units(1)), stop: 60, target: 140) }, 1: { $1.close() }])
    #expect(book.fills() == ["1 entry 1.0 @ 100.0", "2 exit -1.0 @ 100.0"])
    #expect(book.orders().filter { $0.contains("position_closed") }.count == 2)
  }

  @Test func distancesFollowTheAveragePriceOfWhatIsHeld() {
    // 1 at 100 and 1 at 120: the stop moves from 90 to 99.
    let book = HandBook(
      flat(100, 2) + [[120, 120, 120, 120], [120, 121, 98, 100]],
      [
        0: { $1.bracket(Order(.units(1)), isLong: true, stopFraction: 0.1, targetFraction: 0.5) },
        1: { $1.buy(1) },
      ])
    #expect(
      book.fills() == ["1 entry 1.0 @ 100.0", "2 entry 1.0 @ 120.0", "3 stop -2.0 @ 99.0"])
  }

  @Test func whatReducesComesBeforeWhatOpens() {
    // All cash is in the first symbol; the purchase was given first and still finds the proceeds.
    let book = HandBook(
      symbols: [flat(100, 4), flat(50, 4)],
      [
        0: { $1.target(weight: 1) },
        2: {
          $1.target(weight: 1, symbol: 1)
          $1.target(weight: 0)
        },
      ])
    #expect(
      book.fills() == [
        "1 #0 entry 10.0 @ 100.0", "3 #0 exit -10.0 @ 100.0", "3 #1 entry 20.0 @ 50.0",
      ])
  }

  @Test func targetsAreFractionsOfTheEquityBeforeTheirFills() {
    let book = HandBook(
      symbols: [flat(100, 2) + flat(200, 2), flat(50, 4)],
      [0: { $1.targets([0.5, 0.5]) }, 2: { $1.targets([0.5, .nan]) }])
    // Equity 1500 after the rise: 750 / 200 = 3.75 units.
    #expect(
      book.fills() == [
        "1 #0 entry 5.0 @ 100.0", "1 #1 entry 10.0 @ 50.0", "3 #0 exit -1.25 @ 200.0",
      ])
  }

  @Test func ordersAreCarriedOverASplit() {
    // Two for one before bar 2: 5 units at 100 become 10 at 50, the stop 90 becomes 45, the limit for 4 at 80 one for 8 at 40.
    var book = HandBook(
      flat(100, 2) + [[50, 51, 49, 50], [50, 50, 44, 50], [50, 50, 39, 50]],
      [
        0: { $1.bracket(Order(.units(5)), stop: 90, target: 150) }, 1: { $1.buy(4, .limit(80)) },
      ])
    book.actions = LedgerActions([
      .init(bar: 2, symbol: 0, event: .split(ActionScale(ratio: 2)))
    ])
    #expect(
      book.fills() == ["1 entry 5.0 @ 100.0", "3 stop -10.0 @ 45.0", "4 entry 8.0 @ 40.0"])
  }

  @Test func nothingOfASymbolThatEndedFills() {
    var book = HandBook(
      flat(100, 5), [0: { $1.buy(1) }, 1: { $1.buy(1, .limit(90)) }, 3: { $1.buy(1) }])
    book.actions = LedgerActions([.init(bar: 3, symbol: 0, event: .end(-0.5))])
    #expect(book.fills() == ["1 entry 1.0 @ 100.0", "3 delisting -1.0 @ 50.0"])
    #expect(
      book.orders() == [
        "market filled 1 1.0", "limit cancelled - 0.0 delisted", "market rejected - 0.0 delisted",
      ])
  }

  @Test func aRuinedAccountTradesNoMore() {
    var book = HandBook(
      flat(100, 2) + flat(300, 3),
      [0: { $1.sell(10) }, 1: { $1.buy(1, .limit(50)) }, 3: { $1.buy(1) }])
    book.rules.fill = .nextOpen
    let record = book.record()
    #expect(record.summary.isRuined)
    #expect(record.orders.count == 2)
    #expect(record.orders[1].reason == "ruined")
    #expect(Set(record.equity.suffix(3)).count == 1)
  }
}
