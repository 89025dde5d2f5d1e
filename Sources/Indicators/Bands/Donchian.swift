import Kernels

private let seeding =
  "None: full windows only. The current bar is part of the channel, so close never "
  + "leaves it: for a breakout compare with lag(…, 1)."
private let source = "Donchian (1960); TA-Lib MAX of high and MIN of low"

/// The top of the price channel.
struct DonchianUpper: WindowIndicator {
  static let signature = IndicatorSignature(
    name: "donchian_upper", inputs: [.field("high")], arguments: [.bars("n")],
    summary: "Highest high of the last n bars, the current one included.",
    seeding: seeding, source: source)

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

/// The bottom of the price channel.
struct DonchianLower: WindowIndicator {
  static let signature = IndicatorSignature(
    name: "donchian_lower", inputs: [.field("low")], arguments: [.bars("n")],
    summary: "Lowest low of the last n bars, the current one included.",
    seeding: seeding, source: source)

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

/// The middle of the price channel.
struct DonchianMiddle: WindowIndicator {
  static let signature = IndicatorSignature(
    name: "donchian_middle", inputs: [.field("high"), .field("low")], arguments: [.bars("n")],
    summary: "Mean of donchian_upper(n) and donchian_lower(n).",
    seeding: seeding, source: source)

  private let length: Int

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    length = Int(arguments[0])
  }

  var lookback: Int { length - 1 }

  @inline(__always) func window<L: Lane>(_ inputs: [SeriesBlock], at bar: Int) -> L {
    let top: L = highest(inputs[0], at: bar, length: length)
    let bottom: L = lowest(inputs[1], at: bar, length: length)
    return (top + bottom) / L(repeating: 2)
  }
}
