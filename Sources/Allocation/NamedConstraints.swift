/// Constraints in the words of whoever set them, and whether weights keep them.
struct NamedConstraints {
  let symbols: [String]
  let constraints: WeightConstraints

  /// How far weights may go beyond a constraint.
  static let tolerance = 1e-8

  /// Constraints that weights break, named.
  func broken(by weights: [Double]) -> [String] {
    var found: [String] = []
    for (index, weight) in weights.enumerated() {
      if weight < constraints.lower[index] - Self.tolerance { found.append(least(index)) }
      if weight > constraints.upper[index] + Self.tolerance { found.append(most(index)) }
    }
    for group in constraints.groups {
      let sum = group.members.reduce(0) { $0 + weights[$1] }
      if sum < group.least - Self.tolerance { found.append(Self.least(group)) }
      if sum > group.most + Self.tolerance { found.append(Self.most(group)) }
    }
    if let budget = constraints.budget,
      abs(weights.reduce(0, +) - budget) > Self.tolerance * max(1, abs(budget))
    {
      found.append(Self.budget(budget))
    }
    if Self.gross(weights) > constraints.leverage + Self.tolerance { found.append(leverage) }
    if let held = constraints.held,
      Self.gross(zip(weights, held).map { $0 - $1 }) > constraints.maxTurnover + Self.tolerance
    {
      found.append(turnover)
    }
    if let most = constraints.maxHoldings, weights.count(where: { $0 != 0 }) > most {
      found.append(holdings(most))
    }
    return found
  }

  /// Constraints that hold with equality, named; the budget and weights of 0 are left out, as they nearly always hold.
  func binding(at weights: [Double], tolerance: Double = 1e-9) -> [String] {
    var found: [String] = []
    for (index, weight) in weights.enumerated() {
      let (low, high) = (constraints.lower[index], constraints.upper[index])
      if low == high { continue }
      if low != 0, abs(weight - low) <= tolerance { found.append(least(index)) }
      if high != 0, abs(weight - high) <= tolerance { found.append(most(index)) }
    }
    for group in constraints.groups {
      let sum = group.members.reduce(0) { $0 + weights[$1] }
      if group.least != 0, abs(sum - group.least) <= tolerance { found.append(Self.least(group)) }
      if abs(sum - group.most) <= tolerance { found.append(Self.most(group)) }
    }
    if abs(Self.gross(weights) - constraints.leverage) <= tolerance, constraints.boundsLeverage {
      found.append(leverage)
    }
    if let held = constraints.held,
      abs(Self.gross(zip(weights, held).map { $0 - $1 }) - constraints.maxTurnover) <= tolerance
    {
      found.append(turnover)
    }
    return found
  }

  func least(_ index: Int) -> String { "\(symbols[index]) at least \(constraints.lower[index])" }
  func most(_ index: Int) -> String { "\(symbols[index]) at most \(constraints.upper[index])" }
  var leverage: String { "sum of absolute weights at most \(constraints.leverage)" }
  var turnover: String { "turnover at most \(constraints.maxTurnover)" }
  func holdings(_ most: Int) -> String { "at most \(most) holdings" }
  static func least(_ group: WeightConstraints.GroupLimit) -> String {
    "\(group.name) at least \(group.least)"
  }
  static func most(_ group: WeightConstraints.GroupLimit) -> String {
    "\(group.name) at most \(group.most)"
  }
  static func budget(_ budget: Double) -> String { "weights add up to \(budget)" }

  static func gross(_ weights: [Double]) -> Double { weights.reduce(0) { $0 + abs($1) } }
}

extension WeightConstraints {
  /// Whether leverage limits more than bounds and budget do: weights that can't be negative add up to their budget anyway.
  var boundsLeverage: Bool {
    guard leverage < .infinity else { return false }
    guard lower.allSatisfy({ $0 >= 0 }), let budget else { return true }
    return budget > leverage
  }
}

extension AllocationProblem {
  /// Weights that a formula gives, if they keep all constraints.
  ///
  /// - Throws: `AllocationError.unsupported` for the first constraint that they break.
  package func fixed(_ weights: [Double], objective: Double, by method: String)
    throws(AllocationError) -> Allocation
  {
    let named = NamedConstraints(symbols: symbols, constraints: constraints)
    if let broken = named.broken(by: weights).first {
      throw .unsupported(method: method, constraint: broken)
    }
    var allocation = Allocation(weights: weights, objective: objective)
    allocation.binding = named.binding(at: weights)
    return allocation
  }
}
