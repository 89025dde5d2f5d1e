/// Mean and central moments of a window, by two passes.
struct Moments {
  /// The mean.
  let mean: Double
  /// Standard deviation, ddof 1; 0 for one return.
  let deviation: Double
  /// m₃ / m₂^1.5 with moments over n; 0 without variation.
  let skew: Double
  /// m₄ / m₂² - 3 with moments over n; 0 without variation.
  let excessKurtosis: Double

  init(_ window: Span<Double>) {
    let count = Double(window.count)
    var sum = 0.0
    for index in window.indices { sum += window[index] }
    let mean = sum / count
    var (second, third, fourth, rest) = (0.0, 0.0, 0.0, 0.0)
    var largest = 0.0
    for index in window.indices {
      let gap = window[index] - mean
      rest += gap
      let square = gap * gap
      second += square
      third += square * gap
      fourth += square * square
      largest = max(largest, abs(window[index]))
    }
    // What rounding left in the mean.
    second -= rest * rest / count
    self.mean = mean
    // Below this, what varies is the last bits of a constant.
    let noise = largest * 1e-12
    guard window.count > 1, second > count * noise * noise else {
      (deviation, skew, excessKurtosis) = (0, 0, 0)
      return
    }
    deviation = (second / (count - 1)).squareRoot()
    let variance = second / count
    skew = third / count / (variance * variance.squareRoot())
    excessKurtosis = fourth / count / (variance * variance) - 3
  }
}
