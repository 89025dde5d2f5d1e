import Advice
import Books
import Interchange
import Jobs
import Testing

/// `apus book simulate --policy weights:FILE`.
@Suite struct SimulateWeightsTests {
  private func outcome(
    _ book: StrategyBook, _ text: String, bar: Int = 79,
    _ change: (inout SimulateOptions) -> Void = { _ in }
  ) throws -> SimulateJob.Outcome {
    let file = try WeightFile.read(try book.folder.write(text, to: "weights.csv"))
    return try book.outcome(.weights(file), bar: bar) {
      ($0.market, $0.horizon) = (.history, 40)
      change(&$0)
    }
  }

  @Test("weights at once and every period, the rest in cash, as a plain loop has it")
  func naive() throws {
    let book = try StrategyBook()
    let found = try outcome(
      book,
      """
      portfolio,AAA,BBB,CCC
      p-0,0.5,0.2,
      p-1,1,,
      p-2,,,0
      p-3,0.3,0.3,0.4
      p-4,,0.25,0.25
      """
    ) { ($0.every, $0.costRate) = (.parse("10") ?? $0.every, 0.002) }
    #expect(found.failedCount == 0)
    let weights = [
      [0.5, 0.2, 0], [1, 0, 0], [0, 0, 0], [0.3, 0.3, 0.4], [0, 0.25, 0.25],
    ]
    for (place, weights) in weights.enumerated() {
      var money = [0.0, 0, 0]
      var cash = StrategyBook.cash[place]
      let values = found.values(of: place)
      for bar in 0..<40 {
        if bar % 10 == 0 {
          let before = cash + money.reduce(0, +)
          var after = before
          for _ in 0..<60 {
            let traded = zip(weights, money).reduce(0) { $0 + abs($1.0 * after - $1.1) }
            after = before - 0.002 * traded
          }
          money = weights.map { $0 * after }
          cash = after * (1 - weights.reduce(0, +))
        }
        for symbol in 0..<3 {
          money[symbol] *=
            book.closes[(80 + bar) * 3 + symbol] / book.closes[(79 + bar) * 3 + symbol]
        }
        let value = cash + money.reduce(0, +)
        #expect(abs(values[bar] - value) < 1e-9 * value, "portfolio \(place) at \(bar)")
      }
    }
  }

  @Test("a file of one portfolio without a name is for all; a row that lacks is told")
  func rows() throws {
    let book = try StrategyBook()
    let all = try outcome(book, "symbol,weight\nAAA,0.6\nCCC,0.1\n")
    #expect(all.failedCount == 0)
    let growth = all.values(of: 0)[39] / StrategyBook.cash[0]
    for place in 1..<5 {
      #expect(abs(all.values(of: place)[39] / StrategyBook.cash[place] - growth) < 1e-12)
    }
    let some = try outcome(book, "portfolio,symbol,weight\np-1,AAA,0.6\np-1,CCC,0.1\n")
    #expect(some.failedCount == 4 && some.goingCount == 5)
    #expect(some.reasons[0].contains("no weights of portfolio p-0") && some.reasons[1].isEmpty)
    // It is held as it is.
    #expect(some.values(of: 0) == Array(repeating: StrategyBook.cash[0], count: 40))
    #expect(abs(some.values(of: 1)[39] - all.values(of: 1)[39]) < 1e-9)
  }

  @Test(
    "files that can't be followed are refused in words",
    arguments: [
      ("portfolio,AAA,DDD\np-0,0.5,0.2\n", "DDD"),
      ("portfolio,AAA,BBB\np-9,0.5,0.2\n", "p-9"),
      ("portfolio,AAA,BBB\np-0,0.7,0.4\n", "1.1"),
      ("portfolio,AAA,BBB\np-0,half,0.4\n", "half"),
      ("portfolio,symbol\np-0,AAA\n", "weight"),
      ("portfolio,AAA\np-0,0.5\np-0,0.4\n", "p-0"),
      ("portfolio,AAA\n", "no row"), ("", "empty"),
    ])
  func refusals(_ text: String, _ said: String) throws {
    let book = try StrategyBook()
    let error = try #require(throws: (any Error).self) { try outcome(book, text) }
    #expect("\(error)".contains(said), "\(error)")
  }
}
