import Kernels
import Market
import Risk

/// The bars of a panel's window as a random path has them.
///
/// By the bootstrap a bar is one of the past as a whole: its close is the close before times the drawn growth, open, high and
/// low stand to the close as they did, and other fields are what they were. Symbols that the model does not know move by
/// their own closes of the same bars, and are missing where these are.
/// Of a normal path there are closes alone: a bar's open, high and low are its close, other fields stay what they were at
/// that bar, and other symbols are missing.
/// Bars before the first drawn one stay, so that indicators warm up on them.
struct DrawnMarket: Sendable {
  /// First bar of the panel that is drawn.
  let first: Int
  /// Columns of the panel that the model knows: `[N]`.
  let symbols: [Int]
  /// `[bars, N]`.
  let growths: Matrix
  /// Bars of the panel that stand in place of the drawn ones; nil for a normal path.
  let sources: [Int]?

  /// A panel with these bars.
  func apply(to panel: PricePanel) -> PricePanel {
    let (width, size) = (panel.symbolCount, panel.barCount * panel.symbolCount)
    guard let close = panel.fieldIndex("close") else { return panel }
    let old = panel.field(close)
    var closes = [Double](repeating: .nan, count: size)
    for place in 0..<min(size, first * width) { closes[place] = old[place] }
    var places = [Int?](repeating: nil, count: width)
    for (place, symbol) in symbols.enumerated() { places[symbol] = place }
    for column in 0..<width {
      var last = lastClose(old, column, before: first, width)
      for bar in 0..<growths.rows {
        let growth: Double
        if let place = places[column] {
          growth = growths[bar, place]
        } else if let source = sources?[bar] {
          growth =
            old[source * width + column] / lastClose(old, column, before: source, width)
        } else {
          growth = .nan
        }
        let value = last * growth
        guard value.isFinite, value > 0 else { continue }
        closes[(first + bar) * width + column] = value
        last = value
      }
    }
    let names = panel.fields
    let storage = HeapPanelStorage(fieldCount: names.count, valuesPerField: size) { field, values in
      let source = panel.field(field)
      for place in 0..<min(size, first * width) { values[place] = source[place] }
      for bar in 0..<growths.rows {
        let to = (first + bar) * width
        let from = (sources?[bar] ?? first + bar) * width
        for column in 0..<width {
          let price = closes[to + column]
          if field == close || ["open", "high", "low"].contains(names[field]) && sources == nil {
            values[to + column] = price
          } else if ["open", "high", "low"].contains(names[field]) {
            values[to + column] = price * (source[from + column] / old[from + column])
          } else if !price.isNaN {
            values[to + column] = source[from + column]
          }
        }
      }
    }
    return PricePanel(
      name: panel.name, time: panel.time, symbols: panel.symbols, calendar: panel.calendar,
      frequencyNs: panel.frequencyNs, fields: names,
      lifetimes: (0..<width).map { life(closes, $0, width) }, contentHash: panel.contentHash,
      storage: storage)
  }

  private func lastClose(
    _ closes: UnsafePointer<Double>, _ column: Int, before bar: Int, _ width: Int
  ) -> Double {
    for bar in stride(from: bar - 1, through: 0, by: -1)
    where closes[bar * width + column].isFinite { return closes[bar * width + column] }
    return .nan
  }

  private func life(_ closes: [Double], _ column: Int, _ width: Int) -> ClosedRange<Int>? {
    let bars = 0..<closes.count / max(1, width)
    guard let begin = bars.first(where: { closes[$0 * width + column].isFinite }),
      let end = bars.last(where: { closes[$0 * width + column].isFinite })
    else { return nil }
    return begin...end
  }
}
