import Indicators
import Testing

// Windows around the lengths at which formulas change their ways: groups of eight, blocks of 256, one and two bars.
private let windows = [1, 2, 3, 7, 8, 9, 10, 15, 16, 17, 50, 174, 255, 256, 257, 300, 512, 900]

/// A random walk in steps of `step` about `level`, with NaN and infinities at random places.
private func walk(
  _ level: Double, step: Double, count: Int, gaps: Double, using dice: inout Dice
) -> [Double] {
  var place = 0
  return (0..<count).map { _ in
    place += Int.random(in: -3...3, using: &dice)
    if Double.random(in: 0..<1, using: &dice) < gaps {
      return [.nan, .infinity, -.infinity].randomElement(using: &dice) ?? .nan
    }
    return level + Double(place) * step
  }
}

/// Blocks of random lengths, some of one bar, some longer than the engine's.
private func cuts(of count: Int, using dice: inout Dice) -> [Int] {
  var blocks: [Int] = []
  var left = count
  while left > 0 {
    let longest = [1, 7, 8, 256, 257, 700].randomElement(using: &dice) ?? 1
    blocks.append(Int.random(in: 1...min(longest, left), using: &dice))
    left -= blocks[blocks.count - 1]
  }
  return blocks
}

@Test(arguments: windows)
func extremesAreExact(window: Int) throws {
  for seed in 1...8 as ClosedRange<UInt64> {
    var dice = Dice(seed: seed &* 1000 &+ UInt64(window))
    let level = [0, 100, 1e-300, -1e300][Int(seed % 4)]
    let step = level == 0 || level == 100 ? 0.01 : abs(level) / 1000
    let gaps = seed % 2 == 0 ? 0 : 0.3 / Double(window)
    let x = walk(level, step: step, count: 800, gaps: gaps, using: &dice)
    let blocks = cuts(of: x.count, using: &dice)
    for (name, isHigh) in [("highest", true), ("lowest", false)] {
      let found = try run(name, [Double(window)], [x], blocks: blocks)
      for bar in x.indices {
        let values = bar < window - 1 ? [] : x[bar - window + 1...bar]
        let isFull = !values.isEmpty && values.allSatisfy(\.isFinite)
        let expected = isFull ? (isHigh ? values.max() : values.min()) ?? .nan : .nan
        #expect(
          found[bar] == expected || found[bar].isNaN && expected.isNaN,
          "\(name)(x, \(window)), bar \(bar), seed \(seed), blocks \(blocks)")
      }
    }
  }
}

@Test func anExtremeOfZeroHasNoSign() throws {
  let x = (0..<40).map { $0 % 3 == 0 ? 0.0 : -0.0 }
  for name in ["highest", "lowest"] {
    for window in [1.0, 2, 9, 20] {
      #expect(try run(name, [window], [x]).allSatisfy { $0.isNaN || $0.bitPattern == 0 })
    }
  }
}

/// Mean less newest value and sum of squared deviations, in two passes over differences from the newest value.
private func twoPasses(_ values: ArraySlice<Double>) -> (shift: Double, squares: Double) {
  let newest = values[values.endIndex - 1]
  let shift = values.reduce(0) { $0 + ($1 - newest) } / Double(values.count)
  return (shift, values.reduce(0) { $0 + ($1 - newest - shift) * ($1 - newest - shift) })
}

@Test(arguments: windows)
func deviationsKeepNineDigits(window: Int) throws {
  for seed in 1...8 as ClosedRange<UInt64> {
    var dice = Dice(seed: seed &* 7919 &+ UInt64(window))
    // A million give or take a cent; a coin worth next to nothing; sizes at which squares still fit.
    let (level, step) = [(1e6, 1e-3), (1e-7, 1e-9), (1e150, 1e146), (50, 0.01)][Int(seed % 4)]
    let gaps = seed > 4 ? 0.3 / Double(window) : 0
    var x = walk(level, step: step, count: 1200, gaps: gaps, using: &dice)
    // A lone outlier: the worst anchor a window can have.
    x[600] = level + 1e4 * step
    for bar in 900..<1100 { x[bar] = level }
    let blocks = cuts(of: x.count, using: &dice)
    let n = Double(window)
    let upper = try run("bollinger_upper", [n, 2], [x], blocks: blocks)
    let deviation = window < 2 ? [] : try run("stdev", [n], [x], blocks: blocks)
    let score = window < 2 ? [] : try run("zscore", [n], [x], blocks: blocks)
    for bar in x.indices {
      let values = bar < window - 1 ? [] : x[bar - window + 1...bar]
      guard !values.isEmpty, values.allSatisfy(\.isFinite) else {
        #expect(upper[bar].isNaN && (window < 2 || deviation[bar].isNaN && score[bar].isNaN))
        continue
      }
      let (shift, squares) = twoPasses(values)
      let place = "window \(window), bar \(bar), seed \(seed)"
      let mean = x[bar] + shift
      let band = mean + 2 * (squares / n).squareRoot()
      #expect(abs(upper[bar] - band) <= 1e-15 * abs(band) + 1e-9 * abs(band - mean), "\(place)")
      guard window > 1 else { continue }
      let sigma = (squares / (n - 1)).squareRoot()
      #expect(abs(deviation[bar] - sigma) <= 1e-9 * sigma, "\(place)")
      guard sigma > 0 else {
        #expect(score[bar].isNaN, "\(place)")
        continue
      }
      let expected = -shift / sigma
      #expect(abs(score[bar] - expected) <= 1e-9 * (abs(expected) + 1), "\(place)")
    }
  }
}

@Test func windowsLongerThanTheSeriesAreEmpty() throws {
  var dice = Dice(seed: 3)
  for name in names {
    let numbers = try #require(IndicatorCatalog.named(name)).signature.arguments.map { _ in 500.0 }
    guard !numbers.isEmpty else { continue }
    let inputs = try series(for: name, count: 499, using: &dice)
    #expect(try run(name, numbers, inputs).allSatisfy { $0.isNaN }, "\(name)")
  }
}

@Test(arguments: names)
func longWindowsDoNotDependOnBlocks(name: String) throws {
  for seed in 1...6 as ClosedRange<UInt64> {
    var dice = Dice(seed: seed)
    let numbers = try arguments(for: name, longest: seed % 2 == 0 ? 400 : 9, using: &dice)
    let gaps = seed % 3 == 0 ? 0.05 : 0.0005
    let inputs = try series(for: name, count: 1500, gaps: gaps, using: &dice)
    let whole = try run(name, numbers, inputs)
    let blocks = cuts(of: 1500, using: &dice)
    #expect(
      sameBits(try run(name, numbers, inputs, blocks: blocks), whole),
      "\(name)\(numbers), seed \(seed), blocks \(blocks)")
  }
}

@Test func averagesDoNotDrift() throws {
  var dice = Dice(seed: 11)
  let count = 1_000_000
  let x = walk(1000, step: 0.01, count: count, gaps: 0, using: &dice)
  for window in [2.0, 14, 200] {
    let found = try run("ema", [window], [x], blocks: Array(repeating: 250, count: count / 250))
    var value = x[..<Int(window)].reduce(0, +) / window
    var worst = 0.0
    for bar in Int(window)..<count {
      value += (x[bar] - value) * (2 / (window + 1))
      worst = max(worst, abs(found[bar] / value - 1))
    }
    #expect(worst < 1e-13, "ema(x, \(window)) is off by \(worst)")
  }
  let deviation = try run("stdev", [50], [x], blocks: Array(repeating: 250, count: count / 250))
  for bar in stride(from: 49, to: count, by: 97) {
    let sigma = (twoPasses(x[bar - 49...bar]).squares / 49).squareRoot()
    #expect(abs(deviation[bar] - sigma) <= 1e-11 * sigma, "bar \(bar)")
  }
}

@Test(arguments: [0.1, 33.33, 1.0 / 3, 1e-8, 98_765.4321])
func averagesHoldAConstant(price: Double) throws {
  let flat = Array(repeating: price, count: 3000)
  for window in [2.0, 3, 8, 64, 1000] {
    // The seed may be off by its own rounding; what follows comes closer and then stays.
    let found = try run("ema", [window], [flat]).dropFirst(Int(window) - 1)
    let seed = abs(found[Int(window) - 1] - price)
    #expect(found.allSatisfy { abs($0 - price) <= seed }, "ema(\(price), \(window))")
  }
}
