import Kernels
import Market

/// A participant's account: cash and units, moved by an entry bar after bar under the rules.
///
/// A bar begins with what has accrued since the one before, then splits, dividends and ends of symbols; then orders fill at its open, trades with prices in order of time,
/// orders at its close; then it is marked. The first breach ends the account.
public struct ChallengeAccount {
  let market: ChallengeMarket
  let rules: ChallengeRules
  let entry: ChallengeEntry
  var cash: Double
  var units: [Double]
  /// Last price of each symbol as far as the account has come.
  var last: [Double]
  /// Money that the open round trip of each symbol brought so far.
  var flow: [Double]
  var held: [Int] = []
  var curve: ChallengeCurve
  var isScored = false
  /// When what is carried out now fills.
  var nowNs: Int64 = 0

  /// Replays an entry.
  ///
  /// - Parameters:
  ///   - entry: what a participant hands in.
  ///   - bars: how many bars of the market are looked at.
  ///   - scored: bars that count; those before only move the account.
  /// - Returns: the curve over the scored bars; up to a breach if there is one.
  public static func replay(
    _ entry: ChallengeEntry, market: ChallengeMarket, rules: ChallengeRules, bars: Int? = nil,
    scored: Range<Int>? = nil
  ) -> ChallengeCurve {
    let bars = bars ?? market.barCount
    var account = ChallengeAccount(entry, market, rules)
    account.run(bars: bars, scored: scored ?? 0..<bars)
    return account.curve
  }

  private init(_ entry: ChallengeEntry, _ market: ChallengeMarket, _ rules: ChallengeRules) {
    self.market = market
    self.rules = rules
    self.entry = entry
    cash = rules.capital
    units = Array(repeating: 0, count: market.symbolCount)
    last = Array(repeating: .nan, count: market.symbolCount)
    flow = units
    curve = ChallengeCurve(initialEquity: rules.capital)
  }

  private mutating func run(bars: Int, scored: Range<Int>) {
    let plan = ChallengePlan(entry, market, rules, end: bars)
    var (step, event) = (0, 0)
    var peak = rules.capital
    var hasBegun = false
    curve.equity.reserveCapacity(scored.count)
    for bar in 0..<bars {
      if bar == scored.lowerBound {
        isScored = true
        curve.initialEquity = equity
        peak = curve.initialEquity
      }
      if bar > 0 { accrue(market.timeNs[bar] - market.timeNs[bar - 1]) }
      while event < market.events.count, market.events[event].bar <= bar {
        if market.events[event].bar == bar { apply(market.events[event]) }
        event += 1
      }
      while step < plan.steps.count, plan.steps[step].bar == bar {
        if let breach = take(plan.steps[step]) {
          curve.breach = breach
          return
        }
        step += 1
      }
      for column in held { last[column] = market.mark[market.index(bar, column)] }
      let value = equity
      hasBegun = hasBegun || !held.isEmpty
      if scored.contains(bar) {
        curve.equity.append(value)
        if !held.isEmpty { curve.barsInPosition += 1 }
      }
      peak = max(peak, value)
      if let breach = breach(at: bar, value, peak, hasBegun) {
        curve.breach = breach
        return
      }
    }
    curve.openTrades = held.count
    curve.unfilled = plan.unfilled
    curve.breach = curve.breach(of: rules.limits, endNs: bars > 0 ? market.timeNs[bars - 1] : nil)
  }

  var equity: Double { held.reduce(cash) { $0 + units[$1] * last[$1] } }

  /// What a bar's end breaks.
  private func breach(at bar: Int, _ value: Double, _ peak: Double, _ hasBegun: Bool)
    -> ChallengeBreach?
  {
    let (limits, time) = (rules.limits, market.timeNs[bar])
    if !(value > 0) { return ChallengeBreach(.ruined, timeNs: time, "an equity of \(value.told)") }
    let drawdown = 1 - value / peak
    if isScored, drawdown > limits.maxDrawdown + 1e-12 {
      return ChallengeBreach(
        .maxDrawdown, timeNs: time,
        "a drawdown of \(drawdown.told); the rules allow \(limits.maxDrawdown.told)")
    }
    if let least = limits.minHoldings, hasBegun, held.count < least {
      return ChallengeBreach(
        .minHoldings, timeNs: time,
        "\(held.count) positions; the rules ask for at least \(least)")
    }
    if let most = limits.maxHoldings, held.count > most {
      return ChallengeBreach(
        .maxHoldings, timeNs: time, "\(held.count) positions; the rules allow \(most)")
    }
    return nil
  }
}
