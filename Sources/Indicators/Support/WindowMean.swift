import Kernels

/// Means over a window from the totals that `PrefixSum` wrote: what `mean` and `sma` compute, to the bit.
public enum WindowMean {
  /// Fills `output[0..<count]` with the means over `window` bars, NaN where a bar of the window is missing.
  ///
  /// - Parameters:
  ///   - hi: leading totals, with at least `window` bars of history; 0 before the start of the series.
  ///   - lo: trailing totals, likewise.
  ///   - run: run lengths; no history needed.
  /// - Precondition: `window` is at least 1.
  @inline(never)
  public static func evaluate(
    hi: SeriesBlock, lo: SeriesBlock, run: SeriesBlock, window: Int,
    into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let totals = WindowTotals(hi: hi, lo: lo, run: run, window: window)
    totals.write(dividedBy: Double(window) * PrefixSum.scale, to: output, count: count)
  }
}

/// Sums over a window from the totals that `PrefixSum` wrote: what `sum` computes, to the bit.
public enum WindowSum {
  /// Fills `output[0..<count]` with the sums over `window` bars; else as `WindowMean.evaluate`.
  @inline(never)
  public static func evaluate(
    hi: SeriesBlock, lo: SeriesBlock, run: SeriesBlock, window: Int,
    into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let totals = WindowTotals(hi: hi, lo: lo, run: run, window: window)
    totals.write(dividedBy: PrefixSum.scale, to: output, count: count)
  }
}

private struct WindowTotals {
  let hi: SeriesBlock
  let lo: SeriesBlock
  let run: SeriesBlock
  let window: Int

  /// Writes the window's total over `divisor`: one rounding, for the total itself is exact on the grid.
  @inline(__always)
  func write(
    dividedBy divisor: Double, to output: UnsafeMutablePointer<Double>, count: Int
  ) {
    precondition(window >= 1, "a window of \(window) bars has no mean")
    let length = Double(window)
    forEachLane(count: count) { bar in
      // A run grows by one a bar, so the last of eight bars speaks for all of them.
      if run[bar + 7] >= length + 7 {
        let total: SIMD8<Double> = total(at: bar)
        (total / SIMD8(repeating: divisor)).store(to: output + bar)
      } else {
        for narrow in bar..<bar + 8 { output[narrow] = value(at: narrow, dividedBy: divisor) }
      }
    } narrow: { bar in
      output[bar] = value(at: bar, dividedBy: divisor)
    }
  }

  @inline(__always) func value(at bar: Int, dividedBy divisor: Double) -> Double {
    run[bar] < Double(window) ? .nan : total(at: bar) / divisor
  }

  @inline(__always) func total<L: Lane>(at bar: Int) -> L {
    (L.load(hi, at: bar) - L.load(hi, at: bar - window))
      + (L.load(lo, at: bar) - L.load(lo, at: bar - window))
  }
}
