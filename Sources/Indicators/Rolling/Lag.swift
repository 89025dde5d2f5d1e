import Kernels

/// The value some bars ago.
struct Lag: WindowIndicator {
  static let signature = IndicatorSignature(
    name: "lag", inputs: [.expression("x")], arguments: [.bars("n", atLeast: 0)],
    summary: "The value of x, n bars ago.",
    seeding: "None. Only the value n bars ago matters: NaN if that is NaN, whatever lies between.",
    source: "pandas Series.shift")

  let lookback: Int

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    lookback = Int(arguments[0])
  }

  @inline(__always) func window<L: Lane>(_ inputs: [SeriesBlock], at bar: Int) -> L {
    L.load(inputs[0], at: bar - lookback)
  }
}
