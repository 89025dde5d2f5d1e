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

/// Fills `output[0..<count]` with true ranges; NaN where the bar or the one before it isn't known in full.
@inline(never)
func trueRanges(
  high: UnsafePointer<Double>, low: UnsafePointer<Double>, close: UnsafePointer<Double>,
  into output: UnsafeMutablePointer<Double>, count: Int
) {
  for bar in 0..<count {
    let before = close[bar - 1]
    let (top, bottom) = (high[bar] - before, before - low[bar])
    let range = high[bar] - low[bar]
    let rise = top < 0 ? 0 - top : top
    let fall = bottom < 0 ? 0 - bottom : bottom
    let gap = rise > fall ? rise : fall
    // Any missing value of the two bars must show, whichever was chosen.
    let others =
      (zero(high[bar]) + zero(low[bar]) + zero(close[bar]))
      + (zero(high[bar - 1]) + zero(low[bar - 1]) + zero(before))
    output[bar] = (gap > range ? gap : range) + others
  }
}

/// 0, or NaN if a value is missing.
@inline(always) private func zero(_ value: Double) -> Double { value - value }
