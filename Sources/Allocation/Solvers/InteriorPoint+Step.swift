extension InteriorPoint {
  /// Changes of values and multipliers.
  private struct Direction {
    var value: [Double]
    var low: [Double]
    var high: [Double]
    var dense: [Double]
    var local: [Double]
  }

  /// One predictor and one corrector; false if no factor exists or nothing moves.
  mutating func advance(_ residuals: Residuals, sides: Double) -> Bool {
    let weight = value.indices.map { index in
      (lower[index].isFinite ? lowDual[index] / (value[index] - lower[index]) : 0)
        + (upper[index].isFinite ? highDual[index] / (upper[index] - value[index]) : 0)
    }
    var ridge = 1e-12
    var system: NewtonEquations?
    while system == nil, ridge < 1e-3 {
      system = NewtonEquations(self, weight: weight, ridge: ridge)
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
    _ system: NewtonEquations, _ residuals: Residuals, lowTarget: [Double], highTarget: [Double]
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
}
