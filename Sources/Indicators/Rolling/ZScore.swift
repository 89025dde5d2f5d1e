import Kernels

/// The distance from the window's mean in standard deviations.
struct ZScore: WindowIndicator {
  static let signature = IndicatorSignature(
    name: "zscore", inputs: [.expression("x")], arguments: [.bars("n", atLeast: 2)],
    summary: "x less its mean over n bars, in sample standard deviations (divisor n − 1).",
    seeding: "None: full windows only. NaN if all values are equal.",
    source: "pandas (x − rolling.mean) / rolling.std")

  private let length: Int

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    length = Int(arguments[0])
  }

  var lookback: Int { length - 1 }

  @inline(__always) func window<L: Lane>(_ inputs: [SeriesBlock], at bar: Int) -> L {
    let moments = Moments<L>(inputs[0], at: bar, length: length)
    let deviation = (moments.squares / L(repeating: Double(length - 1))).squareRoot()
    return ((L(repeating: 0) - moments.shift) / deviation).finiteOrNaN
  }
}
