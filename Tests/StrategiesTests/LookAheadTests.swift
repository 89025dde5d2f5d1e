import Kernels
import Market
import Simulation
import Strategies
import TestSupport
import Testing

private let strategies: [[String: String]] = [
  [
    "long_entry": "crosses_above(sma(close, fast), sma(close, slow))",
    "long_exit": "crosses_below(sma(close, fast), sma(close, slow))",
  ],
  [
    "long_entry": "rsi(close, slow) < 40 and not (close < lowest(low, fast))",
    "long_exit": "bars_since(volume > mean(volume, slow)) > fast", "stop_loss": "fast / 50",
    "take_profit": "slow / 100",
  ],
  [
    "long_entry": "close > lag(donchian_upper(slow), 1)", "long_exit": "every(fast + 3)",
    "short_entry": "close < lag(donchian_lower(slow), 1)",
    "short_exit": "if(weekday > 3, close > ema(close, fast), month_end)", "trailing_stop": "0.04",
    "fraction": "1 / fast",
  ],
]

/// What a replay knows up to a bar.
private struct Past: Equatable {
  var equity: [UInt64]
  var units: [UInt64]
  var fills: [FillRecord]
  var orders: [String]

  init(_ record: LaneRecord, through bar: Int) {
    equity = record.equity.prefix(bar + 1).map(\.bitPattern)
    units = record.units.prefix(bar + 1).map(\.bitPattern)
    fills = record.fills.filter { $0.bar <= bar }
    orders = record.orders.filter { $0.bar <= bar }.map { "\($0.bar) \($0.kind)" }
  }
}

@Test(arguments: strategies.indices)
func noOrderDependsOnTheFuture(index: Int) throws {
  let axes = [axis("fast", [2, 3, 5]), axis("slow", (6...15).map(Double.init))]
  for seed in 0..<12 as Range<UInt64> {
    var random = TestRandom(seed: seed)
    let bars = 260
    let columns = randomPrices(bars: bars, gaps: 0.02, using: &random)
    let now = random.int(20...bars - 2)
    let other = randomPrices(bars: bars, gaps: 0.1, using: &random)
    let poisoned = zip(columns, other).map { mine, theirs in
      (mine.0, (0..<bars).map { $0 <= now ? mine.1[$0] : seed % 2 == 0 ? .nan : theirs.1[$0] })
    }
    let moment = random.pick([FillMoment.nextOpen, .nextClose, .sameClose])
    func engine(_ columns: [(String, [Double])]) throws -> LaneEngine {
      let panel = panel(columns.map { ($0.0, [$0.1]) })
      let strategy = try strategy(strategies[index], axes: axes, panel: panel)
      var rules = LaneRules()
      rules.fill = moment
      rules.commissionRate = 0.001
      rules.slippageRate = 0.0005
      rules.watchesLevels = strategy.hasLevels || strategy.entersShort
      return LaneEngine(
        run: LaneRun(
          panel: panel, symbols: [0], strategy: strategy, rules: rules, cash: 1e5,
          window: 10..<bars),
        kernels: kernels, workers: 1)
    }
    let (before, after) = (try engine(columns), try engine(poisoned))
    var traded = 0
    for lane in 0..<before.run.laneCount {
      let (a, b) = (try before.replay(lane: lane), try after.replay(lane: lane))
      traded += a.fills.count
      #expect(
        Past(a, through: now - 10) == Past(b, through: now - 10),
        "seed \(seed), bar \(now), lane \(lane), \(moment)")
    }
    #expect(traded > 0, "seed \(seed): a test without trades says nothing")
  }
}
