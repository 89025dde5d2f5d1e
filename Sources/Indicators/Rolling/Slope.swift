import Kernels

/// The slope of the least-squares line through a window.
struct Slope: WindowIndicator {
  static let signature = IndicatorSignature(
    name: "slope", inputs: [.expression("x")], arguments: [.bars("n", atLeast: 2)],
    summary: "Slope per bar of the least-squares line through the last n values of x.",
    seeding: "None: full windows only.",
    source: "TA-Lib LINEARREG_SLOPE")

  private let length: Int

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    length = Int(arguments[0])
  }

  var lookback: Int { length - 1 }

  @inline(__always) func window<L: Lane>(_ inputs: [SeriesBlock], at bar: Int) -> L {
    let x = inputs[0]
    let newest = L.load(x, at: bar)
    let middle = Double(length - 1) / 2
    // The time weights sum to 0, so differences from the newest value give the same slope.
    var sum = newest - newest
    var age = 1
    while age < length {
      let weight = L(repeating: middle - Double(age))
      sum = sum + weight * (L.load(x, at: bar - age) - newest)
      age += 1
    }
    let n = Double(length)
    return (sum / L(repeating: n * (n * n - 1) / 12)).finiteOrNaN
  }
}
