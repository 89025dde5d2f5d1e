import Advice
import BenchmarkKit
import BenchmarkReference
import Books
import Kernels
import Market
import Risk
import Simulation

/// Portfolios of a book along paths, all along the same ones.
let bookPathScenarios: [Scenario] = [
  Scenario(
    "books/simulate", unit: .laneBars,
    limit: "units × prices of the paths alone in C, same threads",
    prepare: { try simulate($0, symbols: 46) }),
  Scenario(
    "books/simulate-wide", unit: .laneBars,
    limit: "units × prices of the paths alone in C, same threads",
    prepare: { try simulate($0, symbols: 500) }),
]

/// 10,000 portfolios of 46 symbols along 32 bootstrapped years: what each is worth after each bar, worst falls, sums by group.
///
/// Data: 46 holdings each of 46 symbols, or of 500. A row of work is a portfolio and a bar of a path: a sum of 46 products, or 500 with zeros among
/// them if a product of matrices takes all. The second contestant goes back to its weights every 21 bars.
/// Limit: `apus_reference_held` over the prices of the paths, one behind the other: products and their sum over bars, no records. It takes no
/// time to draw paths either.
private func simulate(_ context: ScenarioContext, symbols: Int) throws -> Workload {
  let symbols = context.size(symbols, tiny: 12)
  let (bars, count) = (context.size(252, tiny: 10), context.size(32, tiny: 3))
  let portfolios = context.size(10_000, tiny: 40)
  let holdings = min(46, symbols)
  let panel = Fixture.panel(try Fixture.draft(bars: context.size(600, tiny: 90), symbols: symbols))
  let market = try BookMarket(
    panel: panel, instruments: panel.symbols.names.map { .init(symbol: $0) })
  let factors = ForwardFactors(
    market: market, columns: Set(0..<symbols), currencies: ["USD"], bar: panel.barCount - 1)
  let (table, members, _) = factors.returns(lookback: 500, least: 0.9)
  let source = MonteCarlo(
    .bootstrap(try BootstrapPaths(table, meanBlock: 5)),
    MonteCarloSettings(paths: count, bars: bars, seed: 3),
    kernels: KernelVariant.best.pathKernels)
  let paths = ForwardPaths(source, members: members, factors: factors.count)
  let accounts = (0..<portfolios).map { portfolio in
    var account = ForwardAccount(
      portfolio: portfolio, currency: 0,
      parts: chosen(holdings, of: symbols, portfolio).map {
        ForwardAccount.Part(factor: $0, amount: Double(100 + ($0 * 37 + portfolio) % 900))
      }, group: portfolio * 100 / portfolios)
    account.weights = account.weightsOfToday
    return account
  }
  var plan = ForwardPlan()
  let held = ForwardRun(accounts, factors, paths, plan, groupCount: 100)
  plan.every = 21
  let moved = ForwardRun(accounts, factors, paths, plan, groupCount: 100)
  let reference = try UnitsTimesPrices(accounts, paths, symbols: symbols)
  reference.run(context.threads)
  try reference.check(held)
  return Workload(
    work: Double(portfolios) * Double(bars) * Double(count),
    contestants: [
      Contestant("held") { _ = try held.run(workers: context.threads) },
      Contestant("back to weights every 21 bars") { _ = try moved.run(workers: context.threads) },
    ],
    limit: Contestant("C, units × prices") { reference.run(context.threads) })
}

/// Scattered symbols, each once: a step without a common divisor with their number leads to all of them.
private func chosen(_ count: Int, of symbols: Int, _ portfolio: Int) -> [Int] {
  func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
  let steps = (1...symbols).filter { divisor($0, symbols) == 1 }
  let step = steps[portfolio % steps.count]
  return (0..<count).map { (portfolio * 7919 + $0 * step) % symbols }
}

/// What portfolios are worth after each bar of all paths, one behind the other, added up.
private struct UnitsTimesPrices {
  private var starts = [0]
  private var symbols: [Int32] = []
  private var units: [Double] = []
  /// `[blocks][symbols][128]`, 0 behind the last bar.
  private var prices: [Double]
  private let bars: Int
  private let width: Int
  private let out: Scratch<Double>

  init(_ accounts: [ForwardAccount], _ paths: ForwardPaths, symbols width: Int) throws {
    for account in accounts {
      symbols += account.parts.map { Int32($0.factor) }
      units += account.parts.map(\.amount)
      starts.append(symbols.count)
    }
    self.width = width
    bars = paths.count * paths.bars
    prices = Array(repeating: 0, count: (bars + 127) / 128 * width * 128)
    for path in 0..<paths.count {
      let growths = try paths.growths(path: path)
      for symbol in 0..<width {
        var price = 1.0
        for bar in 0..<paths.bars {
          price *= growths[bar, symbol]
          let place = path * paths.bars + bar
          prices[(place / 128 * width + symbol) * 128 + place % 128] = price
        }
      }
    }
    out = Scratch(.allocate(capacity: accounts.count))
    out.base.initialize(repeating: 0, count: accounts.count)
  }

  func run(_ threads: Int) {
    let firsts = [Int32](repeating: 0, count: units.count)
    apus_reference_held(
      starts, symbols, units, firsts, starts.count - 1, prices, Int32(width), Int32(bars),
      Int32(threads), out.base)
  }

  func check(_ run: ForwardRun) throws {
    var sums = [Double](repeating: 0, count: run.accounts.count)
    for path in 0..<run.paths.count {
      let values = try run.values(path: path)
      for bar in 0..<values.rows {
        for account in sums.indices { sums[account] += values[bar, account] }
      }
    }
    for (account, sum) in sums.enumerated()
    where !((sum - out.base[account]).magnitude <= 1e-9 * sum.magnitude) {
      throw BenchmarkError.disagreement(
        what: "worth of portfolio \(account)", found: "\(sum)", expected: "\(out.base[account])")
    }
  }
}
