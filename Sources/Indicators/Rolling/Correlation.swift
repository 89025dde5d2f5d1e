import Kernels

/// The correlation of two series over a window.
struct Correlation: WindowIndicator {
  static let signature = IndicatorSignature(
    name: "correlation", inputs: [.expression("x"), .expression("y")],
    arguments: [.bars("n", atLeast: 2)],
    summary: "Pearson correlation of the last n values of x and y.",
    seeding: "None: full windows only. NaN if either series is constant in the window.",
    source: "TA-Lib CORREL, pandas rolling.corr")

  private let length: Int

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    length = Int(arguments[0])
  }

  var lookback: Int { length - 1 }

  @inline(__always) func window<L: Lane>(_ inputs: [SeriesBlock], at bar: Int) -> L {
    let (x, y) = (inputs[0], inputs[1])
    let (xMoments, yMoments) = (
      Moments<L>(x, at: bar, length: length), Moments<L>(y, at: bar, length: length)
    )
    var products = xMoments.shift * yMoments.shift
    var age = 1
    while age < length {
      let xDeviation = (L.load(x, at: bar - age) - xMoments.newest) - xMoments.shift
      let yDeviation = (L.load(y, at: bar - age) - yMoments.newest) - yMoments.shift
      products = products + xDeviation * yDeviation
      age += 1
    }
    let scale = xMoments.squares.squareRoot() * yMoments.squares.squareRoot()
    let value = (products / scale).finiteOrNaN
    // Rounding can pass the ends by a hair. The bound comes first, so that NaN stays.
    let capped = L.smaller(L(repeating: 1), value)
    return L.larger(L(repeating: -1), capped)
  }
}
