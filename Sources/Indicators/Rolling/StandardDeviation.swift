import Kernels

/// The sample standard deviation over a window.
struct StandardDeviation: WindowIndicator {
  static let signature = IndicatorSignature(
    name: "stdev", inputs: [.expression("x")], arguments: [.bars("n", atLeast: 2)],
    summary: "Sample standard deviation (divisor n − 1) of the last n values of x.",
    seeding: "None: full windows only.",
    source: "pandas rolling.std; TA-Lib STDDEV divides by n")

  private let length: Int

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    length = Int(arguments[0])
  }

  var lookback: Int { length - 1 }

  @inline(__always) func window<L: Lane>(_ inputs: [SeriesBlock], at bar: Int) -> L {
    let moments = Moments<L>(inputs[0], at: bar, length: length)
    return (moments.squares / L(repeating: Double(length - 1))).squareRoot().finiteOrNaN
  }
}
