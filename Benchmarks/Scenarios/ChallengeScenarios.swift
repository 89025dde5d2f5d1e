import BenchmarkKit
import BenchmarkReference
import Books
import Kernels
import Market
import Metrics
import Simulation

/// Challenges of very many participants.
let challengeScenarios: [Scenario] = [
  Scenario(
    "challenge/score", unit: .rows, limit: "sums over drawn bars in C, same threads",
    prepare: score)
]

/// 20,000 participants who trade for a year, scored: accounts replayed, Sharpe ratios with intervals, and their significance.
///
/// Data: 252 days of 20 symbols, 50 orders each at 10 bps; 1,000 samples of the bootstrap. A row of work is a participant.
/// Limit: `apus_reference_drawn_sums`: Σ r and Σ r² over 5 · 10⁹ drawn returns, eight participants at a time. Apus also keeps
/// growth, drawdowns and shortfalls for the whole catalogue, and ranks all participants in each sample.
private func score(_ context: ScenarioContext) throws -> Workload {
  let (bars, symbols) = (context.size(252, tiny: 60), 20)
  let (participants, samples) = (context.size(20_000, tiny: 40), context.size(1000, tiny: 20))
  let panel = Fixture.panel(try Fixture.draft(bars: bars, symbols: symbols))
  let market = try ChallengeMarket(
    panel: panel, columns: Array(0..<symbols), bars: 0..<bars)
  let rules = ChallengeRules(capital: 100_000, costs: Costs())
  let entries = (0..<participants).map { entry($0, market) }
  let scale = ChallengeCurve.Scale(perYear: 252, calendarDays: 365)
  let threads = context.threads
  let replay = { () throws -> [LaneSummary] in
    let found = Slots<LaneSummary>(count: participants)
    _ = try TileLoop(tiles: participants, workers: threads).run(
      isCancelled: { false }, room: { 0 }
    ) { place, _ in
      let curve = ChallengeAccount.replay(entries[place], market: market, rules: rules)
      if let breach = curve.breach {
        throw BenchmarkError.disagreement(
          what: "participant \(place)", found: "\(breach.reason)", expected: "no breach")
      }
      found.set(place, curve.summary(scale))
    }
    return found.values
  }
  var bootstrap = ChallengeBootstrap()
  bootstrap.samples = samples
  guard let metric = MetricCatalog.metric(named: "sharpe") else {
    throw BenchmarkError.unavailable(what: "the metric sharpe", next: "build again")
  }
  let known = try replay()
  let resample = { [bootstrap] (lanes: [LaneSummary]) in
    bootstrap.run(
      lanes, metric: metric, kernels: KernelVariant.best.kernels, workers: threads)
  }
  let weigh = { (lanes: [LaneSummary]) in
    ChallengeSignificance(returns: lanes.map { $0.returns ?? [] }, workers: threads)
  }
  let drawn = try drawnSums(known, bootstrap, bars: bars, threads: threads)
  return Workload(
    work: Double(participants),
    contestants: [
      Contestant("replay, bootstrap, significance") {
        let lanes = try replay()
        _ = resample(lanes)
        _ = weigh(lanes)
      },
      Contestant("replay") { _ = try replay() },
      Contestant("bootstrap") { _ = resample(known) },
      Contestant("significance") { _ = weigh(known) },
    ],
    limit: Contestant("C, sums") { drawn() })
}

private struct Costs: ChallengeCosts {
  func fillPrice(units: Double, price: Double, bar: Int, column: Int) -> Double { price }
  func commission(units: Double, price: Double) -> Double { 0.001 * units.magnitude * price }
  func affordable(budget: Double, price: Double) -> Double { max(0, budget / (price * 1.001)) }
}

/// Fifty orders over the year: purchases for a fiftieth of the capital, and sales of what was bought so.
private func entry(_ number: Int, _ market: ChallengeMarket) -> ChallengeEntry {
  let stream = PhiloxStream(seed: 10, stream: UInt32(number))
  var held: [(column: Int, units: Double)] = []
  let count = min(50, market.barCount / 2)
  let orders = (0..<count).map { place in
    let draw = stream.uniforms(step: UInt32(place))
    let bar = place * (market.barCount - 2) / count
    if place % 3 == 2, let sold = held.popLast() {
      return ChallengeEntry.Order(
        timeNs: market.timeNs[bar], column: sold.column, units: -sold.units)
    }
    let column = Int(draw[0] * Double(market.symbolCount))
    let units = (1000 / (market.close(at: bar, column) ?? 1)).rounded(.up)
    held.append((column, units))
    return ChallengeEntry.Order(timeNs: market.timeNs[bar], column: column, units: units)
  }
  return ChallengeEntry(participant: "p\(number)", orders: orders)
}

/// The limit, over the same returns and bars.
private func drawnSums(
  _ lanes: [LaneSummary], _ bootstrap: ChallengeBootstrap, bars: Int, threads: Int
) throws -> () -> Void {
  let blocks = (lanes.count + 7) / 8
  var returns = [Double](repeating: 0.001, count: blocks * bars * 8)
  for (lane, summary) in lanes.enumerated() {
    for (bar, value) in (summary.returns ?? []).enumerated() {
      returns[(lane / 8 * bars + bar) * 8 + lane % 8] = value
    }
  }
  let draws = (0..<bootstrap.samples).flatMap { bootstrap.bars(of: $0, count: bars) }
  let out = Scratch<Double>(.allocate(capacity: blocks * 8))
  return { [returns] in
    apus_reference_drawn_sums(
      returns, blocks, Int32(bars), draws, Int32(bootstrap.samples), Int32(threads), out.base)
  }
}
