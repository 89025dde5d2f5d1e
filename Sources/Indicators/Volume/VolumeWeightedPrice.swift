import Kernels

/// The average price paid over a window.
struct VolumeWeightedPrice: WindowIndicator {
  static let signature = IndicatorSignature(
    name: "vwap",
    inputs: [.field("high"), .field("low"), .field("close"), .field("volume")],
    arguments: [.bars("n")],
    summary: "Mean of the typical price (high + low + close)/3 over n bars, weighted by volume.",
    seeding: "None: full windows only. NaN if no volume traded in the window.",
    source: "Rolling form of the volume-weighted average price; pandas rolling sums")

  private let length: Int

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    length = Int(arguments[0])
  }

  var lookback: Int { length - 1 }

  @inline(__always) func window<L: Lane>(_ inputs: [SeriesBlock], at bar: Int) -> L {
    let (high, low, close, volume) = (inputs[0], inputs[1], inputs[2], inputs[3])
    let newest = (L.load(high, at: bar) + L.load(low, at: bar)) + L.load(close, at: bar)
    var traded = L.load(volume, at: bar)
    // Differences from the newest price keep a constant price exact. Thrice the typical price throughout.
    var weighted = (newest - newest) * traded
    var age = 1
    while age < length {
      let earlier = bar - age
      let price =
        (L.load(high, at: earlier) + L.load(low, at: earlier)) + L.load(close, at: earlier)
      let weight = L.load(volume, at: earlier)
      weighted = weighted + (price - newest) * weight
      traded = traded + weight
      age += 1
    }
    return ((newest + weighted / traded) / L(repeating: 3)).finiteOrNaN
  }
}
