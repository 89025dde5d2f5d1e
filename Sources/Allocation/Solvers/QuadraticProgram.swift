import CShims
import Kernels

/// Minimise ½ xᵀ·Q·x + cᵀ·x where x keeps bounds, rows and limits of sums of absolute values.
package struct QuadraticProgram: Sendable {
  /// A linear combination between two limits; equal limits make an equation.
  package struct Row: Sendable {
    /// Positions of its terms, each once.
    package var indices: [Int]
    /// Their coefficients.
    package var values: [Double]
    /// Least value; may be −∞.
    package var lower: Double
    /// Largest value; may be ∞.
    package var upper: Double

    package init(_ indices: [Int], _ values: [Double], lower: Double, upper: Double) {
      self.indices = indices
      self.values = values
      self.lower = lower
      self.upper = upper
    }

    func value(at x: [Double]) -> Double {
      var sum = 0.0
      for (index, value) in zip(indices, values) { sum += value * x[index] }
      return sum
    }
  }

  /// Σ |termₖ(x) − referenceₖ| + shift(x) ≤ limit.
  package struct AbsoluteSum: Sendable {
    /// The terms, of which lower and upper limits don't count.
    package var terms: [Row]
    /// What each is compared with.
    package var references: [Double]
    /// A linear part, of which limits don't count.
    package var shift: Row
    /// The limit.
    package var limit: Double
  }

  /// Q: `[n, n]`, symmetric, positive semi-definite.
  package var quadratic: Matrix
  /// c: `[n]`.
  package var linear: [Double]
  /// Least values: `[n]`, may be −∞.
  package var lower: [Double]
  /// Largest values: `[n]`, may be ∞.
  package var upper: [Double]
  /// Rows.
  package var rows: [Row] = []
  /// Limits of sums of absolute values.
  package var absolutes: [AbsoluteSum] = []

  package init(quadratic: Matrix, linear: [Double], lower: [Double], upper: [Double]) {
    self.quadratic = quadratic
    self.linear = linear
    self.lower = lower
    self.upper = upper
  }

  /// Number of variables.
  var count: Int { linear.count }

  /// ½ xᵀ·Q·x + cᵀ·x.
  func objective(_ x: [Double]) throws(AllocationError) -> Double {
    let gradient = try AllocationError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.product(quadratic, x)
    }
    return LinearAlgebra.dot(x, gradient) / 2 + LinearAlgebra.dot(linear, x)
  }
}

/// Which bounds and rows hold with equality: −1 at the lower limit, 1 at the upper one, 0 at neither.
package struct ActiveSet: Sendable, Equatable {
  /// Of variables: `[n]`.
  package var variables: [Int8]
  /// Of rows: `[rows]`; equations don't count.
  package var rows: [Int8]
}

/// A minimiser.
package struct QuadraticSolution: Sendable {
  /// `[n]`.
  package var x: [Double]
  /// Change of the least objective with a limit of each row: `[rows]`.
  package var rowDuals: [Double]
  /// Steps of the solver.
  package var steps: Int
  /// What holds with equality, if the solution is a vertex of such: a guess for the next program like this one.
  package var active: ActiveSet?
}

extension QuadraticProgram {
  /// Why there is no minimiser.
  package enum Failure: Error {
    /// Steps came to an end; if the constraints can't be kept this is how it shows.
    case notConverged(steps: Int, gap: Double)
    /// Linear algebra failed.
    case algebra(LinearAlgebraError)
  }

  /// Finds the minimiser: by exchanging what holds with equality, and where that fails by an interior point method.
  ///
  /// - Parameter guess: what may hold with equality, from a program of the same shape.
  package func solve(guess: ActiveSet? = nil) throws(Failure) -> QuadraticSolution {
    let free = lower.indices.filter { upper[$0] > lower[$0] }
    if free.count < count { return try solveReduced(to: free) }
    // Steps and tolerances assume curvatures near 1.
    let mean = quadratic.diagonal.reduce(0, +) / Double(max(1, count))
    let scale = mean > 0 ? 1 / mean : 1
    var program = self
    if scale != 1 {
      for index in program.quadratic.values.indices { program.quadratic.values[index] *= scale }
      for index in program.linear.indices { program.linear[index] *= scale }
    }
    var solution = try program.solveScaled(guess: guess)
    for index in solution.rowDuals.indices { solution.rowDuals[index] /= scale }
    return solution
  }

  private func solveScaled(guess: ActiveSet?) throws(Failure) -> QuadraticSolution {
    guard apus_blas_open() else { throw .algebra(.libraryMissing) }
    var method = InteriorPoint(self)
    guard absolutes.isEmpty else {
      let interior = try method.solve()
      return try resolved(around: interior) ?? interior
    }
    let exchange = ActiveSetExchange(self)
    let start =
      guess
      ?? ActiveSet(
        variables: Array(repeating: 0, count: count), rows: Array(repeating: 0, count: rows.count))
    if let solution = try exchange.run(from: start, limit: 40) { return solution }
    let interior = try method.solve()
    guard let active = interior.active,
      var solution = try exchange.run(from: active, limit: 10)
    else { return interior }
    solution.steps += interior.steps
    return solution
  }

  /// Without variables whose bounds are equal.
  private func solveReduced(to free: [Int]) throws(Failure) -> QuadraticSolution {
    var x = lower
    for index in free { x[index] = 0 }
    var place = [Int](repeating: -1, count: count)
    for (new, old) in free.enumerated() { place[old] = new }
    let shift: [Double]
    do throws(LinearAlgebraError) { shift = try LinearAlgebra.product(quadratic, x) } catch {
      throw .algebra(error)
    }
    func reduced(_ row: Row) -> Row {
      let constant = row.value(at: x)
      let kept = row.indices.indices.filter { place[row.indices[$0]] >= 0 }
      return Row(
        kept.map { place[row.indices[$0]] }, kept.map { row.values[$0] },
        lower: row.lower - constant, upper: row.upper - constant)
    }
    var program = QuadraticProgram(
      quadratic: quadratic.symmetric(free), linear: free.map { linear[$0] + shift[$0] },
      lower: free.map { lower[$0] }, upper: free.map { upper[$0] })
    // Rows without variables are checked, not solved for.
    var kept: [Int] = []
    for (index, row) in rows.enumerated() {
      let small = reduced(row)
      if small.indices.isEmpty {
        let slack = 1e-9 * max(1, row.value(at: x).magnitude)
        guard small.lower <= slack, small.upper >= -slack else {
          throw .notConverged(steps: 0, gap: max(small.lower, -small.upper))
        }
      } else {
        kept.append(index)
        program.rows.append(small)
      }
    }
    program.absolutes = absolutes.map { sum in
      AbsoluteSum(
        terms: sum.terms.map(reduced),
        references: zip(sum.terms, sum.references).map { $1 - $0.value(at: x) },
        shift: reduced(sum.shift), limit: sum.limit - sum.shift.value(at: x))
    }
    guard !free.isEmpty else {
      for sum in program.absolutes {
        let total = sum.references.reduce(0) { $0 + abs($1) }
        guard total <= sum.limit + 1e-9 * max(1, abs(sum.limit)) else {
          throw .notConverged(steps: 0, gap: total - sum.limit)
        }
      }
      return QuadraticSolution(x: x, rowDuals: rows.map { _ in 0 }, steps: 0, active: nil)
    }
    let small = try program.solve()
    for (new, old) in free.enumerated() { x[old] = small.x[new] }
    var duals = [Double](repeating: 0, count: rows.count)
    for (new, old) in kept.enumerated() { duals[old] = small.rowDuals[new] }
    return QuadraticSolution(x: x, rowDuals: duals, steps: small.steps, active: nil)
  }

  /// The minimiser among points where every absolute value keeps the sign that it has near a solution, or its value 0.
  ///
  /// Exact where the interior point is near; nil if that gains nothing.
  private func resolved(around interior: QuadraticSolution) throws(Failure) -> QuadraticSolution? {
    guard let active = interior.active else { return nil }
    var program = self
    program.absolutes = []
    var guess = active
    let x = interior.x
    for sum in absolutes {
      var row = sum.shift
      var dense = [Double](repeating: 0, count: count)
      for (index, value) in zip(row.indices, row.values) { dense[index] += value }
      var limit = sum.limit
      for (term, reference) in zip(sum.terms, sum.references) {
        let distance = term.value(at: x) - reference
        var signed = term
        signed.lower = reference
        signed.upper = reference
        if abs(distance) > 1e-7 {
          let sign = distance > 0 ? 1.0 : -1.0
          for (index, value) in zip(term.indices, term.values) { dense[index] += sign * value }
          limit += sign * reference
          if distance > 0 { signed.upper = .infinity } else { signed.lower = -.infinity }
        }
        if term.indices.count == 1, term.values[0] == 1 {
          let index = term.indices[0]
          program.lower[index] = max(program.lower[index], signed.lower)
          program.upper[index] = min(program.upper[index], signed.upper)
          guard program.lower[index] <= program.upper[index] else { return nil }
          if program.lower[index] == program.upper[index] { guess.variables[index] = -1 }
        } else {
          program.rows.append(signed)
          guess.rows.append(0)
        }
      }
      row = Row(
        (0..<count).filter { dense[$0] != 0 }, dense.filter { $0 != 0 }, lower: -.infinity,
        upper: limit)
      let isTight = limit - row.value(at: x) <= 1e-7 * max(1, abs(limit))
      guard !row.indices.isEmpty else { continue }
      program.rows.append(row)
      guess.rows.append(isTight ? 1 : 0)
    }
    guard var found = try ActiveSetExchange(program).run(from: guess, limit: 20) else { return nil }
    // A sign that was guessed wrong would cost something.
    let (new, old) = (try value(found.x), try value(x))
    guard new <= old + 1e-10 * max(abs(old), 1e-3) else { return nil }
    found.steps += interior.steps
    found.rowDuals = interior.rowDuals
    found.active = nil
    return found
  }

  private func value(_ x: [Double]) throws(Failure) -> Double {
    do throws(AllocationError) { return try objective(x) } catch { throw .algebra(.libraryMissing) }
  }
}
