import Foundation
import TestSupport
import Testing

/// Every family of keys of a spec, through the executable: it runs, changes what it should, and is replayed to the bit.
@Suite struct SpecKeysTests {
  private static let rising =
    "long_entry: 'close > sma(close, 5)', long_exit: 'close < sma(close, 5)'"

  private func place() async throws -> Workplace {
    let place = try Workplace()
    try await place.makeStore("p.h5", "--bars 250 --symbols 3")
    return place
  }

  /// Runs a spec, replays its first lane and audits it.
  private func rows(
    _ place: Workplace, data: String = "", strategy: String = rising, account: String = "",
    execution: String = ""
  ) async throws -> [JSON] {
    try place.folder.write(
      """
      { apus: 1, name: "a", data: { store: "p.h5", \(data) }, strategy: { \(strategy) },
        account: { \(account) }, execution: { commission: { bps: 5 }, \(execution) },
        metrics: ["final_equity", "trades", "fees", "net_flows", "time_weighted_return", "money_weighted_return", "rebalances"] }
      """, to: "a.json5")
    let text = try await place.done("sweep a.json5 --json --quiet --force")
    let rows = try JSON(text)["leaderboard"]["rows"].list.sorted {
      ($0["lane"].int ?? 0) < ($1["lane"].int ?? 0)
    }
    #expect(!rows.isEmpty)
    let replay = try await place.apus("replay a.h5 --lane 0")
    #expect(replay.status == 0, "\(replay.errors)")
    let audit = try await place.apus("audit a.json5 --lanes 2 --cuts 2")
    #expect(audit.status == 0, "\(audit.output)\(audit.errors)")
    return rows
  }

  private func equity(_ rows: [JSON]) -> [Double] {
    rows.map { $0["metrics"]["final_equity"].number ?? .nan }
  }

  @Test(
    "orders",
    arguments: [
      "entry_limit: 'close * 0.99'", "entry_stop: 'highest(high, 3)'", "exit_limit: 'close * 1.02'",
      "entry_limit: 'close', time_in_force: 'day'", "max_bars: 3",
      "pyramid: 3, size: { fraction_of_equity: 0.3 }",
      "reentry_delay: 5", "short_entry: 'close < sma(close, 5)', reverse: true",
      "size: { units: 10 }",
      "size: { notional: 5000 }", "stop_loss: 0.05, size: { risk: 0.01 }",
      "size: { volatility_target: 0.1 }",
      "size: { kelly: 0.5 }",
    ]) func orders(text: String) async throws
  {
    let place = try await place()
    let plain = equity(try await rows(place))
    // A long exit is no part of a strategy that turns by its entries.
    let other = equity(try await rows(place, strategy: Self.rising + ", " + text))
    #expect(other != plain && other.allSatisfy { $0.isFinite })
  }

  @Test(
    "execution",
    arguments: [
      "lot: 1", "max_volume_share: 0.00001", "min_notional: 1e9", "slippage: { half_spread: 0.05 }",
      "tick: 0.01, slippage: { ticks: 2 }", "slippage: { volume_share: { k: 0.1 } }",
      "slippage: { almgren_chriss: { window: 10 } }",
    ]) func execution(text: String) async throws
  {
    let place = try await place()
    let plain = equity(try await rows(place))
    #expect(equity(try await rows(place, execution: text)) != plain)
  }

  @Test func tiersOfCommission() async throws {
    let place = try await place()
    func fees(_ tiers: String) async throws -> [Double?] {
      try place.folder.write(
        """
        { apus: 1, name: "t", data: { store: "p.h5" }, strategy: { \(Self.rising), size: { notional: 1000 } },
          execution: { commission: \(tiers) }, metrics: ["fees"] }
        """, to: "t.json5")
      let text = try await place.done("sweep t.json5 --json --quiet --force")
      return try JSON(text)["leaderboard"]["rows"].list.map { $0["metrics"]["fees"].number }
    }
    let one = try await fees("{ bps: 10 }")
    let two = try await fees("{ tiers: [{ from: 0, bps: 10 }, { from: 500, bps: 0 }] }")
    for (a, b) in zip(one, two) { #expect((b ?? 0) < 0.6 * (a ?? 0)) }
  }

  @Test func flowsAndReturns() async throws {
    let place = try await place()
    let plain = try await rows(place)
    let paid = try await rows(
      place, account: "flows: [{ every: 'month', amount: 1000 }, { every: 100, amount: -500 }]")
    for (a, b) in zip(plain, paid) {
      let metrics = b["metrics"]
      #expect((metrics["net_flows"].number ?? 0) > 5000)
      // Costs in proportion: what is paid in earns what the rest earns.
      let (time, money) = (
        metrics["time_weighted_return"].number, metrics["money_weighted_return"].number
      )
      #expect(time != nil && money != nil && time != money)
      #expect(b["metrics"]["final_equity"].number != a["metrics"]["final_equity"].number)
    }
    let late = try await place.apus(
      "sweep a.json5 --force --set account.flows=[{date:\"2050-01-01\",amount:5}]")
    #expect(late.status == 2 && late.errors.contains("account.flows[0].date"))
  }

  @Test func walletsAndBounds() async throws {
    let place = try await place()
    let rows = try await rows(
      place, strategy: Self.rising + ", stop_loss: 0.01, take_profit: 0.01",
      account:
        "wallets: [{ name: 'a', cash: 100 }, { name: 'b', cash: 200, flows: [{ every: 'month', amount: 10 }] }]",
      execution: "bounds: true")
    #expect(rows.count == 12)
    #expect(rows.prefix(4).map { $0["wallet"].string } == ["a", "a", "b", "b"])
    #expect(rows.prefix(4).map { $0["bound"].string } == ["worst", "best", "worst", "best"])
    for pair in stride(from: 0, to: 12, by: 2) {
      let (worst, best) = (equity([rows[pair]])[0], equity([rows[pair + 1]])[0])
      #expect(worst <= best)
    }
    let table = try await place.done("export a.h5")
    #expect(
      table.hasPrefix("lane,symbol,bound,wallet,") || table.hasPrefix("lane,symbol,wallet,bound,"))
    #expect(try await place.done("rank a.h5 --by final_equity").contains("wallet"))
  }

  @Test func marginAndFinancing() async throws {
    let place = try await place()
    let plain = equity(try await rows(place))
    let lent = equity(
      try await rows(
        place, strategy: Self.rising + ", size: { fraction_of_equity: 1 }",
        account: "cash_rate: 0.05, margin_rate: 0.08, borrow: 0.03"))
    // Cash that lies idle earns interest.
    for (a, b) in zip(plain, lent) { #expect(b > a) }
    let short = "short_entry: 'close < sma(close, 5)', short_exit: 'close > sma(close, 5)'"
    let free = equity(try await rows(place, strategy: short))
    let borrowed = equity(try await rows(place, strategy: short, account: "borrow: 0.1"))
    for (a, b) in zip(free, borrowed) { #expect(b < a) }
    let none = try await rows(place, strategy: short, account: "short: false")
    #expect(none.allSatisfy { $0["metrics"]["trades"].int == 0 })
  }

  @Test func portfolios() async throws {
    let place = try await place()
    let every = try await rows(
      place,
      strategy:
        "weights: 'if(rank(pct_change(close, 20)) > 0.5, 0.5, 0)', rebalance: { every: 'month' }")
    #expect(every.count == 1 && every[0]["symbol"].string == "portfolio")
    let banded = try await rows(
      place,
      strategy:
        "weights: 'if(rank(pct_change(close, 20)) > 0.5, 0.5, 0)', rebalance: { every: 'week', drift: 0.2, max_turnover: 0.5 }"
    )
    #expect(equity(every) != equity(banded))
    let replay = try await place.done("replay a.h5 --lane 0")
    #expect(replay.contains("symbol  entry"))
  }

  @Test func bothBoundsAndIntrabarContradict() async throws {
    let place = try await place()
    try place.folder.write(
      "{ apus: 1, data: { store: 'p.h5' }, strategy: { \(Self.rising) }, execution: { bounds: true, intrabar: 'best' } }",
      to: "a.json5")
    let result = try await place.apus("sweep a.json5")
    #expect(result.status == 2)
    #expect(
      result.errors.hasPrefix(
        "error: a.json5: line 1, execution.bounds: found true with intrabar 'best'"))
  }
}
