import Metrics

extension Ledger {
  /// Moves what comes in or goes out before the fills of a bar.
  mutating func applyFlows(of bar: Int) {
    while nextFlow < flows.count && flows[nextFlow].bar <= bar {
      let flow = flows[nextFlow]
      nextFlow += 1
      // A flow of before the window is none of this account.
      if flow.bar < 0 { continue }
      let amount = max(flow.amount, -withdrawable)
      summary.missedWithdrawals += amount - flow.amount
      if amount == 0 { continue }
      cash += amount
      moves += 1
      flowOfBar += amount
      summary.netFlows += amount
      if amount > 0 { summary.deposits += amount }
      flowLog.append(DatedFlow(years: Double(clockNs) / DatedFlow.yearNs, amount: amount))
      record?.flows.append(CashFlow(bar: bar, amount: amount))
    }
  }

  func completeFlows(_ summary: inout LaneSummary) {
    if flowLog.isEmpty { return }
    summary.timeWeightedGrowth = path.growth
    summary.moneyWeightedReturn = DatedFlow.internalRate(
      of: [DatedFlow(years: 0, amount: initialCash)] + flowLog, final: equity,
      years: summary.calendarDays / DatedFlow.daysPerYear)
  }
}
