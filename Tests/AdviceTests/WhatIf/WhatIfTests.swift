import Advice
import Books
import Risk
import Testing

/// What-ifs worked by hand.
@Suite struct WhatIfTests {
  /// 1,000 of money: A 400, C 300, and 300 left.
  private var sample: LimitSample {
    LimitSample(
      [Profile()],
      [LimitSample.deposit(1000), LimitSample.buy(0, 8, 50), LimitSample.buy(2, 30, 10)])
  }

  private func whatIf(
    _ steps: [WhatIf.Step], _ sample: LimitSample, costs: TradeCosts = TradeCosts()
  ) throws -> WhatIf {
    let market = try sample.market()
    let holdings = try Holdings(of: 0, in: sample.book, market: market, asOf: .max)
    return try WhatIf(
      steps.enumerated().map { ("trade \($0 + 1)", $1) }, holdings, in: sample.book,
      market: market, costs: costs)
  }

  private func order(_ instrument: Int, _ units: Double?, at price: Double? = nil) -> WhatIf.Step {
    .order(instrument: instrument, units: units, price: price)
  }

  @Test("a purchase at the mark moves money into units")
  func purchase() throws {
    let found = try whatIf([order(1, 10)], sample)
    #expect(found.before.cash == 300 && found.after.cash == 100)
    #expect(found.after.equity == 1000 && found.cost == 0)
    #expect(found.after.rows.map(\.units) == [8, 30, 10])
    #expect(found.before.rows.map(\.units) == [8, 30])
  }

  @Test("commission and slippage are costs: 100 bps and 50 bps on 200")
  func costs() throws {
    var costs = TradeCosts()
    (costs.commission.rate, costs.slippage.rate) = (0.01, 0.005)
    let found = try whatIf([order(1, 10)], sample, costs: costs)
    // 10 at 20.10 are 201, and 2.01 of commission.
    #expect(abs(found.after.cash - 96.99) < 1e-9)
    #expect(abs(found.fills[0].slippage - 1) < 1e-9)
    #expect(abs(found.fills[0].commission - 2.01) < 1e-9)
    #expect(abs(found.cost - 3.01) < 1e-9)
    #expect(abs(found.after.equity - 996.99) < 1e-9)
  }

  @Test("a price that is given has no slippage of its own; a sale above the mark gains")
  func price() throws {
    var costs = TradeCosts()
    costs.slippage.rate = 0.005
    let found = try whatIf([order(0, -4, at: 51)], sample, costs: costs)
    #expect(found.after.cash == 504 && found.fills[0].slippage == -4)
    #expect(found.after.equity == 1004)
  }

  @Test("all that is held, and what a sale brings pays the next purchase")
  func sellAll() throws {
    let found = try whatIf([order(2, nil), order(1, 30)], sample)
    #expect(found.after.cash == 0)
    #expect(found.after.rows.map(\.instrument) == [0, 1])
    #expect(throws: AdviceError.self) { try whatIf([order(1, 30), order(2, nil)], sample) }
  }

  @Test("what can't be done says what is there")
  func refused() throws {
    func reason(_ steps: [WhatIf.Step]) -> String {
      do {
        _ = try whatIf(steps, sample)
        return ""
      } catch { return "\(error)" }
    }
    #expect(
      reason([order(0, 10)])
        == "trade 1: wallet w0 has 300.00 USD, and 500.00 are needed; sell first, or buy less")
    #expect(reason([order(0, -9)]) == "trade 1: 8.0 units of A are held, and 9.0 are to go")
    #expect(reason([order(1, nil)]) == "trade 1: no units of B are held")
    var foreign = sample
    foreign.book.instruments.append(.init(symbol: "E", currency: "EUR"))
    #expect(
      throws: AdviceError.trade(
        origin: "trade 1", reason: "E is in EUR, and portfolio p0 has no wallet of it")
    ) {
      try whatIf([order(4, 1, at: 5)], foreign)
    }
    foreign.book.instruments[4].currency = "USD"
    #expect(throws: AdviceError.self) { try whatIf([order(4, 1)], foreign) }
  }

  @Test("what would be is what is, once it has happened")
  func happens() throws {
    var sample = sample
    let found = try whatIf([order(0, -3), order(1, 12), order(3, 2)], sample)
    let entries = sample.book.entries
    var all = (0..<entries.count).map { entries[$0] }
    for (place, fill) in found.fills.enumerated() {
      var entry = fill.entry
      (entry.timeNs, entry.sequence) = (299 * LimitSample.day + 1, Int64(100 + place))
      all.append(entry)
    }
    sample.book.entries = EntryTable(all, portfolioOf: [0], portfolioCount: 1)
    let real = try Holdings(of: 0, in: sample.book, market: try sample.market(), asOf: .max)
    #expect(real.rows == found.after.rows)
    #expect(real.cash == found.after.cash && real.equity == found.after.equity)
  }

  @Test("components of VaR add up to it, and are weight times marginal")
  func risk() throws {
    let sample = sample
    let market = try sample.market()
    let holdings = try Holdings(of: 0, in: sample.book, market: market, asOf: .max)
    let risk = WeightRisk(
      holdings, in: sample.book, market: market, try sample.sample(),
      level: try ConfidenceLevel(0.95))
    #expect(risk.reason.isEmpty && risk.observations == 252)
    let check = try sample.checks([Limit("v", .valueAtRisk, 1)]).last
    #expect(risk.valueAtRisk == check?.value && risk.valueAtRisk > 0)
    #expect(abs(risk.parts.reduce(0) { $0 + $1.component } - risk.valueAtRisk) < 1e-12)
    #expect(risk.parts.allSatisfy { abs($0.weight * $0.marginal - $0.component) < 1e-15 })
    #expect(risk.parts.map(\.weight) == [0.4, 0.3])
    #expect(risk.shortfall >= risk.valueAtRisk)
  }

  @Test("a trade breaks, mends or worsens limits")
  func limits() throws {
    let sample = sample
    var limit = Limit("w", .weight, 0.35)
    limit.names = ["A", "B", "C"]
    let rules = [limit, Limit("c", .cash, 0.2)]
    func kinds(_ steps: [WhatIf.Step]) throws -> [String] {
      let found = try whatIf(steps, sample)
      let checker = try sample.checker(rules)
      return LimitChange.pairs(
        checker.checks(found.before, drawdowns: [:]), checker.checks(found.after, drawdowns: [:])
      ).filter { $0.kind != .kept }.map {
        "\($0.after?.rule ?? "") \($0.after?.subject ?? "") \($0.kind.rawValue)"
      }
    }
    #expect(try kinds([order(3, 1)]) == ["w A still"])
    #expect(try kinds([order(0, 1)]) == ["w A worse"])
    #expect(try kinds([order(0, -2)]) == ["w A cured"])
    #expect(try kinds([order(2, 10)]) == ["w A still", "w C new_breach"])
    #expect(try kinds([order(1, 10)]) == ["w A still", "c  new_breach"])
  }
}
