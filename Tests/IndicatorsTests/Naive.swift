/// Textbook forms of every indicator over a series without gaps, one bar at a time: slow and plain.
enum Naive {
  typealias Series = [Double]

  /// The indicator's values, NaN where undefined.
  ///
  /// Inputs and arguments in the order of the signature.
  static func evaluate(_ name: String, _ n: [Double], _ s: [Series]) -> Series? {
    let count = s[0].count
    let length = n.isEmpty ? 0 : Int(n[0])
    switch name {
    case "lag": return (0..<count).map { $0 < length ? .nan : s[0][$0 - length] }
    case "delta": return (0..<count).map { $0 < length ? .nan : s[0][$0] - s[0][$0 - length] }
    case "pct_change":
      return (0..<count).map { $0 < length ? .nan : s[0][$0] / s[0][$0 - length] - 1 }
    case "sum": return windows(s, length) { $0[0].reduce(0, +) }
    case "mean", "sma": return windows(s, length) { mean($0[0]) }
    case "stdev": return windows(s, length) { deviation($0[0], 1) }
    case "zscore":
      return windows(s, length) { w in
        isConstant(w[0]) ? .nan : (w[0][length - 1] - mean(w[0])) / deviation(w[0], 1)
      }
    case "highest", "donchian_upper": return windows(s, length) { $0[0].max() ?? .nan }
    case "lowest", "donchian_lower": return windows(s, length) { $0[0].min() ?? .nan }
    case "donchian_middle":
      return windows(s, length) { (($0[0].max() ?? .nan) + ($0[1].min() ?? .nan)) / 2 }
    case "slope": return windows(s, length) { slope($0[0]) }
    case "correlation": return windows(s, length) { correlation($0[0], $0[1]) }
    case "beta":
      return windows(s, length) { w in
        isConstant(w[1]) ? .nan : products(w[0], w[1]) / products(w[1], w[1])
      }
    case "keltner_upper", "keltner_lower":
      let sign = name == "keltner_upper" ? 1.0 : -1
      return zip(ema(s[2], length), wilder(trueRanges(s), length)).map { $0 + sign * n[1] * $1 }
    case "ema": return ema(s[0], length)
    case "wma":
      return windows(s, length) { w in
        var (sum, weights) = (0.0, 0.0)
        for (index, value) in w[0].enumerated() {
          sum += Double(index + 1) * value
          weights += Double(index + 1)
        }
        return sum / weights
      }
    case "rsi": return rsi(s[0], length)
    case "atr": return wilder(trueRanges(s), length)
    case "adx": return adx(s, length)
    case "macd": return macd(s[0], n)
    case "macd_signal": return ema(macd(s[0], n), Int(n[2]))
    case "macd_histogram":
      return zip(macd(s[0], n), ema(macd(s[0], n), Int(n[2]))).map { $0 - $1 }
    case "stochastic": return stochastic(s, length)
    case "stochastic_d": return windows([stochastic(s, length)], Int(n[1])) { mean($0[0]) }
    case "bollinger_upper":
      return windows(s, length) { mean($0[0]) + n[1] * deviation($0[0], 0) }
    case "bollinger_lower":
      return windows(s, length) { mean($0[0]) - n[1] * deviation($0[0], 0) }
    case "obv":
      var total = 0.0
      return (0..<count).map { bar in
        if bar > 0 {
          let change = s[0][bar] - s[0][bar - 1]
          total += change > 0 ? s[1][bar] : change < 0 ? -s[1][bar] : 0
        }
        return total
      }
    case "vwap":
      return windows(s, length) { w in
        var (paid, traded) = (0.0, 0.0)
        for bar in 0..<length {
          paid += (w[0][bar] + w[1][bar] + w[2][bar]) / 3 * w[3][bar]
          traded += w[3][bar]
        }
        return traded == 0 ? .nan : paid / traded
      }
    default: return nil
    }
  }

  private static func windows(_ s: [Series], _ length: Int, _ body: ([Series]) -> Double) -> Series
  {
    s[0].indices.map { bar in
      bar < length - 1 ? .nan : body(s.map { Array($0[bar - length + 1...bar]) })
    }
  }

  private static func mean(_ x: Series) -> Double { x.reduce(0, +) / Double(x.count) }

  private static func isConstant(_ x: Series) -> Bool { x.allSatisfy { $0 == x[0] } }

  private static func deviation(_ x: Series, _ ddof: Int) -> Double {
    if isConstant(x) { return 0 }
    let center = mean(x)
    return (x.map { ($0 - center) * ($0 - center) }.reduce(0, +) / Double(x.count - ddof))
      .squareRoot()
  }

  private static func products(_ x: Series, _ y: Series) -> Double {
    let (a, b) = (mean(x), mean(y))
    return zip(x, y).map { ($0 - a) * ($1 - b) }.reduce(0, +)
  }

  private static func slope(_ y: Series) -> Double {
    let time = y.indices.map(Double.init)
    return products(time, y) / products(time, time)
  }

  private static func correlation(_ x: Series, _ y: Series) -> Double {
    if isConstant(x) || isConstant(y) { return .nan }
    return products(x, y) / (products(x, x) * products(y, y)).squareRoot()
  }

  /// Averages that start with the mean of the first values that are defined.
  private static func average(
    _ x: Series, _ length: Int, _ step: (_ before: Double, _ value: Double) -> Double
  ) -> Series {
    var result = Series(repeating: .nan, count: x.count)
    guard let start = x.firstIndex(where: { !$0.isNaN }), start + length <= x.count else {
      return result
    }
    result[start + length - 1] = mean(Array(x[start..<start + length]))
    for bar in start + length..<max(start + length, x.count) {
      result[bar] = step(result[bar - 1], x[bar])
    }
    return result
  }

  private static func ema(_ x: Series, _ length: Int) -> Series {
    let weight = 2 / (Double(length) + 1)
    return average(x, length) { weight * $1 + (1 - weight) * $0 }
  }

  private static func wilder(_ x: Series, _ length: Int) -> Series {
    average(x, length) { $0 + ($1 - $0) / Double(length) }
  }

  private static func macd(_ x: Series, _ n: [Double]) -> Series {
    zip(ema(x, Int(n[0])), ema(x, Int(n[1]))).map { $0 - $1 }
  }

  private static func changes(_ x: Series) -> Series {
    x.indices.map { $0 == 0 ? .nan : x[$0] - x[$0 - 1] }
  }

  private static func rsi(_ x: Series, _ length: Int) -> Series {
    let gains = wilder(changes(x).map { $0.isNaN ? $0 : max($0, 0) }, length)
    let losses = wilder(changes(x).map { $0.isNaN ? $0 : max(-$0, 0) }, length)
    return zip(gains, losses).map { $0 + $1 == 0 ? .nan : 100 * $0 / ($0 + $1) }
  }

  private static func trueRanges(_ s: [Series]) -> Series {
    s[0].indices.map { bar in
      guard bar > 0 else { return .nan }
      return max(s[0][bar], s[2][bar - 1]) - min(s[1][bar], s[2][bar - 1])
    }
  }

  private static func stochastic(_ s: [Series], _ length: Int) -> Series {
    windows(s, length) { w in
      let (top, bottom) = (w[0].max() ?? .nan, w[1].min() ?? .nan)
      return top == bottom ? .nan : 100 * (w[2][length - 1] - bottom) / (top - bottom)
    }
  }

  /// Wilder's sums: plain over the first n − 1 moves, then each gives up an n-th before it takes a new value.
  private static func wilderSums(_ x: Series, _ length: Int) -> Series {
    var result = Series(repeating: .nan, count: x.count)
    var sum = 0.0
    for bar in x.indices.dropFirst() {
      sum = bar < length ? sum + x[bar] : sum - sum / Double(length) + x[bar]
      if bar >= length { result[bar] = sum }
    }
    return result
  }

  private static func adx(_ s: [Series], _ length: Int) -> Series {
    let up = changes(s[0])
    let down = changes(s[1]).map { -$0 }
    let plus = wilderSums(zip(up, down).map { $0 > 0 && $0 > $1 ? $0 : 0 }, length)
    let minus = wilderSums(zip(up, down).map { $1 > 0 && $1 > $0 ? $1 : 0 }, length)
    let ranges = wilderSums(trueRanges(s), length)
    let index = s[0].indices.map { bar -> Double in
      let (p, m) = (plus[bar] / ranges[bar], minus[bar] / ranges[bar])
      return ranges[bar] == 0 || p + m == 0 ? .nan : 100 * abs(p - m) / (p + m)
    }
    var result = Series(repeating: .nan, count: index.count)
    let first = 2 * length - 1
    guard first < index.count else { return result }
    var value = index[length...first].map { $0.isNaN ? 0 : $0 }.reduce(0, +) / Double(length)
    result[first] = value
    for bar in first + 1..<max(first + 1, index.count) {
      if !index[bar].isNaN { value += (index[bar] - value) / Double(length) }
      result[bar] = value
    }
    return result
  }
}
