import Kernels
import Simulation
import Testing

/// What each type of order does in a bar, worked by hand.
@Suite struct OrderTypeTests {
  static let quiet = flat(100)

  @Test(arguments: [
    (FillMoment.nextOpen, ["1 entry 2.0 @ 102.0", "3 exit -2.0 @ 108.0"]),
    (.nextClose, ["1 entry 2.0 @ 103.0", "3 exit -2.0 @ 107.0"]),
    (.sameClose, ["0 entry 2.0 @ 100.0", "2 exit -2.0 @ 106.0"]),
  ])
  func aMarketOrderFillsAtTheMomentOfTheRun(fill: FillMoment, expected: [String]) {
    var book = HandBook(
      [[100, 101, 99, 100], [102, 104, 101, 103], [105, 107, 104, 106], [108, 109, 107, 107]],
      [0: { $1.buy(2) }, 2: { $1.close() }])
    book.rules.fill = fill
    #expect(book.fills() == expected)
  }

  @Test func aLimitFillsAtItsPriceOrBetterAndOnlyIfTradedThrough() {
    // Touched at 95 in bar 1, traded through in bar 2.
    let rows = Self.quiet + [[100, 101, 95, 99], [99, 100, 94, 98]]
    var book = HandBook(rows, [0: { $1.buy(2, .limit(95)) }])
    #expect(book.fills() == ["2 entry 2.0 @ 95.0"])
    book.rules.limitTouch = true
    #expect(book.fills() == ["1 entry 2.0 @ 95.0"])
    // An open below it fills at the open; an open at it is a touch, so the bar's inside decides.
    book = HandBook(Self.quiet + [[90, 96, 89, 95]], [0: { $1.buy(2, .limit(95)) }])
    #expect(book.fills() == ["1 entry 2.0 @ 90.0"])
    book = HandBook(Self.quiet + [[95, 96, 94, 95]], [0: { $1.buy(2, .limit(95)) }])
    #expect(book.fills() == ["1 entry 2.0 @ 95.0"])
    book = HandBook(Self.quiet + [[95, 96, 95, 95]], [0: { $1.buy(2, .limit(95)) }])
    #expect(book.fills() == [])
    // A sale mirrors it, and a limit does not slip.
    book = HandBook(Self.quiet + [[100, 106, 99, 100]], [0: { $1.sell(2, .limit(105)) }])
    book.rules.slippage.rate = 0.01
    #expect(book.fills() == ["1 entry -2.0 @ 105.0"])
  }

  @Test func aStopFillsAtItsPriceAndThroughAGapAtTheOpen() {
    var book = HandBook(Self.quiet + [[100, 105, 99, 104]], [0: { $1.buy(2, .stop(105)) }])
    #expect(book.fills() == ["1 entry 2.0 @ 105.0"])
    book = HandBook(Self.quiet + [[107, 108, 104, 105]], [0: { $1.buy(2, .stop(105)) }])
    #expect(book.fills() == ["1 entry 2.0 @ 107.0"])
    book = HandBook(Self.quiet + [[100, 101, 95, 96]], [0: { $1.sell(2, .stop(95)) }])
    book.rules.slippage.rate = 0.25
    #expect(book.fills() == ["1 entry -2.0 @ 95.0 → 71.25"])
    book = HandBook(Self.quiet + [[90, 101, 89, 96]], [0: { $1.sell(2, .stop(95)) }])
    #expect(book.fills() == ["1 entry -2.0 @ 90.0"])
  }

  @Test func aStopLimitIsALimitFromItsTriggerOn() {
    let order: OrderScript.Step = { $1.buy(2, .stopLimit(stop: 105, limit: 106)) }
    // Touched inside the bar: the limit is better than the market asks, so it fills at the trigger.
    #expect(
      HandBook(Self.quiet + [[100, 110, 99, 104]], [0: order]).fills() == ["1 entry 2.0 @ 105.0"])
    // A gap beyond the limit: triggered, and filled when the bar comes back through the limit.
    #expect(
      HandBook(Self.quiet + [[108, 110, 105, 109]], [0: order]).fills() == ["1 entry 2.0 @ 106.0"])
    // … or waits as a limit.
    #expect(
      HandBook(Self.quiet + [[108, 110, 106, 109], [107, 108, 105, 107]], [0: order]).fills() == [
        "2 entry 2.0 @ 106.0"
      ])
    // A gap between trigger and limit fills at the open.
    #expect(
      HandBook(Self.quiet + [[105.5, 110, 105, 109]], [0: order]).fills() == ["1 entry 2.0 @ 105.5"]
    )
    // A limit beyond the trigger's other side waits for the way back, which only the path tells.
    let below: OrderScript.Step = { $1.buy(2, .stopLimit(stop: 105, limit: 103)) }
    var book = HandBook(Self.quiet + [[100, 106, 99, 104], [104, 105, 102, 104]], [0: below])
    book.rules.intrabar = .lowFirst
    #expect(book.fills() == ["2 entry 2.0 @ 103.0"])
    book.rules.intrabar = .highFirst
    #expect(book.fills() == ["1 entry 2.0 @ 103.0"])
  }

  @Test func aTrailingStopFollowsTheBestPrice() {
    // From the last close, 100, it stands at 90; the high of 120 moves it to 110 once that bar is over.
    let rows = flat(100, 2) + [[100, 120, 95, 115], [115, 116, 108, 109]]
    let order: OrderScript.Step = { $1.sell(1, .trailingStop(.amount(10))) }
    var book = HandBook(rows, [0: { $1.buy(1) }, 1: order])
    #expect(book.fills() == ["1 entry 1.0 @ 100.0", "3 stop -1.0 @ 110.0"])
    // Where the high is known to come first it is moved within the bar.
    book.rules.intrabar = .highFirst
    #expect(book.fills() == ["1 entry 1.0 @ 100.0", "2 stop -1.0 @ 110.0"])
    // As a fraction: 120 · 0.75 = 90.
    book = HandBook(
      flat(100, 2) + [[100, 120, 95, 115], [115, 116, 90, 95]],
      [0: { $1.buy(1) }, 1: { $1.sell(1, .trailingStop(.fraction(0.25))) }])
    #expect(book.fills() == ["1 entry 1.0 @ 100.0", "3 stop -1.0 @ 90.0"])
    // For a short it follows the low: 80 · 1.25 = 100.
    book = HandBook(
      flat(100, 2) + [[100, 104, 80, 85], [85, 101, 84, 95]],
      [0: { $1.sell(1) }, 1: { $1.buy(1, .trailingStop(.fraction(0.25))) }])
    #expect(book.fills() == ["1 entry -1.0 @ 100.0", "3 stop 1.0 @ 100.0"])
  }

  @Test func onOpenAndOnCloseFillThereWhateverTheRun() {
    let rows = Self.quiet + [[102, 104, 101, 103]]
    for fill in [FillMoment.nextOpen, .nextClose, .sameClose] {
      var book = HandBook(rows, [0: { $1.buy(1, .onOpen) }])
      book.rules.fill = fill
      #expect(book.fills() == ["1 entry 1.0 @ 102.0"])
      book.steps = [0: { $1.buy(1, .onClose) }]
      #expect(book.fills() == ["1 entry 1.0 @ 103.0"])
    }
  }

  @Test func anOrderWaitsForABarThatTrades() {
    // Bars without a close, or without an open, take no fill, whatever else they show.
    let rows = Self.quiet + [hole, [90, 91, 80, .nan], [.nan, 91, 80, 90], [95, 97, 93, 96]]
    for (kind, price) in [
      (Order.Kind.market, 95.0), (.limit(99), 95), (.limit(94), 94), (.stop(96), 96),
      (.onOpen, 95), (.onClose, 96),
    ] {
      let book = HandBook(rows, [0: { $1.buy(1, kind) }])
      #expect(book.fills() == ["4 entry 1.0 @ \(price)"])
    }
  }

  @Test func pricesAreRoundedToTheTickAwayFromTheMarket() {
    let rows = Self.quiet + [[100, 106, 94, 100]]
    for (order, price) in [
      (Order(.units(1), .limit(95.3)), 95.25), (Order(.units(1), .stop(105.3)), 105.5),
      (Order(.units(-1), .limit(105.3)), 105.5), (Order(.units(-1), .stop(95.3)), 95.25),
      (Order(.units(1), .limit(95.25)), 95.25),
    ] {
      var book = HandBook(rows, [0: { $1.submit(order) }])
      book.rules.tick = 0.25
      #expect(book.record().fills.map(\.price) == [price])
    }
  }
}
