import Kernels

/// The band some standard deviations above the mean.
struct BollingerUpper: SummedWindowIndicator {
  static let signature = bandSignature(
    name: "bollinger_upper", summary: "Mean of the last n values of x plus k standard deviations.")

  typealias Terms = SpreadTerms

  var known: KnownBars
  private let width: Double

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    known = KnownBars(window: Int(arguments[0]))
    width = arguments[1]
  }

  @inline(always)
  func value<L: Lane>(_ sums: WindowSums<SpreadTerms>, _ x: SeriesBlock, at bar: Int) -> L {
    band(sums, at: bar, length: known.window, width: width)
  }
}

/// The band some standard deviations below the mean.
struct BollingerLower: SummedWindowIndicator {
  static let signature = bandSignature(
    name: "bollinger_lower", summary: "Mean of the last n values of x less k standard deviations.")

  typealias Terms = SpreadTerms

  var known: KnownBars
  private let width: Double

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    known = KnownBars(window: Int(arguments[0]))
    width = arguments[1]
  }

  @inline(always)
  func value<L: Lane>(_ sums: WindowSums<SpreadTerms>, _ x: SeriesBlock, at bar: Int) -> L {
    band(sums, at: bar, length: known.window, width: -width)
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

@inline(always)
private func band<L: Lane>(
  _ sums: WindowSums<SpreadTerms>, at bar: Int, length: Int, width: Double
) -> L {
  let (anchor, shift): (L, L) = (sums.anchor(at: bar), sums.shift(length: length, at: bar))
  let deviation: L = sums.deviation(length: length, divisor: length, at: bar)
  return (anchor + shift) + L(repeating: width) * deviation
}
