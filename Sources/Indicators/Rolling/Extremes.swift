import Kernels

/// The largest value of a window.
struct Highest: WindowIndicator {
  static let signature = IndicatorSignature(
    name: "highest", inputs: [.expression("x")], arguments: [.bars("n")],
    summary: "Largest of the last n values of x, the current one included.",
    seeding: "None: full windows only.",
    source: "TA-Lib MAX, pandas rolling.max")

  private let length: Int

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    length = Int(arguments[0])
  }

  var lookback: Int { length - 1 }

  @inline(__always) func window<L: Lane>(_ inputs: [SeriesBlock], at bar: Int) -> L {
    highest(inputs[0], at: bar, length: length)
  }
}

/// The least value of a window.
struct Lowest: WindowIndicator {
  static let signature = IndicatorSignature(
    name: "lowest", inputs: [.expression("x")], arguments: [.bars("n")],
    summary: "Least of the last n values of x, the current one included.",
    seeding: "None: full windows only.",
    source: "TA-Lib MIN, pandas rolling.min")

  private let length: Int

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    length = Int(arguments[0])
  }

  var lookback: Int { length - 1 }

  @inline(__always) func window<L: Lane>(_ inputs: [SeriesBlock], at bar: Int) -> L {
    lowest(inputs[0], at: bar, length: length)
  }
}
