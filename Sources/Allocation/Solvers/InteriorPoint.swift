import CShims
import Kernels

/// A primal–dual interior point method with predictor and corrector for dense quadratic programs.
///
/// Bounds, rows with few terms and absolute values only add to the diagonal or to few elements of Q, so a step is one Cholesky factor
/// of n variables, whatever their number; rows with many terms are joined by a Schur complement.
///
/// - Source: Mehrotra (1992), *On the implementation of a primal–dual interior point method*; Gertz and Wright (2003) for quadratic
///   programs.
struct InteriorPoint {
  /// Steps after which it gives up: ten times what hard programs take.
  static let stepLimit = 150
  /// Rows with at most so many terms are added to Q.
  private static let fewTerms = 3

  /// A row of the method: terms over variables, and over what sums of absolute values are made of.
  private struct Line {
    var row: QuadraticProgram.Row
    /// Place of its slack among `bounded`, or nil for an equation.
    var slack: Int?
    /// Place of the positive part of what it defines, which the negative one follows; nil if it defines none.
    var pair: Int?
    /// Places that a limit of a sum adds up.
    var parts: Range<Int>?
  }

  private let program: QuadraticProgram
  private let count: Int
  private var dense: [Line] = []
  private var local: [Line] = []
  /// Place in `dense` of the limit that a pair counts for, for each local line.
  private var limitOfLocal: [Int] = []
  // Variables, then parts of absolute values, then slacks of rows; with their bounds and multipliers.
  private var value: [Double]
  private var lower: [Double]
  private var upper: [Double]
  private var lowDual: [Double] = []
  private var highDual: [Double] = []
  private var denseDual: [Double] = []
  private var localDual: [Double] = []
  /// For each row of the program: whether it is dense, and its place.
  private var places: [(isDense: Bool, index: Int)] = []

  init(_ program: QuadraticProgram) {
    self.program = program
    count = program.count
    lower = program.lower
    upper = program.upper
    value = []
    for sum in program.absolutes {
      let first = lower.count
      let limit = dense.count
      dense.append(
        Line(
          row: .init(
            sum.shift.indices, sum.shift.values, lower: -.infinity, upper: sum.limit),
          parts: first..<first + 2 * sum.terms.count))
      for (index, term) in sum.terms.enumerated() {
        var row = term
        row.lower = sum.references[index]
        row.upper = sum.references[index]
        local.append(Line(row: row, pair: first + 2 * index))
        limitOfLocal.append(limit)
        lower += [0, 0]
        upper += [.infinity, .infinity]
      }
    }
    let equationsAndLong = { (row: QuadraticProgram.Row) in
      row.lower == row.upper || row.indices.count > Self.fewTerms
    }
    for row in program.rows {
      if equationsAndLong(row) {
        places.append((true, dense.count))
        dense.append(Line(row: row))
      } else {
        places.append((false, local.count))
        local.append(Line(row: row))
        limitOfLocal.append(-1)
      }
    }
    for index in dense.indices where dense[index].row.lower < dense[index].row.upper {
      dense[index].slack = addSlack(dense[index].row)
    }
    for index in local.indices where local[index].pair == nil {
      local[index].slack = addSlack(local[index].row)
    }
    start()
  }

  private mutating func addSlack(_ row: QuadraticProgram.Row) -> Int {
    lower.append(row.lower)
    upper.append(row.upper)
    return lower.count - 1
  }

  /// Strictly between all bounds.
  private mutating func start() {
    let small = 1 / Double(max(1, count))
    value = lower.indices.map { index in
      let (low, high) = (lower[index], upper[index])
      switch (low.isFinite, high.isFinite) {
      case (true, true): return low + min((high - low) / 2, max(small, (high - low) * 1e-3))
      case (true, false): return low + small
      case (false, true): return high - small
      case (false, false): return 0
      }
    }
    lowDual = lower.indices.map { lower[$0].isFinite ? small / (value[$0] - lower[$0]) : 0 }
    highDual = upper.indices.map { upper[$0].isFinite ? small / (upper[$0] - value[$0]) : 0 }
    denseDual = Array(repeating: 0, count: dense.count)
    localDual = Array(repeating: 0, count: local.count)
  }
}

// MARK: - Steps

extension InteriorPoint {
  private struct Residuals {
    /// Of the gradient, for everything that has bounds or none.
    var dual: [Double]
    var dense: [Double]
    var local: [Double]
    var gap: Double
    var dualNorm: Double
    var primalNorm: Double
    var scale: Double
  }

  /// Runs until residuals and gap are near rounding.
  mutating func solve() throws(QuadraticProgram.Failure) -> QuadraticSolution {
    guard apus_blas_open() else { throw .algebra(.libraryMissing) }
    let sides = Double(
      lower.count(where: \.isFinite) + upper.count(where: \.isFinite))
    var best = Double.infinity
    var kept = value
    var keptDuals = (denseDual, localDual, lowDual, highDual)
    var stalled = 0
    var taken = 0
    for step in 0..<Self.stepLimit {
      taken = step
      let residuals = residuals()
      let worst = max(
        residuals.dualNorm / residuals.scale, residuals.primalNorm,
        residuals.gap / residuals.scale)
      guard worst.isFinite else { break }
      if worst < best * 0.9 { stalled = 0 } else { stalled += 1 }
      if worst < best {
        best = worst
        kept = value
        keptDuals = (denseDual, localDual, lowDual, highDual)
      }
      if worst <= 1e-12 { return solution(step) }
      if stalled >= 8 && best <= 1e-8 || stalled >= 2 && best <= 1e-10 { break }
      guard advance(residuals, sides: sides) else { break }
    }
    // The last digits may be out of reach of double precision; what is good enough to be right counts.
    guard best <= 1e-8 else {
      throw .notConverged(steps: taken, gap: best)
    }
    value = kept
    (denseDual, localDual, lowDual, highDual) = keptDuals
    return solution(taken)
  }

  private func residuals() -> Residuals {
    var dual = [Double](repeating: 0, count: value.count)
    var primalScale = 1.0
    let x = Array(value[..<count])
    var gradient = program.linear
    apus_blas_multiply_vector(
      false, Int32(count), Int32(count), 1, program.quadratic.values, Int32(count), x, 1, &gradient)
    let scale = gradient.reduce(0.1) { max($0, abs($1)) }
    for index in 0..<count { dual[index] = gradient[index] }
    var denseGap = [Double](repeating: 0, count: dense.count)
    for (index, line) in dense.enumerated() {
      let multiplier = denseDual[index]
      for (at, value) in zip(line.row.indices, line.row.values) { dual[at] -= value * multiplier }
      var sum = line.row.value(at: x)
      for part in line.parts ?? 0..<0 {
        sum += value[part]
        dual[part] -= multiplier
      }
      if let slack = line.slack { dual[slack] += multiplier }
      let target = line.slack.map { value[$0] } ?? line.row.lower
      denseGap[index] = sum - target
      primalScale = max(primalScale, abs(target))
    }
    var localGap = [Double](repeating: 0, count: local.count)
    for (index, line) in local.enumerated() {
      let multiplier = localDual[index]
      for (at, value) in zip(line.row.indices, line.row.values) { dual[at] -= value * multiplier }
      var sum = line.row.value(at: x)
      if let pair = line.pair {
        sum += value[pair + 1] - value[pair]
        dual[pair] += multiplier
        dual[pair + 1] -= multiplier
      }
      if let slack = line.slack { dual[slack] += multiplier }
      localGap[index] = sum - (line.slack.map { value[$0] } ?? line.row.lower)
    }
    var gap = 0.0
    for index in value.indices {
      dual[index] += highDual[index] - lowDual[index]
      if lower[index].isFinite { gap += lowDual[index] * (value[index] - lower[index]) }
      if upper[index].isFinite { gap += highDual[index] * (upper[index] - value[index]) }
    }
    let primal = max(largest(denseGap), largest(localGap))
    return Residuals(
      dual: dual, dense: denseGap, local: localGap, gap: gap,
      dualNorm: largest(dual), primalNorm: primal / primalScale,
      scale: scale)
  }

  private struct Direction {
    var value: [Double]
    var low: [Double]
    var high: [Double]
    var dense: [Double]
    var local: [Double]
  }

  /// One predictor and one corrector; false if no factor exists or nothing moves.
  private mutating func advance(_ residuals: Residuals, sides: Double) -> Bool {
    let weight = value.indices.map { index in
      (lower[index].isFinite ? lowDual[index] / (value[index] - lower[index]) : 0)
        + (upper[index].isFinite ? highDual[index] / (upper[index] - value[index]) : 0)
    }
    var ridge = 1e-12
    var system: Newton?
    while system == nil, ridge < 1e-3 {
      system = Newton(self, weight: weight, ridge: ridge)
      ridge *= 100
    }
    guard let system else { return false }
    let none = [Double](repeating: 0, count: value.count)
    let affine = direction(system, residuals, lowTarget: none, highTarget: none)
    let reach = stepLength(affine)
    let mean = residuals.gap / max(1, sides)
    var after = 0.0
    for index in value.indices {
      if lower[index].isFinite {
        after +=
          (lowDual[index] + reach * affine.low[index])
          * (value[index] - lower[index] + reach * affine.value[index])
      }
      if upper[index].isFinite {
        after +=
          (highDual[index] + reach * affine.high[index])
          * (upper[index] - value[index] - reach * affine.value[index])
      }
    }
    let ratio = residuals.gap > 0 ? after / residuals.gap : 0
    let centre = mean * ratio * ratio * ratio
    var low = none
    var high = none
    for index in value.indices {
      low[index] = centre - affine.value[index] * affine.low[index]
      high[index] = centre + affine.value[index] * affine.high[index]
    }
    let full = direction(system, residuals, lowTarget: low, highTarget: high)
    let step = min(1, 0.995 * stepLength(full, from: 2))
    guard step > 1e-13 else { return false }
    for index in value.indices {
      value[index] += step * full.value[index]
      lowDual[index] += step * full.low[index]
      highDual[index] += step * full.high[index]
    }
    for index in dense.indices { denseDual[index] += step * full.dense[index] }
    for index in local.indices { localDual[index] += step * full.local[index] }
    return true
  }

  /// How far everything stays positive.
  private func stepLength(_ direction: Direction, from longest: Double = 1) -> Double {
    var reach = longest
    for index in value.indices {
      let move = direction.value[index]
      if lower[index].isFinite {
        if move < 0 { reach = min(reach, (lower[index] - value[index]) / move) }
        if direction.low[index] < 0 { reach = min(reach, -lowDual[index] / direction.low[index]) }
      }
      if upper[index].isFinite {
        if move > 0 { reach = min(reach, (upper[index] - value[index]) / move) }
        if direction.high[index] < 0 {
          reach = min(reach, -highDual[index] / direction.high[index])
        }
      }
    }
    return reach
  }

  /// The Newton step towards products of slacks and multipliers that equal their targets.
  private func direction(
    _ system: Newton, _ residuals: Residuals, lowTarget: [Double], highTarget: [Double]
  ) -> Direction {
    let size = value.count
    var force = [Double](repeating: 0, count: size)
    for index in 0..<size {
      force[index] = -residuals.dual[index]
      if lower[index].isFinite {
        let slack = value[index] - lower[index]
        force[index] += (lowTarget[index] - slack * lowDual[index]) / slack
      }
      if upper[index].isFinite {
        let slack = upper[index] - value[index]
        force[index] -= (highTarget[index] - slack * highDual[index]) / slack
      }
    }
    var (move, dense, local) = system.solve(force, residuals.dense, residuals.local)
    // What the ridge and rounding changed is taken back.
    for _ in 0..<6 {
      let rest = system.rest(move, dense, local, force, residuals.dense, residuals.local)
      guard rest.norm > 1e-14 else { break }
      let more = system.solve(rest.force, rest.dense, rest.local)
      let trial = (
        zip(move, more.move).map(+), zip(dense, more.dense).map(+), zip(local, more.local).map(+)
      )
      let left = system.rest(
        trial.0, trial.1, trial.2, force, residuals.dense, residuals.local)
      guard left.norm < rest.norm else { break }
      (move, dense, local) = trial
    }
    var low = [Double](repeating: 0, count: size)
    var high = low
    for index in 0..<size {
      if lower[index].isFinite {
        let slack = value[index] - lower[index]
        low[index] = (lowTarget[index] - lowDual[index] * (slack + move[index])) / slack
      }
      if upper[index].isFinite {
        let slack = upper[index] - value[index]
        high[index] = (highTarget[index] - highDual[index] * (slack - move[index])) / slack
      }
    }
    return Direction(value: move, low: low, high: high, dense: dense, local: local)
  }

  private func solution(_ steps: Int) -> QuadraticSolution {
    let duals = places.map { $0.isDense ? denseDual[$0.index] : localDual[$0.index] }
    func side(_ index: Int) -> Int8 {
      if lower[index].isFinite, lowDual[index] > value[index] - lower[index] { return -1 }
      if upper[index].isFinite, highDual[index] > upper[index] - value[index] { return 1 }
      return 0
    }
    let rows = places.map { place in
      (place.isDense ? dense[place.index] : local[place.index]).slack.map(side) ?? 0
    }
    return QuadraticSolution(
      x: Array(value[..<count]), rowDuals: duals, steps: steps,
      active: ActiveSet(variables: (0..<count).map(side), rows: rows))
  }
}

// MARK: - Newton's equations

extension InteriorPoint {
  /// Newton's equations, reduced to the variables.
  ///
  /// A slack y of a row leaves it with softness 1/D; a pair p, n of an absolute value leaves its defining row with softness
  /// 1/D(p) + 1/D(n), and the limit of the sum with 4 / (D(p) + D(n)) for each pair. Nothing is subtracted from anything near to it.
  private struct Newton {
    private let method: InteriorPoint
    private let weight: [Double]
    private let system: SaddleSystem
    private let softness: [Double]

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
      self.softness = softness
    }

    /// 1 over a local line's softness.
    private static func stiffness(_ line: Line, _ weight: [Double]) -> Double {
      if let pair = line.pair {
        return weight[pair] * weight[pair + 1] / (weight[pair] + weight[pair + 1])
      }
      return line.slack.map { weight[$0] } ?? 0
    }

    /// (1/D(n) − 1/D(p)) over the softness.
    private static func tilt(_ line: Line, _ weight: [Double]) -> Double {
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
}
