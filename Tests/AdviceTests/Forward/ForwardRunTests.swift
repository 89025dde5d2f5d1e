import Advice
import Books
import Kernels
import Market
import TestSupport
import Testing

/// Portfolios forward: every path against a plain loop, sums against their parts, and bits against other workers.
@Suite struct ForwardRunTests {
  private func near(_ a: Double, _ b: Double, _ tolerance: Double = 1e-11) -> Bool {
    abs(a - b) <= tolerance * max(1, abs(a), abs(b))
  }

  /// Plans of all kinds.
  private static let plans: [ForwardPlan] = {
    var held = ForwardPlan()
    held.floor = 0.9
    var saved = held
    (saved.contribution, saved.contributionEvery) = (1000, 7)
    var spent = held
    (spent.contribution, spent.contributionEvery) = (-3, 5)
    var moved = held
    moved.every = 5
    var dear = moved
    (dear.costRate, dear.movesAtOnce) = (0.01, true)
    var all = dear
    (all.every, all.contribution, all.contributionEvery) = (1, 250, 3)
    return [held, saved, spent, moved, dear, all]
  }()

  @Test(
    "as a plain loop over each path, for each portfolio and sum, by matrices and by entries",
    arguments: plans.indices, [0.0, 1e9])
  func naive(_ number: Int, _ dense: Double) throws {
    let plan = Self.plans[number]
    let factors = ForwardSample.factors(try ForwardSample.market(seed: 3))
    let accounts = ForwardSample.accounts(factors, count: 270, seed: 4, weights: true)
    let bars = 43
    let paths = ForwardSample.paths(factors, count: 9, bars: bars, seed: 5)
    let run = ForwardRun(accounts, factors, paths, plan, groupCount: 4, dense: dense)
    let samples = try #require(try run.run(workers: 2))
    var wrong: [String] = []
    for path in [0, 7, 8] {
      let growths = try paths.growths(path: path)
      let alone = try run.values(path: path)
      var sums = Matrix(rows: bars, columns: 4)
      for (place, account) in accounts.enumerated() {
        var rate = factors.rates[account.currency]
        for bar in 0..<bars {
          rate *= growths[bar, factors.cash(account.currency)]
          sums[bar, account.group] += alone[bar, place] * rate
        }
        // The same bits as in the run, and the same way there as by hand.
        if alone[bars - 1, place] != samples.values(of: place)[path] {
          wrong.append("bits of \(place)")
        }
        guard (place + path) % 9 == 0 else { continue }
        let naive = NaivePath(account, factors, growths, plan)
        if !near(samples.drawdowns(of: place)[path], naive.depth) {
          wrong.append("depth of \(place)")
        }
        if !(0..<bars).allSatisfy({ near(alone[$0, place], naive.values[$0]) }) {
          wrong.append("values of \(place) on \(path)")
        }
      }
      for group in 0..<4 {
        if !(0..<bars).allSatisfy({ near(alone[$0, 270 + group], sums[$0, group]) })
          || samples.values(of: 270 + group)[path] != alone[bars - 1, 270 + group]
        {
          wrong.append("sum \(group) on \(path)")
        }
      }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(5))")
    let hits = try (0..<paths.count).count {
      NaivePath(accounts[0], factors, try paths.growths(path: $0), plan).least <= 0.9
    }
    #expect(samples.figures(of: 0)["probability_of_floor"]?.value == Double(hits) / 9)
  }

  @Test("a sum that is one portfolio goes the same way, payments and all")
  func single() throws {
    let factors = ForwardSample.factors(try ForwardSample.market(seed: 13))
    let paths = ForwardSample.paths(factors, count: 9, bars: 30, seed: 15)
    for plan in Self.plans {
      var account = ForwardSample.accounts(factors, count: 40, seed: 14, weights: true)[7]
      account.group = 0
      let run = ForwardRun([account], factors, paths, plan)
      let samples = try #require(try run.run(workers: 1))
      guard account.currency == 0 else { continue }
      for path in 0..<9 {
        #expect(near(samples.values(of: 0)[path], samples.values(of: 1)[path]))
        #expect(near(samples.drawdowns(of: 0)[path], samples.drawdowns(of: 1)[path]))
      }
      #expect(near(samples.paid[0], samples.paid[1]))
    }
  }

  @Test("the bars after today are the history of a book that nobody touches")
  func history() throws {
    let market = try ForwardSample.market(seed: 7)
    var book = Book(firm: .init(id: "f"))
    book.advisors = [.init(id: "a")]
    book.clients = [.init(id: "c", advisor: 0)]
    book.instruments = (0..<ForwardSample.symbols).map { .init(symbol: "S\($0)") }
    var random = TestRandom(seed: 8)
    var entries: [Entry] = []
    for portfolio in 0..<8 {
      let home = portfolio % 2 == 0 ? "USD" : "EUR"
      book.portfolios.append(.init(id: "p\(portfolio)", client: 0, currency: home))
      for currency in ["USD", "EUR"] {
        book.wallets.append(
          .init(id: "w\(portfolio)\(currency)", portfolio: portfolio, currency: currency))
        entries.append(
          Entry(
            timeNs: 12 * ForwardSample.day, sequence: Int64(entries.count),
            wallet: book.wallets.count - 1, kind: .deposit, cash: Double(random.int(1...9999))))
      }
      for instrument in 0..<ForwardSample.symbols where random.one(in: 2) {
        entries.append(
          Entry(
            timeNs: 13 * ForwardSample.day, sequence: Int64(entries.count),
            wallet: 2 * portfolio + (instrument % 3 == 2 ? 1 : 0), kind: .buy,
            instrument: instrument, cash: -1, units: Double(random.int(1...50)), price: 1))
      }
    }
    book.entries = EntryTable(
      entries, portfolioOf: book.wallets.map(\.portfolio), portfolioCount: 8)
    let bar = 20
    let factors = ForwardSample.factors(market, bar: bar)
    let accounts = try (0..<8).map {
      ForwardAccount(
        try Holdings(of: $0, in: book, market: market, asOf: market.end(of: bar)), in: book,
        market: market, factors)
    }
    let (growths, missing) = factors.growths(over: bar + 1..<80)
    #expect(missing.isEmpty)
    let run = ForwardRun(accounts, factors, ForwardPaths([growths]), ForwardPlan())
    let values = try run.values(path: 0)
    for portfolio in 0..<8 {
      let history = try PortfolioHistory(
        of: portfolio, in: book, market: market, bars: bar + 1..<80)
      #expect(
        (0..<values.rows).allSatisfy { near(values[$0, portfolio], history.equity[$0]) },
        "portfolio \(portfolio)")
    }
  }

  @Test(
    "1, 2 and 7 workers, the same bits; other portfolios besides change nothing",
    arguments: [0.0, 1e9])
  func workers(_ dense: Double) throws {
    let factors = ForwardSample.factors(try ForwardSample.market(seed: 23))
    let accounts = ForwardSample.accounts(factors, count: 300, seed: 24, weights: true)
    let paths = ForwardSample.paths(factors, count: 17, bars: 12, seed: 25)
    let run = ForwardRun(
      accounts, factors, paths, Self.plans[5], groupCount: 4, dense: dense)
    let first = try #require(try run.run(workers: 1))
    for workers in [2, 7] {
      let other = try #require(try run.run(workers: workers))
      for row in 0..<304 {
        #expect(first.values(of: row) == other.values(of: row))
        #expect(first.drawdowns(of: row) == other.drawdowns(of: row))
      }
    }
    let fewer = ForwardRun(
      Array(accounts[..<40]), factors, paths, Self.plans[5], groupCount: 4, product: .plain)
    let few = try #require(try fewer.run(workers: 1))
    for row in 0..<40 { #expect(near(few.values(of: row)[3], first.values(of: row)[3])) }
    #expect(try run.run(workers: 2, isCancelled: { true }) == nil)
  }

  @Test("what is worth nothing stays so, and a debt is no wealth when prices fall back")
  func ruin() throws {
    let factors = ForwardSample.factors(try ForwardSample.market(seed: 33))
    // Short of a symbol that trebles and falls back.
    let account = ForwardAccount(
      portfolio: 0, currency: 0,
      parts: [.init(factor: 0, amount: -60), .init(factor: factors.cash(0), amount: 160)])
    var growths = Matrix(rows: 3, columns: factors.count, repeating: 1)
    growths[1, 0] = 3
    growths[2, 0] = 1.0 / 3
    let run = ForwardRun([account], factors, ForwardPaths([growths]), ForwardPlan())
    #expect(try run.values(path: 0).column(0) == [100, 0, 0])
    let samples = try #require(try run.run(workers: 1))
    #expect(samples.drawdowns(of: 0) == [-1])
    #expect(samples.values(of: 0) == [0])
  }
}
