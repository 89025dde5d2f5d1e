import Kernels
import Simulation
import Testing

/// Entries that fill in parts, and what waits beside a position, worked by hand.
extension SignalTraderTests {
  @Test func aStopTakesBackWhatIsLeftOfItsEntry() throws {
    var terms = LaneTerms()
    terms.sizing = .units
    terms.size = 10
    terms.stopLoss = 0.05
    // A tenth of the volume: 4 and 4, and none for the stop of bar 2, which bar 3 sells at its open.
    let rows: [[Double]] = [
      [100, 101, 99, 100, 40], [100, 101, 99, 100, 40], [100, 101, 90, 95, 40],
      [95, 96, 94, 95, 100], [95, 96, 94, 95, 100],
    ]
    #expect(
      try lane(rows, [0: .longEntry], terms: terms) { $1.maxVolumeShare = 0.1 }
        == ["1 entry 4.0 @ 100.0", "2 entry 4.0 @ 100.0", "3 stop -8.0 @ 95.0"])
  }

  @Test func anExitTakesBackWhatIsLeftOfItsEntry() throws {
    var terms = LaneTerms()
    terms.sizing = .units
    terms.size = 10
    // Four are bought; the other six would be at the low of the bar after the exit.
    let rows: [[Double]] = [
      [100, 101, 99, 100, 40], [99, 101, 99, 100, 40], [104, 110, 103, 104, 100],
      [104, 104, 95, 96, 100],
    ]
    #expect(
      try lane(rows, [0: .longEntry], terms: terms) { strategy, rules in
        strategy.entryLimit = [100]
        strategy.exitLimit = [.nan, 105, 105, 105]
        rules.maxVolumeShare = 0.1
      } == ["1 entry 4.0 @ 99.0", "2 exit -4.0 @ 105.0"])
  }

  @Test func anAddIsTakenBackWithItsPosition() throws {
    var terms = LaneTerms()
    terms.sizing = .units
    terms.size = 2
    terms.pyramid = 2
    terms.stopLoss = 0.05
    let rows: [[Double]] = [
      [100, 101, 99, 100], [100, 101, 99, 100], [100, 101, 94, 96], [96, 97, 80, 85],
    ]
    // The second entry waits at 90, and would be without a stop.
    #expect(
      try lane(rows, [0: .longEntry, 1: .longEntry], terms: terms) { strategy, _ in
        strategy.entryLimit = [200, 90]
      } == ["1 entry 2.0 @ 100.0", "2 stop -2.0 @ 95.0"])
  }

  @Test func partsOfAnEntryCountAsOne() throws {
    var terms = LaneTerms()
    terms.sizing = .units
    terms.size = 6
    terms.pyramid = 2
    let always = Dictionary(uniqueKeysWithValues: (0..<10).map { ($0, Signals.longEntry) })
    let rows = Array(repeating: [10.0, 10, 10, 10, 20], count: 10)
    #expect(
      try lane(rows, always, terms: terms) { $1.maxVolumeShare = 0.1 }
        == (1...6).map { "\($0) entry 2.0 @ 10.0" })
  }

  @Test func theOrderThatTurnsAPositionIsAnEntry() throws {
    var terms = LaneTerms()
    terms.sizing = .units
    terms.size = 2
    terms.reverses = true
    let record = try record(flat(100, 5), [0: .longEntry, 2: .shortEntry], terms: terms) { _, _ in }
    #expect(record.orders.map(\.kind) == [.enterLong, .exit, .enterShort])
  }
}

@Suite struct PartialOrderTests {
  @Test func theLeastNotionalIsOneOfOrders() {
    // 100 in all, of which a bar takes 40.
    var book = HandBook(Array(repeating: [10, 10, 10, 10, 40], count: 5), [0: { $1.buy(10) }])
    book.rules.maxVolumeShare = 0.1
    book.rules.minNotional = 50
    #expect(
      book.fills() == ["1 entry 4.0 @ 10.0", "2 entry 4.0 @ 10.0", "3 entry 2.0 @ 10.0"])
    book.rules.minNotional = 101
    #expect(book.record().orders.map(\.reason) == ["below_min_notional"])
  }

  @Test(arguments: [1e-9, 1e-8, 1e-3, 1])
  func lotsNeverCostMoreThanTheCash(lot: Double) {
    for price in [7.0, 1e-8, 333.3] {
      var book = HandBook(flat(price, 4), [0: { $1.submit(Order(.fractionOfEquity(1))) }])
      book.rules.lot = lot
      book.rules.commission.rate = 0.001
      #expect(book.record().cash.allSatisfy { $0 >= 0 })
    }
  }

  @Test func aSplitThatPaysAPositionOutTakesItsOrdersBack() {
    var book = HandBook(
      flat(100, 2) + flat(300, 3),
      [0: { $1.bracket(Order(.units(2)), isLong: true, stopFraction: 0.1) }])
    book.rules.lot = 1
    book.actions = LedgerActions([
      .init(bar: 2, symbol: 0, event: .split(ActionScale(ratio: 1.0 / 3)))
    ])
    #expect(
      book.orders() == ["market filled 1 2.0", "stop cancelled - 0.0 position_closed"])
  }

  @Test func impactIsMeasuredOverItsWindow() throws {
    let rows: [[Double]] = [
      [100, 100, 100, 100, 1000], [100, 110, 100, 110, 40], [110, 110, 99, 99, 60],
      [100, 100, 100, 100, 7], [100, 100, 100, 100, 7],
    ]
    var book = HandBook(rows, [2: { $1.buy(5) }])
    book.rules.slippage.almgrenChriss = .init()
    book.rules.slippage.almgrenChriss?.window = 2
    // Returns of +10 % and -10 %, a mean volume of 50, a tenth of which is bought: 0.1 ^ 0.6 = 0.2511886432.
    let deviation = (0.01 + 0.01).squareRoot()
    let impact = deviation * (0.314 / 2 * 0.1 + 0.142 * 0.251_188_643_150_958)
    let fill = try #require(book.record().fills.first)
    #expect((fill.fillPrice - 100 * (1 + impact)).magnitude < 1e-9)
  }
}
