import Kernels
import Market
import Simulation
import Testing

/// How long orders live, worked by hand.
@Suite struct TimeInForceTests {
  /// Trades through 95 in bar 4 only.
  static let rows = flat(100, 4) + [[100, 101, 94, 100]]

  @Test(arguments: [
    (Order.TimeInForce.gtc, "limit filled 4 1.0"), (.day, "limit cancelled - 0.0 expired"),
    (.gtd(bar: 3), "limit cancelled - 0.0 expired"), (.gtd(bar: 4), "limit filled 4 1.0"),
    (.bars(3), "limit cancelled - 0.0 expired"), (.bars(4), "limit filled 4 1.0"),
    (.ioc, "limit cancelled - 0.0 not_at_once"), (.fok, "limit cancelled - 0.0 not_at_once"),
    (.gtd(bar: -1), "limit rejected - 0.0 expired"),
  ])
  func aLimitLivesAsLongAsItWasTold(time: Order.TimeInForce, expected: String) {
    let book = HandBook(
      Self.rows, [0: { $1.submit(Order(.units(1), .limit(95), timeInForce: time)) }])
    #expect(book.orders() == [expected])
    #expect(book.record().summary.cancelledOrders == (expected.contains("cancelled") ? 1 : 0))
  }

  @Test func aDayOrderLivesToTheEndOfTheExchangeDay() {
    // Six hours a bar: the order of bar 1 lives in bars 2 and 3, that of bar 3 in the next day's 4 to 7.
    let rows = flat(100, 4) + [[100, 101, 94, 100]] + flat(100, 4)
    for (bar, expected) in [(1, "limit cancelled - 0.0 expired"), (3, "limit filled 4 1.0")] {
      var book = HandBook(
        rows, [bar: { $1.submit(Order(.units(1), .limit(95), timeInForce: .day)) }])
      book.frequencyNs = Calendar.dayNs / 4
      #expect(book.orders() == [expected])
      // In a zone in which the day begins six hours later, bar 4 is still of the first day.
      var run = book.run
      run.zoneOffset = { _ in -Calendar.dayNs / 4 }
      let record = StrategyEngine(run: run, strategy: OrderScript(steps: book.steps)).record()
      #expect(record.fills.map(\.bar) == [4])
    }
  }

  @Test func immediateOrdersTakeTheirFirstMoment() {
    let ioc: OrderScript.Step = { $1.submit(Order(.units(8), .limit(101), timeInForce: .ioc)) }
    let fok: OrderScript.Step = { $1.submit(Order(.units(8), .limit(101), timeInForce: .fok)) }
    // 100 is better than 101: filled at the open.
    #expect(HandBook(flat(100, 2), [0: ioc]).fills() == ["1 entry 8.0 @ 100.0"])
    #expect(HandBook(flat(100, 2), [0: fok]).fills() == ["1 entry 8.0 @ 100.0"])
    // With 5 units for sale one takes what there is, the other nothing.
    let thin = flat(100) + [[100, 100, 100, 100, 10], [100, 100, 100, 100, 1000]]
    var book = HandBook(thin, [0: ioc])
    book.rules.maxVolumeShare = 0.5
    #expect(book.fills() == ["1 entry 5.0 @ 100.0"])
    #expect(book.orders() == ["limit cancelled - 5.0 not_at_once"])
    book.steps = [0: fok]
    #expect(book.fills() == [])
    #expect(book.orders() == ["limit cancelled - 0.0 not_at_once"])
    // A bar that does not trade is the first moment all the same.
    #expect(HandBook(flat(100) + [hole] + flat(100), [0: ioc]).fills() == [])
    // In a run that fills at closes the close is.
    var close = HandBook(flat(100) + [[90, 102, 89, 102]] + flat(90), [0: ioc])
    close.rules.fill = .nextClose
    #expect(close.fills() == [])
    close.symbols[0][1] = [90, 102, 89, 100]
    #expect(close.fills() == ["1 entry 8.0 @ 100.0"])
    // All or nothing also where the cash is short.
    #expect(
      HandBook(flat(100, 2), [0: { $1.submit(Order(.units(11), timeInForce: .fok)) }]).orders() == [
        "market cancelled - 0.0 not_at_once"
      ])
  }

  @Test func whatWasTakenBackDoesNotFill() {
    let book = HandBook(
      Self.rows,
      [
        0: {
          let first = $1.buy(1, .limit(95))
          $1.buy(2, .limit(96))
          $1.cancel(first)
        }, 2: { $1.cancelAll(symbol: 0) },
      ])
    #expect(book.fills() == [])
    #expect(book.orders().allSatisfy { $0 == "limit cancelled - 0.0 withdrawn" })
  }
}
