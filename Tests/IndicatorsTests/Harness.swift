import Indicators
import Kernels
import Testing

/// Small reproducible random numbers (SplitMix64).
struct Dice: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Name of every catalogue entry, which is what parametrised tests print.
let names = IndicatorCatalog.all.map { $0.signature.name }

/// Makes an indicator by name.
func make(_ name: String, _ arguments: [Double]) throws -> any Indicator {
  try #require(IndicatorCatalog.named(name), "no indicator \(name)").init(arguments: arguments)
}

/// Runs an indicator over whole series, cut into blocks of the given lengths.
///
/// Each block lies in memory of its own with exactly the history that the indicator asked for, walled in by
/// values that no result can hide: what reads or writes outside its block shows.
func run(
  _ name: String, _ arguments: [Double], _ inputs: [[Double]], blocks: [Int]? = nil
) throws -> [Double] {
  var indicator = try make(name, arguments)
  let total = inputs[0].count
  let (wall, history) = (16, indicator.lookback)
  var result: [Double] = []
  for count in blocks ?? [total] {
    let start = result.count
    let memory = inputs.map { series in
      [Double](repeating: -7.7e77, count: wall)
        + (start - history..<start).map { $0 < 0 ? .nan : series[$0] }
        + series[start..<start + count] + [Double](repeating: 8.8e88, count: wall)
    }
    let copies = memory.map { values in
      let copy = UnsafeMutableBufferPointer<Double>.allocate(capacity: values.count)
      _ = copy.initialize(from: values)
      return copy
    }
    defer { for copy in copies { copy.deallocate() } }
    let views = copies.map {
      SeriesBlock(base: UnsafePointer($0.baseAddress! + wall + history), history: history)
    }
    var output = [Double](repeating: 9.9e99, count: count + 2 * wall)
    output.withUnsafeMutableBufferPointer {
      indicator.evaluate(views, into: $0.baseAddress! + wall, count: count)
    }
    #expect(
      (output.prefix(wall) + output.suffix(wall)).allSatisfy { $0 == 9.9e99 }, "wrote outside")
    result += output[wall..<wall + count]
  }
  return result
}

/// Series for the inputs of an indicator: prices in cents, sometimes unchanged, with `gaps` of them NaN.
func series(
  for name: String, count: Int, gaps: Double = 0, using dice: inout Dice
) throws -> [[Double]] {
  let signature = try #require(IndicatorCatalog.named(name)).signature
  var price = 5000
  var columns: [String: [Double]] = [:]
  for _ in 0..<count {
    price = max(100, price + Int.random(in: -150...150, using: &dice))
    let close = price + Int.random(in: -1...1, using: &dice) * 5
    let (up, down) = (Int.random(in: 0...60, using: &dice), Int.random(in: 0...60, using: &dice))
    let row = [
      "close": Double(close) / 100, "x": Double(close) / 100, "y": Double(price + up * 3) / 100,
      "high": Double(close + up) / 100, "low": Double(close - down) / 100,
      "volume": Double(Int.random(in: 0...9, using: &dice) * 1000),
    ]
    for (key, value) in row {
      let isGap = Double.random(in: 0..<1, using: &dice) < gaps
      columns[key, default: []].append(isGap ? .nan : value)
    }
  }
  return try signature.inputs.map { input in
    let key =
      switch input {
      case .expression(let key), .field(let key): key
      }
    return try count == 0 ? [] : #require(columns[key])
  }
}

/// Numbers that an indicator accepts, windows up to `longest`.
func arguments(for name: String, longest: Int = 12, using dice: inout Dice) throws -> [Double] {
  try #require(IndicatorCatalog.named(name)).signature.arguments.map {
    $0.isWhole
      ? Double(Int.random(in: Int($0.minimum)...longest, using: &dice))
      : Double.random(in: 0...3, using: &dice)
  }
}

/// Whether two series hold the same bits, any NaN being the same.
func sameBits(_ a: [Double], _ b: [Double]) -> Bool {
  a.count == b.count
    && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
}

/// The first bar at which two series differ by more than 1e-9 of the value, or in being defined.
func firstDifference(_ found: [Double], _ expected: [Double]) -> String? {
  if found.count != expected.count { return "\(found.count) bars, not \(expected.count)" }
  for bar in found.indices {
    let (a, b) = (found[bar], expected[bar])
    if a.isNaN && b.isNaN { continue }
    // Differences of prices near 0 carry the rounding of the prices: hence the absolute part.
    if !(abs(a - b) <= 1e-9 * abs(b) + 1e-11) { return "bar \(bar): \(a), not \(b)" }
  }
  return nil
}
