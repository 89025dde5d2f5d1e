import Expressions
import Kernels
import Simulation

/// The signals and numbers of some sets, as engines take them.
struct ExpressionProgram: LaneProgram {
  let program: SignalProgram
  let clock: ClockColumns
  let sections: CrossSections?
  /// What bars before the run have left; nil if it sees all bars itself.
  let memory: ProgramMemory?

  var sets: [Int] { program.sets }
  var warmups: [Int] { program.warmups }

  func makeEvaluator(kernels: KernelTable) -> any LaneEvaluator {
    ExpressionEvaluator(program: self, kernels: kernels)
  }
}

/// Passes the engine's calls on to the evaluator of expressions.
final class ExpressionEvaluator: LaneEvaluator {
  private let program: ExpressionProgram
  private let kernels: KernelTable
  private let evaluator: SignalEvaluator
  private var section: CrossSection?
  /// What keeps columns outside the symbol's own in memory.
  private var owners: [SymbolColumnsTable] = []

  init(program: ExpressionProgram, kernels: KernelTable) {
    self.program = program
    self.kernels = kernels
    evaluator = SignalEvaluator(program: program.program, kernels: kernels)
  }

  func begin(run: LaneRun, symbol: Int, firstPrice: Int) {
    var outside: [UnsafePointer<Double>] = []
    if let sections = program.sections, !program.program.outside.isEmpty {
      let frame = CrossSection.Frame(run)
      if section?.frame != frame { section = sections.section(frame, kernels: kernels) }
      if let section {
        (outside, owners) = section.columns(
          program.program.outside, symbol: run.symbols[symbol])
      }
    }
    if let memory = program.memory {
      memory.resume(evaluator, place: symbol, firstPrice: firstPrice, outside: outside)
      return
    }
    evaluator.begin(
      SignalColumns(
        clock: program.clock, clockStart: run.historyStart, firstPrice: firstPrice,
        firstTradingBar: run.window.lowerBound - run.historyStart, outside: outside))
  }

  func advance(fields: [UnsafePointer<Double>], count: Int) {
    evaluator.advance(fields: fields, count: count)
  }

  func signals(of bundle: Int) -> SignalPointers { evaluator.signals(of: bundle) }

  func levels(of bundle: Int, lane: Int) -> LaneLevels {
    let vector = bundle * bundleVectors + lane / laneWidth
    func column(_ index: Int) -> LaneLevels.Column? {
      guard let found = evaluator.number(index, of: vector) else { return nil }
      if let series = found.series { return LaneLevels.Column(base: series, stride: 1) }
      return found.lanes.map {
        LaneLevels.Column(
          base: UnsafeRawPointer($0).assumingMemoryBound(to: Double.self) + lane % laneWidth,
          stride: found.step * laneWidth)
      }
    }
    var levels = LaneLevels()
    levels.entryLimit = column(0)
    levels.entryStop = column(1)
    levels.exitLimit = column(2)
    levels.size = column(3)
    return levels
  }
}
