import Kernels
import Market
import Simulation
import Testing

/// The order of events inside a bar, by each rule, worked by hand.
@Suite struct IntrabarTests {
  static let rules: [Intrabar] = [.worst, .best, .highFirst, .lowFirst]

  /// Bought at 100; the next bar reaches both 90 and 120.
  @Test(
    arguments: zip(
      rules, ["stop -1.0 @ 90.0", "target -1.0 @ 120.0", "target -1.0 @ 120.0", "stop -1.0 @ 90.0"])
  )
  func aLongBracketWhoseStopAndTargetAreBothReached(rule: Intrabar, expected: String) {
    var book = HandBook(
      flat(100, 2) + [[100, 121, 89, 100]],
      [0: { $1.bracket(Order(.units(1)), stop: 90, target: 120) }])
    book.rules.intrabar = rule
    #expect(book.fills() == ["1 entry 1.0 @ 100.0", "2 \(expected)"])
    #expect(book.record().summary.ambiguousBars == 1)
    #expect(
      book.orders().count == 3 && book.orders().filter { $0.contains("other_filled") }.count == 1)
  }

  @Test(
    arguments: zip(
      rules, ["stop 1.0 @ 120.0", "target 1.0 @ 90.0", "stop 1.0 @ 120.0", "target 1.0 @ 90.0"]))
  func aShortBracketWhoseStopAndTargetAreBothReached(rule: Intrabar, expected: String) {
    var book = HandBook(
      flat(100, 2) + [[100, 121, 89, 100]],
      [0: { $1.bracket(Order(.units(-1)), stop: 120, target: 90) }])
    book.rules.intrabar = rule
    #expect(book.fills() == ["1 entry -1.0 @ 100.0", "2 \(expected)"])
    #expect(book.record().summary.ambiguousBars == 1)
  }

  @Test func stopsAreLiveOnTheEntryBar() {
    // After the open fill the whole bar lies ahead.
    var book = HandBook(
      flat(100) + [[100, 121, 89, 100]],
      [0: { $1.bracket(Order(.units(1)), stop: 90, target: 120) }])
    #expect(book.fills() == ["1 entry 1.0 @ 100.0", "1 stop -1.0 @ 90.0"])
    book.rules.intrabar = .best
    #expect(book.fills() == ["1 entry 1.0 @ 100.0", "1 target -1.0 @ 120.0"])
    // After a fill at the close nothing does.
    book.rules.fill = .nextClose
    #expect(book.fills() == ["1 entry 1.0 @ 100.0"])
  }

  /// Bought by a limit at 95 on the way down: the low certainly follows, the high may have come before.
  @Test func anEntryByLimitKnowsOnlyItsOwnExtreme() {
    func fills(_ rule: Intrabar, stop: Double, target: Double, close: Double = 100) -> [String] {
      var book = HandBook(
        flat(100) + [[100, 121, 89, close]],
        [0: { $1.bracket(Order(.units(1), .limit(95)), stop: stop, target: target) }])
      book.rules.intrabar = rule
      return book.fills()
    }
    let entry = "1 entry 1.0 @ 95.0"
    #expect(fills(.worst, stop: 90, target: 120) == [entry, "1 stop -1.0 @ 90.0"])
    // The stop is out of reach, and a high that may lie behind is no profit …
    #expect(fills(.worst, stop: 80, target: 120) == [entry])
    // … but a close beyond the target is.
    #expect(fills(.worst, stop: 80, target: 110, close: 115) == [entry, "1 target -1.0 @ 110.0"])
    #expect(fills(.best, stop: 90, target: 120) == [entry, "1 target -1.0 @ 120.0"])
    #expect(fills(.lowFirst, stop: 80, target: 120) == [entry, "1 target -1.0 @ 120.0"])
    #expect(fills(.highFirst, stop: 80, target: 120) == [entry])
    #expect(fills(.highFirst, stop: 90, target: 120) == [entry, "1 stop -1.0 @ 90.0"])
  }

  /// Bought by a stop at 105 on the way up: the high certainly follows, the low may have come before.
  @Test func anEntryByStopKnowsOnlyItsOwnExtreme() {
    func fills(_ rule: Intrabar, stop: Double, target: Double) -> [String] {
      var book = HandBook(
        flat(100) + [[100, 121, 89, 110]],
        [0: { $1.bracket(Order(.units(1), .stop(105)), stop: stop, target: target) }])
      book.rules.intrabar = rule
      return book.fills()
    }
    let entry = "1 entry 1.0 @ 105.0"
    #expect(fills(.worst, stop: 90, target: 120) == [entry, "1 stop -1.0 @ 90.0"])
    #expect(fills(.worst, stop: 80, target: 120) == [entry, "1 target -1.0 @ 120.0"])
    #expect(fills(.best, stop: 90, target: 130) == [entry])
    #expect(fills(.highFirst, stop: 90, target: 130) == [entry, "1 stop -1.0 @ 90.0"])
    #expect(fills(.lowFirst, stop: 90, target: 130) == [entry])
    #expect(fills(.lowFirst, stop: 104, target: 130) == [entry])
  }

  @Test func anOpenThatPassedBothFillsTheStopThere() {
    let book = HandBook(
      flat(100, 2) + [[80, 130, 75, 100]],
      [0: { $1.bracket(Order(.units(1)), stop: 90, target: 120) }])
    #expect(book.fills() == ["1 entry 1.0 @ 100.0", "2 stop -1.0 @ 80.0"])
    #expect(book.record().summary.ambiguousBars == 0)
  }

  @Test func liquidationComesBeforeStops() {
    // Sold 10 at 100: cash 2000, too little from a high of 2000 / (1.3 · 10) = 153.8… on.
    var book = HandBook(
      flat(100, 2) + [[100, 160, 80, 100]],
      [0: { $1.bracket(Order(.units(-10)), stop: 150, target: 85) }])
    for rule in Self.rules {
      book.rules.intrabar = rule
      #expect(book.fills() == ["1 entry -10.0 @ 100.0", "2 liquidation 10.0 @ 160.0"])
    }
    #expect(book.record().summary.liquidations == 1)
    #expect(book.orders().dropFirst().allSatisfy { $0.contains("position_closed") })
  }

  @Test func aFinerPanelTellsTheOrder() {
    // The first half goes up to 121, the second down to 89.
    let day = Calendar.dayNs
    var book = HandBook(
      flat(100, 2) + [[100, 121, 89, 100]],
      [0: { $1.bracket(Order(.units(1)), stop: 90, target: 120) }])
    book.rules.intrabar = .finer
    book.finer = orderPanel(
      [
        [[100, 100, 100, 100], [100, 100, 100, 100], [100, 121, 100, 110], [110, 112, 89, 100]]
      ],
      frequencyNs: day / 2, startNs: day)
    #expect(book.fills() == ["1 entry 1.0 @ 100.0", "2 target -1.0 @ 120.0"])
    #expect(book.record().summary.ambiguousBars == 0)
    book.finer = orderPanel(
      [
        [[100, 100, 100, 100], [100, 100, 100, 100], [100, 110, 89, 110], [110, 121, 100, 100]]
      ],
      frequencyNs: day / 2, startNs: day)
    #expect(book.fills() == ["1 entry 1.0 @ 100.0", "2 stop -1.0 @ 90.0"])
    // Both in one of the shorter bars: the worst, and it is counted.
    book.finer = orderPanel(
      [
        [[100, 100, 100, 100], [100, 100, 100, 100], [100, 121, 89, 110], [110, 112, 100, 100]]
      ],
      frequencyNs: day / 2, startNs: day)
    #expect(book.fills() == ["1 entry 1.0 @ 100.0", "2 stop -1.0 @ 90.0"])
    #expect(book.record().summary.ambiguousBars == 1)
    // What shorter bars reach beyond the bar itself doesn't count.
    book.finer = orderPanel(
      [[[100, 100, 100, 100], [100, 100, 100, 100], [100, 500, 100, 110], [110, 112, 1, 100]]],
      frequencyNs: day / 2, startNs: day)
    #expect(book.fills() == ["1 entry 1.0 @ 100.0", "2 target -1.0 @ 120.0"])
    // Without shorter bars the bar is taken by the worst rule.
    book.finer = nil
    #expect(book.fills() == ["1 entry 1.0 @ 100.0", "2 stop -1.0 @ 90.0"])
  }

  @Test func theNearerOfTwoEntriesComesFirst() {
    // A straddle: buy above 104, sell below 95, whichever is first.
    var book = HandBook(
      flat(100) + [[100, 110, 90, 96]],
      [
        0: {
          $1.oneCancelsOther([Order(.units(1), .stop(104)), Order(.units(-1), .stop(95))])
        }
      ])
    #expect(book.fills() == ["1 entry 1.0 @ 104.0"])
    #expect(book.record().summary.ambiguousBars == 1)
    book.rules.intrabar = .lowFirst
    #expect(book.fills() == ["1 entry -1.0 @ 95.0"])
  }
}
