import Expressions
import Kernels
import Simulation
import TestSupport

/// Loops of the fastest instruction set here; results don't depend on it, and one test says so.
let kernels = KernelVariant.best.kernels

/// Columns that expressions of tests read, by field.
typealias Columns = [String: [Double]]

/// What a run of the evaluator gave.
struct Evaluated {
  /// `[set][signal][bar]`.
  var values: [Int: [[Double]]] = [:]
  /// Warm-up of each set.
  var warmups: [Int: Int] = [:]
}

/// Runs a program over whole columns, cut into blocks of the given lengths, the last of which repeats.
///
/// Without `firstPrice` nothing is held back for warming: values show as they are computed.
func evaluate(
  _ graph: ExpressionGraph, _ signals: [Int?], _ grid: ParameterGrid, _ columns: Columns,
  sets: Range<Int>? = nil, blocks: [Int] = [SignalEvaluator.blockBars], firstPrice: Int? = nil,
  firstTradingBar: Int = 0, clock: ClockColumns = ClockColumns(), kernels: KernelTable = kernels
) throws -> Evaluated {
  let padded = signals + [Int?](repeating: nil, count: 4 - signals.count)
  let program = try SignalProgram(
    graph: graph, signals: padded, grid: grid, sets: sets ?? 0..<grid.count)
  return run(
    program, columns, signals: signals.count, blocks: blocks, firstPrice: firstPrice,
    firstTradingBar: firstTradingBar, clock: clock,
    evaluator: SignalEvaluator(program: program, kernels: kernels))
}

/// Runs an evaluator, which may have seen other columns before.
func run(
  _ program: SignalProgram, _ columns: Columns, signals: Int = 4,
  blocks: [Int] = [SignalEvaluator.blockBars], firstPrice: Int? = nil, firstTradingBar: Int = 0,
  clock: ClockColumns = ClockColumns(), evaluator: SignalEvaluator
) -> Evaluated {
  // Columns stand in memory with nothing readable as a price around them.
  let wall = 64
  let memory = program.fields.map { field in
    let values = columns[field] ?? []
    let buffer = AlignedBuffer(repeating: 6.6e66, count: values.count + 2 * wall)
    for (bar, value) in values.enumerated() { buffer[wall + bar] = value }
    return Column(buffer: buffer)
  }
  let bars = columns.values.first?.count ?? 0
  let start = SignalColumns(
    clock: clock, firstPrice: firstPrice ?? -1_000_000_000, firstTradingBar: firstTradingBar)
  var result = Evaluated()
  for (place, set) in program.sets.enumerated() where set >= 0 {
    result.warmups[set] = program.warmups[place]
    result.values[set] = Array(repeating: [], count: signals)
  }
  // Once as conditions, once more for signals that are numbers.
  var conditions: [Int: [[Double]]] = result.values
  for isNumber in [false, true] {
    evaluator.begin(start)
    var bar = 0
    var next = 0
    while bar < bars {
      let count = min(blocks[min(next, blocks.count - 1)], bars - bar)
      next += 1
      evaluator.advance(
        fields: memory.map { UnsafePointer($0.buffer.base + wall + bar) }, count: count)
      if isNumber {
        for vector in 0..<program.vectorCount {
          let numbers = evaluator.numbers(of: vector)
          for lane in 0..<laneWidth {
            let set = program.sets[vector * laneWidth + lane]
            if set < 0 { continue }
            for signal in 0..<signals {
              guard let number = numbers[signal] else { continue }
              for bar in 0..<count {
                result.values[set]?[signal].append(
                  number.series?[bar] ?? number.lanes?[bar * number.step][lane] ?? .nan)
              }
            }
          }
        }
      } else {
        for bundle in 0..<(program.vectorCount + bundleVectors - 1) / bundleVectors {
          let found = evaluator.signals(of: bundle)
          let pointers = [found.longEntry, found.longExit, found.shortEntry, found.shortExit]
          for lane in 0..<bundleWidth {
            let place = bundle * bundleWidth + lane
            if place >= program.sets.count || program.sets[place] < 0 { continue }
            for signal in 0..<signals {
              for bar in 0..<count {
                let bit = pointers[signal][bar] >> UInt64(lane) & 1
                conditions[program.sets[place]]?[signal].append(bit == 0 ? 0 : 1)
              }
            }
          }
        }
      }
      bar += count
    }
  }
  for (set, columns) in conditions {
    for (signal, values) in columns.enumerated() {
      // A column of 0 and 1 may be a condition like `every(5)`, which is a signal.
      let isCondition = result.values[set]?[signal].allSatisfy { $0 == 0 || $0 == 1 } ?? true
      if isCondition { result.values[set]?[signal] = values }
    }
  }
  withExtendedLifetime(memory) {}
  return result
}

private final class Column {
  let buffer: AlignedBuffer<Double>
  init(buffer: consuming AlignedBuffer<Double>) { self.buffer = buffer }
}

/// One expression without parameters, a condition or a number, over columns.
func series(_ source: String, _ columns: Columns, clock: ClockColumns = ClockColumns()) throws
  -> [Double]
{
  var compiler = ExpressionCompiler(scope: ExpressionScope(fields: columns.keys.sorted()))
  let root = try add(source, to: &compiler)
  let found = try evaluate(compiler.graph, [root], ParameterGrid(axes: []), columns, clock: clock)
  return found.values[0]?[0] ?? []
}

/// Adds an expression of either type.
func add(_ source: String, to compiler: inout ExpressionCompiler) throws(ExpressionError) -> Int {
  do throws(ExpressionError) {
    return try compiler.condition(source)
  } catch {
    guard case .type(_, _, "the expression", _) = error else { throw error }
    return try compiler.number(source)
  }
}

/// Whether two series hold the same bits, any NaN being the same.
func sameBits(_ a: some Sequence<Double>, _ b: some Sequence<Double>) -> Bool {
  let (a, b) = (Array(a), Array(b))
  return a.count == b.count
    && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
}

/// Whole-number lengths that add up to `total`.
func blocks(of total: Int, using random: inout TestRandom) -> [Int] {
  var lengths: [Int] = []
  var left = total
  while left > 0 {
    lengths.append(min(left, random.int(1...random.pick([1, 3, 9, 128]))))
    left -= lengths[lengths.count - 1]
  }
  return lengths
}

/// Prices in quarters, whose sums are exact, with `gaps` of them missing.
func randomColumns(bars: Int, gaps: Double, using random: inout TestRandom) -> Columns {
  var columns: Columns = [:]
  var price = 200
  for _ in 0..<bars {
    price = max(20, price + random.int(-6...6))
    let row = [
      "open": price + random.int(-2...2), "high": price + random.int(2...5),
      "low": price - random.int(2...5), "close": price, "volume": random.int(0...9) * 100,
    ]
    for (field, value) in row {
      let isGap = Double.random(in: 0..<1, using: &random) < gaps
      columns[field, default: []].append(isGap ? .nan : Double(value) / 4)
    }
  }
  return columns
}
