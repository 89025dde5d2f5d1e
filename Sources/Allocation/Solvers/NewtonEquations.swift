import CShims
import Kernels

/// Newton's equations, reduced to the variables.
///
/// A slack y of a row leaves it with softness 1/D; a pair p, n of an absolute value leaves its defining row with softness
/// 1/D(p) + 1/D(n), and the limit of the sum with 4 / (D(p) + D(n)) for each pair. Nothing is subtracted from anything near to it.
struct NewtonEquations {
  private let method: InteriorPoint
  private let weight: [Double]
  private let system: SaddleSystem

  init?(_ method: InteriorPoint, weight: [Double], ridge: Double) {
    self.method = method
    self.weight = weight
    let count = method.count
    var hessian = method.program.quadratic
    for index in 0..<count { hessian[index, index] += weight[index] }
    var rows = Matrix(rows: method.dense.count, columns: count)
    var softness = [Double](repeating: 0, count: method.dense.count)
    for (index, line) in method.dense.enumerated() {
      for (at, value) in zip(line.row.indices, line.row.values) { rows[index, at] += value }
      if let slack = line.slack { softness[index] = 1 / weight[slack] }
    }
    for (index, line) in method.local.enumerated() {
      let stiff = Self.stiffness(line, weight)
      for (a, left) in zip(line.row.indices, line.row.values) {
        for (b, right) in zip(line.row.indices, line.row.values) where b <= a {
          hessian[a, b] += stiff * left * right
        }
      }
      guard let pair = line.pair else { continue }
      let limit = method.limitOfLocal[index]
      softness[limit] += 4 / (weight[pair] + weight[pair + 1])
      let tilt = Self.tilt(line, weight)
      for (at, value) in zip(line.row.indices, line.row.values) {
        rows[limit, at] -= tilt * value
      }
    }
    guard
      let system = SaddleSystem(hessian: hessian, rows: rows, softness: softness, ridge: ridge)
    else { return nil }
    self.system = system
  }

  /// 1 over a local line's softness.
  private static func stiffness(_ line: InteriorPoint.Line, _ weight: [Double]) -> Double {
    if let pair = line.pair {
      return weight[pair] * weight[pair + 1] / (weight[pair] + weight[pair + 1])
    }
    return line.slack.map { weight[$0] } ?? 0
  }

  /// (1/D(n) − 1/D(p)) over the softness.
  private static func tilt(_ line: InteriorPoint.Line, _ weight: [Double]) -> Double {
    guard let pair = line.pair else { return 0 }
    return (weight[pair] - weight[pair + 1]) / (weight[pair] + weight[pair + 1])
  }

  /// Solves for a right side: forces, and residuals of rows, which are to vanish.
  func solve(_ force: [Double], _ denseGap: [Double], _ localGap: [Double])
    -> (move: [Double], dense: [Double], local: [Double])
  {
    let count = method.count
    var f = Array(force[..<count])
    var g = denseGap.map { -$0 }
    for (index, line) in method.dense.enumerated() {
      if let slack = line.slack { g[index] += force[slack] / weight[slack] }
      for part in line.parts ?? 0..<0 { g[index] -= force[part] / weight[part] }
    }
    var targets = [Double](repeating: 0, count: localGap.count)
    for (index, line) in method.local.enumerated() {
      var target = -localGap[index]
      if let slack = line.slack { target += force[slack] / weight[slack] }
      if let pair = line.pair {
        target += force[pair] / weight[pair] - force[pair + 1] / weight[pair + 1]
        g[method.limitOfLocal[index]] -= Self.tilt(line, weight) * target
      }
      targets[index] = target
      let stiff = Self.stiffness(line, weight)
      for (at, value) in zip(line.row.indices, line.row.values) {
        f[at] += stiff * value * target
      }
    }
    let (x, y) = system.solve(f, g)
    var move = [Double](repeating: 0, count: weight.count)
    for index in 0..<count { move[index] = x[index] }
    for (index, line) in method.dense.enumerated() {
      if let slack = line.slack { move[slack] = (force[slack] - y[index]) / weight[slack] }
    }
    var local = [Double](repeating: 0, count: targets.count)
    for (index, line) in method.local.enumerated() {
      let rest = targets[index] - line.row.value(at: x)
      local[index] = Self.stiffness(line, weight) * rest
      if let slack = line.slack {
        move[slack] = (force[slack] - local[index]) / weight[slack]
      }
      if let pair = line.pair {
        let limit = y[method.limitOfLocal[index]]
        local[index] -= Self.tilt(line, weight) * limit
        move[pair] = (force[pair] + limit - local[index]) / weight[pair]
        move[pair + 1] = (force[pair + 1] + limit + local[index]) / weight[pair + 1]
      }
    }
    return (move, y, local)
  }

  /// What a solution leaves of the right side.
  func rest(
    _ move: [Double], _ dense: [Double], _ local: [Double], _ force: [Double],
    _ denseGap: [Double], _ localGap: [Double]
  ) -> (force: [Double], dense: [Double], local: [Double], norm: Double) {
    let count = method.count
    var rest = force
    let x = Array(move[..<count])
    var product = [Double](repeating: 0, count: count)
    apus_blas_multiply_vector(
      false, Int32(count), Int32(count), 1, method.program.quadratic.values, Int32(count), x, 0,
      &product)
    for index in 0..<count { rest[index] -= product[index] }
    for index in weight.indices { rest[index] -= weight[index] * move[index] }
    var denseRest = denseGap.map { -$0 }
    for (index, line) in method.dense.enumerated() {
      for (at, value) in zip(line.row.indices, line.row.values) {
        rest[at] += value * dense[index]
      }
      denseRest[index] -= line.row.value(at: x)
      for part in line.parts ?? 0..<0 {
        denseRest[index] -= move[part]
        rest[part] += dense[index]
      }
      if let slack = line.slack {
        denseRest[index] += move[slack]
        rest[slack] -= dense[index]
      }
    }
    var localRest = localGap.map { -$0 }
    for (index, line) in method.local.enumerated() {
      for (at, value) in zip(line.row.indices, line.row.values) {
        rest[at] += value * local[index]
      }
      localRest[index] -= line.row.value(at: x)
      if let pair = line.pair {
        localRest[index] += move[pair] - move[pair + 1]
        rest[pair] -= local[index]
        rest[pair + 1] += local[index]
      }
      if let slack = line.slack {
        localRest[index] += move[slack]
        rest[slack] -= local[index]
      }
    }
    // Near its bound a component has a large weight, and rounding leaves as large a force, which moves nothing.
    let moves = zip(rest, weight).map { $0 / (1 + $1) }
    let norm = max(largest(moves), largest(denseRest), largest(localRest))
    return (rest, denseRest, localRest, norm)
  }
}
