import CShims
import Kernels

extension InteriorPoint {
  /// What a point leaves of the conditions of optimality.
  struct Residuals {
    /// Of the gradient, for everything that has bounds or none.
    var dual: [Double]
    var dense: [Double]
    var local: [Double]
    var gap: Double
    var dualNorm: Double
    var primalNorm: Double
    var scale: Double
  }

  /// How far off the present point is.
  func residuals() -> Residuals {
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
}
