import Advice
import Books
import Jobs
import Risk
import Storage
import Testing

/// `apus book simulate` as tables.
@Suite struct SimulateJobTests {
  private static let simulated: [(SimulateOptions.Policy, SimulateOptions.Market)] = [
    (.hold, .bootstrap), (.rebalance, .gaussian), (.rebalance, .student), (.advise, .bootstrap),
    (.hold, .worst(3)), (.rebalance, .history),
  ]

  private func outcome(
    _ session: BookSession, bar: Int = 79, portfolios: [Int]? = nil,
    _ change: (inout SimulateOptions) -> Void
  ) throws -> SimulateJob.Outcome {
    var options = SimulateOptions()
    options.paths = 40
    options.horizon = 15
    change(&options)
    var policy = AdvicePolicy()
    policy.lookback = 60
    policy.method = "min_variance"
    return try SimulateJob(
      session: session, portfolios: portfolios ?? Array(session.book.portfolios.indices),
      asOf: session.market.end(of: bar), policy: policy, options: options
    ).run()
  }

  private func numbers(_ outcome: SimulateJob.Outcome, _ group: String, _ name: String) throws
    -> [Double]
  {
    let group = try #require(outcome.report.groups.first { $0.name == group }, "\(group)")
    let variable = try #require(group.variables.first { $0.name == name }, "\(name)")
    guard case .doubles(let values) = variable.values else { return [] }
    return values
  }

  @Test(
    "the same tables for any number of workers, with a reason for who stays",
    arguments: simulated.indices)
  func workers(_ place: Int) throws {
    let sample = try HistoryBook()
    let (policy, market) = Self.simulated[place]
    let found = try [1, 2, 7].map { workers in
      try outcome(try sample.session(workers: workers)) {
        ($0.policy, $0.market, $0.level, $0.path) = (policy, market, .client, 0)
        ($0.costRate, $0.contribution) = (0.001, 100)
        $0.every = .parse("week") ?? $0.every
      }
    }
    let json = try found.map { try $0.report.json() }
    #expect(json[0] == json[1] && json[0] == json[2])
    // A portfolio without any money.
    #expect(found[0].failedCount == 1 && found[0].goingCount == 5)
    let means = try numbers(found[0], "outcomes", "mean_return")
    #expect(means.count { $0.isNaN } == 1)
    let path = try numbers(found[0], "path", "value")
    #expect(path.count == 15 * 5)
    let errors = try numbers(found[0], "outcomes", "mean_return_error")
    #expect(errors.count { $0.isNaN } == (market.isRandom ? 1 : 6))
  }

  @Test("held through the bars after today a portfolio is worth what its history says")
  func history() throws {
    // Entries end with the first of the two books, and prices go on as those of the second do.
    let (sample, longer) = try (HistoryBook(bars: 90), HistoryBook(bars: 120))
    var options = BookSession.Options()
    options.store = longer.folder.path("prices.h5")
    let session = try BookSession.open(sample.path, options)
    let bar = 89
    #expect(try #require(session.book.entries.timeNs.max()) < session.market.end(of: bar))
    let found = try outcome(session, bar: bar) { ($0.market, $0.horizon) = (.history, nil) }
    let terminal = try numbers(found, "outcomes", "terminal_mean")
    for portfolio in [0, 1, 2] {
      let history = try PortfolioHistory(
        of: portfolio, in: session.book, market: session.market,
        bars: bar + 1..<session.market.panel.barCount)
      let end = try #require(history.equity.last)
      #expect(abs(terminal[portfolio] - end) < 1e-9 * end)
    }
    #expect(found.report.warnings.contains { $0.code == "looks_ahead" })
  }

  @Test("what can't be done is refused in words")
  func refusals() throws {
    let session = try HistoryBook().session()
    #expect(throws: AdviceError.self) {
      try outcome(session, bar: session.market.panel.barCount - 1) { $0.market = .history }
    }
    #expect(throws: AdviceError.self) {
      try outcome(session) { ($0.market, $0.horizon) = (.worst(2), 100) }
    }
    #expect(throws: AdviceError.self) { try outcome(session) { $0.path = 40 } }
    #expect(throws: AdviceError.self) { try outcome(session, portfolios: [3]) { _ in } }
    #expect(throws: AdviceError.self) { try outcome(session, bar: 10) { _ in } }
    #expect(throws: AdviceError.self) { try outcome(session) { $0.paths = 1_000_000_000 } }
  }

  @Test("names of markets and periods")
  func names() {
    typealias Market = SimulateOptions.Market
    #expect(Market.parse("gbm") == .gaussian)
    #expect(Market.parse("worst:5") == .worst(5))
    for bad in [
      "worst:0", "worst:", "window:2020-01-01", "window:2020-02-01:2020-01-01", "", "Window",
    ] {
      #expect(Market.parse(bad) == nil, "\(bad)")
    }
    let day: Int64 = 86_400_000_000_000
    #expect(Market.parse("window:1970-01-02:1970-01-03") == .window(day..<3 * day))
    #expect(
      Market.parse("window:1970-01-02T00:00:00Z:1970-01-03") == .window(day..<3 * day))
    #expect(SimulateOptions.Period.parse("month")?.bars(perYear: 252) == 21)
    #expect(SimulateOptions.Period.parse("13")?.bars(perYear: 252) == 13)
    #expect(SimulateOptions.Period.parse("0") == nil)
  }
}
