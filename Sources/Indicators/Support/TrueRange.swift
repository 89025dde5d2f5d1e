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
