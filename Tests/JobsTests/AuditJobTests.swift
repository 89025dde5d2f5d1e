import Jobs
import Kernels
import Market
import Simulation
import TestSupport
import Testing

/// An audit is clean where it should be, and finds what was hidden for it.
@Suite struct AuditJobTests {
  private static func report(_ plan: RunPlan, lanes: Int = 6, cuts: Int = 6) throws -> AuditReport {
    var options = AuditJob.Options()
    options.lanes = lanes
    options.cuts = cuts
    options.workers = 2
    return try AuditJob(plan: plan, options: options).run()
  }

  @Test("strategies made of formulas are clean", arguments: SampleSpec.allCases)
  func formulas(spec: SampleSpec) throws {
    let bench = try Workbench(SampleMarket.draft("p", bars: 180))
    let report = try Self.report(try spec.plan(on: bench))
    #expect(report.isClean, "\(report.answers.flatMap(\.first))")
    #expect(report.lanes == 6 && report.cuts.count == 6 && report.fills > 0)
    for answer in report.answers where answer.question != .scores {
      #expect(answer.checked > 0, "\(answer.question)")
    }
  }

  @Test("portfolios are clean, with flows and wallets too")
  func portfolios() throws {
    let bench = try Workbench(SampleMarket.draft("p", bars: 180))
    let plan = try bench.plan(
      """
      parameters: { n: [5, 20] },
      strategy: { weights: "if(rank(pct_change(close, n)) > 0.4, 0.45, 0)", rebalance: { every: "month" } },
      account: { wallets: [{ name: "a", cash: 1000, flows: [{ every: "month", amount: 50 }] }, { name: "b" }] },
      execution: { commission: { bps: 5 } }
      """)
    let report = try Self.report(plan)
    #expect(report.isClean, "\(report.answers.flatMap(\.first))")
    #expect(report.laneCount == 4 && report.fills > 0)
  }

  /// What goes by matrices goes by the ledger once the future has gaps, which is no look ahead.
  @Test func fixedWeightsAreClean() throws {
    var (draft, noise) = (SampleMarket.draft("p", bars: 90, symbols: ["AAA"]), Noise(seed: 3))
    for field in draft.fields.indices {
      for bar in 0..<90 { draft.fields[field].values[bar] = 50 + 9 * noise.swing() }
    }
    let prices = draft.fields.map(\.values)
    for bar in 0..<90 {
      draft.fields[1].values[bar] = max(prices[0][bar], prices[3][bar])
      draft.fields[2].values[bar] = min(prices[0][bar], prices[3][bar])
    }
    let bench = try Workbench(draft)
    try bench.folder.write("portfolio,AAA\na,0.7\nb,0.3\n", to: "w.csv")
    let plan = try bench.plan(
      """
      strategy: { weights: { file: '\(bench.folder.path("w.csv"))' }, rebalance: { every: 5 } },
      execution: { commission: { bps: 7 } }
      """)
    #expect(plan.simulator(variant: .best, workers: 1).blasCore != nil)
    let report = try Self.report(plan)
    #expect(report.isClean, "\(report.answers.flatMap(\.first))")
  }

  @Test(
    "portfolios in several currencies are clean, whenever they fill",
    arguments: ["next_open", "next_close", "same_close"])
  func currencies(fill: String) throws {
    var draft = SampleMarket.draft("p", bars: 120)
    draft.symbols[0].currency = "EUR"
    draft.symbols[1].currency = "JPY"
    var rates = SampleMarket.draft("fx", bars: 120, symbols: ["EURUSD", "USDX", "USDJPY"], seed: 2)
    // Not now and then none; the last is then known.
    for field in rates.fields.indices { rates.fields[field].values[15] = .nan }
    rates.name = "fx"
    let bench = try Workbench(draft, rates)
    let plan = try bench.plan(
      data: "panel: 'p', fx: 'fx'",
      """
      strategy: { weights: "if(is('AAA'), -0.3, 0.4)", rebalance: { every: 3 } },
      execution: { fill: "\(fill)", commission: { bps: 5, fixed: 0.1 }, slippage: { bps: 3 } }
      """)
    let report = try Self.report(plan)
    #expect(report.isClean, "\(report.answers.flatMap(\.first))")
    #expect(report.fills > 20)
  }

  /// Buys at the close of a bar if the next one closes higher, which nobody can know.
  private struct Peeker: LaneStrategy {
    let lookAhead: Int
    var setCount: Int { 1 }
    var entersShort: Bool { false }
    var hasLevels: Bool { false }
    var trails: Bool { false }
    var commitsAll: Bool { true }
    var sharesTerms: Bool { true }
    var fields: [String] { ["close"] }
    func terms(of set: Int) -> LaneTerms { LaneTerms() }
    func program(sets: Range<Int>) throws -> any LaneProgram { Program(lookAhead: lookAhead) }

    struct Program: LaneProgram {
      let lookAhead: Int
      var sets: [Int] { [0] + Array(repeating: -1, count: laneWidth - 1) }
      var warmups: [Int] { Array(repeating: 1, count: laneWidth) }
      func makeEvaluator(kernels: KernelTable) -> any LaneEvaluator { Evaluator(lookAhead) }
    }

    final class Evaluator: LaneEvaluator {
      private let lookAhead: Int
      private let words = AlignedBuffer<UInt64>(repeating: 0, count: 4 * LaneEngine.blockBars)
      private var run: LaneRun?
      private var symbol = 0
      private var bar = 0

      init(_ lookAhead: Int) { self.lookAhead = lookAhead }

      func begin(run: LaneRun, symbol: Int, firstPrice: Int) {
        (self.run, self.symbol, bar) = (run, run.symbols[symbol], run.historyStart)
      }

      func advance(fields: [UnsafePointer<Double>], count: Int) {
        guard let run, let close = run.panel.fieldIndex("close") else { return }
        func price(_ bar: Int) -> Double {
          let last = run.panel.barCount - 1
          return run.panel.value(field: close, bar: max(0, min(bar, last)), symbol: symbol)
        }
        for place in 0..<count {
          let rises = price(bar + place + lookAhead) > price(bar + place + lookAhead - 1)
          words[place] = rises ? 1 : 0
          words[LaneEngine.blockBars + place] = rises ? 0 : 1
        }
        bar += count
      }

      func signals(of bundle: Int) -> SignalPointers {
        let base = UnsafePointer(words.base)
        let none = base + 2 * LaneEngine.blockBars
        return SignalPointers(
          longEntry: base, longExit: base + LaneEngine.blockBars, shortEntry: none, shortExit: none)
      }
    }
  }

  private static func subject(lookAhead: Int) throws -> AuditSubject {
    let bench = try Workbench(SampleMarket.draft("p", bars: 120, symbols: ["AAA"]))
    let panel = try bench.plan("strategy: { long_entry: 'close > 1' }").run.panel
    return AuditSubject(panel: panel, window: 0..<120, cash: 1000, columns: { _ in [0] }) { panel in
      var rules = LaneRules()
      rules.fill = .nextOpen
      let run = LaneRun(
        panel: panel, symbols: [0], strategy: Peeker(lookAhead: lookAhead), rules: rules,
        cash: 1000, window: 0..<panel.barCount)
      return LaneEngine(run: run, kernels: KernelVariant.baseline.kernels, workers: 1)
    }
  }

  @Test("a strategy that peeks one bar ahead is found, by both ways")
  func peeking() throws {
    let honest = try AuditJob(Self.subject(lookAhead: 0)).run()
    #expect(honest.isClean, "\(honest.answers.flatMap(\.first))")
    let report = try AuditJob(Self.subject(lookAhead: 1)).run()
    let found = Dictionary(
      uniqueKeysWithValues: report.answers.map { ($0.question, $0.count) })
    #expect((found[.prefix] ?? 0) > 0 && (found[.poison] ?? 0) > 0)
    #expect(
      report.answers.allSatisfy {
        $0.count == 0 || [.prefix, .poison, .warmUp].contains($0.question)
      })
    #expect(report.cuts.count == 10 && !report.isClean)
  }

  @Test("what an audit looks at does not depend on the number of workers")
  func workers() throws {
    let bench = try Workbench(SampleMarket.draft("p", bars: 120))
    let plan = try SampleSpec.stops.plan(on: bench)
    let reports = try [1, 2, 7].map { workers in
      var options = AuditJob.Options()
      options.workers = workers
      options.cuts = 3
      return try AuditJob(plan: plan, options: options).run()
    }
    #expect(reports[0] == reports[1] && reports[1] == reports[2])
  }
}
