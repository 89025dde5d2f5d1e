import Market

/// A panel of shorter bars beside the one that is traded, for the order of events inside a bar.
struct FinerPanel: Sendable {
  struct Bar {
    var open, high, low, close: Double
  }

  private let panel: PricePanel
  /// First shorter bar at or after the start of each bar, and their number at the end.
  private let starts: [Int]
  /// Column of each symbol of the run; nil for one that the panel lacks.
  private let columns: [Int?]
  private let fields: [Int]

  init(_ panel: PricePanel, for run: AccountRun) {
    self.panel = panel
    columns = run.symbols.map { panel.symbols.index(of: run.panel.symbols[$0].symbol) }
    fields = ["open", "high", "low", "close"].compactMap { panel.fieldIndex($0) }
    // The bars of a day carry its date, 00:00 UTC; shorter ones the instant, which lies in the day of the zone.
    let isDaily = run.panel.frequencyNs >= Calendar.dayNs && panel.frequencyNs < Calendar.dayNs
    var starts: [Int] = []
    var next = 0
    let times = panel.time.ns.map { isDaily ? $0 + run.zoneOffset($0) : $0 }
    for start in run.panel.time.ns {
      while next < times.count && times[next] < start { next += 1 }
      starts.append(next)
    }
    // After the last bar, as long as a bar takes.
    let end = (run.panel.time.ns.last ?? 0) + run.panel.frequencyNs
    while next < times.count && times[next] < end { next += 1 }
    self.starts = starts + [next]
  }

  /// The shorter bars of a bar; nil if there are none.
  func bars(in index: Int, symbol: Int) -> Range<Int>? {
    guard columns[symbol] != nil, fields.count == 4 else { return nil }
    let bars = starts[index]..<starts[index + 1]
    return bars.isEmpty ? nil : bars
  }

  /// One bar with its prices cut to a range; nil if it lacks an open or close.
  func bar(_ index: Int, symbol: Int, low: Double, high: Double) -> Bar? {
    guard let column = columns[symbol] else { return nil }
    func price(_ field: Int) -> Double {
      let value = panel.value(field: fields[field], bar: index, symbol: column)
      return value > 0 && value < .infinity ? min(max(value, low), high) : .nan
    }
    let (open, close) = (price(0), price(3))
    if open.isNaN || close.isNaN { return nil }
    let (top, bottom) = (price(1), price(2))
    return Bar(
      open: open, high: top > max(open, close) ? top : max(open, close),
      low: bottom < min(open, close) ? bottom : min(open, close), close: close)
  }
}
