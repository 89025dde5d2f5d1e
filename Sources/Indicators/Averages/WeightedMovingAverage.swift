import Kernels

/// A linearly weighted mean over a window.
struct WeightedMovingAverage: WindowIndicator {
  static let signature = IndicatorSignature(
    name: "wma", inputs: [.expression("x")], arguments: [.bars("n")],
    summary: "Weighted mean of the last n values of x: weight n for the newest, 1 for the oldest.",
    seeding: "None: full windows only.",
    source: "TA-Lib WMA")

  private let length: Int

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    length = Int(arguments[0])
  }

  var lookback: Int { length - 1 }

  @inline(__always) func window<L: Lane>(_ inputs: [SeriesBlock], at bar: Int) -> L {
    let x = inputs[0]
    let newest = L.load(x, at: bar)
    // Differences from the newest value make a constant window exact.
    var sum = newest - newest
    var age = 1
    while age < length {
      sum = sum + L(repeating: Double(length - age)) * (L.load(x, at: bar - age) - newest)
      age += 1
    }
    let weights = Double(length) * Double(length + 1) / 2
    return (newest + sum / L(repeating: weights)).finiteOrNaN
  }
}
