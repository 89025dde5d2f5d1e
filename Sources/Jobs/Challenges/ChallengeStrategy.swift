import Books
import Kernels
import Market
import Metrics
import Simulation
import Storage

/// A strategy spec that was entered, run by the engine under the rules' data, account and execution.
struct ChallengeStrategy {
  private let session: ChallengeSession
  private let path: String
  private let variant: KernelVariant

  init(_ path: String, _ session: ChallengeSession, _ variant: KernelVariant) {
    self.path = path
    self.session = session
    self.variant = variant
  }

  /// The curve over some bars of the market, as of an account's replay.
  func curve(bars: Int, scored: Range<Int>) -> ChallengeCurve {
    do {
      let plan = try plan(isWhole: bars > session.window.count)
      guard plan.laneCount == 1 else {
        return broken(
          .strategy,
          "the spec makes \(plan.laneCount) lanes, and a participant is one: one symbol and one parameter"
            + " set, or strategy.weights over many symbols")
      }
      let record = try plan.simulator(variant: variant, workers: 1).replay(lane: 0)
      return curve(record, plan, scored)
    } catch let error as SpecError {
      return broken(.strategy, "\(error)")
    } catch {
      return broken(.strategy, "\(error)")
    }
  }

  private func broken(_ reason: ChallengeBreach.Reason, _ text: String) -> ChallengeCurve {
    var curve = ChallengeCurve(initialEquity: session.rules.capital)
    curve.breach = ChallengeBreach(
      reason,
      text.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }.joined(separator: " "))
    return curve
  }

  // MARK: - The spec under the rules

  private func plan(isWhole: Bool) throws -> RunPlan {
    let text = try SpecFile.read(path)
    let entry = try SpecReader(try Spec.parse(text), path: "")
    let own = entry.all.first { $0.key == "data" }
    var data = session.spec.data
    if case .object(let members)? = own?.value.value {
      for member in members where ["symbols", "scores", "lags", "warm_up"].contains(member.key) {
        data.removeAll { $0.key == member.key }
        data.append(member)
      }
    }
    func json(_ value: JSON5.Value) -> JSON5 { JSON5(value: value, place: entry.place) }
    func day(_ ns: Int64) -> JSON5 { json(.string(Timestamp.text(nanoseconds: ns))) }
    let rules = session.spec
    data.append(.init(key: "from", value: day(rules.from)))
    data.append(
      .init(key: "to", value: day(isWhole ? rules.holdOut?.to ?? rules.to : rules.to)))
    var members: [JSON5.Member] = [
      .init(key: "apus", value: json(.number(1))),
      .init(key: "data", value: json(.object(data))),
      .init(
        key: "account",
        value: json(
          .object([
            .init(key: "cash", value: json(.number(rules.capital))),
            .init(key: "currency", value: json(.string(rules.spec.currency))),
            .init(key: "risk_free", value: json(.number(rules.spec.riskFree))),
            .init(key: "leverage", value: json(.number(max(1, rules.limits.maxLeverage)))),
            .init(key: "short", value: json(.bool(rules.limits.allowsShort))),
          ]))),
      .init(key: "metrics", value: json(.array([json(.string("total_return"))]))),
    ]
    if let execution = rules.execution { members.append(.init(key: "execution", value: execution)) }
    for key in ["parameters", "where", "strategy", "seed"] {
      if let member = entry.all.first(where: { $0.key == key }) { members.append(member) }
    }
    var spec = try Spec(json(.object(members)), text: text)
    spec.folder = SpecFile.folder(of: path)
    guard spec.hasStrategy else {
      throw SpecError.missing(path: "strategy", expected: "what to trade")
    }
    return try RunPlan(spec: spec, storePath: rules.storePath)
  }

  // MARK: - What came of it

  private func curve(_ record: LaneRecord, _ plan: RunPlan, _ scored: Range<Int>) -> ChallengeCurve
  {
    let capital = session.rules.capital
    let names = plan.symbolNames(lane: 0)
    let columns = names.map { session.column(of: $0) }
    guard record.equity.count >= scored.upperBound else {
      return broken(.strategy, "it ran \(record.equity.count) bars of \(scored.upperBound)")
    }
    var curve = ChallengeCurve(
      initialEquity: scored.lowerBound == 0 ? capital : record.equity[scored.lowerBound - 1])
    curve.equity = Array(record.equity[scored])
    let width = names.count
    for bar in scored {
      let held = (0..<width).count { record.units[bar * width + $0] != 0 }
      if held > 0 { curve.barsInPosition += 1 }
    }
    for fill in record.fills where fill.cause != .rejection && scored.contains(fill.bar) {
      curve.fills += 1
      curve.tradedNotional += fill.units.magnitude * fill.fillPrice
      curve.fees += fill.commission
      curve.slippage += (fill.fillPrice - fill.price) * fill.units
    }
    for trade in record.trades {
      guard let exit = trade.exitBar else {
        curve.openTrades += 1
        continue
      }
      guard scored.contains(exit) else { continue }
      curve.trades += 1
      if trade.profit > 0 {
        curve.wins += 1
        curve.grossProfit += trade.profit
      } else if trade.profit < 0 {
        curve.losses += 1
        curve.grossLoss -= trade.profit
      }
    }
    curve.breach =
      breach(record, names, columns, scored)
      ?? curve.breach(of: session.rules.limits, endNs: session.market.timeNs[scored.upperBound - 1])
    return curve
  }

  /// The first bound that the account breaks.
  ///
  /// The engine sizes positions with equity at the fill, which it does not record: a weight counts over the larger of the
  /// equities around it.
  private func breach(
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
}
