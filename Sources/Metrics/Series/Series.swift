extension [Double] {
  /// Arithmetic mean; NaN of nothing.
  var mean: Double { reduce(0, +) / Double(count) }

  /// Sample standard deviation, in two passes; NaN below two.
  var sampleDeviation: Double {
    let mean = mean
    let squares = reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(count - 1)).squareRoot()
  }

  /// Drawdowns after each return as positive fractions, from a maximum that starts before the first.
  var drawdowns: [Double] {
    var equity = 1.0
    var maximum = 1.0
    return map {
      equity *= 1 + $0
      maximum = Swift.max(maximum, equity)
      return 1 - equity / maximum
    }
  }
}
