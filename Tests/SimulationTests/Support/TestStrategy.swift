import Kernels
import Market
import Simulation

/// What a strategy says about one bar.
struct Signals: OptionSet, Hashable {
  let rawValue: UInt8
  static let longEntry = Signals(rawValue: 1)
  static let longExit = Signals(rawValue: 2)
  static let shortEntry = Signals(rawValue: 4)
  static let shortExit = Signals(rawValue: 8)
}

/// Thrown by a strategy that cannot make its program.
struct ProgramFailure: Error, Equatable {
  let set: Int
}

/// A strategy whose signals are a function of the set, the bar, and the columns that it reads.
struct TestStrategy: LaneStrategy {
  /// The columns of a symbol up to a bar: `fields[k][column]` is field `k` at panel bar `bar`.
  struct Moment {
    let set: Int
    let bar: Int
    let column: Int
    let fields: [[Double]]
  }

  var terms: [LaneTerms]
  var fields: [String]
  var entersShort: Bool
  /// Places of a vector that hold a set; the others stay empty.
  var lanesPerVector = laneWidth
  /// First set whose program fails.
  var failsFrom = Int.max
  let rule: @Sendable (Moment) -> Signals

  var setCount: Int { terms.count }
  var hasLevels: Bool {
    terms.contains { min($0.stopLoss, $0.takeProfit, $0.trailingStop).isFinite }
  }
  var trails: Bool { terms.contains { $0.trailingStop.isFinite } }
  var commitsAll: Bool { terms.allSatisfy { $0.fraction == 1 } }
  var sharesTerms: Bool { Set(terms.map(\.fraction)).count <= 1 && !hasLevels }
  func terms(of set: Int) -> LaneTerms { terms[set] }

  func program(sets: Range<Int>) throws -> any LaneProgram {
    if sets.upperBound > failsFrom { throw ProgramFailure(set: failsFrom) }
    return TestProgram(strategy: self, sets: sets)
  }
}

extension TestStrategy {
  /// Signals from a table by symbol, set and panel bar.
  init(table: SignalTable, terms: [LaneTerms]) {
    let isShort = table.values.contains { $0.contains(.shortEntry) }
    self.init(terms: terms, fields: ["symbol"], entersShort: isShort) { moment in
      table[Int(moment.fields[0][moment.column]), moment.set, moment.bar]
    }
  }

  /// Signals of a single lane, bar by bar; no signal after the last.
  init(_ signals: [Signals], terms: LaneTerms = LaneTerms()) {
    let isShort = signals.contains { $0.contains(.shortEntry) }
    self.init(terms: [terms], fields: [], entersShort: isShort) { moment in
      moment.bar < signals.count ? signals[moment.bar] : []
    }
  }

  /// Momentum by close: long above the close `lag` bars ago, short below it, where `lag` grows with the set.
  static func momentum(terms: [LaneTerms], entersShort: Bool) -> TestStrategy {
    TestStrategy(
      terms: terms, fields: ["close"], entersShort: entersShort
    ) { moment in
      if moment.column <= moment.set { return [] }
      let close = moment.fields[0]
      let now = close[moment.column]
      let before = close[moment.column - moment.set - 1]
      if now > before { return [.longEntry, .shortExit] }
      if now < before { return entersShort ? [.longExit, .shortEntry] : [.longExit] }
      return []
    }
  }
}

/// Random signals by symbol, set and bar.
struct SignalTable: Sendable {
  let sets: Int
  let bars: Int
  var values: [Signals]

  subscript(symbol: Int, set: Int, bar: Int) -> Signals {
    values[(symbol * sets + set) * bars + bar]
  }

  /// Independent signals, each with its probability.
  init(
    symbols: Int, sets: Int, bars: Int, entry: Double, exit: Double, long: Bool, short: Bool,
    _ random: inout SeededGenerator
  ) {
    self.sets = sets
    self.bars = bars
    values = []
    for _ in 0..<(symbols * sets * bars) {
      var signals: Signals = []
      if long, random.chance(entry) { signals.insert(.longEntry) }
      if short, random.chance(entry) { signals.insert(.shortEntry) }
      if random.chance(exit) { signals.insert(.longExit) }
      if random.chance(exit) { signals.insert(.shortExit) }
      values.append(signals)
    }
  }
}

private struct TestProgram: LaneProgram {
  let strategy: TestStrategy
  let sets: [Int]
  let warmups: [Int]

  init(strategy: TestStrategy, sets: Range<Int>) {
    self.strategy = strategy
    let width = strategy.lanesPerVector
    self.sets = stride(from: sets.lowerBound, to: sets.upperBound, by: width).flatMap { first in
      (0..<laneWidth).map { place in
        let set = first + place
        return place < width && set < sets.upperBound ? set : -1
      }
    }
    warmups = self.sets.map { max($0, 0) % 5 }
  }

  func makeEvaluator(kernels: KernelTable) -> any LaneEvaluator { TestEvaluator(program: self) }
}

private final class TestEvaluator: LaneEvaluator {
  private let program: TestProgram
  private let memory = AlignedBuffer<UInt64>(repeating: 0, count: 4 * LaneEngine.blockBars)
  /// All bars of the fields so far.
  private var fields: [[Double]] = []
  private var historyStart = 0
  private var block = 0..<0

  init(program: TestProgram) { self.program = program }

  func begin(run: LaneRun, symbol: Int, firstPrice: Int) {
    fields = Array(repeating: [], count: program.strategy.fields.count)
    historyStart = run.historyStart
    block = 0..<0
  }

  func advance(fields: [UnsafePointer<Double>], count: Int) {
    for (index, column) in fields.enumerated() {
      self.fields[index] += UnsafeBufferPointer(start: column, count: count)
    }
    block = block.upperBound..<block.upperBound + count
  }

  func signals(of bundle: Int) -> SignalPointers {
    memory.base.update(repeating: 0, count: memory.count)
    for lane in 0..<bundleWidth {
      let place = bundle * bundleWidth + lane
      // Empty places and those of no vector get signals of their own: nothing in them may reach the others.
      let set = place < program.sets.count ? program.sets[place] : -1
      for (offset, column) in block.enumerated() {
        let signals =
          set < 0
          ? Signals(rawValue: column % 16 == 0 ? 15 : 0)
          : program.strategy.rule(
            TestStrategy.Moment(
              set: set, bar: historyStart + column, column: column, fields: fields))
        for (row, kind) in [Signals.longEntry, .longExit, .shortEntry, .shortExit].enumerated()
        where signals.contains(kind) {
          memory.base[row * LaneEngine.blockBars + offset] |= 1 << UInt64(lane)
        }
      }
    }
    func row(_ index: Int) -> UnsafePointer<UInt64> {
      UnsafePointer(memory.base + index * LaneEngine.blockBars)
    }
    return SignalPointers(
      longEntry: row(0), longExit: row(1), shortEntry: row(2), shortExit: row(3))
  }
}
