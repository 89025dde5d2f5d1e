/// High, low and close of one bar.
struct PriceBar {
  let high: Double
  let low: Double
  let close: Double

  /// Whether all three are known.
  @inline(__always) var isKnown: Bool { high.isFinite && low.isFinite && close.isFinite }

  /// Range of the bar, stretched to the close before it.
  @inline(__always) func trueRange(after last: PriceBar) -> Double {
    max(high - low, max(abs(high - last.close), abs(low - last.close)))
  }
}
