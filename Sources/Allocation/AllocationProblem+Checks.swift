import Kernels
import Risk

extension AllocationProblem {
  /// The problem itself, if its shapes and numbers can be worked with.
  ///
  /// - Throws: `AllocationError.setting` for a wrong shape, a number that is not finite, a matrix that is not symmetric or has a
  ///   negative variance, a lower bound above its upper one (`infeasible`), or a constraint outside its domain.
  package func checked(by method: String) throws(AllocationError) -> AllocationProblem {
    let count = symbols.count
    guard count > 0 else {
      throw .setting(name: "symbols", found: "none", expected: "at least one")
    }
    guard covariance.rows == count, covariance.columns == count else {
      throw .setting(
        name: "covariance", found: "\(covariance.rows) × \(covariance.columns)",
        expected: "\(count) × \(count)")
    }
    try checkCovariance()
    try checkNumbers(expectedReturns, "expected returns")
    guard riskFree.isFinite else {
      throw .setting(name: "risk-free return", found: "\(riskFree)", expected: "a finite number")
    }
    guard barsPerYear.isFinite, barsPerYear > 0 else {
      throw .setting(name: "bars a year", found: "\(barsPerYear)", expected: "a positive number")
    }
    try checkScenarios()
    try constraints.check(symbols)
    return self
  }

  private func checkCovariance() throws(AllocationError) {
    let count = symbols.count
    for row in 0..<count {
      guard covariance[row, row] >= 0 else {
        throw .setting(
          name: "variance of \(symbols[row])", found: "\(covariance[row, row])",
          expected: "a finite number of at least 0")
      }
      for column in 0..<row {
        let (a, b) = (covariance[row, column], covariance[column, row])
        let scale = (covariance[row, row] * covariance[column, column]).squareRoot()
        guard a.isFinite, b.isFinite, abs(a - b) <= 1e-9 * scale + 1e-300 else {
          throw .setting(
            name: "covariance of \(symbols[row]) and \(symbols[column])", found: "\(a) and \(b)",
            expected: "the same finite number on both sides")
        }
      }
      guard covariance[row, row].isFinite else {
        throw .setting(
          name: "variance of \(symbols[row])", found: "\(covariance[row, row])",
          expected: "a finite number")
      }
    }
  }

  private func checkNumbers(_ values: [Double], _ name: String) throws(AllocationError) {
    guard values.count == symbols.count else {
      throw .setting(name: name, found: "\(values.count)", expected: "\(symbols.count)")
    }
    if let bad = values.firstIndex(where: { !$0.isFinite }) {
      throw .setting(
        name: "\(name) of \(symbols[bad])", found: "\(values[bad])", expected: "a finite number")
    }
  }

  private func checkScenarios() throws(AllocationError) {
    guard let scenarios else { return }
    guard scenarios.symbols == symbols else {
      throw .setting(
        name: "scenarios", found: "returns of other symbols",
        expected: "returns of the same symbols")
    }
    if let bad = scenarios.values.values.firstIndex(where: { !$0.isFinite }) {
      let symbol = symbols[bad % symbols.count]
      throw .setting(
        name: "scenarios of \(symbol)", found: "\(scenarios.values.values[bad])",
        expected: "finite returns; leave out bars or symbols without one")
    }
  }

  /// Past returns, for a method that needs them.
  package func neededScenarios(by method: String, atLeast least: Int = 2) throws(AllocationError)
    -> ReturnTable
  {
    guard let scenarios, scenarios.barCount >= least else {
      throw .risk(
        .tooFewReturns(method: method, found: self.scenarios?.barCount ?? 0, needed: least))
    }
    return scenarios
  }
}

extension WeightConstraints {
  /// Checks shapes and domains; whether the constraints can be kept together is for the solver.
  func check(_ symbols: [String]) throws(AllocationError) {
    let count = symbols.count
    guard lower.count == count, upper.count == count else {
      throw .setting(
        name: "bounds of weights", found: "\(lower.count) and \(upper.count)",
        expected: "\(count) and \(count)")
    }
    for index in 0..<count {
      let symbol = symbols[index]
      guard !lower[index].isNaN, !upper[index].isNaN, lower[index] < .infinity,
        upper[index] > -.infinity
      else {
        throw .setting(
          name: "bounds of \(symbol)", found: "\(lower[index]) and \(upper[index])",
          expected: "two numbers")
      }
      guard lower[index] <= upper[index] else {
        throw .infeasible(conflict: [
          "\(symbol) at least \(lower[index])", "\(symbol) at most \(upper[index])",
        ])
      }
    }
    if let budget, !budget.isFinite {
      throw .setting(name: "budget", found: "\(budget)", expected: "a finite number")
    }
    try check(leverage, "leverage")
    try check(maxTurnover, "max_turnover")
    guard l2 >= 0, l2.isFinite else {
      throw .setting(name: "l2", found: "\(l2)", expected: "a finite number of at least 0")
    }
    if let maxHoldings, maxHoldings < 1 {
      throw .setting(name: "max_holdings", found: "\(maxHoldings)", expected: "at least 1")
    }
    for group in groups {
      guard !group.least.isNaN, !group.most.isNaN, group.least < .infinity,
        group.most > -.infinity
      else {
        throw .setting(
          name: group.name, found: "\(group.least) to \(group.most)", expected: "two numbers")
      }
      guard group.members.allSatisfy({ (0..<count).contains($0) }),
        Set(group.members).count == group.members.count
      else {
        throw .setting(
          name: group.name, found: "members \(group.members)",
          expected: "positions of symbols, each once")
      }
      guard group.least <= group.most else {
        throw .infeasible(conflict: [
          "\(group.name) at least \(group.least)", "\(group.name) at most \(group.most)",
        ])
      }
    }
    if let held {
      guard held.count == count, held.allSatisfy(\.isFinite) else {
        throw .setting(
          name: "held weights", found: "\(held.count)", expected: "\(count) finite numbers")
      }
    } else if maxTurnover < .infinity {
      throw .setting(
        name: "max_turnover", found: "\(maxTurnover) without held weights",
        expected: "held weights, which changes are counted from")
    }
  }

  private func check(_ limit: Double, _ name: String) throws(AllocationError) {
    guard limit >= 0 else {
      throw .setting(name: name, found: "\(limit)", expected: "a number of at least 0")
    }
  }
}
