import Advice
import Allocation
import Books
import Kernels
import Market
import TestSupport
import Testing

@Suite struct TargetSolverTests {
  private func profile(_ change: (inout Profile) -> Void = { _ in }) -> Profile {
    var profile = Profile()
    change(&profile)
    return profile
  }

  @Test(
    "levels are kept: by volatility, and by expected shortfall where tails are heavy",
    arguments: RiskScale.levels)
  func levels(level: Int) throws {
    let solver = try SampleUniverse().solver()
    let found = try solver.solve(AdviceQuestion(profile { $0.riskLevel = level }))
    #expect(found.risk.volatility <= RiskScale.volatility(level) * (1 + 1e-8))
    #expect(found.risk.shortfall <= RiskScale.shortfall(level, barsPerYear: 252) * (1 + 1e-8))
    #expect(found.riskLevel == level && !found.binding.isEmpty)
    #expect(found.weights.allSatisfy { $0 > 0 && $0 <= 0.2 + 1e-9 })
    #expect(found.cash >= -1e-9)
    #expect(found.columns.count + found.omissions.count == 20)
  }

  @Test("a bolder level expects more")
  func monotone() throws {
    let solver = try SampleUniverse().solver()
    var last = -Double.infinity
    for level in RiskScale.levels {
      let found = try solver.solve(AdviceQuestion(profile { $0.riskLevel = level }))
      #expect(found.risk.expectedReturn >= last - 1e-9)
      last = found.risk.expectedReturn
    }
  }

  @Test("no portfolio of three symbols on a grid is better")
  func grid() throws {
    let solver = try SampleUniverse().solver()
    let estimates = solver.estimates
    let names = Array(estimates.universe.symbols.prefix(3))
    let found = try solver.solve(
      AdviceQuestion(
        profile {
          $0.allowedSymbols = names
          $0.maxVolatility = 0.12
          $0.maxWeight = 0.5
          $0.minCash = 0.1
        }))
    var best = 0.0
    for a in 0...10 {
      for b in 0...10 {
        for c in 0...10 where a + b + c <= 18 {
          let weights = [a, b, c].map { Double($0) / 20 }
          let view = try RiskView(columns: [0, 1, 2], weights: weights, estimates)
          if view.volatility <= 0.12 { best = max(best, view.expectedReturn) }
        }
      }
    }
    #expect(found.risk.expectedReturn >= best - 1e-9)
    #expect(found.risk.expectedReturn <= best + 0.05 * abs(best) + 0.01)
    #expect(found.risk.volatility <= 0.12 * (1 + 1e-9) && found.cash >= 0.1 - 1e-9)
  }

  @Test("parts of risk add up, and marginals are slopes")
  func components() throws {
    let solver = try SampleUniverse().solver()
    let columns = [0, 3, 7, 11]
    let weights = [0.3, 0.1, -0.2, 0.4]
    let view = try RiskView(columns: columns, weights: weights, solver.estimates)
    #expect((view.component.reduce(0, +) - view.volatility).magnitude < 1e-12)
    for place in columns.indices {
      var moved = weights
      moved[place] += 1e-6
      let other = try RiskView(columns: columns, weights: moved, solver.estimates)
      let slope = (other.volatility - view.volatility) / 1e-6
      #expect((slope - view.marginal[place]).magnitude < 1e-5)
    }
  }

  @Test("whoever may not be held is left out, with the reason")
  func omissions() throws {
    let sample = try SampleUniverse()
    let names = sample.market.panel.symbols.names
    let solver = try sample.solver()
    let found = try solver.solve(
      AdviceQuestion(
        profile {
          $0.riskLevel = 7
          $0.excludedSectors = ["Energy"]
          $0.excludedSymbols = [names[0]]
          $0.maxSectorWeight = 0.3
        }))
    let reasons = Dictionary(
      found.omissions.map { ($0.column, $0.reason) }, uniquingKeysWith: { a, _ in a })
    #expect(reasons[0] == .symbolExcluded)
    #expect(reasons[1] == .sectorExcluded)
    for sector in 0..<4 {
      let sum = zip(found.columns, found.weights).reduce(0) { $0 + ($1.0 % 4 == sector ? $1.1 : 0) }
      #expect(sum <= 0.3 + 1e-9)
    }
    #expect(throws: AdviceError.self) {
      try solver.solve(AdviceQuestion(profile { $0.allowedSectors = ["Nothing"] }))
    }
    #expect(throws: AdviceError.self) {
      try solver.solve(AdviceQuestion(profile(), currencies: ["EUR"]))
    }
  }

  @Test("limits that exclude each other are named")
  func conflict() throws {
    var policy = AdvicePolicy()
    policy.method = "min_variance"
    let sample = try SampleUniverse()
    let solver = try sample.solver(policy)
    let names = Array(sample.market.panel.symbols.names.prefix(4))
    let question = AdviceQuestion(
      profile {
        $0.allowedSymbols = names
        $0.maxWeight = 0.1
      })
    let error = #expect(throws: AdviceError.self) { try solver.solve(question) }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("weights add up to 1.0") && text.contains("at most 0.1"))
  }

  @Test("limits of VaR and drawdown are kept by cash", arguments: ["min_variance", "equal", "hrp"])
  func tails(method: String) throws {
    var policy = AdvicePolicy()
    policy.method = method
    let solver = try SampleUniverse().solver(policy)
    let free = try solver.solve(AdviceQuestion(profile()))
    #expect((free.cash).magnitude < 1e-9)
    let kept = try solver.solve(
      AdviceQuestion(
        profile {
          $0.maxVaR = free.risk.valueAtRisk / 2
          $0.maxDrawdown = free.risk.drawdown / 4
        }))
    #expect(kept.risk.valueAtRisk <= free.risk.valueAtRisk / 2 * (1 + 1e-9))
    #expect(kept.risk.drawdown <= free.risk.drawdown / 4 * (1 + 1e-9))
    #expect(kept.cash > 0.4 && kept.notes.contains { $0.contains("went to cash") })
  }

  @Test(
    "scores: in proportion; caps give to the others in proportion; what can't be invested stays")
  func scores() throws {
    let sample = try SampleUniverse()
    let names = sample.market.panel.symbols.names
    var policy = AdvicePolicy()
    policy.cut = 0
    policy.scores = ScoreTable(
      common: [names[0]: 5, names[1]: 3, names[2]: 2, names[3]: -1],
      byClient: ["ml-7": [names[4]: 1]])
    let solver = try sample.solver(policy)
    func weights(_ found: TargetAdvice) -> [Double] { (0..<4).map { found.weight(of: $0) } }
    func isNear(_ a: [Double], _ b: [Double]) -> Bool {
      zip(a, b).allSatisfy { ($0 - $1).magnitude < 1e-9 }
    }
    let plain = try solver.solve(AdviceQuestion(profile()))
    #expect(isNear(weights(plain), [0.5, 0.3, 0.2, 0]))
    #expect(plain.omissions.first { $0.column == 3 }?.reason == .lowScore)
    #expect(plain.omissions.first { $0.column == 4 }?.reason == .noScore)
    let capped = try solver.solve(AdviceQuestion(profile { $0.maxWeight = 0.4 }))
    #expect(isNear(weights(capped), [0.4, 0.36, 0.24, 0]))
    let little = try solver.solve(AdviceQuestion(profile { $0.maxWeight = 0.25 }))
    #expect(isNear(weights(little), [0.25, 0.25, 0.25, 0]))
    #expect(!little.notes.isEmpty)
    let own = try solver.solve(AdviceQuestion(profile(), scoreOwner: "ml-7"))
    #expect(own.columns == [4])
  }

  @Test("what comes later changes no bit")
  func poison() throws {
    let bar = 700
    for method in ["target_risk", "min_variance", "hrp", "min_cvar"] {
      var policy = AdvicePolicy()
      policy.method = method
      let question = AdviceQuestion(profile { $0.riskLevel = 6 })
      let clean = try SampleUniverse().solver(policy, at: bar).solve(question)
      let poisoned = try SampleUniverse(poisonedAfter: bar).solver(policy, at: bar).solve(question)
      #expect(clean.columns == poisoned.columns)
      #expect(clean.weights.map(\.bitPattern) == poisoned.weights.map(\.bitPattern))
      #expect(clean.risk.shortfall.bitPattern == poisoned.risk.shortfall.bitPattern)
      let later = try SampleUniverse().solver(policy, at: bar + 40).solve(question)
      #expect(later.weights != clean.weights)
    }
  }

  @Test("a split and a dividend are no loss")
  func actions() throws {
    let plain = try SampleUniverse()
    let day = plain.market.panel.time.ns[900]
    var splits = plain.market.panel.symbols.names.map { _ in [BookMarket.Split]() }
    splits[2] = [.init(timeNs: day, ratio: 2)]
    let split = try SampleUniverse(splits: splits)
    let row = 900 - (plain.bars - 504)
    let before = plain.universe().returns.values[row, 2]
    let after = split.universe().returns.values[row, 2]
    #expect(((1 + after) - 2 * (1 + before)).magnitude < 1e-12)
    var dividends = plain.market.panel.symbols.names.map { _ in [AdviceUniverse.Dividend]() }
    dividends[2] = [.init(timeNs: day, amount: 1)]
    let paid = AdviceUniverse(
      market: plain.market, dividends: dividends, currency: "USD", bar: plain.bars - 1,
      lookback: 504)
    let close = try #require(plain.market.mark(2, at: 899)?.price)
    #expect((paid.returns.values[row, 2] - before - 1 / close).magnitude < 1e-12)
  }

  @Test("in a panel with weekends, shares stand still on them, and a hole of a week stays one")
  func weekends() throws {
    let bars = 70
    let days = (0..<bars).map { Int64($0) * Calendar.dayNs }
    func isOpen(_ bar: Int) -> Bool {
      CivilDate.weekday(daysSinceEpoch: Int64(bar)) < 5 && !(30..<38).contains(bar)
    }
    let share = (0..<bars).map { isOpen($0) ? 100 + Double(($0 * 7) % 11) : .nan }
    let coin = (0..<bars).map { 50 + Double(($0 * 5) % 13) }
    func returns(_ bars: [Int]) throws -> Matrix {
      let names = ["SHARE", "COIN"].map { SymbolTable.Entry(symbol: $0, currency: "USD") }
      let panel = PricePanel(
        name: "mixed", time: TimeAxis(ns: bars.map { days[$0] }), symbols: SymbolTable(names),
        calendar: .crypto, frequencyNs: Calendar.dayNs, fields: ["close"],
        lifetimes: names.map { _ in 0...(bars.count - 1) }, contentHash: "",
        storage: HeapPanelStorage(fields: [bars.flatMap { [share[$0], coin[$0]] }]))
      let market = try BookMarket(
        panel: panel,
        instruments: names.map { Book.Instrument(symbol: $0.symbol, currency: "USD") })
      return AdviceUniverse(
        market: market, currency: "USD", bar: bars.count - 1, lookback: 500
      ).returns.values
    }
    let all = Array(0..<bars)
    let mixed = try returns(all)
    let open = all.filter(isOpen)
    let alone = try returns(open)
    for (row, bar) in all.dropFirst().enumerated() {
      let value = mixed[row, 0]
      if isOpen(bar) {
        #expect(value == alone[open.firstIndex(of: bar)! - 1, 0], "\(bar)")
      } else if open.last! < bar || (29...38).contains(bar) {
        #expect(value.isNaN, "\(bar)")
      } else {
        #expect(value == 0, "\(bar)")
      }
      #expect(mixed[row, 1] == coin[bar] / coin[bar - 1] - 1)
    }
  }

  @Test("questions are equal if their answers are")
  func questions() {
    let a = AdviceQuestion(profile { $0.riskLevel = 4 })
    let b = AdviceQuestion(profile { ($0.riskLevel, $0.horizonYears) = (4, 10) })
    #expect(a == b && a.hashValue == b.hashValue)
    #expect(a != AdviceQuestion(profile { ($0.riskLevel, $0.minCash) = (4, 0) }))
  }

  @Test("advice beside what is held: changes, parts of risk, reasons")
  func comparison() throws {
    let solver = try SampleUniverse().solver()
    let target = try solver.solve(
      AdviceQuestion(
        profile { ($0.riskLevel, $0.excludedSymbols) = (5, [solver.estimates.universe.symbols[1]]) }
      ))
    let advice = try PortfolioAdvice(
      current: [(1, 0.6), (2, 0.3)], cash: 0.1, target: target, solver)
    let parts = advice.rows.reduce(0) { $0 + $1.component }
    #expect((parts - advice.after.volatility).magnitude < 1e-12)
    #expect((advice.after.volatility - target.risk.volatility).magnitude < 1e-12)
    let gone = try #require(advice.rows.first { $0.column == 1 })
    #expect(gone.target == 0 && gone.current == 0.6 && gone.omission == .symbolExcluded)
    let size = advice.rows.reduce(0) { $0 + ($1.target - $1.current).magnitude }
    #expect(advice.turnover == size)
  }
}
