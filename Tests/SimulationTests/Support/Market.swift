import Glibc
import Market

/// The bars of one symbol.
struct Bars {
  var open: [Double] = []
  var high: [Double] = []
  var low: [Double] = []
  var close: [Double] = []

  var count: Int { close.count }

  /// Bars written as rows of open, high, low, close.
  init(_ rows: [[Double]] = []) {
    for row in rows { append(row[0], row[1], row[2], row[3]) }
  }

  mutating func append(_ open: Double, _ high: Double, _ low: Double, _ close: Double) {
    self.open.append(open)
    self.high.append(high)
    self.low.append(low)
    self.close.append(close)
  }

  /// Bars whose four prices are the same.
  static func flat(_ prices: [Double]) -> Bars { Bars(prices.map { [$0, $0, $0, $0] }) }

  subscript(range: Range<Int>) -> Bars {
    var part = Bars()
    for bar in range { part.append(open[bar], high[bar], low[bar], close[bar]) }
    return part
  }

  /// Overwrites one bar.
  mutating func set(_ bar: Int, _ values: (Double, Double, Double, Double)) {
    (open[bar], high[bar], low[bar], close[bar]) = values
  }

  /// The same bars in another unit of money.
  func scaled(by factor: Double) -> Bars {
    var result = self
    result.open = open.map { $0 * factor }
    result.high = high.map { $0 * factor }
    result.low = low.map { $0 * factor }
    result.close = close.map { $0 * factor }
    return result
  }
}

/// How a random market behaves.
struct Weather {
  /// Width of a bar's move.
  var volatility = 0.02
  /// Probability of a jump between a close and the next open.
  var gaps = 0.1
  /// Probability that a bar lacks something.
  var holes = 0.0
  /// Whether the symbol may start late or end early.
  var isListedLate = false

  static func random(_ random: inout SeededGenerator) -> Weather {
    Weather(
      volatility: random.pick([0.005, 0.02, 0.08, 0.3]), gaps: random.pick([0, 0.1, 0.5]),
      holes: random.pick([0, 0, 0.03, 0.3]), isListedLate: random.chance(0.3))
  }
}

extension Bars {
  /// A random walk with jumps, ranges around it, and holes of every kind.
  static func random(_ count: Int, _ weather: Weather, _ random: inout SeededGenerator) -> Bars {
    var bars = Bars()
    var last = random.uniform(5, 200)
    for _ in 0..<count {
      var open = last
      if random.chance(weather.gaps) { open *= exp(weather.volatility * 2 * random.noise()) }
      let close = open * exp(weather.volatility * random.noise())
      let above = exp(weather.volatility * random.uniform(0, 1))
      let below = exp(-weather.volatility * random.uniform(0, 1))
      bars.append(open, max(open, close) * above, min(open, close) * below, close)
      last = close
    }
    if weather.holes > 0 {
      for bar in 0..<count where random.chance(weather.holes) { bars.hole(bar, &random) }
    }
    if weather.isListedLate, count > 1 {
      for bar in 0..<Int.random(in: 0..<count, using: &random) { bars.clear(bar) }
      if random.chance(0.5) {
        for bar in Int.random(in: 0..<count, using: &random)..<count { bars.clear(bar) }
      }
    }
    return bars
  }

  mutating func clear(_ bar: Int) { set(bar, (.nan, .nan, .nan, .nan)) }

  /// Takes away a bar or a part of it, or makes it break the rule that high and low enclose the rest.
  private mutating func hole(_ bar: Int, _ random: inout SeededGenerator) {
    switch Int.random(in: 0..<7, using: &random) {
    case 0, 1: clear(bar)
    case 2: open[bar] = .nan
    case 3: close[bar] = .nan
    case 4: high[bar] = .nan
    case 5: low[bar] = .nan
    default: high[bar] = min(open[bar], close[bar])
    }
  }
}

/// Symbols over the same bars, as a panel.
///
/// A field `symbol` holds each column's number, for strategies that look it up.
func makePanel(
  _ symbols: [Bars], calendar: Calendar = Calendar(.usEquity), fields: [String]? = nil
) -> PricePanel {
  let bars = symbols.first?.count ?? 0
  func field(_ value: (Int, Int) -> Double) -> [Double] {
    (0..<bars).flatMap { bar in symbols.indices.map { value($0, bar) } }
  }
  let values: [(String, [Double])] = [
    ("symbol", field { symbol, _ in Double(symbol) }),
    ("open", field { symbols[$0].open[$1] }), ("high", field { symbols[$0].high[$1] }),
    ("low", field { symbols[$0].low[$1] }), ("close", field { symbols[$0].close[$1] }),
  ].filter { fields?.contains($0.0) ?? true }
  let lifetimes = symbols.map { symbol -> ClosedRange<Int>? in
    guard let first = symbol.close.firstIndex(where: { !$0.isNaN }),
      let last = symbol.close.lastIndex(where: { !$0.isNaN })
    else { return nil }
    return first...last
  }
  return PricePanel(
    name: "test_1d", time: TimeAxis(ns: (0..<bars).map { Int64($0) * Calendar.dayNs }),
    symbols: SymbolTable(symbols.indices.map { SymbolTable.Entry(symbol: "S\($0)") }),
    calendar: calendar, frequencyNs: Calendar.dayNs, fields: values.map(\.0),
    lifetimes: lifetimes, contentHash: "", storage: HeapPanelStorage(fields: values.map(\.1)))
}
