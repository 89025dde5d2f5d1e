import Indicators
import Kernels
import Testing

/// What `PrefixSum` writes for a series, with zeros before it.
private struct Totals: ~Copyable {
  static let history = 5000
  let count: Int
  let hi: AlignedBuffer<Double>
  let lo: AlignedBuffer<Double>
  let run: AlignedBuffer<Double>

  /// Streams a series through `PrefixSum` in blocks of a given length.
  init(_ values: [Double], block: Int) {
    count = values.count
    hi = AlignedBuffer(repeating: 0, count: Self.history + count)
    lo = AlignedBuffer(repeating: 0, count: Self.history + count)
    run = AlignedBuffer(repeating: 0, count: Self.history + count)
    let input = AlignedBuffer(repeating: 0.0, count: count)
    for (bar, value) in values.enumerated() { input[bar] = value }
    var sum = PrefixSum()
    for start in stride(from: 0, to: count, by: block) {
      let place = Self.history + start
      sum.extend(
        SeriesBlock(base: input.base + start, history: 0), count: min(block, count - start),
        hi: hi.base + place, lo: lo.base + place, run: run.base + place)
    }
  }

  private func view(_ buffer: borrowing AlignedBuffer<Double>) -> SeriesBlock {
    SeriesBlock(base: buffer.base + Self.history, history: Self.history)
  }

  /// Means over a window, all bars at once.
  func means(_ window: Int) -> [Double] {
    [Double](unsafeUninitializedCapacity: count) { output, filled in
      WindowMean.evaluate(
        hi: view(hi), lo: view(lo), run: view(run), window: window, into: output.baseAddress!,
        count: count)
      filled = count
    }
  }

  /// Sums over a window, all bars at once.
  func sums(_ window: Int) -> [Double] {
    [Double](unsafeUninitializedCapacity: count) { output, filled in
      WindowSum.evaluate(
        hi: view(hi), lo: view(lo), run: view(run), window: window, into: output.baseAddress!,
        count: count)
      filled = count
    }
  }
}

@Test(arguments: 1...10 as ClosedRange<UInt64>)
func sharedFormGivesTheSameBits(seed: UInt64) throws {
  var dice = Dice(seed: seed)
  var values = try series(for: "sma", count: 999, gaps: 0.01, using: &dice)[0]
  // Half of the seeds leave the decimal grid; one bar is beyond any total.
  if seed % 2 == 0 { values = values.map { $0 * 1.000_000_123 - 30 } }
  values[500] = .infinity
  values[700] = 1.7e308
  let totals = Totals(values, block: Int.random(in: 1...400, using: &dice))
  for window in [1, 2, 3, 20, 200, 999] {
    let (means, sums) = (totals.means(window), totals.sums(window))
    for (name, expected) in [("sma", means), ("mean", means), ("sum", sums)] {
      let found = try run(name, [Double(window)], [values])
      #expect(sameBits(found, expected), "\(name)(x, \(window)), seed \(seed)")
    }
  }
}

@Test(arguments: 1...20 as ClosedRange<UInt64>)
func equalMeansCompareEqual(seed: UInt64) {
  var dice = Dice(seed: seed)
  // A narrow walk in cents, so that ties between windows are common.
  let cents = (0..<4000).map { _ in 10_000 + Int.random(in: 0...6, using: &dice) }
  let totals = Totals(cents.map { Double($0) / 100 }, block: 128)
  let (three, five) = (totals.means(3), totals.means(5))
  var ties = 0
  for bar in 4..<cents.count {
    // Compare sum/3 with sum/5 as whole numbers, cross-multiplied.
    let left = cents[bar - 2...bar].reduce(0, +) * 5
    let right = cents[bar - 4...bar].reduce(0, +) * 3
    ties += left == right ? 1 : 0
    #expect((three[bar] == five[bar]) == (left == right), "bar \(bar), seed \(seed)")
    #expect((three[bar] < five[bar]) == (left < right), "bar \(bar), seed \(seed)")
    let single = Double(cents[bar]) / 100
    #expect((three[bar] == single) == (left == cents[bar] * 15), "bar \(bar), seed \(seed)")
  }
  #expect(ties > 100, "the test must meet ties, seed \(seed)")
}

@Test func decimalsDoNotDrift() {
  var dice = Dice(seed: 42)
  let count = 1_000_000
  // Millionths up to 50,000: totals pass 2^53 many times over.
  let units = (0..<count).map { _ in Int.random(in: 0...50_000_000_000, using: &dice) }
  let totals = Totals(units.map { Double($0) / 1e6 }, block: 1024)
  var prefix: [Int] = [0]
  prefix.reserveCapacity(count + 1)
  for unit in units { prefix.append(prefix[prefix.count - 1] &+ unit) }
  #expect(prefix[count] > 1 << 54)
  for window in [1, 7, 200, 5000] {
    let (means, sums) = (totals.means(window), totals.sums(window))
    var wrong = 0
    for bar in window - 1..<count {
      let exact = Double(prefix[bar + 1] - prefix[bar + 1 - window])
      if means[bar] != exact / (Double(window) * 1e6) || sums[bar] != exact / 1e6 { wrong += 1 }
    }
    #expect(wrong == 0, "window \(window): \(wrong) means off")
  }
}

@Test func otherValuesDoNotDriftEither() {
  var dice = Dice(seed: 43)
  let values = (0..<1_000_000).map { _ in Double.random(in: -1...1, using: &dice) / 3 }
  let totals = Totals(values, block: 777)
  for window in [3, 50] {
    let means = totals.means(window)
    for bar in stride(from: 900_000, to: 1_000_000, by: 13) {
      let exact = values[bar - window + 1...bar].reduce(0, +) / Double(window)
      #expect(abs(means[bar] - exact) < 1e-16 * 4)
    }
  }
}

@Test func negativesAndWholeNumbersAreExact() {
  let values = [-0.3, 0.1, 0.2, 1e9, -1e9, 0.000001, -0.000001, 123_456_789.123456]
  let sums = Totals(values, block: 3).sums(3)
  #expect(Array(sums[2...4]) == [0, 1_000_000_000.3, 0.2])
  #expect(Array(sums[5...6]) == [0.000001, -1e9])
}
