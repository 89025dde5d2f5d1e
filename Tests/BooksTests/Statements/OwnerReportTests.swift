import Books
import Market
import Metrics
import Testing

/// Reports of periods: by hand, and as a chain.
@Suite struct OwnerReportTests {
  @Test("months and years by name and by what they contain")
  func periods() throws {
    let june = try #require(ReportPeriod("2017-06"))
    #expect(Timestamp.text(nanoseconds: june.start) == "2017-06-01")
    #expect(Timestamp.text(nanoseconds: june.end) == "2017-07-01")
    #expect(ReportPeriod(.month, containing: june.end - 1) == june)
    #expect(ReportPeriod(.month, containing: june.end)?.name == "2017-07")
    let december = try #require(ReportPeriod("2016-12"))
    #expect(Timestamp.text(nanoseconds: december.end) == "2017-01-01")
    let year = try #require(ReportPeriod("2016"))
    #expect(year.kind == .year && year.end == december.end)
    #expect(ReportPeriod(.year, containing: december.start) == year)
    for text in [
      "", "17", "2017-13", "2017-00", "2017/06", "2017-6", "99999", "2017-06-01", "20x7",
    ] {
      #expect(ReportPeriod(text) == nil, "\(text)")
    }
  }

  private static func context(_ panel: PricePanel) -> LaneContext {
    let days = panel.time.ns.map { Timestamp.split($0).day }
    return LaneContext(
      days: days.map { Int32($0) },
      months: days.map {
        let date = CivilDate(daysSinceEpoch: $0)
        return Int32(date.year * 12 + date.month - 1)
      })
  }

  private static func report(
    _ portfolios: [Int], _ book: Book, _ market: BookMarket, days: Range<Int64>
  ) throws -> OwnerReport {
    let span = days.lowerBound * SampleBooks.day..<days.upperBound * SampleBooks.day
    let first = market.bar(endingAfter: span.lowerBound)
    let last = try #require(market.bar(endedBy: span.upperBound))
    return try OwnerReport(
      portfolios, in: book, market: market, currency: "USD", span: span, period: first..<last + 1,
      metrics: HistoryMetrics(panel: market.panel, context: context(market.panel)))
  }

  @Test("a period by hand: begin, flows, gain, end, return")
  func hand() throws {
    // 1,000 in on day 0, ten units at 50 on day 1, 500 in on day 3; the price goes 50, 50, 55, 66, 60.
    let book = SampleBooks.book(
      portfolios: 1, symbols: ["A"],
      [
        SampleBooks.deposit(0, 1_000), SampleBooks.buy(1, 0, 10, 50), SampleBooks.deposit(3, 500),
      ])
    let market = try SampleBooks.market(SampleBooks.panel([("A", [50, 50, 55, 66, 60])]), book)
    let report = try Self.report([0], book, market, days: 2..<5)
    let total = report.total
    #expect(total.begin == 1_000)
    #expect(total.end == 1_600)
    #expect(total.paidIn == 500)
    #expect(total.paidOut == 0)
    #expect(total.gain == 100)
    let steps: [Double] = [1_050.0 / 1_000, 1_660.0 / 1_550, 1_600.0 / 1_660]
    let product: Double = steps.reduce(1, *)
    #expect(abs(1 + total.timeWeightedReturn - product) < 1e-12)
    #expect(abs(1 + total.periodDrawdown - steps[2]) < 1e-12)
    // 1,000 at r over three days and 500 over two make 1,600.
    let growth = 1 + total.moneyWeightedReturn
    let early: Double = 1_000 * growth
    let late: Double = 500 * exp2of(growth, 2.0 / 3)
    #expect(abs(early + late - 1_600) < 1e-6)
    #expect(report.parts[0].holdings.rows.map(\.units) == [10])
    #expect(report.parts[0].wallets[0].closing == report.parts[0].holdings.cash)
    #expect(report.days.isEmpty)
  }

  private func exp2of(_ base: Double, _ power: Double) -> Double {
    // A power by halving the exponent, to stay without a library: enough steps for 1e-12.
    var (result, root, left) = (1.0, base, power)
    for _ in 0..<60 {
      root = root.squareRoot()
      left *= 2
      if left >= 1 {
        result *= root
        left -= 1
      }
    }
    return result
  }

  @Test("one period's end is the next one's begin, and returns and gains chain", arguments: 1...6)
  func chain(seed: Int) throws {
    var random = TestNumbers(seed: UInt64(seed))
    let bars = 90
    var closes: [Double] = []
    var price = 50.0
    for _ in 0..<bars {
      price *= 0.96 + 0.08 * random.next()
      closes.append(price)
    }
    var entries: [Entry] = []
    for portfolio in 0..<3 {
      entries.append(SampleBooks.deposit(Int64(5 * portfolio), 1e5, wallet: portfolio))
      for day in 10..<bars where random.next() < 0.2 {
        let at = Int64(day)
        switch Int(random.next() * 3) {
        case 0: entries.append(SampleBooks.deposit(at, 1_000 * random.next(), wallet: portfolio))
        case 1:
          entries.append(
            Entry(
              timeNs: at * SampleBooks.day, sequence: at, wallet: portfolio, kind: .withdrawal,
              cash: -500 * random.next()))
        default:
          entries.append(
            SampleBooks.buy(at, 0, 10 * random.next(), closes[day], fee: 1, wallet: portfolio))
        }
      }
    }
    let book = SampleBooks.book(portfolios: 3, symbols: ["A"], entries)
    let market = try SampleBooks.market(SampleBooks.panel([("A", closes)]), book)
    let cuts: [Int64] = [0, 31, 59, 90]
    let whole = try Self.report([0, 1, 2], book, market, days: 0..<90)
    var (end, gain, growth) = (0.0, 0.0, 1.0)
    for (first, last) in zip(cuts, cuts.dropFirst()) {
      let report = try Self.report([0, 1, 2], book, market, days: first..<last)
      #expect(report.total.begin == end)
      end = report.total.end
      gain += report.total.gain
      growth *= 1 + report.total.timeWeightedReturn
      for part in report.parts {
        let cash = part.wallets.reduce(0) { $0 + $1.closing }
        #expect(abs(cash - part.holdings.cash) < 1e-9)
        #expect(part.account.end == part.holdings.equity)
      }
      let sum = report.parts.reduce(0) { $0 + $1.account.gain }
      #expect(abs(sum - report.total.gain) < 1e-6)
    }
    #expect(abs(whole.total.gain - gain) < 1e-6)
    #expect(abs(1 + whole.total.timeWeightedReturn - growth) < 1e-9)
    #expect(whole.total.lane?.bars == 90)
  }

  @Test("nothing ever in it: zeros, and returns that don't exist")
  func empty() throws {
    let book = SampleBooks.book(portfolios: 1, symbols: ["A"], [])
    let market = try SampleBooks.market(SampleBooks.panel([("A", [1, 2, 3])]), book)
    let report = try Self.report([0], book, market, days: 0..<3)
    #expect(report.total.begin == 0)
    #expect(report.total.end == 0)
    #expect(report.total.gain == 0)
    #expect(report.total.timeWeightedReturn.isNaN && report.total.lane == nil)
  }

  @Test(
    "what moves between portfolios of one owner is no flow of the whole, in reports and sums alike")
  func between() throws {
    // 1,000 buy ten at 100; at 110 five of them and 20 of money go over. The price ends at 121.
    let moved = [
      Entry(
        timeNs: SampleBooks.day, sequence: 2, wallet: 0, kind: .transferOut, instrument: 0, cash: 0,
        units: -5, price: 100, counter: 1),
      Entry(
        timeNs: SampleBooks.day, sequence: 2, wallet: 1, kind: .transferIn, instrument: 0, cash: 0,
        units: 5, price: 100, counter: 0),
      Entry(
        timeNs: SampleBooks.day, sequence: 3, wallet: 0, kind: .transferOut, cash: -20, counter: 1),
      Entry(
        timeNs: SampleBooks.day, sequence: 3, wallet: 1, kind: .transferIn, cash: 20, counter: 0),
    ]
    let book = SampleBooks.book(
      portfolios: 2, symbols: ["A"],
      [SampleBooks.deposit(0, 1020), SampleBooks.buy(0, 0, 10, 100)] + moved)
    let market = try SampleBooks.market(SampleBooks.panel([("A", [100, 110, 121])]), book)
    let path = try MoneyPath(
      sum: [0, 1], in: book, market: market, currency: "USD", bars: 0..<3)
    #expect(path.equity == [1020, 1120, 1230] && path.flows == [1020, 0, 0])
    let returns: [Double] = [0, 100.0 / 1020, 110.0 / 1120]
    #expect(zip(path.returns, returns).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(path.datedFlows.count == 1)
    let total = try Self.report([0, 1], book, market, days: 0..<3).total
    #expect(total.paidIn == 1020 && total.paidOut == 0 && total.gain == 210)
    #expect(abs(total.timeWeightedReturn - (1230.0 / 1020 - 1)) < 1e-15)
    // Each for itself has it as a flow.
    let parts = try Self.report([0, 1], book, market, days: 0..<3).parts.map(\.account)
    #expect(parts[0].paidOut == 570 && parts[1].paidIn == 570)
  }
}
