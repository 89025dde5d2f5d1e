import Advice
import Books
import Kernels
import Market
import Risk
import TestSupport
import Testing

/// Pasts of weights, against plain loops and numpy.
@Suite struct RiskSampleTests {
  private func table(_ values: Matrix) -> ReturnTable {
    ReturnTable(
      symbols: (0..<values.columns).map { "S\($0)" },
      timeNs: (0..<values.rows).map { Int64($0) * 86_400_000_000_000 }, values: values,
      barsPerYear: 252)
  }

  /// Two columns of 100 returns that numpy can make too.
  private var known: RiskSample {
    var values = Matrix(rows: 100, columns: 2)
    for bar in 0..<100 {
      values[bar, 0] = Double(bar * 37 % 101 - 50) / 1000
      values[bar, 1] = Double((bar * 53 + 7) % 97 - 48) / 2000
    }
    return RiskSample(table(values))
  }

  @Test("volatility and VaR are numpy's")
  func golden() throws {
    // t = np.arange(100); a = ((t*37)%101-50)/1000; b = ((t*53+7)%97-48)/2000
    // np.std(a, ddof=1)*252**.5; -np.sort(a)[4]; the same of .6*a + .3*b
    let sample = known
    func valueAtRisk(_ returns: [Double], _ level: Double, _ horizon: Int = 1) throws -> Double {
      try VaRCatalog.model("historical").forecast(
        returns, TailQuestion(levels: [ConfidenceLevel(level)], horizon: horizon))[0].valueAtRisk
    }
    let alone = sample.past([0], [1]).returns
    #expect(abs(sample.volatility(alone) - 0.46692973191418696) < 1e-14)
    #expect(try valueAtRisk(alone, 0.95) == 0.046)
    let both = sample.past([0, 1], [0.6, 0.3]).returns
    #expect(abs(sample.volatility(both) - 0.2980528551814564) < 1e-14)
    #expect(abs(try valueAtRisk(both, 0.95) - 0.0291) < 1e-15)
    #expect(abs(try valueAtRisk(both, 0.99) - 0.03615) < 1e-15)
    #expect(abs(try valueAtRisk(both, 0.95, 5) - 0.04152834033867736) < 1e-14)
    #expect(abs(sample.volatility(both.suffix(60)) - 0.2945483080145552) < 1e-14)
  }

  @Test(
    "a past has the bits of a plain loop, and begins with the youngest symbol", arguments: 1...8)
  func naive(seed: UInt64) {
    var random = TestRandom(seed: seed)
    let (bars, symbols) = (random.int(1...150), random.int(1...12))
    var values = Matrix(rows: bars, columns: symbols)
    let firsts = (0..<symbols).map { _ in random.int(0...bars / 2) }
    for bar in 0..<bars {
      for symbol in 0..<symbols {
        let isThere = bar == firsts[symbol] || bar > firsts[symbol] && !random.one(in: 9)
        values[bar, symbol] = isThere ? Double(random.int(-1000...1000)) / 10_000 : .nan
      }
    }
    let sample = RiskSample(table(values))
    for _ in 0..<10 {
      let columns = (0..<symbols).filter { _ in random.one(in: 2) }
      let weights = columns.map { _ in
        random.one(in: 5) ? 0 : Double(random.int(-1000...1000)) / 1000
      }
      let begin = zip(columns, weights).filter { $0.1 != 0 }.map { firsts[$0.0] }.max() ?? 0
      var expected: [Double] = []
      for bar in begin..<bars {
        var sum = 0.0
        for (column, weight) in zip(columns, weights) where values[bar, column].isFinite {
          sum += weight * values[bar, column]
        }
        expected.append(sum)
      }
      let past = sample.past(columns, weights)
      #expect(past.returns == expected, "seed \(seed)")
      #expect(past.bars == begin..<bars)
      #expect((past.youngest == nil) == (begin == 0))
    }
  }

  @Test("bars of an hour are compounded to days")
  func hours() throws {
    let (hour, bars) = (3_600_000_000_000 as Int64, 240)
    var price = 1.0
    let closes = (0..<bars).map { bar -> Double in
      price *= bar % 2 == 0 ? 1.02 : 0.99
      return price
    }
    let panel = PricePanel(
      name: "h", time: TimeAxis(ns: (0..<bars).map { Int64($0) * hour }),
      symbols: SymbolTable([.init(symbol: "A", currency: "USD")]), calendar: Calendar(.crypto),
      frequencyNs: hour, fields: ["close"], lifetimes: [0...bars - 1], contentHash: "",
      storage: HeapPanelStorage(fields: [closes]))
    let market = try BookMarket(panel: panel, instruments: [.init(symbol: "A")])
    let lookback = RiskSample.bars(5, of: panel)
    #expect(lookback >= 5 * 24)
    let sample = RiskSample(
      AdviceUniverse(market: market, currency: "USD", bar: bars - 1, lookback: lookback))
    let past = sample.past([0], [0.5]).returns.suffix(5)
    for (day, earned) in zip(5..<10, past) {
      let growth = closes[day * 24 + 23] / closes[day * 24 - 1]
      #expect(abs(earned - 0.5 * (growth - 1)) < 1e-12)
    }
    #expect(past.count == 5)
    #expect(
      sample.returns.barsPerYear == Calendar(.crypto).barsPerYear(frequencyNs: Calendar.dayNs))
    #expect(RiskSample.bars(252, of: LimitSample([], []).panel) == 252)
  }
}
