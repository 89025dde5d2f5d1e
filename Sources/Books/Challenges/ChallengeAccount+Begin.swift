extension ChallengeAccount {
  /// Interest and what is paid for shorts, on cash and marks as they were at the end of the bar before.
  mutating func accrue(_ elapsedNs: Int64) {
    let interest = rules.costs.interest(cash: cash, elapsedNs: elapsedNs)
    for column in held where units[column] < 0 {
      let fee = rules.costs.borrow(
        shortValue: -units[column] * last[column], elapsedNs: elapsedNs)
      cash -= fee
      flow[column] -= fee
      if isScored { curve.borrowFees += fee }
    }
    cash += interest
    guard isScored else { return }
    if interest > 0 { curve.interestEarned += interest } else { curve.interestPaid -= interest }
  }

  mutating func apply(_ event: ChallengeMarket.Event) {
    let column = event.column
    guard units[column] != 0 else { return }
    switch event.kind {
    case .split(let ratio):
      units[column] *= ratio
      last[column] /= ratio
    case .dividend(let amount):
      let paid = units[column] * amount
      cash += paid
      flow[column] += paid
      if isScored { curve.dividends += paid }
    case .end(let change):
      let price = last[column] * (1 + change)
      move(column, -units[column], price: price, fee: 0)
    }
  }
}
