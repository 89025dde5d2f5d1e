import Books
import Simulation

extension ChallengeStrategy {
  /// The first bound that the account breaks.
  ///
  /// The engine sizes positions with equity at the fill, which it does not record: a weight counts over the larger of the
  /// equities around it.
  func breach(
    _ record: LaneRecord, _ names: [String], _ columns: [Int?], _ scored: Range<Int>
  ) -> ChallengeBreach? {
    let limits = session.rules.limits
    let width = names.count
    let fills = Dictionary(grouping: record.fills.filter { $0.cause != .rejection }) { $0.bar }
    var peak =
      scored.lowerBound == 0 ? session.rules.capital : record.equity[scored.lowerBound - 1]
    var count = 0
    var hasBegun = false
    for bar in 0..<scored.upperBound {
      let time = session.market.timeNs[bar]
      func breach(_ reason: ChallengeBreach.Reason, _ detail: String) -> ChallengeBreach {
        ChallengeBreach(reason, timeNs: time, trade: count, detail)
      }
      let equity = record.equity[bar]
      let before = bar == 0 ? session.rules.capital : record.equity[bar - 1]
      for fill in fills[bar] ?? [] {
        if scored.contains(bar) { count += 1 }
        guard fill.cause == .entry || fill.cause == .rebalance else { continue }
        let name = names[fill.symbol]
        guard let column = columns[fill.symbol] else {
          return breach(.unknownSymbol, "the challenge has no symbol '\(name)'")
        }
        guard limits.isAllowed[column] else {
          return breach(.symbolNotAllowed, "the rules exclude \(name)")
        }
        let weight =
          (record.units[bar * width + fill.symbol] * fill.fillPrice).magnitude / max(equity, before)
        if weight > limits.maxWeight * (1 + 1e-6) {
          return breach(
            .maxWeight, "\(name) at \(weight) of equity; the rules allow \(limits.maxWeight)")
        }
        // From 1 on the engine itself keeps to the leverage.
        guard limits.maxLeverage < 1 else { continue }
        let gross = gross(record, columns, bar) / max(equity, before)
        if gross > limits.maxLeverage * (1 + 1e-6) {
          return breach(
            .maxLeverage,
            "positions of \(gross) of equity; the rules allow \(limits.maxLeverage)")
        }
      }
      if let most = limits.maxTrades, count > most {
        return breach(.maxTrades, "the rules allow \(most) trades")
      }
      if !(equity > 0) { return breach(.ruined, "an equity of \(equity)") }
      guard scored.contains(bar) else { continue }
      peak = max(peak, equity)
      if 1 - equity / peak > limits.maxDrawdown + 1e-12 {
        return breach(
          .maxDrawdown,
          "a drawdown of \(1 - equity / peak); the rules allow \(limits.maxDrawdown)")
      }
      let held = (0..<width).count { record.units[bar * width + $0] != 0 }
      hasBegun = hasBegun || held > 0
      if let least = limits.minHoldings, hasBegun, held < least {
        return breach(.minHoldings, "\(held) positions; the rules ask for at least \(least)")
      }
      if let most = limits.maxHoldings, held > most {
        return breach(.maxHoldings, "\(held) positions; the rules allow \(most)")
      }
    }
    return nil
  }

  /// What positions after a bar are worth at the lower of their marks before and after it.
  private func gross(_ record: LaneRecord, _ columns: [Int?], _ bar: Int) -> Double {
    columns.indices.reduce(0) { sum, place in
      let units = record.units[bar * columns.count + place]
      guard units != 0, let column = columns[place] else { return sum }
      let marks = [bar, max(0, bar - 1)].map { session.market.mark(at: $0, column) }
      return sum + units.magnitude * (marks.filter { !$0.isNaN }.min() ?? 0)
    }
  }
}
