import Kernels
import Market
import Metrics

/// Simulates one range of parameter sets for one symbol after another.
final class TileWorker {
  let sets: Range<Int>
  private let engine: LaneEngine
  private let run: LaneRun
  private let program: any LaneProgram
  private let evaluator: any LaneEvaluator
  private let columns: SymbolColumns
  private let states: AlignedBuffer<LaneState>
  private let fresh: [LaneState]
  private let returns: AlignedBuffer<Vector>
  private let work: AlignedBuffer<UInt64>
  private let summary: LaneSummary
  private let days: DayFold?

  init(engine: LaneEngine, sets: Range<Int>) throws {
    self.engine = engine
    self.sets = sets
    let run = engine.run
    self.run = run
    let program = try run.strategy.program(sets: sets)
    self.program = program
    evaluator = program.makeEvaluator(kernels: engine.kernels)
    columns = SymbolColumns(run: run)
    let vectors = program.sets.count / laneWidth
    let places = program.sets
    let first = sets.lowerBound
    let same = run.strategy.sharesTerms
    let terms = run.strategy.terms(of: same ? first..<first + 1 : sets)
    fresh =
      same
      ? [run.freshState(sets: repeatElement(first, count: laneWidth), first: first, terms: terms)]
      : (0..<vectors).map {
        run.freshState(
          sets: places[$0 * laneWidth..<($0 + 1) * laneWidth], first: first, terms: terms)
      }
    states = AlignedBuffer(repeating: LaneState(cash: 0), count: vectors)
    returns = AlignedBuffer(
      repeating: Vector.zero, count: run.keepsReturns ? vectors * run.window.count : 0)
    work = AlignedBuffer(repeating: 0, count: LaneBlock.workWords)
    summary = run.emptySummary
    days = DayFold(run, vectors: vectors)
  }

  func simulate(symbol: Int, finished: (Int, LaneSummary) -> Void) {
    columns.begin(symbol: run.symbols[symbol])
    evaluator.begin(run: run, symbol: symbol, firstPrice: columns.firstPrice)
    for vector in 0..<states.count { states.base[vector] = fresh[fresh.count == 1 ? 0 : vector] }
    days?.begin()
    let firstTrading = run.window.lowerBound - run.historyStart
    let bundles = (states.count + bundleVectors - 1) / bundleVectors
    var bar = 0
    while bar < columns.bars {
      let count = min(LaneEngine.blockBars, columns.bars - bar)
      columns.load(from: bar, count: count)
      evaluator.advance(fields: columns.fields, count: count)
      let skip = min(count, max(0, firstTrading - bar))
      for bundle in 0..<bundles {
        let signals = evaluator.signals(of: bundle)
        if skip == count { continue }
        let first = bundle * bundleVectors
        var block = LaneBlock(
          prices: columns.prices.advanced(by: skip), signals: signals.advanced(by: skip),
          work: work.base)
        block.count = count - skip
        block.isOrdinary = columns.isOrdinary
        block.isGapless = columns.isGapless
        block.firstBar = bar + skip - firstTrading
        if run.keepsReturns {
          block.returns = returns.base + first * run.window.count + block.firstBar
          block.returnsStride = run.window.count
        } else if let days {
          block.returns = days.returns.base
          block.returnsStride = LaneEngine.blockBars
        }
        let vectors = min(bundleVectors, states.count - first)
        engine.kernels.run(states.base + first, vectors, block, run.rules, false, nil)
        days?.fold(
          vectors: first..<first + vectors, firstBar: block.firstBar, count: block.count)
      }
      if run.rules.isInvested {
        for vector in 0..<states.count { states.base[vector].keepNothing() }
      }
      bar += count
    }
    report(symbol: symbol, finished)
  }

  private func report(symbol: Int, _ finished: (Int, LaneSummary) -> Void) {
    let sets = program.sets
    let warmups = program.warmups
    for place in sets.indices where sets[place] >= 0 {
      let (vector, lane) = (place / laneWidth, place % laneWidth)
      var summary = summary
      run.complete(
        &summary, from: states.base + vector, lane: lane, warmup: warmups[place],
        firstPrice: columns.firstPrice)
      days?.complete(&summary, vector: vector, lane: lane)
      if run.keepsReturns {
        let series = returns.base + vector * run.window.count
        summary.returns = (0..<run.window.count).map { series[$0][lane] }
      }
      finished(symbol * run.strategy.setCount + sets[place], summary)
    }
  }
}
