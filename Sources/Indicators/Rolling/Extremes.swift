import Kernels

/// The largest value of a window.
struct Highest: FullWindowIndicator {
  static let signature = IndicatorSignature(
    name: "highest", inputs: [.expression("x")], arguments: [.bars("n")],
    summary: "Largest of the last n values of x, the current one included.",
    seeding: "None: full windows only.",
    source: "TA-Lib MAX, pandas rolling.max")

  var known: KnownBars

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    known = KnownBars(window: Int(arguments[0]))
  }

  func fill(
    _ inputs: [SeriesBlock], from start: Int, place: Int,
    into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    Largest.fill(inputs[0].base + start, length: known.window, into: output, count: count)
  }
}

/// The least value of a window.
struct Lowest: FullWindowIndicator {
  static let signature = IndicatorSignature(
    name: "lowest", inputs: [.expression("x")], arguments: [.bars("n")],
    summary: "Least of the last n values of x, the current one included.",
    seeding: "None: full windows only.",
    source: "TA-Lib MIN, pandas rolling.min")

  var known: KnownBars

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    known = KnownBars(window: Int(arguments[0]))
  }

  func fill(
    _ inputs: [SeriesBlock], from start: Int, place: Int,
    into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    Least.fill(inputs[0].base + start, length: known.window, into: output, count: count)
  }
}
