import Indicators
import Kernels
import Testing

private let sizes = Array(0...33) + [1000]

@Test(arguments: names)
func agreesWithTheNaiveLoop(name: String) throws {
  for size in sizes {
    let seed = UInt64(size)
    var dice = Dice(seed: seed)
    for _ in 0..<(size == 1000 ? 3 : 8) {
      let numbers = try arguments(for: name, longest: size == 1000 ? 60 : 12, using: &dice)
      let inputs = try series(for: name, count: size, using: &dice)
      let expected = try #require(Naive.evaluate(name, numbers, inputs), "no oracle for \(name)")
      let difference = firstDifference(try run(name, numbers, inputs), expected)
      #expect(difference == nil, "\(name)\(numbers), \(size) bars, seed \(seed)")
    }
  }
}

@Test(arguments: names)
func gapsStartTheCountAgain(name: String) throws {
  for seed in 1...30 as ClosedRange<UInt64> {
    var dice = Dice(seed: seed)
    let gaps = [0.01, 0.05, 0.2][Int(seed % 3)]
    let numbers = try arguments(for: name, longest: 6, using: &dice)
    var inputs = try series(for: name, count: 300, gaps: gaps, using: &dice)
    // An infinity is missing too, except to lag, which hands it on.
    if name != "lag", seed % 2 == 0 {
      for index in inputs.indices { inputs[index][100 + index] = .infinity }
    }
    let difference = firstDifference(
      try run(name, numbers, inputs), try expectedWithGaps(name, numbers, inputs))
    #expect(difference == nil, "\(name)\(numbers), gaps \(gaps), seed \(seed)")
  }
}

/// The oracle on each stretch in which all inputs are known; only the two ends count for differences.
private func expectedWithGaps(
  _ name: String, _ numbers: [Double], _ inputs: [[Double]]
) throws -> [Double] {
  if ["lag", "delta", "pct_change"].contains(name) {
    return try #require(Naive.evaluate(name, numbers, inputs)).map {
      name == "lag" || $0.isFinite ? $0 : .nan
    }.enumerated().map { bar, value in
      let ends = [bar, bar - Int(numbers[0])].filter { $0 >= 0 }
      return name != "lag" && ends.contains { !inputs[0][$0].isFinite } ? .nan : value
    }
  }
  var result: [Double] = []
  var stretch = inputs.map { _ in [Double]() }
  for bar in 0...inputs[0].count {
    if bar < inputs[0].count, inputs.allSatisfy({ $0[bar].isFinite }) {
      for index in inputs.indices { stretch[index].append(inputs[index][bar]) }
      continue
    }
    result += try #require(Naive.evaluate(name, numbers, stretch))
    if bar < inputs[0].count { result.append(.nan) }
    stretch = inputs.map { _ in [] }
  }
  return result
}

@Test(arguments: names)
func blocksDoNotMatter(name: String) throws {
  for seed in 1...12 as ClosedRange<UInt64> {
    var dice = Dice(seed: seed)
    let numbers = try arguments(for: name, longest: 40, using: &dice)
    let total = 1200
    let inputs = try series(for: name, count: total, gaps: 0.003, using: &dice)
    let whole = try run(name, numbers, inputs)
    var blocks: [Int] = []
    var left = total
    while left > 0 {
      let longest = [1, 3, 9, 400].randomElement(using: &dice) ?? 1
      blocks.append(Int.random(in: 1...min(longest, left), using: &dice))
      left -= blocks[blocks.count - 1]
    }
    #expect(
      sameBits(try run(name, numbers, inputs, blocks: blocks), whole),
      "\(name)\(numbers), seed \(seed)")
    let single = [Int](repeating: 1, count: total)
    #expect(
      sameBits(try run(name, numbers, inputs, blocks: single), whole),
      "\(name)\(numbers), seed \(seed), one bar a block")
  }
}

@Test(arguments: names)
func theFutureDoesNotMatter(name: String) throws {
  for seed in 1...20 as ClosedRange<UInt64> {
    var dice = Dice(seed: seed)
    let numbers = try arguments(for: name, using: &dice)
    let inputs = try series(for: name, count: 200, gaps: 0.01, using: &dice)
    let now = Int.random(in: 0..<199, using: &dice)
    let poison = [Double.nan, .infinity, -1e300, 0, 12.34].randomElement(using: &dice) ?? 0
    let poisoned = inputs.map { values in
      values.enumerated().map { $0 > now ? poison : $1 }
    }
    let (before, after) = (try run(name, numbers, inputs), try run(name, numbers, poisoned))
    #expect(
      sameBits(Array(before[...now]), Array(after[...now])),
      "\(name)\(numbers), bar \(now), \(poison) after it, seed \(seed)")
  }
}

@Test(arguments: names)
func aCopyKeepsItsOwnState(name: String) throws {
  var dice = Dice(seed: 7)
  let numbers = try arguments(for: name, using: &dice)
  let inputs = try series(for: name, count: 120, using: &dice)
  let expected = try run(name, numbers, inputs)
  var original = try make(name, numbers)
  let history = original.lookback
  let views = inputs.map { values in
    let copy = UnsafeMutableBufferPointer<Double>.allocate(capacity: history + values.count)
    _ = copy.initialize(from: [Double](repeating: .nan, count: history) + values)
    return copy
  }
  defer { for view in views { view.deallocate() } }
  func feed(_ indicator: inout any Indicator, _ bars: Range<Int>) -> [Double] {
    let blocks = views.map {
      SeriesBlock(
        base: UnsafePointer($0.baseAddress! + history + bars.lowerBound),
        history: history + bars.lowerBound)
    }
    return [Double](unsafeUninitializedCapacity: bars.count) { output, filled in
      indicator.evaluate(blocks, into: output.baseAddress!, count: bars.count)
      filled = bars.count
    }
  }
  let first = feed(&original, 0..<60)
  var copy = original
  _ = feed(&copy, 0..<50)
  #expect(sameBits(first + feed(&original, 60..<120), expected), "\(name)\(numbers)")
}

/// What is evaluated in two steps, of which others may share the first, gives the bits of the whole.
@Test(arguments: names)
func partsGiveTheWhole(name: String) throws {
  for seed in 1...30 as ClosedRange<UInt64> {
    var dice = Dice(seed: seed)
    let numbers = try arguments(for: name, longest: 30, using: &dice)
    guard let whole = try make(name, numbers) as? any ComposedIndicator else { return }
    let inputs = try series(for: name, count: 400, gaps: seed % 2 == 0 ? 0.03 : 0, using: &dice)
    let inner = type(of: whole.inner.indicator).signature.name
    let outer = type(of: whole.outer.indicator).signature.name
    let parts = try run(
      outer, whole.outer.arguments, [try run(inner, whole.inner.arguments, inputs)])
    let expected = try run(name, numbers, inputs)
    #expect(
      zip(parts, expected).allSatisfy { $0.isNaN && $1.isNaN || $0.bitPattern == $1.bitPattern },
      "\(name)\(numbers), seed \(seed)")
  }
}
