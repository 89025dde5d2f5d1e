import Kernels

/// How long the blocks of a stationary bootstrap should be for a series.
public enum BlockLength {
  /// The mean length that has the least mean squared error for the variance of a mean, at least 1.
  ///
  /// Correlations count up to twice the lag behind which five or more in a row are insignificant: below 2√(log₁₀ n / n).
  ///
  /// - Returns: 1 for a series without correlation, or with fewer than ten values; at most min(3√n, n/3).
  /// - Source: Politis and White, *Automatic Block-Length Selection for the Dependent Bootstrap* (2004), as corrected by
  ///   Patton, Politis and White (2009).
  public static func automatic(_ series: [Double]) -> Double {
    let count = series.count
    guard count >= 10 else { return 1 }
    let n = Double(count)
    let log10 = DeterministicMath.log(n) / DeterministicMath.log(10)
    let mean = series.reduce(0, +) / n
    let centred = series.map { $0 - mean }
    let inRow = max(5, Int(log10.squareRoot()))
    let furthest = min(count - 1, Int(n.squareRoot().rounded(.up)) + inRow)
    let covariances = (0...furthest).map { lag in
      (lag..<count).reduce(0.0) { $0 + centred[$1] * centred[$1 - lag] } / n
    }
    guard covariances[0] > 0 else { return 1 }
    let bound = 2 * (log10 / n).squareRoot()
    func isSmall(_ lag: Int) -> Bool { abs(covariances[lag] / covariances[0]) < bound }
    // The first lag that so many insignificant ones follow; without one, the last that is significant.
    let quiet = (0...max(0, furthest - inRow)).first { lag in
      (1...inRow).allSatisfy { lag + $0 > furthest || isSmall(lag + $0) }
    }
    let lag = quiet ?? (1...furthest).last { !isSmall($0) } ?? 0
    let window = min(2 * max(lag, 1), furthest)
    var (slope, density) = (0.0, covariances[0])
    for lag in 1...window {
      let share = Double(lag) / Double(window)
      let weight = share <= 0.5 ? 1 : 2 * (1 - share)
      slope += 2 * weight * Double(lag) * covariances[lag]
      density += 2 * weight * covariances[lag]
    }
    guard density != 0, slope != 0 else { return 1 }
    let ratio = 2 * slope * slope / (2 * density * density) * n
    // A cube root by logarithms: libm's differs from one version to the next.
    let length = DeterministicMath.exp(DeterministicMath.log(ratio) / 3)
    return max(1, min(length, 3 * n.squareRoot(), n / 3))
  }
}
