import Foundation
import HDF5
import Jobs
import Market
import Simulation
import Storage
import TestSupport
import Testing

/// Accounts of contests against the portfolio engine: with debts, shorts and what both cost in time.
@Suite struct ChallengeEngineTests {
  private typealias Base = ChallengeJobTests

  private static let rates = "borrow: 0.5, cash_rate: 0.3, margin_rate: 0.8"
  private static let strategy =
    "strategy: { weights: \"if(top(1, close), 2.2, -0.1)\", rebalance: { every: 9 } }"
  private static let metrics = [
    "total_return", "fees", "borrow_fees", "interest_paid", "interest_earned",
  ]

  /// Rules of the base's window with leverage and rates.
  private static func rules(_ more: String = "") -> String {
    """
    { apus: 1, challenge: "test", data: { store: "p.h5" },
      window: { from: "\(Base.day(30))", to: "\(Base.day(119))" }, \(rates),
      execution: { commission: { bps: 5 }, slippage: { bps: 2 } }, \(more)
      constraints: { max_leverage: 2.5, allow_short: true },
      metric: "total_return", metrics: ["fees", "borrow_fees", "interest_paid", "interest_earned"],
      bootstrap: { samples: 20 } }
    """
  }

  private static func engine(_ store: String) throws -> LaneRecord {
    let spec = try Spec(
      text: """
        { apus: 1, data: { store: "p.h5", from: "\(Base.day(30))", to: "\(Base.day(119))" }, \(strategy),
          account: { leverage: 2.5, initial_margin: 1.4, maintenance_margin: 1, leverage_maintenance: 0,
            \(rates) },
          execution: { commission: { bps: 5 }, slippage: { bps: 2 } }, metrics: ["total_return"] }
        """)
    return try RunPlan(spec: spec, storePath: store).simulator(variant: .best, workers: 1)
      .replay(lane: 0)
  }

  @Test("weights, trades and a strategy with debts and shorts make the engine's account")
  func levered() throws {
    let folder = try ScratchFolder()
    let store = try Base.store(folder)
    let record = try Self.engine(store)
    #expect(record.summary.interestPaid > 100 && record.summary.borrowFees > 100)
    let panel = try PriceStore.open(store).loadPanel("us_equity_1d")
    let close = try #require(panel.fieldIndex("close"))
    var weights = "date,AAA,BBB,CCC\n"
    for bar in Set(record.fills.map(\.bar)).sorted() {
      let prices = (0..<3).map { panel.value(field: close, bar: 30 + bar - 1, symbol: $0) }
      weights +=
        Base.day(30 + bar - 1) + prices.map { $0 == prices.max() ? ",2.2" : ",-0.1" }.joined()
        + "\n"
    }
    try folder.write(weights, to: "weights.csv")
    let names = ["AAA", "BBB", "CCC"]
    try folder.write(
      "time,symbol,quantity\n"
        + record.fills.map { "\(Base.day(30 + $0.bar - 1)),\(names[$0.symbol]),\($0.units)\n" }
        .joined(),
      to: "trades.csv")
    try folder.write("{ apus: 1, \(Self.strategy) }", to: "spec.json5")
    let board = try Base.score(
      folder, Self.rules(), ["weights.csv", "trades.csv", "spec.json5"].map { folder.path($0) })
    #expect(board.disqualified == 0, "\(board.table.reason)")
    let goals = [
      (record.equity.last ?? .nan) / 100_000 - 1, record.summary.fees, record.summary.borrowFees,
      record.summary.interestPaid, record.summary.interestEarned,
    ]
    for name in ["weights", "trades", "spec"] {
      for (metric, goal) in zip(Self.metrics, goals) {
        let found = try Base.value(board, name, metric)
        #expect(abs(found - goal) <= 1e-8 * max(1, abs(goal)), "\(name): \(metric)")
      }
    }
  }

  @Test("what a hold-out cost is told apart from the window, for a strategy as for its trades")
  func holdOutMoney() throws {
    let folder = try ScratchFolder()
    _ = try Base.store(folder)
    let more =
      "hold_out: { from: \"\(Base.day(120))\", to: \"\(Base.day(159))\", revealed: \"2016-12-31\" },"
    try folder.write("{ apus: 1, \(Self.strategy) }", to: "spec.json5")
    let board = try Base.score(folder, Self.rules(more), [folder.path("spec.json5")])
    let alone = try Base.score(
      folder, Self.rules().replacing(Base.day(119), with: Base.day(159)),
      [folder.path("spec.json5")])
    for metric in Self.metrics.dropFirst() {
      let parts =
        try Base.value(board, "spec", metric) + Base.value(board, "spec", "hold_out_" + metric)
      #expect(abs(parts - (try Base.value(alone, "spec", metric))) < 1e-6, "\(metric)")
    }
  }

  @Test("a strategy is held to a leverage below 1, and may use ten")
  func leverage() throws {
    let folder = try ScratchFolder()
    _ = try Base.store(folder)
    for (name, weight) in [("full", 0.9), ("half", 0.45)] {
      try folder.write(
        "{ apus: 1, strategy: { weights: \"\(weight) / 3\", rebalance: { every: 7 } } }",
        to: "\(name).json5")
    }
    let entries = ["full.json5", "half.json5"].map { folder.path($0) }
    let tight = try Base.score(folder, Base.rules("constraints: { max_leverage: 0.5 }"), entries)
    let codes = try #require(tight.table.labels.first { $0.name == "disqualified" })
    #expect(codes.text(at: try Base.row(tight, "full")) == "max_leverage")
    #expect(codes.text(at: try Base.row(tight, "half")) == "")
    let wide = try Base.score(folder, Base.rules("constraints: { max_leverage: 10 }"), entries)
    #expect(wide.disqualified == 0, "\(wide.table.reason)")
  }
}
