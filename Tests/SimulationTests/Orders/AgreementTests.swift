import Kernels
import Metrics
import Simulation
import Synchronization
import Testing

/// The rule book against the vector kernel, on what both can do: the same fills, and money to 1e-12.
@Suite struct AgreementTests {
  @Test(arguments: batches(of: 100, in: 5000..<5800))
  func fillsAndMoneyOfEveryLane(seeds: Range<Int>) throws {
    for seed in seeds {
      let scenario = Scenario(seed: seed, sets: 3)
      let engine = scenario.ruleBook()
      for lane in 0..<scenario.run.laneCount {
        let differences = differences(
          try replay(scenario.run, lane: lane), try engine.replay(lane: lane))
        #expect(differences.isEmpty, "seed \(seed), lane \(lane)")
      }
    }
  }

  @Test(arguments: batches(of: 50, in: 6000..<6200))
  func aSweepEqualsItsReplays(seeds: Range<Int>) throws {
    for seed in seeds {
      let scenario = Scenario(seed: seed)
      let engine = scenario.ruleBook(tileLanes: seed % 2 == 0 ? nil : 3)
      let found = try sweep(engine)
      let again = try sweep(scenario.ruleBook(workers: 7, tileLanes: 1))
      for (lane, summary) in found.enumerated() {
        #expect(fingerprint(summary) == fingerprint(again[lane]), "seed \(seed), lane \(lane)")
        let record = try engine.replay(lane: lane)
        #expect(
          fingerprint(summary) == fingerprint(record.summary), "seed \(seed), lane \(lane)")
        let audited = try engine.audit(lane: lane)
        #expect(audited.equity.map(\.bitPattern) == record.equity.map(\.bitPattern))
      }
    }
  }

  /// What is left out is not simulated.
  @Test func lanesThatAreDoneAreLeftOut() throws {
    let scenario = Scenario(seed: 1, sets: 5, symbolCount: 2)
    let engine = scenario.ruleBook(tileLanes: 2)
    let done = RangeSet([3..<6, 8..<9])
    let found = Mutex<[Int]>([])
    let isComplete = try engine.simulateTiles(
      without: done, isCancelled: { false }, begin: { $0 },
      take: { part, lane, _ in
        precondition(part.contains(lane))
        found.withLock { $0.append(lane) }
      }, end: { _ in })
    #expect(isComplete)
    let expected = (0..<10).filter { !done.contains($0) }
    #expect(found.withLock { $0.sorted() } == expected)
  }

  private func differences(_ kernel: LaneRecord, _ book: LaneRecord) -> [String] {
    var found: [String] = []
    let money = max(
      kernel.summary.initialEquity, kernel.equity.map(\.magnitude).max() ?? 0)
    func close(_ name: String, _ ours: Double, _ theirs: Double, scale: Double = 0) {
      let allowed = 1e-12 * max(scale, theirs.magnitude)
      if !((ours - theirs).magnitude <= allowed) { found.append("\(name): \(ours), not \(theirs)") }
    }
    func same<T: Equatable>(_ name: String, _ ours: T, _ theirs: T) {
      if ours != theirs { found.append("\(name): \(ours), not \(theirs)") }
    }
    same("fills", book.fills.count, kernel.fills.count)
    for (ours, theirs) in zip(book.fills, kernel.fills) {
      same("bar", ours.bar, theirs.bar)
      same("cause at \(theirs.bar)", ours.cause, theirs.cause)
      close("price at \(theirs.bar)", ours.price, theirs.price)
      close("fill price at \(theirs.bar)", ours.fillPrice, theirs.fillPrice)
      close("units at \(theirs.bar)", ours.units, theirs.units)
      close("commission at \(theirs.bar)", ours.commission, theirs.commission)
    }
    for bar in kernel.equity.indices {
      close("equity[\(bar)]", book.equity[bar], kernel.equity[bar], scale: money)
      close("cash[\(bar)]", book.cash[bar], kernel.cash[bar], scale: 2 * money)
      close("units[\(bar)]", book.units[bar], kernel.units[bar])
    }
    same("trades", book.trades.count, kernel.trades.count)
    for (ours, theirs) in zip(book.trades, kernel.trades) {
      same("entry", ours.entryBar, theirs.entryBar)
      same("exit", ours.exitBar, theirs.exitBar)
      close("profit", ours.profit, theirs.profit, scale: money)
    }
    let (ours, theirs) = (book.summary, kernel.summary)
    same("conflicts", ours.conflictingSignals, theirs.conflictingSignals)
    same("rejected", ours.rejectedOrders, theirs.rejectedOrders)
    same("ambiguous", ours.ambiguousBars, theirs.ambiguousBars)
    same("stale", ours.staleMarks, theirs.staleMarks)
    same("warm", ours.warmBars, theirs.warmBars)
    same("ruined", ours.isRuined, theirs.isRuined)
    same("trades", ours.trades, theirs.trades)
    same("open trades", ours.openTrades, theirs.openTrades)
    same("bars in position", ours.barsInPosition, theirs.barsInPosition)
    close("fees", ours.fees, theirs.fees, scale: money)
    close("slippage", ours.slippage, theirs.slippage, scale: money)
    close("notional", ours.tradedNotional, theirs.tradedNotional, scale: money)
    close("final equity", ours.finalEquity, theirs.finalEquity, scale: money)
    close("drawdown", ours.maxDrawdown, theirs.maxDrawdown, scale: 1)
    let spread = kernel.equity.contains { $0 < 1e-3 * money } ? 1e6 : 1.0
    close("returns", ours.sumReturns, theirs.sumReturns, scale: spread)
    close("squares", ours.sumSquaredReturns, theirs.sumSquaredReturns, scale: spread)
    // The rest follows from the first.
    return Array(found.prefix(4))
  }
}
