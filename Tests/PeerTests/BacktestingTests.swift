import Simulation
import Testing

/// Orders as backtesting.py fills them.
@Suite struct BacktestingTests {
  @Test(arguments: [("whole_shares", 0.0), ("spread", 0.001)])
  func wholeShares(name: String, slippage: Double) throws {
    let rules = peerRules(rate: 0.001) {
      $0.lot = 1
      $0.slippage.rate = slippage
    }
    try check("backtesting", name, rules) { _ in Breakout(Order(.fractionOfEquity(0.95))) }
    let execution =
      "lot: 1, commission: { bps: 10 }" + (slippage > 0 ? ", slippage: { bps: 10 }" : "")
    try PeerSpec("\(VectorbtTests.breakout), size: { fraction_of_equity: 0.95 }", execution)
      .check("backtesting", name)
  }

  @Test(arguments: [("limit_entry", PatientEntry.Way.limit), ("stop_entry", .stop)])
  func entriesThatWait(name: String, way: PatientEntry.Way) throws {
    try check("backtesting", name, peerRules(rate: 0.001)) {
      PatientEntry(units: peerUnits($0), way)
    }
  }

  @Test func brackets() throws {
    try check("backtesting", "bracket", peerRules(rate: 0.001)) {
      Brackets(units: peerUnits($0), stop: 0.96, target: 1.08, isTwoSided: true)
    }
  }

  @Test func bracketsAtALimit() throws {
    try check("backtesting", "bracket_at_limit", peerRules(rate: 0.001)) {
      Brackets(units: peerUnits($0), limit: 0.97, stop: 0.95, target: 1.04)
    }
  }
}
