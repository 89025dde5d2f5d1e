import Expressions
import Kernels
import Simulation
import TestSupport
import Testing

/// A random grid of up to three axes of whole numbers, some of its points left out.
private func randomGrid(using random: inout TestRandom) -> ParameterGrid {
  let axes = (0..<random.int(0...3)).map { axis in
    let count = random.pick([1, 2, 3, 5, 8, 9, 11])
    let first = random.int(1...6)
    return ParameterGrid.Axis(
      name: ["fast", "slow", "third"][axis], values: (0..<count).map { Double(first + $0) })
  }
  let leavesOut = random.one(in: 2) && !axes.isEmpty
  let grid = ParameterGrid(axes: axes) { values in
    !leavesOut || Int(values.reduce(0) { $0 * 3 + $1 }) % 4 != 1
  }
  return grid.count > 0 ? grid : ParameterGrid(axes: axes)
}

private struct Trial {
  var random: TestRandom
  let grid: ParameterGrid
  let texts: [String]
  let columns: Columns
  let bars: Int
  let isNumber: [Bool]

  init(seed: UInt64) {
    var random = TestRandom(seed: seed)
    let grid = randomGrid(using: &random)
    bars = random.pick([1, 7, 64, 129, 300])
    columns = randomColumns(bars: bars, gaps: random.pick([0, 0.02, 0.2]), using: &random)
    var generator = ExpressionGenerator(random: random, parameters: grid.axes.map { $0.name })
    let depth = generator.random.int(1...5)
    texts = [
      generator.condition(depth), generator.condition(depth), generator.number(depth),
      generator.number(depth),
    ]
    isNumber = [false, false, true, true]
    self.grid = grid
    self.random = generator.random
  }

  func compile() throws -> (ExpressionGraph, [Int]) {
    var compiler = ExpressionCompiler(
      scope: ExpressionScope(
        fields: columns.keys.sorted(), parameters: grid.axes.map(\.name)))
    let roots = try texts.map { try add($0, to: &compiler) }
    return (compiler.graph, roots)
  }

  func naive(set: Int) throws -> [[Double]] {
    let pairs = zip(grid.axes, grid.values(set: set)).map { ($0.name, $1) }
    let interpreter = NaiveInterpreter(
      columns: columns, parameters: Dictionary(uniqueKeysWithValues: pairs))
    return try texts.map { try interpreter.series($0) }
  }
}

private func firstDifference(_ found: [Double], _ expected: [Double], isNumber: Bool) -> String? {
  guard found.count == expected.count else { return "\(found.count) bars" }
  for (bar, (a, b)) in zip(found, expected).enumerated() where !(a.isNaN && b.isNaN) {
    let isClose = a == b || isNumber && abs(a - b) <= 1e-12 * abs(b)
    if !isClose { return "bar \(bar): \(a), expected \(b)" }
  }
  return nil
}

@Test(arguments: Array(0..<12))
func agreesWithTheNaiveInterpreter(batch: Int) throws {
  for seed in UInt64(batch * 60)..<UInt64(batch * 60 + 60) {
    var trial = Trial(seed: seed)
    let (graph, roots) = try trial.compile()
    let lengths = blocks(of: trial.bars, using: &trial.random)
    let found = try evaluate(graph, roots, trial.grid, trial.columns, blocks: lengths)
    #expect(found.values.count == trial.grid.count)
    for set in 0..<trial.grid.count {
      let expected = try trial.naive(set: set)
      for signal in roots.indices {
        let values = try #require(found.values[set]?[signal])
        let difference = firstDifference(
          values, expected[signal], isNumber: trial.isNumber[signal])
        #expect(
          difference == nil,
          "seed \(seed), set \(set) (\(trial.grid.describe(point: trial.grid.points[set]))): \(trial.texts[signal])"
        )
      }
    }
  }
}

@Test(arguments: Array(0..<6))
func placesBlocksAndInstructionSetsDoNotMatter(batch: Int) throws {
  for seed in UInt64(10_000 + batch * 30)..<UInt64(10_000 + batch * 30 + 30) {
    var trial = Trial(seed: seed)
    let (graph, roots) = try trial.compile()
    let all = try evaluate(graph, roots, trial.grid, trial.columns)
    func compare(_ found: Evaluated, _ what: String) {
      for (set, values) in found.values {
        for signal in roots.indices {
          #expect(
            sameBits(values[signal], all.values[set]?[signal] ?? []),
            "\(what), seed \(seed), set \(set): \(trial.texts[signal])")
        }
        #expect(found.warmups[set] == all.warmups[set], "\(what), seed \(seed), set \(set)")
      }
    }
    let lengths = blocks(of: trial.bars, using: &trial.random)
    compare(
      try evaluate(graph, roots, trial.grid, trial.columns, blocks: lengths), "blocks \(lengths)")
    for variant in KernelVariant.available {
      compare(
        try evaluate(graph, roots, trial.grid, trial.columns, kernels: variant.kernels),
        variant.rawValue)
    }
    // Part of the sets: lanes stand elsewhere, beside other ghosts.
    let first = trial.random.int(0...trial.grid.count - 1)
    let last = trial.random.int(first...trial.grid.count - 1)
    compare(
      try evaluate(graph, roots, trial.grid, trial.columns, sets: first..<last + 1), "some sets")
    // Each set on a grid of its own: everything is the same for all lanes, so all is computed in slots.
    for set in 0..<min(6, trial.grid.count) {
      let axes = zip(trial.grid.axes, trial.grid.values(set: set)).map {
        ParameterGrid.Axis(name: $0.name, values: [$1])
      }
      let one = try evaluate(graph, roots, ParameterGrid(axes: axes), trial.columns)
      compare(
        Evaluated(
          values: [set: try #require(one.values[0])],
          warmups: [set: try #require(one.warmups[0])]), "alone")
    }
    // The other axis fastest: what was a slot becomes a pack and the reverse.
    let turned = ParameterGrid(axes: trial.grid.axes.reversed())
    var compiler = ExpressionCompiler(
      scope: ExpressionScope(
        fields: trial.columns.keys.sorted(), parameters: turned.axes.map(\.name)))
    let turnedRoots = try trial.texts.map { try add($0, to: &compiler) }
    let found = try evaluate(compiler.graph, turnedRoots, turned, trial.columns)
    var renamed = Evaluated()
    for set in 0..<trial.grid.count {
      let wanted = Array(trial.grid.values(set: set).reversed())
      let place = try #require((0..<turned.count).first { turned.values(set: $0) == wanted })
      renamed.values[set] = found.values[place]
      renamed.warmups[set] = found.warmups[place]
    }
    compare(renamed, "axes reversed")
  }
}

@Test func anEvaluatorForgetsTheLastSymbol() throws {
  for seed in 20_000..<20_060 as Range<UInt64> {
    var trial = Trial(seed: seed)
    let (graph, roots) = try trial.compile()
    let program = try SignalProgram(
      graph: graph, signals: roots, grid: trial.grid, sets: 0..<trial.grid.count)
    let evaluator = SignalEvaluator(program: program, kernels: kernels)
    let fresh = run(program, trial.columns, evaluator: evaluator)
    let others = randomColumns(bars: 200, gaps: 0.1, using: &trial.random)
    _ = run(program, others, evaluator: evaluator)
    let again = run(program, trial.columns, evaluator: evaluator)
    for set in 0..<trial.grid.count {
      for signal in roots.indices {
        #expect(
          sameBits(fresh.values[set]?[signal] ?? [], again.values[set]?[signal] ?? [.nan]),
          "seed \(seed), set \(set): \(trial.texts[signal])")
      }
    }
  }
}

@Test func signalsAreOffWhileALaneIsWarming() throws {
  for seed in 30_000..<30_080 as Range<UInt64> {
    var trial = Trial(seed: seed)
    let (graph, roots) = try trial.compile()
    let bare = try evaluate(graph, roots, trial.grid, trial.columns)
    let firstPrice = trial.random.int(0...trial.bars)
    let lengths = blocks(of: trial.bars, using: &trial.random)
    let found = try evaluate(
      graph, roots, trial.grid, trial.columns, blocks: lengths, firstPrice: firstPrice)
    for set in 0..<trial.grid.count {
      let warm = firstPrice + (bare.warmups[set] ?? 0)
      // Numbers are no signals, and are never held back.
      for signal in roots.indices where !trial.isNumber[signal] {
        let expected = (bare.values[set]?[signal] ?? []).enumerated().map { $0 < warm ? 0 : $1 }
        #expect(
          sameBits(found.values[set]?[signal] ?? [.nan], expected),
          "seed \(seed), set \(set), warm from \(warm), blocks \(lengths): \(trial.texts[signal])")
      }
    }
  }
}
