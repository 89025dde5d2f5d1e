import Kernels

/// The difference from the value some bars ago.
struct Delta: WindowIndicator {
  static let signature = IndicatorSignature(
    name: "delta", inputs: [.expression("x")], arguments: [.bars("n")],
    summary: "x less its value n bars ago.",
    seeding: "None. Only the two values matter: NaN if either is missing.",
    source: "TA-Lib MOM, pandas Series.diff")

  let lookback: Int

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    lookback = Int(arguments[0])
  }

  @inline(__always) func window<L: Lane>(_ inputs: [SeriesBlock], at bar: Int) -> L {
    (L.load(inputs[0], at: bar) - L.load(inputs[0], at: bar - lookback)).finiteOrNaN
  }
}

/// The difference from the value some bars ago, as a fraction of that value.
struct PercentChange: WindowIndicator {
  static let signature = IndicatorSignature(
    name: "pct_change", inputs: [.expression("x")], arguments: [.bars("n")],
    summary: "Change of x over n bars as a fraction of the earlier value: 0.01 is 1 %.",
    seeding: "None. Only the two values matter: NaN if either is missing or the earlier one is 0.",
    source: "TA-Lib ROCP, pandas Series.pct_change")

  let lookback: Int

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    lookback = Int(arguments[0])
  }

  @inline(__always) func window<L: Lane>(_ inputs: [SeriesBlock], at bar: Int) -> L {
    let earlier = L.load(inputs[0], at: bar - lookback)
    return ((L.load(inputs[0], at: bar) - earlier) / earlier).finiteOrNaN
  }
}
