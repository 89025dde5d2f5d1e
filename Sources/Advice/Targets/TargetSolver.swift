import Allocation
import Books
import Kernels
import Risk

/// Finds target weights for questions, from estimates alone: the same for the same question.
public struct TargetSolver: Sendable {
  /// What is known.
  public let estimates: AdviceEstimates
  /// How weights are sought.
  public let policy: AdvicePolicy

  /// A solver.
  public init(_ estimates: AdviceEstimates, _ policy: AdvicePolicy) {
    self.estimates = estimates
    self.policy = policy
  }

  /// Methods that are formulas: they refuse constraints that they break, so that none is added to the profile's.
  private static let formulas: Set<String> = [
    "equal", "inverse_volatility", "risk_parity", "risk_budget", "hrp", "herc", "nco",
  ]

  /// Target weights.
  ///
  /// - Throws: `AdviceError.noCandidates`, or `unsolved` with the constraints that exclude each other.
  public func solve(_ question: AdviceQuestion) throws(AdviceError) -> TargetAdvice {
    var (columns, omissions) = estimates.candidates(for: question, policy)
    guard !columns.isEmpty else { throw .noCandidates(reasons: Self.counted(omissions)) }
    let (limits, level) = limits(question.profile)
    var notes: [String] = []
    let found: Allocation
    do throws(AllocationError) {
      found =
        policy.scores == nil
        ? try allocate(question, columns, limits, &notes)
        : try allocateByScores(question, columns, &notes)
    } catch {
      throw .unsolved(error)
    }
    notes += found.notes
    var weights = found.weights
    for place in weights.indices where weights[place].magnitude < policy.cut {
      omissions.append((columns[place], weights[place] == 0 ? .notChosen : .belowCut))
      weights[place] = 0
    }
    let kept = weights.indices.filter { weights[$0] != 0 }
    (columns, weights) = (kept.map { columns[$0] }, kept.map { weights[$0] })
    if columns.isEmpty {
      notes.append("no symbol is expected to earn more than cash: all stays in cash")
    }
    var binding = found.binding
    do throws(RiskError) {
      var risk = try RiskView(
        columns: columns, weights: weights, estimates, riskFree: policy.riskFree)
      let (share, limit) = risk.share(within: limits)
      if let limit {
        let (before, cash) = (weights.reduce(0, +), weights.reduce(0, +) * (1 - share))
        weights = weights.map { $0 * share }
        risk = try RiskView(
          columns: columns, weights: weights, estimates, riskFree: policy.riskFree)
        if !binding.contains(limit) { binding.append(limit) }
        notes.append("\(Self.shown(cash)) of \(Self.shown(before)) went to cash to keep \(limit)")
      }
      omissions.sort { $0.column < $1.column }
      return TargetAdvice(
        columns: columns, weights: weights, binding: binding, notes: notes, omissions: omissions,
        limits: limits, riskLevel: level, risk: risk)
    } catch {
      throw .unsolved(.risk(error))
    }
  }

  /// What a profile may risk.
  func limits(_ profile: Profile) -> (limits: RiskLimits, level: Int?) {
    var limits = RiskLimits()
    var level = policy.riskLevel ?? profile.riskLevel
    if level == nil, profile.maxVolatility.isNaN, policy.scores == nil,
      policy.method == "target_risk", policy.settings.values["target"] == nil
    {
      level = policy.commonRiskLevel
    }
    if let level {
      limits.volatility = RiskScale.volatility(level)
      limits.shortfall = RiskScale.shortfall(
        level, barsPerYear: estimates.returns.barsPerYear)
    }
    // A comparison with NaN is false.
    if profile.maxVolatility < limits.volatility { limits.volatility = profile.maxVolatility }
    if profile.maxVaR < limits.valueAtRisk { limits.valueAtRisk = profile.maxVaR }
    if profile.maxDrawdown < limits.drawdown { limits.drawdown = profile.maxDrawdown }
    return (limits, level)
  }

  private func allocate(
    _ question: AdviceQuestion, _ columns: [Int], _ limits: RiskLimits, _ notes: inout [String]
  ) throws(AllocationError) -> Allocation {
    var settings = policy.settings
    if policy.method == "target_risk", settings.values["target"] == nil {
      settings.values["target"] = .number(limits.volatility)
    }
    let allocator = try AllocatorCatalog.allocator(named: policy.method, settings: settings)
    let places = columns.compactMap { estimates.places[$0] }
    let isFree = AdvicePolicy.choosingCash.contains(policy.method)
    var cap = question.profile.maxWeight
    if cap.isNaN, !Self.formulas.contains(policy.method) {
      cap = policy.maxWeight ?? min(1, max(0.2, 2 / Double(columns.count)))
      notes.append("the profile has no largest weight: \(cap) is taken")
    }
    let constraints = constraints(question.profile, columns, cap: cap, isFree: isFree)
    let barsPerYear = estimates.returns.barsPerYear
    let free = isFree ? policy.riskFree / barsPerYear : 0
    var problem = AllocationProblem(
      symbols: columns.map { estimates.universe.symbols[$0] },
      covariance: estimates.covariance.symmetric(places),
      expectedReturns: places.map { estimates.expectedReturns[$0] - free },
      constraints: constraints)
    problem.riskFree = policy.riskFree / barsPerYear
    problem.barsPerYear = barsPerYear
    if allocator.needsScenarios {
      do throws(RiskError) {
        problem.scenarios = try estimates.returns.symbols(places).complete(for: policy.method)
      } catch {
        throw .risk(error)
      }
    }
    return try allocator.allocate(problem)
  }

  /// Weights in proportion to scores, moved by as little as constraints ask: least Σ (w − t)² / |t| to the proportions t.
  ///
  /// Without a limit in the way they are the proportions; what caps take away goes to the others in proportion.
  private func allocateByScores(
    _ question: AdviceQuestion, _ columns: [Int], _ notes: inout [String]
  ) throws(AllocationError) -> Allocation {
    let profile = question.profile
    let symbols = columns.map { estimates.universe.symbols[$0] }
    let scores = policy.scores?.scores(of: question.scoreOwner) ?? [:]
    let given = symbols.map { scores[$0] ?? 0 }
    let total = given.reduce(0) { $0 + $1.magnitude }
    let isFree = given.contains { $0 < 0 }
    let cap = profile.maxWeight.isNaN ? policy.maxWeight ?? .nan : profile.maxWeight
    var constraints = constraints(profile, columns, cap: cap, isFree: isFree)
    let whole = constraints.budget ?? min(1, profile.leverage)
    let shares = given.map { $0 / total * whole }
    var problem = AllocationProblem(
      symbols: symbols, covariance: Matrix(diagonal: shares.map { 1 / max($0.magnitude, 1e-9) }),
      expectedReturns: shares.map { $0 < 0 ? -1 : 1 }, constraints: constraints)
    problem.barsPerYear = estimates.returns.barsPerYear
    let nearest = MaxUtility(riskAversion: 1)
    do throws(AllocationError) { return try nearest.allocate(problem) } catch {
      guard case .infeasible(let conflict) = error, !isFree else { throw error }
      constraints = self.constraints(profile, columns, cap: cap, isFree: true)
      // What can't be invested stays in cash: the largest sums that limits allow, still in proportion.
      problem.constraints = constraints
      problem.expectedReturns = shares.map { _ in 1e3 }
      let found = try nearest.allocate(problem)
      notes.append("not all money can be invested: \(conflict.joined(separator: "; "))")
      return found
    }
  }

  /// What a profile asks of weights.
  ///
  /// - Parameters:
  ///   - cap: largest weight; NaN for none.
  ///   - isFree: whether money may stay in cash beyond the least.
  func constraints(_ profile: Profile, _ columns: [Int], cap: Double, isFree: Bool)
    -> WeightConstraints
  {
    let leverage = max(0, profile.leverage)
    let most = profile.minCash.isNaN ? Double.infinity : max(0, 1 - profile.minCash)
    var constraints = WeightConstraints(count: columns.count)
    let whole = max(1, leverage)
    let largest = cap.isNaN ? whole : max(0, cap)
    constraints.upper = columns.map { _ in largest }
    constraints.lower = columns.map { _ in profile.allowsShort ? -largest : 0 }
    constraints.budget = isFree ? nil : min(1, most, leverage)
    constraints.leverage = leverage
    constraints.maxHoldings = policy.maxHoldings
    if isFree, most < leverage {
      constraints.groups.append(
        .init(
          name: "sum of weights beside cash", members: Array(columns.indices), least: -.infinity,
          most: most))
    }
    if !profile.maxSectorWeight.isNaN {
      let sectors = columns.map { estimates.universe.market.sectors[$0] }
      for sector in Set(sectors).sorted() {
        constraints.groups.append(
          .init(
            name: "sector \(sector)", members: columns.indices.filter { sectors[$0] == sector },
            least: profile.allowsShort ? -profile.maxSectorWeight : -.infinity,
            most: max(0, profile.maxSectorWeight)))
      }
    }
    return constraints
  }

  private static func counted(_ omissions: [(column: Int, reason: Omission)]) -> [String] {
    Omission.allCases.compactMap { reason in
      let count = omissions.count { $0.reason == reason }
      return count > 0 ? "\(count) \(reason.text)" : nil
    }
  }

  /// A fraction with four decimals: more would be noise of the solver.
  private static func shown(_ value: Double) -> String {
    "\((value * 10_000).rounded() / 10_000)"
  }
}
