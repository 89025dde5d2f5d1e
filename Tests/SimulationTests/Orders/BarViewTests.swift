import Kernels
import Market
import Simulation
import Synchronization
import Testing

/// What a strategy sees.
@Suite struct BarViewTests {
  /// Keeps what it is shown.
  private struct Witness: Strategy {
    final class Notes: Sendable {
      let lines = Mutex<[String]>([])
      func add(_ line: String) { lines.withLock { $0.append(line) } }
    }
    let notes = Notes()
    var warmupBars = 0
    var extra: Field?

    mutating func begin(_ listing: Listing) {
      extra = listing.field("symbol")
      notes.add("\(listing.symbols) \(listing.field("nothing") == nil)")
    }
    mutating func observe(_ view: borrowing BarView) { notes.add("observes \(view.bar)") }
    mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk) {
      let fields = [view.open(1), view.high(1), view.low(1), view.close(1), view.volume(1)]
      let named = extra.map { view.value($0, symbol: 1) } ?? .nan
      notes.add("decides \(view.bar) of \(view.barCount): \(fields) \(named)")
    }
  }

  @Test func barsBeforeTheWindowAreSeenAndWarmUpIsCounted() {
    let bars = Bars(flat(100, 6))
    let other = Bars((0..<6).map { bar in [10, 12, 9, 11].map { $0 + Double(bar) } })
    let panel = makePanel([bars, other])
    var run = AccountRun(
      panel: panel, symbols: [0, 1], rules: ExecutionRules(), cash: 1000, window: 3..<6,
      historyStart: 1)
    var witness = Witness()
    witness.warmupBars = 3
    let record = StrategyEngine(run: run, strategy: witness).record()
    #expect(record.summary.warmBars == 1)
    #expect(
      witness.notes.lines.withLock { $0 } == [
        "[\"S0\", \"S1\"] true", "observes -2", "observes -1", "observes 0",
        "decides 1 of 4: [14.0, 16.0, 13.0, 15.0, nan] 1.0",
        "decides 2 of 5: [15.0, 17.0, 14.0, 16.0, nan] 1.0",
      ])
    run.historyStart = 3
    let late = Witness()
    _ = StrategyEngine(run: run, strategy: late).record()
    #expect(late.notes.lines.withLock { $0.count } == 4)
  }

  @Test func windowsAreThoseOfThePastAlone() {
    var random = SeededGenerator(seed: 3)
    let closes = (0..<60).map { _ in random.uniform(50, 150) }
    let book = HandBook(
      closes.map { [$0, $0, $0, $0] },
      Dictionary(
        uniqueKeysWithValues: (0..<60).map { bar -> (Int, OrderScript.Step) in
          (
            bar,
            { view, _ in
              for (bars, lag) in [(1, 0), (5, 0), (7, 3), (20, 1), (31, 2), (48, 0)] {
                let end = bar - lag + 1
                let isWhole = end - bars >= 0
                let window = isWhole ? Array(closes[end - bars..<end]) : []
                let sum = view.sum(.close, bars: bars, lag: lag)
                let highest = view.highest(.close, bars: bars, lag: lag)
                let lowest = view.lowest(.close, bars: bars, lag: lag)
                // The order of additions is not that of the loop.
                let error = (sum - window.reduce(0, +)).magnitude
                #expect(isWhole ? error <= 1e-14 * sum : sum.isNaN)
                #expect(isWhole ? highest == window.max() : highest.isNaN)
                #expect(isWhole ? lowest == window.min() : lowest.isNaN)
                let before = view.close(lag: bar + lag + 1)
                #expect(before.isNaN)
                let value = view.close(lag: lag)
                #expect(lag > bar || value == closes[bar - lag])
              }
            }
          )
        }))
    _ = book.record()
  }

  @Test func theAccountIsSeenAsItIsAfterTheBar() {
    let book = HandBook(
      flat(100, 2) + flat(110, 2),
      [
        0: { view, desk in
          let isFlat = view.cash == 1000 && view.equity == 1000 && view.units() == 0
          let isNothing = view.averagePrice().isNaN && view.barsHeld() == -1
          #expect(isFlat && isNothing)
          let id = desk.buy(4)
          desk.buy(1, .limit(50))
          // The macro would copy the view.
          let isOpen = view.isOpen(id)
          #expect(!isOpen)
        },
        1: { view, desk in
          let isHeld = view.cash == 600 && view.equity == 1000 && view.units() == 4
          let isNew = view.averagePrice() == 100 && view.barsHeld() == 0
          #expect(isHeld && isNew)
          let isOpen = view.openOrders.count == 1 && view.isOpen(view.openOrders[0])
          #expect(isOpen)
        },
        2: { view, desk in
          let isRisen = view.equity == 1040 && view.barsHeld() == 1 && view.closedTrades == 0
          #expect(isRisen)
          desk.cancelAll()
          desk.close()
        },
        3: { view, desk in
          let isClosed = view.equity == 1040 && view.cash == 1040 && view.closedTrades == 1
          #expect(isClosed)
          let isEmpty = view.openOrders.isEmpty
          #expect(isEmpty)
        },
      ])
    #expect(book.record().fills.count == 2)
  }
}
