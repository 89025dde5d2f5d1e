import Simulation
import Testing

/// Orders as backtrader fills them.
@Suite struct BacktraderTests {
  @Test func commissionsByUnitWithAMinimum() throws {
    let rules = peerRules {
      $0.commission.perUnit = 0.005
      $0.commission.minimum = 5
    }
    try check("backtrader", "market_per_unit_with_minimum", rules) {
      Breakout(Order(.units(peerUnits($0))))
    }
  }

  @Test func commissionsByOrder() throws {
    let rules = peerRules(rate: 0.0002) { $0.commission.fixed = 3 }
    try check("backtrader", "market_per_order", rules) { Breakout(Order(.units(peerUnits($0)))) }
  }

  @Test(arguments: [
    ("limit_good_till_date", PatientEntry.Way.limitGoodTillDate), ("stop_limit", .stopLimit),
  ])
  func entriesThatWait(name: String, way: PatientEntry.Way) throws {
    try check("backtrader", name, peerRules(rate: 0.001)) {
      PatientEntry(units: peerUnits($0), way)
    }
  }

  @Test func stops() throws {
    try check("backtrader", "stop", peerRules(rate: 0.001)) { StopIn(units: peerUnits($0)) }
  }

  @Test func oneCancelsOther() throws {
    try check("backtrader", "one_cancels_other", peerRules(rate: 0.001)) {
      OneCancelsOther(units: peerUnits($0))
    }
  }

  @Test func trailingStopsThatFollowCloses() throws {
    try check("backtrader", "trailing_stop", peerRules(rate: 0.001)) {
      StopBelowCloses(units: peerUnits($0))
    }
  }

  @Test func brackets() throws {
    try check("backtrader", "bracket", peerRules(rate: 0.001)) {
      Brackets(units: peerUnits($0), stop: 0.98, target: 1.06)
    }
  }

  @Test func allCashIsScaledNotRejected() throws {
    try check("backtrader", "all_in", peerRules { $0.lot = 1 }) { _ in
      Breakout(Order(.fractionOfEquity(1)))
    }
  }
}
