import Expressions
import Foundation
import TestSupport
import Testing

private let scope = ExpressionScope(
  fields: ["open", "high", "low", "close"], parameters: ["fast", "slow"],
  parts: ["trend": "close > sma(close, slow)", "spread": "high - low"], symbols: ["A"])

private let grid = ParameterGrid(axes: [
  .init(name: "fast", values: [1, 2]), .init(name: "slow", values: (1...9).map(Double.init)),
])

/// Reads a text as everything it might be.
///
/// Whatever is accepted must also be laid out.
private func read(_ source: String) {
  var compiler = ExpressionCompiler(scope: scope)
  if let error = error({ () throws(ExpressionError) in _ = try compiler.constant(source) }) {
    check(error, source)
  }
  if let error = error({ () throws(ExpressionError) in _ = try compiler.constantCondition(source) })
  {
    check(error, source)
  }
  do throws(ExpressionError) {
    let root = try add(source, to: &compiler)
    try compiler.graph.checkArguments(of: root, grid: grid)
    _ = try SignalProgram(
      graph: compiler.graph, signals: [root, root, nil, nil], grid: grid, sets: 0..<grid.count)
  } catch {
    check(error, source)
  }
}

private func error(_ body: () throws(ExpressionError) -> Void) -> ExpressionError? {
  do throws(ExpressionError) {
    try body()
    return nil
  } catch {
    return error
  }
}

private func check(_ error: ExpressionError, _ source: String) {
  if let column = error.column {
    #expect(column >= 1 && column <= source.count + 1, "\(source): \(error)")
  }
  #expect("\(error)".utf8.count < 500, "\(source.prefix(200)): \(error)")
}

private let words = [
  "close", "open", "fast", "slow", "trend", "spread", "closs", "sma", "ema", "lag", "if", "abs",
  "crosses_above", "bars_since", "every", "hour", "month_end", "rank", "symbol", "top",
  "is", "equal", "demean", "obv", "atr",
  "(", ")", ",", ",", "(", ")", "+", "-", "*", "/", "^", "<", "<=", ">", ">=", "==", "!=", "=", "!",
  "and", "or", "not", "&&", "||", "**", "%", ".", "1", "20", "0", "-1", "2.5", "1e9", "1e999",
  "'x'",
  "\"", "é", "\u{0}", "\n", "_", "$", "1..2", "0x1",
]

@Test(arguments: 0..<10)
func wordSoupNeverTraps(batch: Int) {
  var random = TestRandom(seed: UInt64(1000 + batch))
  for _ in 0..<1000 {
    let soup = (0..<random.int(1...30)).map { _ in random.pick(words) }
    read(soup.joined(separator: random.pick([" ", ""])))
  }
}

@Test(arguments: 0..<10)
func mutatedExpressionsNeverTrap(batch: Int) {
  var generator = ExpressionGenerator(
    random: TestRandom(seed: UInt64(2000 + batch)), parameters: ["fast", "slow"])
  for _ in 0..<1000 {
    var bytes = Array(generator.condition(generator.random.int(1...4)).utf8)
    for _ in 0..<generator.random.int(1...4) {
      let place = generator.random.int(0...max(0, bytes.count - 1))
      switch generator.random.int(1...5) {
      case 1: bytes.insert(UInt8(generator.random.int(0...255)), at: min(place, bytes.count))
      case 2: bytes.insert(contentsOf: Array(generator.random.pick(words).utf8), at: place)
      case 3 where !bytes.isEmpty: bytes.remove(at: place)
      case 4 where !bytes.isEmpty: bytes.swapAt(place, generator.random.int(0...bytes.count - 1))
      default: bytes.removeLast(min(bytes.count, generator.random.int(0...5)))
      }
    }
    read(String(decoding: bytes, as: UTF8.self))
  }
}

/// Texts that would take a stack, an hour or a disk, if one let them.
private let hostile: [(String, String)] = [
  (
    "nested brackets",
    String(repeating: "(", count: 100_000) + "1" + String(repeating: ")", count: 100_000)
  ),
  ("open brackets", String(repeating: "(", count: 100_000)),
  ("nested calls", String(repeating: "abs(", count: 100_000) + "close"),
  ("signs", String(repeating: "-", count: 100_000) + "close > 1"),
  ("nots", String(repeating: "not ", count: 100_000) + "close > 1"),
  (
    "nots in brackets",
    String(repeating: "not (", count: 99) + "close > 1" + String(repeating: ")", count: 99)
  ),
  ("sum of a megabyte", Array(repeating: "close", count: 170_000).joined(separator: "+") + " > 1"),
  ("one number of a megabyte", "close > " + String(repeating: "9", count: 1_000_000)),
  ("one name of a megabyte", "close > " + String(repeating: "a", count: 1_000_000)),
  ("one text of a megabyte", "close > '" + String(repeating: "a", count: 1_000_000)),
  ("spaces of a megabyte", String(repeating: " ", count: 1_000_000)),
  ("powers", Array(repeating: "close", count: 900).joined(separator: "^") + " > 1"),
  ("comparisons", Array(repeating: "close", count: 900).joined(separator: "<")),
  ("ands", Array(repeating: "close > 1", count: 240).joined(separator: " and ")),
  ("longest sum", Array(repeating: "close", count: 240).joined(separator: "+") + " > 1"),
  (
    "longest constant",
    "sma(close, " + Array(repeating: "fast", count: 120).joined(separator: "+") + ") > 1"
  ),
  ("ifs in the condition", nestedIf(90) { "if(\($0), close > 1, open > 1)" }),
  ("ifs in the first branch", nestedIf(90) { "if(close > 2, \($0), open > 1)" }),
  ("ifs in the second branch", nestedIf(90) { "if(close > 2, open > 1, \($0))" }),
  ("ifs in all places", nestedIf(7) { "if(\($0), \($0), \($0))" }),
  ("negated ifs", nestedIf(45) { "not if(\($0), close > 1, not (open > 1))" }),
  (
    "symbols",
    nestedIf(45) { "if(symbol('A').\($0.hasPrefix("if") ? $0 : "trend"), close > 1, open > 1)" }
  ),
  ("functions across", "rank(" + nested(8, "close") { "abs(demean(\($0)))" } + ") > 1"),
  ("functions across to the limit", nested(8, "ema(close, 3)") { "demean(\($0))" } + " > 1"),
  ("dots", "close" + String(repeating: ".a", count: 100_000)),
  ("commas", "max(" + String(repeating: "1,", count: 100_000)),
]

private func nestedIf(_ depth: Int, _ wrap: (String) -> String) -> String {
  (0..<depth).reduce("close > 3") { text, _ in wrap(text) }
}

/// Runs on a thread with half a megabyte of stack, the least that a platform gives; thread-local data of whatever else
/// is linked into the tests comes off it.
private func onSmallStack(_ body: @escaping @Sendable () -> Void) -> Bool {
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    body()
    done.signal()
  }
  thread.stackSize = 512 << 10
  thread.start()
  return done.wait(timeout: .now() + 30) == .success
}

@Test(arguments: hostile.indices)
func hostileTextsEndInTime(index: Int) {
  let (name, source) = hostile[index]
  let start = ContinuousClock.now
  #expect(onSmallStack { read(source) }, "\(name) hangs")
  let seconds = (ContinuousClock.now - start) / .seconds(1)
  #expect(seconds < 10, "\(name) took \(seconds) s")
}

/// `p0`, `p1`, …, each made from the one before.
private func chain(_ count: Int, from first: String, _ next: (String) -> String) -> [String: String]
{
  Dictionary(
    uniqueKeysWithValues: (0..<count).map { ("p\($0)", $0 == 0 ? first : next("p\($0 - 1)")) })
}

private func nested(_ depth: Int, _ inner: String, _ wrap: (String) -> String) -> String {
  (0..<depth).reduce(inner) { text, _ in wrap(text) }
}

/// Parts that pile up what none of them shows, and whether that is still accepted.
private let piles: [(name: String, parts: [String: String], isAccepted: Bool)] = [
  ("doubled constants", chain(200, from: "fast") { "\($0) + \($0)" }, false),
  ("doubled series", chain(1200, from: "close") { "\($0) + \($0)" }, false),
  ("doubled series, to the limit", chain(120, from: "close") { "\($0) + \($0)" }, true),
  ("sums", chain(20, from: "close") { $0 + String(repeating: " + 1", count: 200) }, false),
  ("calls", chain(20, from: "close") { nested(90, $0) { "abs(\($0))" } }, false),
  ("calls, to the limit", chain(3, from: "close") { nested(90, $0) { "abs(\($0))" } }, true),
  ("indicators", chain(20, from: "close") { nested(90, $0) { "ema(\($0), slow)" } }, false),
  (
    "indicators, to the limit", chain(3, from: "close") { nested(90, $0) { "ema(\($0), slow)" } },
    true
  ),
  (
    "choices, to the limit",
    chain(3, from: "close") { nested(90, $0) { "if(close > slow, \($0), 1)" } }, true
  ),
]

@Test(arguments: piles.indices)
func hostilePartsEndInTime(index: Int) {
  let (name, parts, isAccepted) = piles[index]
  let isDone = onSmallStack {
    let scope = ExpressionScope(fields: ["close"], parameters: ["fast", "slow"], parts: parts)
    // All at once, and part by part, so that each finds the one before already read.
    for first in [parts.count - 1, 0] {
      var compiler = ExpressionCompiler(scope: scope)
      var refused = 0
      for part in first..<parts.count {
        do throws(ExpressionError) {
          let root = try compiler.number("p\(part)")
          _ = try SignalProgram(
            graph: compiler.graph, signals: [root, nil, nil, nil], grid: grid, sets: 0..<grid.count)
        } catch {
          refused += 1
          if case .inPart(_, _, .tooLong) = error { continue }
          if case .tooLong = error { continue }
          Issue.record("\(name): \(error)")
        }
      }
      #expect((refused == 0) == isAccepted, "\(name), from part \(first): \(refused) refused")
    }
  }
  #expect(isDone, "\(name) hangs")
}
