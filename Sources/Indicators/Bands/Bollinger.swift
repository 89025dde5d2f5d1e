import Kernels

/// The band some standard deviations above the mean.
struct BollingerUpper: WindowIndicator {
  static let signature = bandSignature(
    name: "bollinger_upper", summary: "Mean of the last n values of x plus k standard deviations.")

  private let length: Int
  private let width: Double

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    length = Int(arguments[0])
    width = arguments[1]
  }

  var lookback: Int { length - 1 }

  @inline(__always) func window<L: Lane>(_ inputs: [SeriesBlock], at bar: Int) -> L {
    band(inputs[0], at: bar, length: length, width: width)
  }
}

/// The band some standard deviations below the mean.
struct BollingerLower: WindowIndicator {
  static let signature = bandSignature(
    name: "bollinger_lower", summary: "Mean of the last n values of x less k standard deviations.")

  private let length: Int
  private let width: Double

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    length = Int(arguments[0])
    width = arguments[1]
  }

  var lookback: Int { length - 1 }

  @inline(__always) func window<L: Lane>(_ inputs: [SeriesBlock], at bar: Int) -> L {
    band(inputs[0], at: bar, length: length, width: -width)
  }
}

private func bandSignature(name: String, summary: String) -> IndicatorSignature {
  IndicatorSignature(
    name: name, inputs: [.expression("x")], arguments: [.bars("n"), .number("k", atLeast: 0)],
    summary: summary,
    seeding:
      "None: full windows only. The standard deviation is that of the population (divisor n); "
      + "the middle band is sma(x, n).",
    source: "Bollinger, Bollinger on Bollinger Bands (2001); TA-Lib BBANDS")
}

@inline(__always)
private func band<L: Lane>(_ x: SeriesBlock, at bar: Int, length: Int, width: Double) -> L {
  let moments = Moments<L>(x, at: bar, length: length)
  let deviation = (moments.squares / L(repeating: Double(length))).squareRoot()
  return (moments.mean + L(repeating: width) * deviation).finiteOrNaN
}
