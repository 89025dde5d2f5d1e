import Kernels
import Risk

/// A method that seeks weights among those that keep the constraints.
///
/// Whoever implements it need not care for the number of holdings, for shapes and for the names of what binds.
protocol Optimiser: Allocator {
  /// The best weights for a problem without `maxHoldings`.
  func solve(_ problem: AllocationProblem) throws(AllocationError) -> Allocation
}

extension Optimiser {
  /// Checks the problem, solves it, and brings holdings down to their limit; no constraint is off by more than 1e-8.
  public func allocate(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    var problem = try problem.checked(by: name)
    let most = problem.constraints.maxHoldings
    problem.constraints.maxHoldings = nil
    problem = problem.withoutTurnoverOfNothing()
    var allocation = try solve(problem)
    if let most { try reduce(&allocation, problem, to: most) }
    problem.constraints.takeBack(&allocation.weights)
    let named = NamedConstraints(symbols: problem.symbols, constraints: problem.constraints)
    guard allocation.weights.allSatisfy(\.isFinite), named.broken(by: allocation.weights).isEmpty
    else {
      throw .notConverged(method: name, steps: allocation.steps, gap: .nan)
    }
    allocation.binding += named.binding(at: allocation.weights)
    return allocation
  }

  /// Leaves out the smallest weights, a fifth at a time, and solves again for the others.
  private func reduce(
    _ allocation: inout Allocation, _ problem: AllocationProblem, to most: Int
  ) throws(AllocationError) {
    func held(_ weights: [Double]) -> [Int] { weights.indices.filter { abs(weights[$0]) > 1e-8 } }
    let named = NamedConstraints(symbols: problem.symbols, constraints: problem.constraints)
    let before = held(allocation.weights).count
    let bound = problem.constraints
    let needed = Set(
      bound.lower.indices.filter { bound.lower[$0] > 0 || bound.upper[$0] < 0 })
    guard needed.count <= most else {
      throw .infeasible(
        conflict: [named.holdings(most)]
          + needed.sorted().prefix(most + 1).map {
            bound.lower[$0] > 0 ? named.least($0) : named.most($0)
          })
    }
    var count = before
    while count > most || held(allocation.weights).count > most {
      count = max(most, min(count, held(allocation.weights).count) * 4 / 5)
      let weights = allocation.weights
      let order = weights.indices.sorted { a, b in
        if needed.contains(a) != needed.contains(b) { return needed.contains(a) }
        return abs(weights[a]) != abs(weights[b]) ? abs(weights[a]) > abs(weights[b]) : a < b
      }
      var smaller = problem
      for index in order[count...] {
        smaller.constraints.lower[index] = 0
        smaller.constraints.upper[index] = 0
      }
      let steps = allocation.steps
      do throws(AllocationError) {
        allocation = try solve(smaller)
      } catch {
        guard case .infeasible(let conflict) = error else { throw error }
        // Bounds of 0 are ours, not the user's.
        throw .infeasible(
          conflict: conflict.filter {
            !$0.hasSuffix(" at most 0.0") && !$0.hasSuffix(" at least 0.0")
              && !$0.contains(" weights at most 0.0 (") && !$0.contains(" weights at least 0.0 (")
          }
            + [named.holdings(most)])
      }
      allocation.steps += steps
      for index in order[count...] { allocation.weights[index] = 0 }
    }
    guard before > most else { return }
    allocation.binding.append(named.holdings(most))
    allocation.notes.append(
      "\(before) holdings were brought down to \(most) greedily: others may be better")
  }
}

extension WeightConstraints {
  /// Sets to 0 what rounding leaves of it, so that nobody is told to short 1e-17, and to their bounds what lies beyond by as little.
  fileprivate func takeBack(_ weights: inout [Double]) {
    for index in weights.indices where weights[index].isFinite {
      let (low, high) = (lower[index], upper[index])
      let weight = weights[index]
      if abs(weight) <= 1e-12, low <= 0, high >= 0 {
        weights[index] = 0
      } else if weight < low, low - weight <= 1e-12 {
        weights[index] = low
      } else if weight > high, weight - high <= 1e-12 {
        weights[index] = high
      }
    }
  }
}

extension AllocationProblem {
  /// A turnover of 0 leaves the held weights, which bounds say without leaving a method no room inside.
  fileprivate func withoutTurnoverOfNothing() -> AllocationProblem {
    guard constraints.maxTurnover == 0, let held = constraints.held else { return self }
    let kept = zip(held, zip(constraints.lower, constraints.upper)).allSatisfy {
      $1.0 <= $0 && $0 <= $1.1
    }
    guard kept else { return self }
    var same = self
    same.constraints.lower = held
    same.constraints.upper = held
    return same
  }

  /// wᵀ·Σ·w.
  package func variance(of weights: [Double]) throws(AllocationError) -> Double {
    try AllocationError.algebra { () throws(LinearAlgebraError) in
      max(0, try LinearAlgebra.quadratic(covariance, weights))
    }
  }

  /// Σ with the penalty on squared weights on its diagonal, times a factor.
  func penalised(_ factor: Double = 1, penalty: Double = 1) -> Matrix {
    var matrix = covariance
    if factor != 1 {
      for index in matrix.values.indices { matrix.values[index] *= factor }
    }
    for index in symbols.indices { matrix[index, index] += penalty * constraints.l2 }
    return matrix
  }

  /// l2 · Σ w².
  func penalty(on weights: [Double]) -> Double {
    constraints.l2 * LinearAlgebra.dot(weights, weights)
  }

  /// Refuses a penalty that a method has no place for.
  func refusePenalty(by method: String) throws(AllocationError) {
    guard constraints.l2 == 0 else {
      throw .unsupported(method: method, constraint: "l2 \(constraints.l2)")
    }
  }
}
