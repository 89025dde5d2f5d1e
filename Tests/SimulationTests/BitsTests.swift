import Kernels
import Market
import Metrics
import Simulation
import Synchronization
import Testing

/// The same bits, whatever the route, the instruction set, the number of workers or the size of tiles.
@Suite struct BitsTests {
  /// A run large enough for several tiles, vectors and blocks.
  static func scenario(_ seed: Int) -> Scenario {
    Scenario(seed: seed, sets: 37, symbolCount: 3, maximumBars: 300)
  }

  @Test(arguments: batches(of: 10, in: 0..<40))
  func replayGivesTheBitsOfTheSweep(seeds: Range<Int>) throws {
    for seed in seeds {
      var run = Self.scenario(seed).run
      for keepsReturns in [false, true] {
        run.keepsReturns = keepsReturns
        for (lane, summary) in try sweep(run).enumerated() {
          let record = try replay(run, lane: lane)
          #expect(
            fingerprint(record.summary) == fingerprint(summary), "seed \(seed), lane \(lane)")
          #expect(
            record.equity.last.map { $0.bitPattern == summary.finalEquity.bitPattern } ?? true)
        }
      }
    }
  }

  @Test(arguments: 100..<112, [1, 2, 7])
  func workersAndTilesDontMatter(seed: Int, workers: Int) throws {
    let run = Self.scenario(seed).run
    let expected = try sweep(run).map(fingerprint)
    for tileLanes in [1, 3, 64] {
      let found = try sweep(run, workers: workers, tileLanes: tileLanes)
      #expect(found.map(fingerprint) == expected, "seed \(seed), tiles of \(tileLanes)")
    }
  }

  @Test(arguments: 200..<230)
  func instructionSetsDontMatter(seed: Int) throws {
    let run = Self.scenario(seed).run
    let expected = try sweep(run, kernels: KernelVariant.baseline.kernels).map(fingerprint)
    for variant in KernelVariant.available {
      let found = try sweep(run, kernels: variant.kernels)
      #expect(found.map(fingerprint) == expected, "seed \(seed), \(variant.rawValue)")
    }
  }

  /// What both runs keep is the same whether or not more is kept.
  @Test(arguments: 300..<330)
  func keepingMoreChangesNothing(seed: Int) throws {
    var run = Self.scenario(seed).run
    run.rules.keepsExtendedSums = false
    run.keepsReturns = false
    let plain = try sweep(run)
    run.rules.keepsExtendedSums = true
    let extended = try sweep(run)
    run.keepsReturns = true
    let full = try sweep(run)
    for lane in plain.indices {
      var stripped = full[lane]
      #expect(stripped.returns?.count == run.window.count)
      stripped.returns = nil
      #expect(fingerprint(stripped) == fingerprint(extended[lane]), "seed \(seed), lane \(lane)")
      stripped.sumSquaredDownside = 0
      stripped.sumSquaredDrawdowns = 0
      stripped.longestDrawdownBars = 0
      stripped.sumEquity = 0
      #expect(fingerprint(stripped) == fingerprint(plain[lane]), "seed \(seed), lane \(lane)")
    }
  }

  /// Without the sums over trades all else is the same.
  @Test(arguments: 300..<330)
  func keepingLessChangesNothing(seed: Int) throws {
    var run = Self.scenario(seed).run
    run.rules.keepsTradeSums = true
    let full = try sweep(run)
    run.rules.keepsTradeSums = false
    for (lane, summary) in try sweep(run).enumerated() {
      for metric in MetricCatalog.all where !metric.needs.contains(.tradeSums) {
        #expect(
          metric.value(of: summary) == metric.value(of: full[lane]),
          "seed \(seed), lane \(lane), \(metric.name)")
      }
    }
  }

  /// A run that asks for returns gets them even if its rules do not mention the sums.
  @Test func returnsNeedNoOtherSwitch() throws {
    var run = Self.scenario(7).run
    run.rules.keepsExtendedSums = false
    run.keepsReturns = true
    for summary in try sweep(run) {
      let sum = summary.returns?.reduce(0, +) ?? .nan
      #expect((sum - summary.sumReturns).magnitude < 1e-9)
    }
  }

  /// The kernel itself, one block: every bit of the state of eight lanes by either route and by every variant.
  @Test(arguments: batches(of: 50, in: 400..<600))
  func quietAndCarefulRoutesAgree(seeds: Range<Int>) {
    for seed in seeds {
      let expected = Self.kernelBits(seed, .baseline, careful: true)
      for variant in KernelVariant.available {
        for careful in [false, true] {
          let found = Self.kernelBits(seed, variant, careful: careful)
          let differing = zip(found, expected).enumerated().first { $1.0 != $1.1 }?.offset
          #expect(
            differing == nil, "seed \(seed), \(variant.rawValue), careful \(careful)")
        }
      }
    }
  }

  /// The state of eight lanes after one block of random bars, some of which cannot fill.
  static func kernelBits(_ seed: Int, _ variant: KernelVariant, careful: Bool) -> [UInt64] {
    var random = SeededGenerator(seed: seed)
    let count = Int.random(in: 1...200, using: &random)
    let bars = Bars.random(count, Weather(volatility: 0.05, gaps: 0.3), &random)
    // Each with a bar before the first, as the engine's columns have.
    let columns = (0..<13).map { _ in Column(AlignedBuffer(repeating: 1.0, count: count + 8)) }
    let (open, high, low, close) = (
      columns[0].base, columns[1].base, columns[2].base, columns[3].base
    )
    let (mark, fillable) = (columns[4].base, columns[5].base)
    let signals = AlignedBuffer<UInt64>(repeating: 0, count: 4 * count)
    let returns = AlignedBuffer(repeating: Vector.zero, count: count)
    let work = AlignedBuffer<UInt64>(repeating: 0, count: LaneBlock.workWords)
    let hasGaps = random.chance(0.5)
    for bar in 0..<count {
      open[bar] = bars.open[bar]
      high[bar] = bars.high[bar]
      low[bar] = bars.low[bar]
      close[bar] = bars.close[bar]
      mark[bar] = bars.close[bar]
      if hasGaps && random.chance(0.05) {
        fillable[bar] = 0
        close[bar] = .nan
        mark[bar] = bar > 0 ? mark[bar - 1] : bars.close[bar]
      }
    }
    var rules = LaneRules()
    rules.watchesLevels = random.chance(0.7)
    rules.fill = random.pick([.nextOpen, .nextClose, .sameClose])
    rules.keepsExtendedSums = random.chance(0.5)
    rules.favourableFirstLong = random.chance(0.5)
    rules.favourableFirstShort = random.chance(0.5)
    rules.trailsBeforeCheck = random.chance(0.2)
    rules.commissionRate = 0.001
    rules.slippageRate = 0.001
    rules.trails = rules.watchesLevels
    rules.isInvested = !rules.watchesLevels || random.chance(0.5)
    let sells = rules.watchesLevels && !rules.isInvested
    for index in 0..<4 * count {
      let isShort = index / count == 2
      for lane in 0..<laneWidth where !isShort || (sells && lane % 2 == 0) {
        if random.chance(0.02) { signals.base[index] |= 1 << UInt64(lane) }
      }
    }
    for bar in 0..<count {
      let price = rules.fill == .nextOpen ? open[bar] : close[bar]
      let cost = price * (1 + rules.slippageRate) * (1 + rules.commissionRate)
      let proceeds = price * (1 - rules.slippageRate) * (1 - rules.commissionRate)
      columns[6].base[bar] = mark[bar] / mark[bar - 1]
      let gain = columns[6].base[bar] - 1
      columns[11].base[bar] = gain
      columns[12].base[bar] = gain * gain
      columns[7].base[bar] = mark[bar] / cost
      columns[8].base[bar] = proceeds / mark[bar - 1]
      columns[9].base[bar] = 1 / cost
      columns[10].base[bar] = proceeds
    }
    let state = AlignedBuffer(repeating: LaneState(cash: 1000), count: 1)
    if rules.watchesLevels {
      for lane in 0..<laneWidth {
        if random.chance(0.6) { state.base[0].stopLoss[lane] = random.uniform(0.02, 0.5) }
        if random.chance(0.6) { state.base[0].takeProfit[lane] = random.uniform(0.02, 0.5) }
        if random.chance(0.6) { state.base[0].trailingStop[lane] = random.uniform(0.02, 0.5) }
      }
    }
    let prices = columns.map { UnsafePointer($0.base) }
    var block = LaneBlock(
      prices: PricePointers(
        open: prices[0], high: prices[1], low: prices[2], close: prices[3], mark: prices[4],
        fillable: prices[5], held: prices[6], heldGain: prices[11], heldSquare: prices[12],
        entered: prices[7], left: prices[8],
        unitsPerCash: prices[9], cashPerUnit: prices[10]),
      signals: SignalPointers(
        longEntry: signals.base, longExit: signals.base + count,
        shortEntry: signals.base + 2 * count, shortExit: signals.base + 3 * count),
      work: work.base)
    block.count = count
    block.isOrdinary = true
    block.isGapless = (0..<count).allSatisfy { fillable[$0] != 0 }
    block.returns = returns.base
    variant.kernels.run(state.base, 1, block, rules, careful, nil)
    withExtendedLifetime(columns) {}
    // What only lives within a bar.
    state.base[0].price = .zero
    state.base[0].growth = .zero
    state.base[0].basis = .zero
    let words = MemoryLayout<LaneState>.size / 8
    let bits = UnsafeRawPointer(state.base).bindMemory(to: UInt64.self, capacity: words)
    return (0..<words).map { bits[$0] }
      + (0..<count).flatMap { bar in
        (0..<laneWidth).map { returns[bar][$0].bitPattern }
      }
  }
}

private final class Column {
  private let buffer: AlignedBuffer<Double>
  var base: UnsafeMutablePointer<Double> { buffer.base + 8 }
  init(_ buffer: consuming AlignedBuffer<Double>) { self.buffer = buffer }
}
