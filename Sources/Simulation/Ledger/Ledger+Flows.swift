import Metrics

extension Ledger {
  /// Moves what comes in or goes out before the fills of a bar.
  mutating func applyFlows(of bar: Int) {
    while nextFlow < flows.count && flows[nextFlow].bar <= bar {
      let flow = flows[nextFlow]
      nextFlow += 1
      // A flow of before the window is none of this account.
      if flow.bar < 0 { continue }
      let before = currentEquity
      let free = min(withdrawable, wallets?.worth(flow.wallet, equity: before) ?? .infinity)
      let amount = max(flow.amount, -free)
      summary.missedWithdrawals += amount - flow.amount
      if amount == 0 { continue }
      cash += amount
      moves += 1
      flowOfBar += amount
      summary.netFlows += amount
      if amount > 0 { summary.deposits += amount }
      let dated = DatedFlow(years: Double(clockNs) / Financing.yearNs, amount: amount)
      flowLog.append(dated)
      if record != nil {
        record?.flows.append(CashFlow(bar: bar, amount: amount, wallet: flow.wallet))
      }
      wallets?.move(dated, wallet: flow.wallet, equity: before)
    }
  }

  func completeFlows(_ summary: inout LaneSummary) {
    if flowLog.isEmpty { return }
    summary.timeWeightedGrowth = path.growth
    summary.moneyWeightedReturn = DatedFlow.internalRate(
      of: [DatedFlow(years: 0, amount: initialCash)] + flowLog, final: equity,
      years: summary.calendarDays / 365.25)
  }

  /// What became of each wallet; empty for an account without wallets.
  ///
  /// - Parameter calendarDays: from the start of the first bar to the end of the last.
  public func walletOutcomes(calendarDays: Double) -> [WalletOutcome] {
    wallets?.outcomes(equity: equity, years: calendarDays / 365.25) ?? []
  }
}
