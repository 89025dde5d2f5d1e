import Kernels
import Simulation

/// Signals of one lane with prices and sizes of its orders, bar by bar.
struct PricedStrategy: LaneStrategy {
  var signals: TestStrategy
  var entryLimit: [Double]?
  var entryStop: [Double]?
  var exitLimit: [Double]?
  var size: [Double]?

  init(_ signals: [Signals], terms: LaneTerms) {
    self.signals = TestStrategy(signals, terms: terms)
  }

  var setCount: Int { 1 }
  var entersShort: Bool { signals.entersShort }
  var hasLevels: Bool { signals.hasLevels }
  var trails: Bool { signals.trails }
  var commitsAll: Bool { signals.commitsAll }
  var sharesTerms: Bool { true }
  var needsRuleBook: Bool { true }
  var fields: [String] { [] }
  func terms(of set: Int) -> LaneTerms { signals.terms(of: set) }

  func program(sets: Range<Int>) throws -> any LaneProgram {
    PricedProgram(strategy: self, inner: try signals.program(sets: sets))
  }
}

private struct PricedProgram: LaneProgram {
  let strategy: PricedStrategy
  let inner: any LaneProgram
  var sets: [Int] { inner.sets }
  var warmups: [Int] { sets.map { _ in 0 } }

  func makeEvaluator(kernels: KernelTable) -> any LaneEvaluator {
    PricedEvaluator(strategy, inner.makeEvaluator(kernels: kernels))
  }
}

private final class PricedEvaluator: LaneEvaluator {
  private let strategy: PricedStrategy
  private let inner: any LaneEvaluator
  private let memory = AlignedBuffer<Double>(repeating: .nan, count: 4 * LaneEngine.blockBars)
  private var block = 0..<0

  init(_ strategy: PricedStrategy, _ inner: any LaneEvaluator) {
    self.strategy = strategy
    self.inner = inner
  }

  func begin(run: LaneRun, symbol: Int, firstPrice: Int) {
    inner.begin(run: run, symbol: symbol, firstPrice: firstPrice)
    block = 0..<0
  }

  func advance(fields: [UnsafePointer<Double>], count: Int) {
    inner.advance(fields: fields, count: count)
    block = block.upperBound..<block.upperBound + count
  }

  func signals(of bundle: Int) -> SignalPointers { inner.signals(of: bundle) }

  func levels(of bundle: Int, lane: Int) -> LaneLevels {
    func column(_ row: Int, _ values: [Double]?) -> LaneLevels.Column? {
      guard let values else { return nil }
      let base = memory.base + row * LaneEngine.blockBars
      for (offset, bar) in block.enumerated() {
        base[offset] = bar < values.count ? values[bar] : .nan
      }
      return LaneLevels.Column(base: base, stride: 1)
    }
    var levels = LaneLevels()
    levels.entryLimit = column(0, strategy.entryLimit)
    levels.entryStop = column(1, strategy.entryStop)
    levels.exitLimit = column(2, strategy.exitLimit)
    levels.size = column(3, strategy.size)
    return levels
  }
}
