import Expressions
import Indicators
import Kernels
import TestSupport
import Testing

/// Columns that are no decimals, over nine orders of magnitude: running totals need both their parts.
private func roughColumns(bars: Int, using random: inout TestRandom) -> Columns {
  var columns: Columns = [:]
  for _ in 0..<bars {
    let close = Double.random(in: 1...2, using: &random) * random.pick([1e-3, 1, 1e6])
    let row = [
      "close": close, "high": close * Double.random(in: 1...1.1, using: &random),
      "low": close * Double.random(in: 0.9...1, using: &random),
      "volume": Double.random(in: 0...1e5, using: &random),
    ]
    for (field, value) in row {
      columns[field, default: []].append(random.one(in: 60) ? .nan : value)
    }
  }
  return columns
}

/// An indicator over whole series in one block.
private func alone(_ name: String, _ numbers: [Double], _ inputs: [[Double]]) throws -> [Double] {
  var indicator = try #require(IndicatorCatalog.named(name)).init(arguments: numbers)
  let history = indicator.lookback
  let memory = inputs.map { values in
    let buffer = UnsafeMutableBufferPointer<Double>.allocate(capacity: history + values.count)
    _ = buffer.initialize(from: [Double](repeating: .nan, count: history) + values)
    return buffer
  }
  defer { for buffer in memory { buffer.deallocate() } }
  let blocks = try memory.map {
    SeriesBlock(base: UnsafePointer(try #require($0.baseAddress) + history), history: history)
  }
  let count = inputs[0].count
  return [Double](unsafeUninitializedCapacity: count) { output, filled in
    if let base = output.baseAddress { indicator.evaluate(blocks, into: base, count: count) }
    filled = count
  }
}

@Test(arguments: IndicatorCatalog.all.map { $0.signature.name })
func anIndicatorInAGraphGivesItsOwnBits(name: String) throws {
  let signature = try #require(IndicatorCatalog.named(name)).signature
  for seed in 0..<8 as Range<UInt64> {
    var random = TestRandom(seed: seed)
    let columns = roughColumns(bars: 700, using: &random)
    let shown = try series("lag(close, 2) / 3", columns)
    let inputs = try signature.inputs.map { input in
      switch input {
      case .expression: shown
      case .field(let field): try #require(columns[field])
      }
    }
    // Lengths up to beyond a block.
    let numbers = signature.arguments.map {
      Double(random.int(max(2, Int($0.minimum.isFinite ? $0.minimum : 0))...random.pick([5, 200])))
    }
    let written = signature.inputs.compactMap { input in
      if case .expression = input { "lag(close, 2) / 3" } else { nil }
    }
    let arguments = (written + numbers.map { "\($0)" }).joined(separator: ", ")
    let lengths = blocks(of: 700, using: &random)
    var compiler = ExpressionCompiler(scope: ExpressionScope(fields: columns.keys.sorted()))
    let root = try compiler.number("\(name)(\(arguments))")
    let found = try evaluate(
      compiler.graph, [root], ParameterGrid(axes: []), columns, blocks: lengths)
    #expect(
      sameBits(try alone(name, numbers, inputs), found.values[0]?[0] ?? []),
      "seed \(seed), \(name)(\(arguments)), blocks \(lengths)")
  }
}
