import Dispatch
import Market
import Synchronization
import Testing

@Suite struct AdjustedPanelTests {
  private static let symbols = SymbolTable([.init(symbol: "A"), .init(symbol: "B")])

  /// Two symbols with closes, and volumes of 100.
  private static func panel(
    _ a: [Double], _ b: [Double]? = nil, frequency: Int64 = Calendar.dayNs, start: Int64 = 0
  ) -> PricePanel {
    let b = b ?? a.map { _ in 50 }
    let close = zip(a, b).flatMap { [$0, $1] }
    return PricePanel(
      name: "p", time: TimeAxis(ns: a.indices.map { start + Int64($0) * frequency }),
      symbols: symbols, calendar: Calendar(.usEquity), frequencyNs: frequency,
      fields: ["close", "volume", "market_cap"],
      lifetimes: [0...a.count - 1, 0...a.count - 1], contentHash: "",
      storage: HeapPanelStorage(fields: [close, close.map { _ in 100 }, close]))
  }

  private static func column(_ panel: PricePanel, _ field: String, _ symbol: Int = 0) -> [Double] {
    guard let index = panel.fieldIndex(field) else { return [] }
    return (0..<panel.barCount).map { panel.value(field: index, bar: $0, symbol: symbol) }
  }

  private static func actions(_ rows: (kind: CorporateAction.Kind, day: Double, value: Double)...)
    throws -> CorporateActions
  {
    try CorporateActions(
      rows.map {
        CorporateAction(
          symbol: 0, timeNs: Int64($0.day * Double(Calendar.dayNs)), kind: $0.kind, value: $0.value)
      }, symbolCount: 2)
  }

  private static func closes(
    _ panel: PricePanel, _ actions: CorporateActions, _ adjustment: Adjustment,
    stored: Adjustment = .none
  ) throws -> [Double] {
    column(
      try panel.adjusted(by: actions, symbols: symbols, to: adjustment, stored: stored), "close")
  }

  @Test func aSplitDividesWhatIsBefore() throws {
    let panel = Self.panel([700, 707, 101, 102])
    let view = try panel.adjusted(
      by: try Self.actions((.split, 2, 7)), symbols: Self.symbols, to: .splits)
    #expect(Self.column(view, "close") == [100, 101, 101, 102])
    #expect(Self.column(view, "volume") == [700, 700, 100, 100])
    #expect(Self.column(view, "market_cap") == [700, 707, 101, 102])
    #expect(Self.column(view, "close", 1) == [50, 50, 50, 50])
    #expect(Self.column(panel, "close") == [700, 707, 101, 102])
  }

  @Test func splitsMultiplyAndAReverseSplitGoesTheOtherWay() throws {
    let actions = try Self.actions((.split, 1, 2), (.split, 2, 0.1), (.split, 3, 3))
    #expect(
      try Self.closes(Self.panel([6, 3, 30, 10]), actions, .splits) == [
        6 / (2 * 0.1 * 3), 3 / (0.1 * 3), 10, 10,
      ])
  }

  @Test func aDividendTakesItsShareOfTheCloseBefore() throws {
    let actions = try Self.actions((.dividend, 2, 2))
    let panel = Self.panel([90, 100, 98, 99])
    #expect(try Self.closes(panel, actions, .totalReturn) == [90 * 0.98, 100 * 0.98, 98, 99])
    #expect(try Self.closes(panel, actions, .splits) == [90, 100, 98, 99])
    #expect(try Self.closes(panel, actions, .none) == [90, 100, 98, 99])
  }

  @Test func onOneDayTheDividendIsOnOldShares() throws {
    let actions = try Self.actions((.split, 1, 2), (.dividend, 1, 10))
    #expect(try Self.closes(Self.panel([100, 45]), actions, .totalReturn) == [100 / 2 * 0.9, 45])
  }

  @Test func holesAndDaysWithoutTradingGoToTheNextBar() throws {
    let hole = Self.panel([8, .nan, .nan, 3.5])
    let actions = try Self.actions((.split, 1, 2), (.dividend, 2.5, 1))
    // 8 old shares are worth 4 new ones before the dividend of 1.
    let view = try Self.closes(hole, actions, .totalReturn)
    #expect(view[0] == 8 / 2 * 0.75 && view[1].isNaN && view[2].isNaN && view[3] == 3.5)
    #expect(try Self.closes(hole, try Self.actions((.split, 99, 2)), .splits)[0] == 4)
    #expect(try Self.closes(hole, try Self.actions((.split, -5, 2)), .splits)[0] == 8)
    #expect(
      try Self.closes(Self.panel([.nan, 8]), try Self.actions((.dividend, 1, 9)), .totalReturn)[1]
        == 8)
  }

  @Test func aFactorOfItsOwnGoesBefore() throws {
    let rows = [
      CorporateAction(symbol: 0, timeNs: Calendar.dayNs, kind: .split, value: 2, factor: 0.5001),
      CorporateAction(symbol: 0, timeNs: Calendar.dayNs, kind: .dividend, value: 1, factor: 0.25),
    ]
    let actions = try CorporateActions(rows, symbolCount: 1)
    #expect(try Self.closes(Self.panel([8, 2]), actions, .splits)[0] == 8 / (1 / 0.5001))
    #expect(
      try Self.closes(Self.panel([8, 2]), actions, .totalReturn)[0] == 8 / (1 / 0.5001) * 0.25)
  }

  @Test func adjustedPricesAreNotAdjustedTwice() throws {
    let actions = try Self.actions((.dividend, 1, 4), (.split, 2, 2))
    let split = Self.panel([20, 18, 18])
    #expect(try Self.closes(split, actions, .splits, stored: .splits) == [20, 18, 18])
    // The dividend is 4 for a share that closed at 40 before the split.
    #expect(try Self.closes(split, actions, .totalReturn, stored: .splits) == [20 * 0.9, 18, 18])
    #expect(try Self.closes(split, actions, .totalReturn, stored: .totalReturn) == [20, 18, 18])
    #expect(try Self.closes(split, actions, .splits, stored: .totalReturn) == [20, 18, 18])
  }

  @Test func aDelistingEndsTheLifetimeOnItsDay() throws {
    let panel = Self.panel([1, 2, 3, 4])
    func life(_ day: Double) throws -> ClosedRange<Int>? {
      try panel.adjusted(by: Self.actions((.delist, day, 0)), symbols: Self.symbols, to: .none)
        .lifetimes[0]
    }
    #expect(try life(1) == 0...1)
    #expect(try life(9) == 0...3)
    #expect(try life(-1) == nil)
  }

  @Test func aDayOfAnIntradayPanelBeginsOnItsWall() throws {
    // Six hours a bar; the day of the zone begins at 06:00 UTC.
    let panel = Self.panel([4, 4, 4, 4, 4, 2], frequency: Calendar.dayNs / 4)
    let view = try panel.adjusted(
      by: try Self.actions((.split, 1, 2)), symbols: Self.symbols, to: .splits,
      dayStart: { $0 + Calendar.dayNs / 4 })
    #expect(Self.column(view, "close") == [2, 2, 2, 2, 2, 2])
    // An instant is no date.
    let exact = try panel.adjusted(
      by: try Self.actions((.split, 0.5, 2)), symbols: Self.symbols, to: .splits,
      dayStart: { _ in 0 })
    #expect(Self.column(exact, "close") == [2, 2, 4, 4, 4, 2])
  }

  @Test func aWeekCountsAsItsLastDay() throws {
    let panel = Self.panel([4, 2, 2], frequency: 7 * Calendar.dayNs)
    #expect(try Self.closes(panel, try Self.actions((.split, 9, 2)), .splits) == [2, 2, 2])
    #expect(try Self.closes(panel, try Self.actions((.split, 7, 2)), .splits) == [2, 2, 2])
    #expect(try Self.closes(panel, try Self.actions((.split, 6, 2)), .splits) == [4, 2, 2])
  }

  @Test func whatCannotBeIsAnError() throws {
    let panel = Self.panel([10, 1])
    let error = MarketError.dividendTooLarge(
      symbol: "A", timeNs: Calendar.dayNs, value: 10, close: 10)
    #expect(throws: error) {
      try Self.closes(panel, try Self.actions((.dividend, 1, 10)), .totalReturn)
    }
    #expect(throws: MarketError.splitsOutOfRange(symbol: "A")) {
      try Self.closes(panel, try Self.actions((.split, 1, 1e200), (.split, 2, 1e200)), .splits)
    }
  }

  @Test func threadsThatAskAtOnceGetTheSameMemory() throws {
    let panel = Self.panel((0..<5000).map { Double($0) + 1 })
    let view = try panel.adjusted(
      by: try Self.actions((.split, 4000, 2)), symbols: Self.symbols, to: .splits)
    let sums = Mutex<Set<Double>>([])
    DispatchQueue.concurrentPerform(iterations: 16) { _ in
      var column = [Double](repeating: 0, count: 5000)
      column.withUnsafeMutableBufferPointer {
        guard let base = $0.baseAddress else { return }
        view.copyColumn(field: 0, symbol: 0, bars: 0..<5000, into: base)
      }
      let sum = column.reduce(0, +)
      sums.withLock { _ = $0.insert(sum) }
    }
    let halves: Double = 4000 * 4001 / 4
    let rest: Double = 1000 * 9001 / 2
    #expect(sums.withLock { $0 } == [halves + rest])
  }
}
