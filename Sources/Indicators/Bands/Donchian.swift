import Kernels

private let seeding =
  "None: full windows only. The current bar is part of the channel, so close never "
  + "leaves it: for a breakout compare with lag(…, 1)."
private let source = "Donchian (1960); TA-Lib MAX of high and MIN of low"

/// The top of the price channel.
struct DonchianUpper: FullWindowIndicator {
  static let signature = IndicatorSignature(
    name: "donchian_upper", inputs: [.field("high")], arguments: [.bars("n")],
    summary: "Highest high of the last n bars, the current one included.",
    seeding: seeding, source: source)

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

/// The bottom of the price channel.
struct DonchianLower: FullWindowIndicator {
  static let signature = IndicatorSignature(
    name: "donchian_lower", inputs: [.field("low")], arguments: [.bars("n")],
    summary: "Lowest low of the last n bars, the current one included.",
    seeding: seeding, source: source)

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

/// The middle of the price channel.
struct DonchianMiddle: FullWindowIndicator {
  static let signature = IndicatorSignature(
    name: "donchian_middle", inputs: [.field("high"), .field("low")], arguments: [.bars("n")],
    summary: "Mean of donchian_upper(n) and donchian_lower(n).",
    seeding: seeding, source: source)

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
    withUnsafeTemporaryAllocation(of: Double.self, capacity: fullWindowBars) {
      let bottom = $0.baseAddress.unsafelyUnwrapped
      Least.fill(inputs[1].base + start, length: known.window, into: bottom, count: count)
      for bar in 0..<count { output[bar] = (output[bar] + bottom[bar]) / 2 }
    }
  }
}
