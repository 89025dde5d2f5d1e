import Expressions
import Strategies
import Testing

private let closes = panel([("close", [[1, 2, 3]])])
private let axes = [axis("fast", [2, 5]), axis("slow", [3, 9])]

private func message(_ texts: [String: String], parts: [String: String] = [:]) -> String {
  do throws(StrategyError) {
    _ = try strategy(texts, parts: parts, axes: axes, panel: closes)
    return "accepted"
  } catch {
    return "\(error)"
  }
}

private let entry = "close > 1"

@Test(arguments: [
  (
    ["long_exit": "close < 1"],
    "strategy: neither 'long_entry' nor 'short_entry' is given, so nothing would ever be bought"
  ),
  (
    ["long_entry": entry, "short_exit": entry],
    "strategy.short_exit: there is no 'short_entry'; add it, or remove 'short_exit'"
  ),
  (
    ["short_entry": entry, "long_exit": entry],
    "strategy.long_exit: there is no 'long_entry'; add it, or remove 'long_exit'"
  ),
  (
    ["long_entry": "close > sma(closs, 20)"],
    """
    strategy.long_entry, column 13: no field, parameter or named part 'closs'. Did you mean 'close'? \
    Known here: fast, slow, close
      close > sma(closs, 20)
                  ^
    """
  ),
  (
    ["long_entry": entry, "long_exit": "close <"],
    """
    strategy.long_exit, column 8: found the end, expected a number, a name or '('
      close <
             ^
    """
  ),
  (
    ["short_entry": "close"],
    """
    strategy.short_entry, column 1: the expression is a number, expected a condition (such as close > \
    sma(close, 20))
      close
      ^
    """
  ),
  (
    ["long_entry": "close > sma(close, fast - 3)"],
    "strategy.long_entry: sma: n is -1, expected a whole number of bars from 1 to 1000000 (at fast = "
      + "2; exclude it with 'where' or change the range)"
  ),
  (
    ["long_entry": "close > bollinger_upper(close, slow - fast, fast)"],
    "strategy.long_entry: bollinger_upper: n is -2, expected a whole number of bars from 1 to "
      + "1000000 (at fast = 5, slow = 3; exclude it with 'where' or change the range)"
  ),
  (
    ["long_entry": "close > atr(14)"],
    """
    strategy.long_entry, column 9: atr needs the field 'high', which the panel does not have (it has: \
    close)
      close > atr(14)
              ^
    """
  ),
  (
    ["long_entry": entry, "stop_loss": "fast / 4"],
    "strategy.stop_loss: 1.25 is out of range, expected a fraction between 0 and 1 (at fast = 5, "
      + "slow = 3)"
  ),
  (
    ["long_entry": entry, "stop_loss": "0"],
    "strategy.stop_loss: 0 is out of range, expected a fraction between 0 and 1"
  ),
  (
    ["long_entry": entry, "trailing_stop": "1"],
    "strategy.trailing_stop: 1 is out of range, expected a fraction between 0 and 1"
  ),
  (
    ["long_entry": entry, "take_profit": "-0.5"],
    "strategy.take_profit: -0.5 is out of range, expected a fraction above 0"
  ),
  (
    ["long_entry": entry, "take_profit": "1 / 0"],
    "strategy.take_profit: inf is out of range, expected a fraction above 0"
  ),
  (
    ["long_entry": entry, "fraction": "fast * 50"],
    "strategy.size.fraction_of_equity: 250 is out of range, expected a fraction above 0, at most 100 "
      + "(at fast = 5, slow = 3)"
  ),
  (
    ["long_entry": entry, "stop_loss": "close / 100"],
    """
    strategy.stop_loss, column 7: the expression must be the same at every bar: use numbers and \
    parameters only
      close / 100
            ^
    """
  ),
])
func saysWhatIsWrong(texts: [String: String], expected: String) {
  #expect(message(texts) == expected)
}

@Test func mistakesInPartsPointIntoTheirText() {
  let parts = ["trend": "close > average", "average": "sma(close, fastt)"]
  let expected = """
    strategy.let.average, column 12: no field, parameter or named part 'fastt'. Did you mean 'fast'? \
    Known here: average, trend, fast, slow, close
      sma(close, fastt)
                 ^
    """
  #expect(message(["long_entry": "trend"], parts: parts) == expected)
  // Parts are checked whether or not something uses them.
  #expect(message(["long_entry": entry], parts: parts) == expected)
}

@Test func partsThatNothingUsesAreNotComputed() throws {
  let strategy = try strategy(
    ["long_entry": "close > 1"], parts: ["unused": "volume > sma(open, 20)"],
    panel: panel([("open", [[1]]), ("close", [[1]]), ("volume", [[1]])]))
  #expect(strategy.fields == ["close"])
}

@Test func longTextsAreShownAroundTheMistake() {
  let long = Array(repeating: "close > 1", count: 50).joined(separator: " and ")
  let lines = message(["long_entry": "\(long) and clos > 1 and \(long)"]).split(separator: "\n")
  #expect(lines.count == 3)
  #expect(lines[1].count <= 102)
  let caret = lines[2].count - 1
  #expect(String(lines[1].dropFirst(caret).prefix(6)) == "clos >")
  // A text of several lines has no place for a caret.
  #expect(message(["long_entry": "close >\n 1 and clos > 1"]).split(separator: "\n").count == 1)
}

@Test func everyParameterSetIsChecked() {
  // Wrong only where both are large.
  let text = ["long_entry": "close > sma(close, 45.5 - fast * slow)"]
  #expect(message(text).contains("n is 39.5"))
  #expect(
    message(["long_entry": entry, "stop_loss": "if(fast * slow > 40, 2, 0.5)"]).contains(
      "fast = 5, slow = 9"))
}

@Test func rangesWithinBoundsAreAccepted() throws {
  let strategy = try strategy(
    [
      "long_entry": entry, "stop_loss": "fast / 10", "take_profit": "slow",
      "trailing_stop": "0.999",
      "fraction": "min(1, fast / 2)",
    ], axes: axes, panel: closes)
  #expect(strategy.setCount == 4)
  #expect(strategy.hasLevels)
  #expect(!strategy.entersShort)
  let terms = strategy.terms(of: 3)
  #expect(terms.stopLoss == 0.5)
  #expect(terms.takeProfit == 9)
  #expect(terms.trailingStop == 0.999)
  #expect(terms.fraction == 1)
  #expect(strategy.terms(of: 0).stopLoss == 0.2)
}
