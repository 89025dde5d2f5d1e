import Kernels
import Risk

/// Quadratic programs over weights that keep a problem's constraints.
struct WeightProgram {
  let problem: AllocationProblem
  /// The method, for messages.
  let method: String

  private var count: Int { problem.symbols.count }

  /// Minimises ½ wᵀ·Q·w + cᵀ·w over weights.
  ///
  /// - Parameter extra: further rows with names.
  func minimise(
    _ quadratic: Matrix, _ linear: [Double], _ extra: [WeightPolytope.NamedRow] = [],
    guess: ActiveSet? = nil
  ) throws(AllocationError) -> QuadraticSolution {
    let constraints = problem.constraints
    var program = QuadraticProgram(
      quadratic: quadratic, linear: linear, lower: constraints.lower, upper: constraints.upper)
    let all = Array(0..<count)
    let ones = Array(repeating: 1.0, count: count)
    if let budget = constraints.budget {
      program.rows.append(.init(all, ones, lower: budget, upper: budget))
    }
    for group in constraints.groups where group.least > -.infinity || group.most < .infinity {
      program.rows.append(
        .init(
          group.members, group.members.map { _ in 1 }, lower: group.least, upper: group.most))
    }
    if constraints.boundsLeverage {
      if constraints.lower.allSatisfy({ $0 >= 0 }) {
        program.rows.append(.init(all, ones, lower: -.infinity, upper: constraints.leverage))
      } else {
        program.absolutes.append(sum(all.map { _ in 0 }, constraints.leverage))
      }
    }
    if let held = constraints.held, constraints.maxTurnover < .infinity {
      program.absolutes.append(sum(held, constraints.maxTurnover))
    }
    program.rows += extra.map(\.row)
    return try solve(program, extra, guess: guess)
  }

  /// What the least objective gains with the limit of the last of the extra rows.
  func lastDual(of solution: QuadraticSolution) -> Double { solution.rowDuals.last ?? 0 }

  private func sum(_ references: [Double], _ limit: Double) -> QuadraticProgram.AbsoluteSum {
    QuadraticProgram.AbsoluteSum(
      terms: (0..<count).map { .init([$0], [1], lower: 0, upper: 0) }, references: references,
      shift: .init([], [], lower: 0, upper: 0), limit: limit)
  }

  /// The weights of greatest (eᵀ·w) / √(wᵀ·Q·w), by the program of y = κ·w with eᵀ·y = 1.
  ///
  /// - Parameter gain: what the ratio's numerator is called, for messages.
  /// - Source: Charnes and Cooper (1962), the homogenisation of a fraction.
  func maximiseRatio(
    of excess: [Double], to quadratic: Matrix, gain: String
  ) throws(AllocationError) -> (weights: [Double], steps: Int) {
    let constraints = problem.constraints
    guard let budget = constraints.budget, budget > 0 else {
      throw .setting(
        name: "budget", found: constraints.budget.map { "\($0)" } ?? "none",
        expected: "a positive number for \(method), whose ratio does not depend on the scale")
    }
    let size = excess.reduce(0) { max($0, abs($1)) }
    let scaled = excess.map { size > 0 ? $0 / size : 0 }
    let must = WeightPolytope.NamedRow(
      name: gain,
      row: .init(Array(0..<count), scaled, lower: 1e-9, upper: .infinity))
    let isLongOnly = constraints.lower.allSatisfy { $0 >= 0 }
    guard size > 0, !isLongOnly || excess.contains(where: { $0 > 0 }) else {
      throw .infeasible(conflict: [gain])
    }
    let program = homogeneous(scaled, quadratic, budget)
    let solution = try solve(program, [must])
    let scale = solution.x[count]
    let y = Array(solution.x[..<count])
    let risk = try AllocationError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.quadratic(quadratic, y)
    }
    let mean = quadratic.diagonal.reduce(0, +) / Double(count)
    guard scale > 1e-9 * y.reduce(1e-300, { max($0, abs($1)) }),
      risk > 1e-14 * mean * LinearAlgebra.dot(y, y)
    else {
      throw .unbounded(
        method: method,
        remedy: "some weights have \(gain) and no risk; set bounds, or leave out what does not vary"
      )
    }
    return (y.map { $0 / scale }, solution.steps)
  }

  /// The program over y and κ, in this order.
  private func homogeneous(_ excess: [Double], _ quadratic: Matrix, _ budget: Double)
    -> QuadraticProgram
  {
    let constraints = problem.constraints
    let all = Array(0..<count)
    // Where the budget holds, its square adds nothing: it only makes the program strictly convex in κ.
    let mean = quadratic.diagonal.reduce(0, +) / Double(count)
    var wide = Matrix(rows: count + 1, columns: count + 1)
    for row in all {
      for column in all { wide[row, column] = quadratic[row, column] + mean }
      wide[row, count] = -mean * budget
      wide[count, row] = -mean * budget
    }
    wide[count, count] = mean * budget * budget
    var lower = [Double](repeating: -.infinity, count: count + 1)
    var upper = [Double](repeating: .infinity, count: count + 1)
    lower[count] = 0
    var rows: [QuadraticProgram.Row] = [
      .init(all, excess, lower: 1, upper: 1),
      .init(
        all + [count], all.map { _ in 1 } + [-budget], lower: 0, upper: 0),
    ]
    let isLongOnly = constraints.lower.allSatisfy { $0 >= 0 }
    for index in all {
      let (low, high) = (constraints.lower[index], constraints.upper[index])
      if low == high, low != 0 {
        rows.append(.init([index, count], [1, -low], lower: 0, upper: 0))
        continue
      }
      if low == 0 {
        lower[index] = 0
      } else if low > -.infinity {
        rows.append(.init([index, count], [1, -low], lower: 0, upper: .infinity))
      }
      if high == 0 {
        upper[index] = 0
      } else if high < .infinity, !(isLongOnly && high >= budget) {
        rows.append(.init([index, count], [1, -high], lower: -.infinity, upper: 0))
      }
    }
    for group in constraints.groups {
      let ones = group.members.map { _ in 1.0 }
      if group.least == group.most {
        rows.append(
          .init(group.members + [count], ones + [-group.least], lower: 0, upper: 0))
        continue
      }
      if group.least > -.infinity, !(isLongOnly && group.least <= 0) {
        rows.append(
          .init(group.members + [count], ones + [-group.least], lower: 0, upper: .infinity))
      }
      if group.most < .infinity, !(isLongOnly && group.most >= budget) {
        rows.append(
          .init(group.members + [count], ones + [-group.most], lower: -.infinity, upper: 0))
      }
    }
    var program = QuadraticProgram(
      quadratic: wide, linear: Array(repeating: 0, count: count + 1), lower: lower, upper: upper)
    program.rows = rows
    if constraints.boundsLeverage {
      if isLongOnly {
        program.rows.append(
          .init([count], [budget - constraints.leverage], lower: -.infinity, upper: 0))
      } else {
        program.absolutes.append(homogeneousSum(all.map { _ in 0 }, constraints.leverage))
      }
    }
    if let held = constraints.held, constraints.maxTurnover < .infinity {
      program.absolutes.append(homogeneousSum(held, constraints.maxTurnover))
    }
    return program
  }

  private func homogeneousSum(_ references: [Double], _ limit: Double)
    -> QuadraticProgram.AbsoluteSum
  {
    QuadraticProgram.AbsoluteSum(
      terms: references.enumerated().map { index, reference in
        reference == 0
          ? .init([index], [1], lower: 0, upper: 0)
          : .init([index, count], [1, -reference], lower: 0, upper: 0)
      }, references: references.map { _ in 0 },
      shift: .init([count], [-limit], lower: 0, upper: 0), limit: 0)
  }

  private func solve(
    _ program: QuadraticProgram, _ extra: [WeightPolytope.NamedRow], guess: ActiveSet? = nil
  ) throws(AllocationError) -> QuadraticSolution {
    do throws(QuadraticProgram.Failure) {
      return try program.solve(guess: guess)
    } catch {
      switch error {
      case .algebra(let error): throw .risk(.algebra(error))
      case .notConverged(let steps, let gap):
        let conflict = try WeightPolytope(problem, extra).conflict()
        guard conflict.isEmpty else { throw .infeasible(conflict: conflict) }
        throw .notConverged(method: method, steps: steps, gap: gap)
      }
    }
  }

  /// The best value of a linear gain over all weights, and such weights.
  func maximise(_ gain: [Double]) throws(AllocationError) -> (
    weights: [Double], value: Double, steps: Int
  ) {
    let polytope = WeightPolytope(problem)
    switch try polytope.program(cost: gain.map { -$0 }).solve() {
    case .solved(let x, _, let steps):
      let weights = Array(x[..<count])
      return (weights, LinearAlgebra.dot(weights, gain), steps)
    case .infeasible: throw .infeasible(conflict: try polytope.conflict())
    case .unbounded:
      throw .unbounded(method: method, remedy: "set bounds of weights or a leverage")
    case .failed(let steps): throw .notConverged(method: method, steps: steps, gap: .nan)
    }
  }
}
