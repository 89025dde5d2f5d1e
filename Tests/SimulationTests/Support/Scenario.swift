import Kernels
import Market
import Metrics
import Simulation
import Synchronization

/// Everything about a random run, for the engine and for the naive simulator.
struct Scenario {
  var symbols: [Bars]
  var table: SignalTable
  var strategy: TestStrategy
  var naive: NaiveSimulator
  var run: LaneRun

  /// A random run: market, signals, terms, costs and rules all follow from the seed.
  init(seed: Int, sets: Int? = nil, symbolCount: Int? = nil, maximumBars: Int = 400) {
    var random = SeededGenerator(seed: seed)
    let bars = random.pick([1, 2, 7, 128, Int.random(in: 3...maximumBars, using: &random)])
    let sets = sets ?? Int.random(in: 1...19, using: &random)
    let weather = Weather.random(&random)
    let symbols = (0..<(symbolCount ?? Int.random(in: 1...3, using: &random))).map { _ in
      Bars.random(bars, weather, &random)
    }
    // Plain accounts have a route of their own through the kernel.
    let isPlain = random.chance(0.4)
    let sides = isPlain ? (true, false) : random.pick([(true, false), (false, true), (true, true)])
    let table = SignalTable(
      symbols: symbols.count, sets: sets, bars: bars, entry: random.pick([0.01, 0.05, 0.3]),
      exit: random.pick([0, 0.02, 0.2]), long: sides.0, short: sides.1, &random)

    let withLevels = !isPlain && random.chance(0.7)
    let withFractions = !isPlain && random.chance(0.3)
    let terms = (0..<sets).map { _ in
      var terms = LaneTerms()
      if withLevels {
        if random.chance(0.6) { terms.stopLoss = random.uniform(0.005, 0.7) }
        if random.chance(0.6) { terms.takeProfit = random.uniform(0.005, 1.2) }
        if random.chance(0.4) { terms.trailingStop = random.uniform(0.005, 0.7) }
      }
      if withFractions { terms.fraction = random.uniform(0.05, 1) }
      return terms
    }

    var naive = NaiveSimulator()
    naive.fill = random.pick([.nextOpen, .nextClose, .sameClose])
    naive.intrabar = random.pick(NaiveSimulator.Intrabar.allCases)
    naive.maintenance = random.pick([1, 1.3, 1.3, 1.6])
    naive.initialCash = random.pick([100, 12_345.67, 1e6])
    if random.chance(0.7) {
      naive.costs.rate = random.pick([0, 0.001, 0.02])
      naive.costs.slippage = random.pick([0, 0.0005, 0.03])
      if !isPlain {
        naive.costs.perUnit = random.pick([0, 0.005, 0.5])
        naive.costs.fixed = random.pick([0, 1, 30])
        naive.costs.minimum = random.pick([0, 2, 40, 150])
      }
    }

    var strategy = TestStrategy(table: table, terms: terms)
    strategy.lanesPerVector = random.pick([8, 8, 5, 1])
    naive.watchesLevels = strategy.entersShort || strategy.hasLevels
    let start = bars < 8 ? 0 : random.pick([0, 0, 3, bars / 2])
    let first = bars < 8 ? 0 : start + random.pick([0, 0, 1, bars / 3])
    let last = bars < 8 ? bars : random.pick([bars, max(first + 1, bars - 5)])
    run = LaneRun(
      panel: makePanel(symbols), symbols: Array(symbols.indices), strategy: strategy,
      rules: naive.rules, cash: naive.initialCash, window: first..<last, historyStart: start,
      minimumAcceptable: random.pick([0, 0.1]), keepsReturns: random.chance(0.3))
    run.rules.keepsExtendedSums = random.chance(0.7)
    self.symbols = symbols
    self.table = table
    self.strategy = strategy
    self.naive = naive
  }

  /// The naive simulation of a lane.
  func naively(lane: Int) -> NaiveSimulator {
    let place = run.place(of: lane)
    let symbol = run.symbols[place.symbol]
    var lane = naive
    lane.terms = strategy.terms(of: place.set)
    lane.run(symbols[symbol][run.window], run.window.map { table[symbol, place.set, $0] })
    return lane
  }
}

extension NaiveSimulator {
  /// The same rules as the kernel takes them.
  var rules: LaneRules {
    var rules = LaneRules()
    rules.fill = fill
    rules.commissionRate = costs.rate
    rules.commissionPerUnit = costs.perUnit
    rules.commissionFixed = costs.fixed
    rules.commissionMinimum = costs.minimum
    rules.slippageRate = costs.slippage
    rules.maintenance = maintenance
    rules.favourableFirstLong = intrabar == .best || intrabar == .openHighLowClose
    rules.favourableFirstShort = intrabar == .best || intrabar == .openLowHighClose
    rules.trailsBeforeCheck = intrabar == .openHighLowClose || intrabar == .openLowHighClose
    return rules
  }
}

/// Summaries of every lane, in lane order; traps if a lane is missing or comes twice.
func sweep(
  _ run: LaneRun, kernels: KernelTable = KernelVariant.best.kernels, workers: Int = 1,
  tileLanes: Int? = nil
) throws -> [LaneSummary] {
  let found = Mutex<[LaneSummary?]>(Array(repeating: nil, count: run.laneCount))
  let isComplete = try LaneEngine(
    run: run, kernels: kernels, workers: workers, tileLanes: tileLanes
  ).simulate { lane, summary in
    found.withLock {
      precondition($0[lane] == nil, "lane \(lane) came twice")
      $0[lane] = summary
    }
  }
  precondition(isComplete)
  return found.withLock { $0 }.map { summary in
    guard let summary else { preconditionFailure("a lane is missing") }
    return summary
  }
}

/// The record of one lane.
func replay(_ run: LaneRun, lane: Int = 0) throws -> LaneRecord {
  try LaneEngine(run: run, kernels: KernelVariant.best.kernels, workers: 1).replay(lane: lane)
}
