import Indicators
import Kernels
import Testing

@Test func namesAreUniqueAndFound() {
  #expect(Set(names).count == names.count)
  #expect(names.count == 32)
  for name in names { #expect(IndicatorCatalog.named(name)?.signature.name == name) }
  #expect(IndicatorCatalog.named("SMA") == nil)
}

@Test(arguments: names)
func signatureSaysWhatUsersNeed(name: String) throws {
  let signature = try #require(IndicatorCatalog.named(name)).signature
  #expect(signature.summary.hasSuffix(".") && signature.seeding.hasSuffix("."))
  #expect(!signature.source.isEmpty && !signature.inputs.isEmpty)
}

@Test(
  arguments: [
    ("lag", [3], 3), ("delta", [4], 4), ("pct_change", [2], 2), ("sum", [5], 4), ("mean", [20], 19),
    ("sma", [20], 19), ("stdev", [20], 19), ("highest", [7], 6), ("lowest", [7], 6),
    ("zscore", [9], 8), ("slope", [14], 13), ("correlation", [30], 29), ("ema", [12], 11),
    ("wma", [12], 11), ("rsi", [14], 14), ("atr", [14], 14), ("adx", [14], 27),
    ("macd", [12, 26], 25),
    ("macd", [26, 12], 25), ("macd_signal", [12, 26, 9], 33), ("macd_histogram", [12, 26, 9], 33),
    ("stochastic", [14], 13), ("stochastic_d", [14, 3], 15), ("bollinger_upper", [20, 2], 19),
    ("bollinger_lower", [20, 2], 19), ("donchian_upper", [20], 19), ("donchian_lower", [20], 19),
    ("donchian_middle", [20], 19), ("keltner_upper", [20, 2], 20), ("keltner_lower", [10, 1], 10),
    ("beta", [30], 29), ("obv", [], 0), ("vwap", [20], 19),
  ] as [(String, [Double], Int)])
func warmupIsWhatTheTableSays(name: String, arguments: [Double], warmup: Int) throws {
  #expect(try make(name, arguments).warmup == warmup)
}

@Test(arguments: names, [1, 2, 3])
func warmupIsTheNumberOfUndefinedBars(name: String, seed: UInt64) throws {
  var dice = Dice(seed: seed)
  let numbers = try arguments(for: name, using: &dice)
  // Prices that always move and volumes above 0: only the warm-up is undefined.
  let inputs = try series(for: name, count: 80, using: &dice).enumerated().map { index, values in
    values.enumerated().map { $1 + 0.37 * Double(($0 * $0 + index) % 7) + 0.5 }
  }
  let output = try run(name, numbers, inputs)
  let undefined = output.prefix { $0.isNaN }.count
  #expect(undefined == (try make(name, numbers).warmup), "\(name)\(numbers), seed \(seed)")
  #expect(output.dropFirst(undefined).allSatisfy { $0.isFinite }, "\(name)\(numbers), seed \(seed)")
}

@Test(arguments: names)
func argumentsOutsideTheirRangeAreRefused(name: String) throws {
  let type = try #require(IndicatorCatalog.named(name))
  let signature = type.signature
  var dice = Dice(seed: 1)
  let good = try arguments(for: name, using: &dice)
  #expect(throws: Never.self) { try type.init(arguments: good) }
  #expect(
    throws: IndicatorError.argumentCount(
      indicator: name, expected: good.count, found: good.count + 1)
  ) { try type.init(arguments: good + [1]) }
  for (index, argument) in signature.arguments.enumerated() {
    var bad = [argument.minimum - 1, .infinity, -.infinity, .nan]
    if argument.isWhole { bad += [argument.minimum + 0.5, 1e6 + 1, 1e300] }
    for value in bad {
      var numbers = good
      numbers[index] = value
      let error = #expect(throws: IndicatorError.self) { try type.init(arguments: numbers) }
      guard case .argument(name, argument.name, let found, _) = error else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
      #expect(found == value || found.isNaN && value.isNaN)
    }
    var least = good
    least[index] = argument.minimum
    #expect(throws: Never.self) { try type.init(arguments: least) }
  }
}

@Test func errorsSayWhatToDo() {
  let range = #expect(throws: IndicatorError.self) { try make("stdev", [1]) }
  #expect(
    range?.description
      == "stdev: argument n is 1.0. Give a whole number of bars from 2 to 1000000.")
  let count = #expect(throws: IndicatorError.self) { try make("bollinger_upper", [20]) }
  #expect(
    count?.description == "bollinger_upper takes 2 numbers, but 1 was given. "
      + "Write each number of its signature once.")
  let width = #expect(throws: IndicatorError.self) { try make("bollinger_upper", [20, -1]) }
  #expect(
    width?.description == "bollinger_upper: argument k is -1.0. Give a finite number, at least 0.0."
  )
}
