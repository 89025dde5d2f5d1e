import Kernels
import Market
import Simulation
import Testing

/// Nothing up to a bar depends on what comes after it.
@Suite struct LookAheadTests {
  enum Future: CaseIterable {
    case missing, noise, absurd
  }

  @Test(arguments: 0..<40, Future.allCases)
  func theFutureChangesNoPast(seed: Int, future: Future) throws {
    var random = SeededGenerator(seed: seed)
    let bars = 300
    var weather = Weather.random(&random)
    weather.volatility = random.pick([0.01, 0.05])
    let symbol = Bars.random(bars, weather, &random)
    let isShort = random.chance(0.5)
    let terms = (0..<3).map { _ in
      var terms = LaneTerms()
      if random.chance(0.5) { terms.stopLoss = random.uniform(0.01, 0.1) }
      if random.chance(0.5) { terms.takeProfit = random.uniform(0.01, 0.1) }
      if random.chance(0.5) { terms.trailingStop = random.uniform(0.01, 0.1) }
      return terms
    }
    var naive = NaiveSimulator()
    naive.fill = random.pick([.nextOpen, .nextClose, .sameClose])
    naive.intrabar = random.pick(NaiveSimulator.Intrabar.allCases)
    naive.costs.rate = 0.001
    func run(_ symbol: Bars) -> LaneRun {
      LaneRun(
        panel: makePanel([symbol]), symbols: [0],
        strategy: TestStrategy.momentum(terms: terms, entersShort: isShort), rules: naive.rules,
        cash: 1000, window: 5..<bars)
    }
    let last = Int.random(in: 6..<bars - 1, using: &random)
    var other = symbol
    for bar in last + 1..<bars {
      switch future {
      case .missing: other.clear(bar)
      case .noise:
        let price = random.uniform(1, 500)
        other.set(bar, (price, price * 1.1, price * 0.9, random.uniform(0.95, 1.05) * price))
      case .absurd: other.set(bar, (1e300, 1e301, -1, 1e-300))
      }
    }

    var fillCount = 0
    for lane in terms.indices {
      let before = try replay(run(symbol), lane: lane)
      let after = try replay(run(other), lane: lane)
      let kept = 0...last - 5
      #expect(before.equity[kept].map(\.bitPattern) == after.equity[kept].map(\.bitPattern))
      #expect(before.cash[kept].map(\.bitPattern) == after.cash[kept].map(\.bitPattern))
      #expect(before.units[kept].map(\.bitPattern) == after.units[kept].map(\.bitPattern))
      let fills = before.fills.filter { kept.contains($0.bar) }
      #expect(fills == after.fills.filter { kept.contains($0.bar) }, "seed \(seed)")
      let placed = before.orders.filter { kept.contains($0.bar) }.map {
        [$0.bar, $0.kind.hashValue]
      }
      #expect(
        placed
          == after.orders.filter { kept.contains($0.bar) }.map { [$0.bar, $0.kind.hashValue] })
      fillCount += fills.count
    }
    #expect(fillCount > 0 || weather.isListedLate || last < 40, "nothing was compared")
  }
}
