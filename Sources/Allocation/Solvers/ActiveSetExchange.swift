import CShims
import Kernels

/// Solves a program by guessing what holds with equality, and exchanging all that turns out wrong at once.
///
/// A guess leaves a system of linear equations of the free variables only, so a portfolio of few holdings out of many assets costs
/// little. What comes out satisfies the conditions of a minimum; the exchange may also run in a circle, and then gives up.
///
/// - Source: Kunisch and Rendl (2003), *An infeasible active set method for quadratic problems with simple bounds*; Portugal,
///   Júdice and Vicente (1994) on block pivoting.
struct ActiveSetExchange {
  private let program: QuadraticProgram
  /// How far a bound may be passed before it counts.
  private static let tolerance = 1e-11

  init(_ program: QuadraticProgram) { self.program = program }

  /// Exchanges until nothing is wrong; nil if that does not come to an end.
  func run(from start: ActiveSet, limit: Int) throws(QuadraticProgram.Failure)
    -> QuadraticSolution?
  {
    guard start.variables.count == program.count, start.rows.count == program.rows.count else {
      return nil
    }
    var active = start
    for index in program.rows.indices where active.rows[index] != 0 {
      let row = program.rows[index]
      if row.lower == row.upper { active.rows[index] = 0 }
    }
    var fewest = Int.max
    var patience = 5
    for step in 1...limit {
      guard let point = try stationary(active) else { return nil }
      let wrong = exchange(&active, point)
      if wrong == 0 {
        return QuadraticSolution(
          x: point.x, rowDuals: point.duals, steps: step, active: active)
      }
      if wrong < fewest {
        fewest = wrong
        patience = 5
      } else {
        patience -= 1
        if patience == 0 { return nil }
      }
    }
    return nil
  }

  private struct Point {
    var x: [Double]
    var duals: [Double]
    var gradient: [Double]
    var scale: Double
  }

  /// The stationary point among those where the active limits hold with equality.
  private func stationary(_ active: ActiveSet) throws(QuadraticProgram.Failure) -> Point? {
    let count = program.count
    var x = [Double](repeating: 0, count: count)
    var free: [Int] = []
    for index in 0..<count {
      switch active.variables[index] {
      case 0: free.append(index)
      case 1: x[index] = program.upper[index]
      default: x[index] = program.lower[index]
      }
    }
    let held = program.rows.indices.filter {
      active.rows[$0] != 0 || program.rows[$0].lower == program.rows[$0].upper
    }
    guard held.count <= free.count else { return nil }
    var duals = [Double](repeating: 0, count: program.rows.count)
    if !free.isEmpty {
      var place = [Int](repeating: -1, count: count)
      for (new, old) in free.enumerated() { place[old] = new }
      var rows = Matrix(rows: held.count, columns: free.count)
      for (new, old) in held.enumerated() {
        let row = program.rows[old]
        for (index, value) in zip(row.indices, row.values) where place[index] >= 0 {
          rows[new, place[index]] = value
        }
      }
      let hessian = free.count == count ? program.quadratic : program.quadratic.symmetric(free)
      guard
        let system = SaddleSystem(
          hessian: hessian, rows: rows, softness: Array(repeating: 0, count: held.count),
          ridge: 1e-11)
      else { return nil }
      // The first solve leaves what rounding and the ridge changed; each further one takes away most of the rest.
      var last = Double.infinity
      for _ in 0..<8 {
        let gradient = try gradient(x, duals)
        let f = free.map { -gradient[$0] }
        let g = held.map { index in
          let row = program.rows[index]
          return (active.rows[index] == 1 ? row.upper : row.lower) - row.value(at: x)
        }
        let residual = max(largest(f), largest(g))
        guard residual.isFinite else { return nil }
        if residual <= 1e-14 || residual > last * 0.5 { break }
        last = residual
        let step = system.solve(f, g)
        for (new, old) in free.enumerated() { x[old] += step.x[new] }
        for (new, old) in held.enumerated() { duals[old] += step.y[new] }
      }
    }
    let gradient = try gradient(x, duals)
    let scale = largest(zip(gradient, program.linear).map { $0 - $1 })
    let residual = largest(free.map { gradient[$0] })
    guard scale.isFinite, residual <= 1e-9 * max(scale, 1e-3) else { return nil }
    for index in held {
      let row = program.rows[index]
      let wanted = active.rows[index] == 1 ? row.upper : row.lower
      guard abs(row.value(at: x) - wanted) <= 1e-10 * max(1, abs(wanted)) else { return nil }
    }
    return Point(x: x, duals: duals, gradient: gradient, scale: max(scale, 1e-3))
  }

  /// Qx + c − Aᵀλ.
  private func gradient(_ x: [Double], _ duals: [Double]) throws(QuadraticProgram.Failure)
    -> [Double]
  {
    var gradient = program.linear
    apus_blas_multiply_vector(
      false, Int32(program.count), Int32(program.count), 1, program.quadratic.values,
      Int32(program.count), x, 1, &gradient)
    for (row, dual) in zip(program.rows, duals) where dual != 0 {
      for (index, value) in zip(row.indices, row.values) { gradient[index] -= dual * value }
    }
    return gradient
  }

  /// Exchanges what is wrong, and counts it.
  private func exchange(_ active: inout ActiveSet, _ point: Point) -> Int {
    var wrong = 0
    let small = 1e-10 * point.scale
    for index in 0..<program.count {
      let (low, high) = (program.lower[index], program.upper[index])
      switch active.variables[index] {
      case 0:
        if point.x[index] < low - Self.tolerance {
          active.variables[index] = -1
        } else if point.x[index] > high + Self.tolerance {
          active.variables[index] = 1
        } else {
          continue
        }
      case 1:
        guard point.gradient[index] > small else { continue }
        active.variables[index] = 0
      default:
        guard point.gradient[index] < -small else { continue }
        active.variables[index] = 0
      }
      wrong += 1
    }
    for (index, row) in program.rows.enumerated() where row.lower < row.upper {
      switch active.rows[index] {
      case 0:
        let value = row.value(at: point.x)
        let slack = Self.tolerance * max(1, abs(value))
        if value < row.lower - slack {
          active.rows[index] = -1
        } else if value > row.upper + slack {
          active.rows[index] = 1
        } else {
          continue
        }
      case 1:
        guard point.duals[index] > small else { continue }
        active.rows[index] = 0
      default:
        guard point.duals[index] < -small else { continue }
        active.rows[index] = 0
      }
      wrong += 1
    }
    return wrong
  }
}
