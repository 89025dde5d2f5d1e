import Books
import Testing

/// Accounts of a contest, worked by hand.
@Suite struct ChallengeAccountTests {
  private func curve(
    _ orders: [ChallengeEntry.Order] = [], targets: [ChallengeEntry.Target] = [],
    capital: Double = 10_000, costs: any ChallengeCosts = FreeTrading(),
    events: [ChallengeMarket.Event] = [], bars: Int? = nil, scored: Range<Int>? = nil,
    _ change: (inout ChallengeRules) -> Void = { _ in }
  ) throws -> ChallengeCurve {
    var rules = ChallengeRules(capital: capital, costs: costs)
    change(&rules)
    return ChallengeAccount.replay(
      ChallengeEntry(participant: "x", orders: orders, targets: targets),
      market: try Contest.market(events: events), rules: rules, bars: bars, scored: scored)
  }

  private func near(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-8 }
  }

  @Test("a trade with its price is marked at each close, and its round trip is counted")
  func roundTrip() throws {
    let curve = try curve([Contest.order(1, 0, 10, 105), Contest.order(3, 0, -10, 115)])
    // 10 at 105 leave 8,950; closes 110, 121; sold at 115.
    #expect(near(curve.equity, [10_000, 10_050, 10_160, 10_100, 10_100]))
    #expect(curve.breach == nil && curve.fills == 2)
    #expect(curve.closed.trades == 1 && curve.closed.wins == 1 && curve.openTrades == 0)
    #expect(abs(curve.closed.grossProfit - 100) < 1e-9)
    #expect(curve.tradedNotional == 1050 + 1150 && curve.barsInPosition == 2)
    let summary = curve.summary(.init(perYear: 252, calendarDays: 5))
    #expect(abs(summary.finalEquity / summary.initialEquity - 1.01) < 1e-12)
  }

  @Test("an order without a price fills at the next open, with slippage and commission")
  func marketOrder() throws {
    let curve = try curve([Contest.order(0, 0, 10)], costs: Contest.Costs())
    // Open of day 1 is 100: paid 101, and 1.01 of commission.
    #expect(
      near(curve.equity, [10_000, 10_088.99, 10_198.99, 10_077.99, 10_186.89]))
    #expect(abs(curve.slippage - 10) < 1e-9 && abs(curve.fees - 1.01) < 1e-9)
  }

  @Test("an order waits for a bar with a price, and one that finds none is counted")
  func waiting() throws {
    // B has no bar on day 2: the order of day 1 fills on day 3 at 40, as its day before has no close.
    let curve = try curve([Contest.order(1, 1, 10), Contest.order(4, 0, 1)])
    #expect(near(curve.equity, [10_000, 10_000, 10_000, 10_000, 10_040]))
    #expect(curve.fills == 1 && curve.unfilled == 1 && curve.breach == nil)
  }

  @Test("same_close and next_close fill at closes")
  func closes() throws {
    let same = try curve([Contest.order(0, 0, 10)]) { $0.fill = .sameClose }
    #expect(near(same.equity, [10_000, 10_100, 10_210, 10_089, 10_197.9]))
    let next = try curve([Contest.order(0, 0, 10)]) { $0.fill = .nextClose }
    #expect(near(next.equity, [10_000, 10_000, 10_110, 9_989, 10_097.9]))
  }

  @Test("weights sell first, and purchases are scaled to the cash with their costs")
  func rebalance() throws {
    let plain = try curve(targets: [
      Contest.target(0, [0: 0.5, 1: 0.5]), Contest.target(2, [0: 1]),
    ])
    // Day 1 at opens 100 and 50: 50 A, 100 B. Day 3 at opens 121 and 40: all into A.
    let value = 50 * 121.0 + 100 * 40
    #expect(
      near(
        plain.equity,
        [10_000, 10_500, 11_050, value / 121 * 108.9, value / 121 * 119.79]))
    #expect(plain.fills == 4 && plain.closed.trades == 1 && plain.closed.losses == 1)
    let costly = try curve(targets: [Contest.target(0, [0: 1])], costs: Contest.Costs())
    let units = 10_000 / (101 * 1.001)
    let closes: [Double] = [110, 121, 108.9, 119.79]
    #expect(near(costly.equity, [10_000] + closes.map { units * $0 }))
  }

  @Test("splits multiply units, dividends are paid, and an ended symbol is sold at its mark")
  func events() throws {
    let split = try curve(
      [Contest.order(0, 0, 10, 100)], events: [.init(bar: 2, column: 0, kind: .split(2))])
    #expect(
      near(
        split.equity, [10_000, 10_100, 11_420, 11_178, 11_395.8]))
    let paid = try curve(
      [Contest.order(0, 0, 10, 100)], events: [.init(bar: 1, column: 0, kind: .dividend(3))])
    #expect(near(Array(paid.equity.prefix(2)), [10_000, 10_130]))
    let ended = try curve(
      [Contest.order(0, 0, 10, 100)], events: [.init(bar: 2, column: 0, kind: .end(-0.5))])
    #expect(near(ended.equity, [10_000, 10_100, 9_550, 9_550, 9_550]))
  }

  @Test("a short is bought back, and a sale through zero is two round trips")
  func shorts() throws {
    let curve = try curve([
      Contest.order(0, 0, -10, 100), Contest.order(2, 0, 15, 121), Contest.order(3, 0, -5, 108.9),
    ]) { $0.limits.allowsShort = true }
    // Short 10 from 100 to 121: −210. Long 5 from 121 to 108.9: −60.5.
    #expect(curve.breach == nil && curve.closed.trades == 2 && curve.closed.losses == 2)
    #expect(abs(curve.closed.grossLoss - 270.5) < 1e-9)
    #expect(near(curve.equity, [10_000, 9_900, 9_790, 9_729.5, 9_729.5]))
  }

  @Test(
    "cash earns, debts and shorts cost, from bar to bar on what was there at the end of the one before"
  )
  func financing() throws {
    let debt = try curve([Contest.order(0, 0, 150, 100)], costs: Contest.DailyRates()) {
      $0.limits.maxLeverage = 2
    }
    // 5,000 owed grow by 0.2 % a day.
    let owed = (0...4).map { day in (0..<day).reduce(5000.0) { owed, _ in owed * 1.002 } }
    #expect(near(debt.equity, zip([100, 110, 121, 108.9, 119.79], owed).map { 150 * $0 - $1 }))
    #expect(abs(debt.interestPaid - (owed[4] - 5000)) < 1e-9 && debt.interestEarned == 0)
    let short = try curve([Contest.order(0, 0, -10, 100)], costs: Contest.DailyRates()) {
      $0.limits.allowsShort = true
    }
    var (cash, expected) = (11_000.0, [10_000.0])
    for (before, close) in [(100.0, 110.0), (110, 121), (121, 108.9), (108.9, 119.79)] {
      cash += cash * 0.001 - 10 * before * 0.003
      expected.append(cash - 10 * close)
    }
    #expect(near(short.equity, expected))
    #expect(abs(short.borrowFees - 0.03 * (100 + 110 + 121 + 108.9)) < 1e-9)
    #expect(abs(short.summary(.init(perYear: 252, calendarDays: 5)).borrowFees - 13.197) < 1e-9)
    let idle = try curve(costs: Contest.DailyRates(), scored: 2..<5)
    #expect(abs(idle.interestEarned - (idle.equity[2] - idle.initialEquity)) < 1e-9)
  }

  @Test("what came before the scored bars only moves the account")
  func scoredPart() throws {
    let whole = try curve([Contest.order(0, 0, 10, 100), Contest.order(3, 0, -10, 110)])
    let part = try curve(
      [Contest.order(0, 0, 10, 100), Contest.order(3, 0, -10, 110)], scored: 3..<5)
    #expect(part.initialEquity == whole.equity[2] && part.equity == Array(whole.equity[3...]))
    #expect(part.fills == 1 && part.closed.trades == 1)
    // What is traded in a window that nobody looks at yet is not looked at either.
    var market = try Contest.market()
    let (start, day) = (Contest.firstDay * Contest.dayNs, Contest.dayNs)
    market.tradable = [start...start + 3 * day - 1, start + 3 * day...start + 5 * day - 1]
    let early = ChallengeAccount.replay(
      ChallengeEntry(
        participant: "x", orders: [Contest.order(0, 0, 10, 100), Contest.order(3, 0, -99, 110)]),
      market: market, rules: ChallengeRules(capital: 10_000), bars: 3)
    #expect(early.breach == nil && early.equity == Array(whole.equity[..<3]))
  }

  @Test("no order of rows changes anything")
  func rowOrder() throws {
    let orders = [
      Contest.order(0, 0, 10, 100), Contest.order(1, 1, 20, 50), Contest.order(1, 0, -5, 105),
      Contest.order(3, 1, -20), Contest.order(3, 0, 7),
    ]
    let forward = try curve(orders)
    let backward = try curve(orders.reversed())
    #expect(forward.equity == backward.equity && forward.fees == backward.fees)
    #expect(forward.breach == nil)
  }

  // MARK: - Breaches

  private struct Case: CustomStringConvertible, Sendable {
    var reason: ChallengeBreach.Reason
    var orders: [ChallengeEntry.Order]
    var bars: Int
    var change: @Sendable (inout ChallengeRules) -> Void = { _ in }
    var description: String { reason.rawValue }
  }

  private static let cases: [Case] = [
    Case(reason: .priceOutsideBar, orders: [Contest.order(1, 0, 10, 111)], bars: 1),
    Case(reason: .noPrice, orders: [Contest.order(2, 1, 10, 50)], bars: 2),
    Case(reason: .outsideWindow, orders: [Contest.order(-1, 0, 10, 100)], bars: 0),
    Case(reason: .outsideWindow, orders: [Contest.order(9, 0, 10, 100)], bars: 4),
    Case(reason: .cashBelowZero, orders: [Contest.order(1, 0, 100, 105)], bars: 1),
    Case(
      reason: .shortSale, orders: [Contest.order(0, 0, 5, 100), Contest.order(2, 0, -6, 115)],
      bars: 2),
    Case(
      reason: .symbolNotAllowed, orders: [Contest.order(1, 1, 1, 50)], bars: 1,
      change: { $0.limits.isAllowed = [true, false] }),
    Case(
      reason: .maxWeight, orders: [Contest.order(0, 0, 41, 100)], bars: 0,
      change: { $0.limits.maxWeight = 0.4 }),
    Case(
      reason: .maxLeverage, orders: [Contest.order(0, 0, 201, 100)], bars: 0,
      change: { $0.limits.maxLeverage = 2 }),
    Case(
      reason: .maxTrades, orders: [Contest.order(0, 0, 1, 100), Contest.order(1, 0, 1, 105)],
      bars: 1, change: { $0.limits.maxTrades = 1 }),
    Case(
      reason: .minTrades, orders: [Contest.order(0, 0, 1, 100)], bars: 5,
      change: { $0.limits.minTrades = 2 }),
    Case(
      reason: .maxTurnover, orders: [Contest.order(0, 0, 60, 100)], bars: 5,
      change: { $0.limits.maxTurnover = 0.5 }),
    Case(
      reason: .minHoldings, orders: [Contest.order(0, 0, 1, 100)], bars: 1,
      change: { $0.limits.minHoldings = 2 }),
    Case(
      reason: .maxHoldings, orders: [Contest.order(0, 0, 1, 100), Contest.order(1, 1, 1, 50)],
      bars: 2, change: { $0.limits.maxHoldings = 1 }),
    // From 12,100 to 10,890: 10 %.
    Case(
      reason: .maxDrawdown, orders: [Contest.order(0, 0, 100, 100)], bars: 4,
      change: { $0.limits.maxDrawdown = 0.099 }),
    Case(
      reason: .priceNotAllowed, orders: [Contest.order(0, 0, 1, 100)], bars: 0,
      change: { $0.limits.takesPrices = false }),
    Case(
      reason: .lot, orders: [Contest.order(0, 0, 1.5, 100)], bars: 0,
      change: { $0.limits.lot = 1 }),
    Case(
      reason: .ruined, orders: [Contest.order(0, 0, -500, 100)], bars: 3,
      change: {
        $0.limits.allowsShort = true
        $0.limits.maxLeverage = 10
      }),
  ]

  @Test("each breach ends the account with its reason", arguments: cases)
  private func breaches(_ example: Case) throws {
    let curve = try curve(example.orders, example.change)
    #expect(curve.breach?.reason == example.reason, "\(curve.breach?.text ?? "no breach")")
    #expect(curve.equity.count == example.bars)
  }

  @Test("a bound that is just kept is no breach")
  func justKept() throws {
    let kept = try curve([Contest.order(0, 0, 40, 100), Contest.order(2, 0, -40, 115)]) {
      $0.limits.maxWeight = 0.4
      $0.limits.maxTrades = 2
      $0.limits.minTrades = 2
      $0.limits.maxHoldings = 1
    }
    #expect(kept.breach == nil)
    let all = try curve([Contest.order(0, 0, 100, 100)]) { $0.limits.maxDrawdown = 0.1 }
    #expect(all.breach == nil)
  }

  @Test("the first breach in time counts, and names trade and line")
  func firstBreach() throws {
    let curve = try curve([
      Contest.order(3, 0, 10, 500, line: 2), Contest.order(1, 0, 10, 400, line: 3),
      Contest.order(0, 0, 1, 100, line: 4),
    ])
    let breach = try #require(curve.breach)
    #expect(breach.trade == 2 && breach.line == 3)
    #expect(
      breach.text == "2017-03-01, trade 2: A at 400, which is not from 100 to 110, its low and high"
    )
  }

  @Test("weights beyond the bounds are breaches")
  func targetBreaches() throws {
    let heavy = try curve(targets: [Contest.target(0, [0: 0.5])]) { $0.limits.maxWeight = 0.4 }
    #expect(heavy.breach?.reason == .maxWeight)
    let much = try curve(targets: [Contest.target(0, [0: 0.8, 1: 0.3])])
    #expect(much.breach?.reason == .maxLeverage)
    let short = try curve(targets: [Contest.target(0, [0: -0.5])])
    #expect(short.breach?.reason == .shortSale)
  }
}
