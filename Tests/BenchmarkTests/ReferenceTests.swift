import BenchmarkReference
import Testing

/// The C references against plain loops: what everything is measured against must itself be right.
@Suite struct ReferenceTests {
  /// Prices of a random walk, by a generator that the seed in the failure's text reproduces.
  static func walk(_ count: Int, seed: UInt64) -> [Double] {
    var state = seed
    var price = 100.0
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      price *= 1 + (Double(state >> 33) / Double(1 << 31) - 0.5) * 0.04
      return price
    }
  }

  /// Four numbers of a lane by the definition, bar after bar.
  static func lane(_ close: [Double], fast: Int, slow: Int, fee: Double) -> [Double] {
    func mean(_ bar: Int, _ window: Int) -> Double? {
      bar + 1 < window ? nil : close[(bar + 1 - window)...bar].reduce(0, +) / Double(window)
    }
    var (value, peak, worst, entries) = (1.0, 1.0, 0.0, 0.0)
    var (isArmed, isHeld) = (false, false)
    var returns: [Double] = []
    for bar in close.indices {
      var factor = isHeld ? close[bar] / close[bar - 1] : 1
      if let f = mean(bar, fast), let s = mean(bar, slow) {
        if isHeld, f < s {
          factor *= 1 - fee
          isHeld = false
        } else if !isHeld, f > s, isArmed {
          factor = 1 / (1 + fee)
          isHeld = true
          entries += 1
        }
        if f < s { isArmed = true }
      }
      value *= factor
      peak = max(peak, value)
      worst = min(worst, value / peak - 1)
      returns.append(factor - 1)
    }
    let mean = returns.reduce(0, +) / Double(returns.count)
    let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(returns.count - 1)).squareRoot()
    return [value - 1, mean / deviation * 252.0.squareRoot(), worst, entries]
  }

  @Test(arguments: [(1, 1), (1, 3), (2, 2), (5, 2)], [false, true])
  func sweepEqualsTheDefinition(assetsAndThreads: (Int, Int), portable: Bool) throws {
    let (assets, threads) = assetsAndThreads
    // More than two blocks of bars and a part of one; windows that fill no whole vector.
    let bars = 600
    let seed: UInt64 = 42
    let closes = (0..<assets).map { Self.walk(bars, seed: seed + UInt64($0)) }
    let pairs = (2...13).flatMap { fast in
      [fast + 1, fast + 2, 31, 300].map { (fast: Int32(fast), slow: Int32($0)) }
    }
    var rows = [apus_reference_row](
      repeating: apus_reference_row(), count: assets * pairs.count)
    let isDone = apus_reference_sweep(
      closes.flatMap { $0 }, Int32(assets), Int32(bars), pairs.map(\.fast), pairs.map(\.slow),
      Int32(pairs.count), 0.001, 252, Int32(threads), portable, &rows)
    #expect(isDone)
    for (asset, close) in closes.enumerated() {
      for (index, pair) in pairs.enumerated() {
        let row = rows[asset * pairs.count + index]
        let found = [row.total_return, row.sharpe, row.max_drawdown, row.entries]
        let expected = Self.lane(close, fast: Int(pair.fast), slow: Int(pair.slow), fee: 0.001)
        for (a, b) in zip(found, expected) {
          #expect(
            abs(a - b) <= 1e-9 * max(1, abs(b)) || (a.isNaN && b.isNaN),
            "seed \(seed), asset \(asset), \(pair)")
        }
      }
    }
    #expect(rows.contains { $0.entries > 3 })
  }

  @Test(arguments: [0, 1, 7, 8, 9, 1000])
  func sumsAndCounts(count: Int) {
    let values = Self.walk(count, seed: 7)
    let sum = values.reduce(0, +)
    #expect(abs(apus_reference_sum(values, count) - sum) <= 1e-9 * sum)
    #expect(
      apus_reference_count_below(values, count, 100) == values.count { $0 < 100 })
  }

  @Test(arguments: [1, 2, 14], [0, 1, 13, 14, 15, 200])
  func meansEqualTheDefinition(window: Int, count: Int) {
    let x = Self.walk(count, seed: 3)
    var out = [Double](repeating: -1, count: count)
    func check(_ name: String, _ expected: (Int) -> Double?) {
      for bar in 0..<count {
        guard let value = expected(bar) else {
          #expect(out[bar].isNaN, "\(name), bar \(bar)")
          continue
        }
        #expect(abs(out[bar] - value) <= 1e-7 * max(1, abs(value)), "\(name), bar \(bar)")
      }
    }
    func full(_ bar: Int) -> ArraySlice<Double>? {
      bar + 1 < window ? nil : x[(bar + 1 - window)...bar]
    }
    let size = Double(window)
    apus_reference_sma(x, count, window, &out)
    check("sma") { full($0).map { $0.reduce(0, +) / size } }
    if window > 1 {
      apus_reference_stdev(x, count, window, &out)
      check("stdev") {
        full($0).map { values in
          let mean = values.reduce(0, +) / size
          let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
          return (squares / (size - 1)).squareRoot()
        }
      }
    }
    var scratch = [Double](repeating: 0, count: count)
    apus_reference_highest(x, count, window, &scratch, &out)
    check("highest") { full($0)?.max() }
    apus_reference_lowest(x, count, window, &scratch, &out)
    check("lowest") { full($0)?.min() }
    apus_reference_wma(x, count, window, &out)
    check("wma") {
      full($0).map { values in
        let weighted = zip(values, 1...).reduce(0) { $0 + $1.0 * Double($1.1) }
        return weighted * 2 / (size * (size + 1))
      }
    }
    if window > 1 {
      apus_reference_slope(x, count, window, &out)
      check("slope") {
        full($0).map { values in
          let middle = (size - 1) / 2
          let products = zip(values, 0...).reduce(0) { $0 + $1.0 * (Double($1.1) - middle) }
          return products * 12 / (size * (size * size - 1))
        }
      }
    }
    apus_reference_ema(x, count, window, &out)
    check("ema") { bar in
      guard bar + 1 >= window else { return nil }
      let seed = x[..<window].reduce(0, +) / size
      return x[window..<max(window, bar + 1)].reduce(seed) { $0 + ($1 - $0) * 2 / (size + 1) }
    }
  }

  @Test func crossingsRememberTheSideBeforeATie() {
    let x = [1.0, 3, 2, 2, 3, .nan, 1, .nan, 3]
    let y = [2.0, 2, 2, 3, 2, 2, 2, 2, 2]
    var out = [Double](repeating: -1, count: x.count)
    apus_reference_crosses_above(x, y, x.count, &out)
    #expect(out == [0, 1, 0, 0, 1, 0, 0, 0, 1])
  }

  @Test func rankIsDescendingAndStable() {
    var values = Self.walk(1000, seed: 11).map { ($0 - 100).rounded() }
    values += [.infinity, -.infinity, 5, 5, 5]
    let count = values.count
    var keys = [UInt64](repeating: 0, count: count)
    var spare = keys
    var order = [UInt32](repeating: 0, count: count)
    var spareOrder = order
    apus_reference_rank(values, UInt32(count), &keys, &spare, &order, &spareOrder)
    let expected = values.indices.sorted {
      values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1
    }
    #expect(values.contains { $0 < 0 })
    #expect(order.map(Int.init) == expected)
  }
}
