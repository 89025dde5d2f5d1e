import Indicators
import Testing

private let nan = Double.nan

// Worked by hand.
@Test(
  arguments: [
    ("lag", [0], [[1, 2, 3]], [1, 2, 3]),
    ("lag", [2], [[1, nan, 3, 4]], [nan, nan, 1, nan]),
    ("delta", [1], [[1, 3, nan, 4, 6]], [nan, 2, nan, nan, 2]),
    ("pct_change", [1], [[4, 5, 0, 5]], [nan, 0.25, -1, nan]),
    ("sum", [2], [[1, 2, nan, 4, 5]], [nan, 3, nan, nan, 9]),
    ("sma", [3], [[1, 2, 6, 4]], [nan, nan, 3, 4]),
    ("stdev", [2], [[1, 3, 3]], [nan, 2.0.squareRoot(), 0]),
    ("zscore", [3], [[1, 2, 3, 3, 3]], [nan, nan, 1, 1 / 3.0.squareRoot(), nan]),
    ("slope", [3], [[1, 2, 4]], [nan, nan, 1.5]),
    ("correlation", [2], [[1, 2, 1], [5, 7, 7]], [nan, 1, nan]),
    ("correlation", [3], [[1, 2, 4], [3, 1, -3]], [nan, nan, -1]),
    // Through (1, 3), (2, 5), (4, 4): covariance 1/2 over variance 7/3; then x stands still.
    ("beta", [3], [[3, 5, 4], [1, 2, 4]], [nan, nan, 3.0 / 14]),
    ("beta", [2], [[3, 5, 9], [1, 2, 2]], [nan, 2, nan]),
    // Averages 1.5, then 1.5 + 2/3 (3 − 1.5); ranges 1, then (1 + 2)/2.
    ("keltner_upper", [2, 2], [[1, 2, 3], [1, 1, 1], [1, 2, 3]], [nan, nan, 5.5]),
    ("keltner_lower", [2, 2], [[1, 2, 3], [1, 1, 1], [1, 2, 3]], [nan, nan, -0.5]),
    ("wma", [2], [[3, 6, 0]], [nan, 5, 2]),
    ("ema", [3], [[1, 2, 3, 6, 0]], [nan, nan, 2, 4, 2]),
    // Changes 1, -1, 3: gains 0.5 then 1.75, losses 0.5 then 0.25.
    ("rsi", [2], [[1, 2, 1, 4]], [nan, nan, 50, 87.5]),
    ("atr", [2], [[2, 3, 9, 4], [1, 1, 8, 3], [1, 2, 8, 3]], [nan, nan, 4.5, 4.75]),
    // Rises of 1, then a fall of 2 with a range of 3 each time: shares 1/3, then |1 − 2| of 3.
    ("adx", [1], [[2, 3, 2], [1, 2, 0], [1.5, 2.5, 1]], [nan, 100, 100]),
    ("macd", [1, 2], [[1, 3, 9]], [nan, 1, 9 - 20.0 / 3]),
    ("stochastic", [2], [[3, 4, 4], [1, 2, 4], [2, 3, 4]], [nan, 200.0 / 3, 100]),
    ("stochastic_d", [1, 2], [[2, 2, 2], [0, 0, 0], [1, 2, 0]], [nan, 75, 50]),
    ("stochastic", [1], [[5], [5], [5]], [nan]),
    ("bollinger_upper", [2, 2], [[1, 3]], [nan, 4]),
    ("bollinger_lower", [2, 2], [[1, 3]], [nan, 0]),
    ("donchian_middle", [2], [[5, 4, 3], [2, 1, 2]], [nan, 3, 2.5]),
    ("obv", [], [[5, 6, 6, 4, nan, 4, 5], [9, 1, 2, 4, 1, 7, 3]], [0, 1, 1, -3, nan, 0, 3]),
    ("vwap", [2], [[3, 6, 9], [3, 6, 9], [3, 6, 9], [1, 2, 0]], [nan, 5, 6]),
    ("vwap", [1], [[3, 6], [3, 6], [3, 6], [1, 0]], [3, nan]),
  ] as [(String, [Double], [[Double]], [Double])])
func workedExample(name: String, numbers: [Double], inputs: [[Double]], expected: [Double]) throws {
  #expect(firstDifference(try run(name, numbers, inputs), expected) == nil)
}

@Test(arguments: ["sum", "mean", "sma", "highest", "lowest", "ema", "wma"])
func windowOfOneIsTheSeries(name: String) throws {
  let values = [0.1, -0.3, 100.05, 1e-9, 7.777777777777, 0.1]
  #expect(try run(name, [1], [values]) == values)
}

@Test func bandsOfOneBarHaveNoWidth() throws {
  let values = [0.1, 0.7, 100.05]
  #expect(try run("bollinger_upper", [1, 2], [values]) == values)
  #expect(try run("donchian_upper", [1], [values]) == values)
  #expect(try run("macd", [1, 1], [values]) == [0, 0, 0])
}

@Test(arguments: [0.1, 33.33, 1.0 / 3, 1e-8, 98_765.4321])
func constantSeriesAreExact(price: Double) throws {
  let flat = [Double](repeating: price, count: 60)
  let volume = (0..<60).map { Double($0 + 1) }
  func last(_ name: String, _ numbers: [Double], _ inputs: [[Double]]) throws -> Double {
    try #require(try run(name, numbers, inputs).last)
  }
  for n in [2.0, 3, 7, 20] {
    #expect(try last("stdev", [n], [flat]) == 0)
    #expect(try last("zscore", [n], [flat]).isNaN)
    #expect(try last("slope", [n], [flat]) == 0)
    #expect(try last("correlation", [n], [flat, volume]).isNaN)
    #expect(try last("wma", [n], [flat]) == price)
    #expect(try last("bollinger_upper", [n, 2], [flat]) == price)
    #expect(try last("rsi", [n], [flat]).isNaN)
    #expect(try last("atr", [n], [flat, flat, flat]) == 0)
    #expect(try last("adx", [n], [flat, flat, flat]) == 0)
    #expect(try last("stochastic", [n], [flat, flat, flat]).isNaN)
    #expect(abs(try last("vwap", [n], [flat, flat, flat, volume]) / price - 1) < 3e-16)
    #expect(abs(try last("mean", [n], [flat]) / price - 1) < 3e-16)
    #expect(abs(try last("ema", [n], [flat]) / price - 1) < 1e-15)
  }
}

@Test func anInfinityDoesNotLinger() throws {
  var values = (0..<40).map { Double($0 % 5) + 0.5 }
  values[10] = .infinity
  for name in ["ema", "sma", "sum", "rsi", "wma", "stdev"] {
    let output = try run(name, [3], [values])
    #expect(output[10...12].allSatisfy { $0.isNaN }, "\(name)")
    #expect(output[14...].allSatisfy { $0.isFinite }, "\(name)")
  }
}
