import BenchmarkKit
import BenchmarkReference

/// The other families of the formula language, one or two functions of each, over one series.
///
/// Data: 100,000 unrounded bars a minute apart, up to five columns of 800 kB. Limits are the usual running totals,
/// recursions and running extremes in C. The engine sums windows from both sides of an anchor in them, so that nothing
/// drifts and a constant window is exact, and takes recursions four bars at a time.
let formulaScenarios: [Scenario] = [
  formula(
    "highest", "close >= highest(close, 50)", limit: "three comparisons a bar"
  ) { c, out in
    apus_reference_highest(c.close, c.count, 50, c.scratch, out)
    c.mark(out) { c.close[$0] >= out[$0] }
  },
  formula("wma", "close > wma(close, 50)", limit: "latency of two additions a bar") { c, out in
    apus_reference_wma(c.close, c.count, 50, out)
    c.mark(out) { c.close[$0] > out[$0] }
  },
  formula(
    "zscore", "zscore(close, 50) > 1", limit: "latency of an addition a bar, and a square root"
  ) { c, out in
    apus_reference_sma(c.close, c.count, 50, c.scratch)
    apus_reference_stdev(c.close, c.count, 50, out)
    c.mark(out) { (c.close[$0] - c.scratch[$0]) / out[$0] > 1 }
  },
  formula("slope", "slope(close, 50) > 0", limit: "latency of two additions a bar") { c, out in
    apus_reference_slope(c.close, c.count, 50, out)
    c.mark(out) { out[$0] > 0 }
  },
  formula(
    "correlation", "correlation(close, volume, 50) > 0",
    limit: "five running totals, a square root and a division a bar"
  ) { c, out in
    apus_reference_correlation(c.close, c.volume, c.count, 50, out)
    c.mark(out) { out[$0] > 0 }
  },
  formula(
    "macd", "macd(close, 12, 26) > 0", limit: "latency of two additions and a multiplication a bar"
  ) { c, out in
    apus_reference_ema(c.close, c.count, 12, c.scratch)
    apus_reference_ema(c.close, c.count, 26, out)
    c.mark(out) { c.scratch[$0] - out[$0] > 0 }
  },
  formula(
    "atr", "high - low > atr(14)", limit: "latency of a multiplication and an addition a bar"
  ) { c, out in
    apus_reference_atr(c.high, c.low, c.close, c.count, 14, out)
    c.mark(out) { c.high[$0] - c.low[$0] > out[$0] }
  },
  formula(
    "adx", "adx(14) > 25", limit: "latency of two multiplications and two additions a bar"
  ) { c, out in
    apus_reference_adx(c.high, c.low, c.close, c.count, 14, out)
    c.mark(out) { out[$0] > 25 }
  },
  formula(
    "stochastic", "stochastic(14) > 80", limit: "six comparisons and a division a bar"
  ) { c, out in
    apus_reference_highest(c.high, c.count, 14, c.scratch, c.spare)
    apus_reference_lowest(c.low, c.count, 14, c.scratch, out)
    c.mark(out) { 100 * ((c.close[$0] - out[$0]) / (c.spare[$0] - out[$0])) > 80 }
  },
  formula("obv", "obv() > 0", limit: "latency of one addition a bar") { c, out in
    apus_reference_obv(c.close, c.volume, c.count, out)
    c.mark(out) { out[$0] > 0 }
  },
  formula(
    "vwap", "close > vwap(20)", limit: "latency of an addition a bar, and a division"
  ) { c, out in
    apus_reference_vwap(c.high, c.low, c.close, c.volume, c.count, 20, c.scratch, out)
    c.mark(out) { c.close[$0] > out[$0] }
  },
  formula("pct_change", "pct_change(close, 10) > 0", limit: "a division a bar") { c, out in
    c.mark(out) { $0 >= 10 && c.close[$0] / c.close[$0 - 10] - 1 > 0 }
  },
  formula(
    "arithmetic", "(high + low) / 2 > (open + close) / 2 and close > open",
    limit: "seven operations a bar"
  ) { c, out in
    c.mark(out) {
      (c.high[$0] + c.low[$0]) / 2 > (c.open[$0] + c.close[$0]) / 2 && c.close[$0] > c.open[$0]
    }
  },
  formula("bars_since", "bars_since(close > open) > 3", limit: "a select a bar") { c, out in
    var age = Double.nan
    c.mark(out) {
      age = c.close[$0] > c.open[$0] ? 0 : age + 1
      return age > 3
    }
  },
]

private func formula(
  _ name: String, _ text: String, limit: String,
  _ reference: @escaping @Sendable (PlainColumns, UnsafeMutablePointer<Double>) -> Void
) -> Scenario {
  Scenario("expressions/\(name)", unit: .bars, limit: limit) { context in
    try expressionWorkload(context, text, reference: reference)
  }
}
