import Books
import Market
import Metrics

/// Closes of a symbol, splits taken out, in units as of the last bar.
struct SymbolCloses {
  let bars: Range<Int>
  /// Bars that have a close, and the closes.
  let known: [(bar: Int, price: Double)]
  let volume: [Double]
  let high: Double
  let low: Double
  let timeNs: [Int64]
  let path: MoneyPath?

  init(_ panel: PricePanel, _ column: Int, _ bars: Range<Int>) {
    self.bars = bars
    timeNs = panel.time.ns
    func value(_ field: String, _ bar: Int) -> Double {
      panel.fieldIndex(field).map { panel.value(field: $0, bar: bar, symbol: column) } ?? .nan
    }
    known = bars.compactMap { bar in
      let price = value("close", bar)
      return price.isFinite ? (bar, price) : nil
    }
    let end = panel.time.ns[bars.upperBound - 1] + panel.frequencyNs
    let year = bars.filter { panel.time.ns[$0] >= end - 365 * Calendar.dayNs }
    func extreme(_ field: String, _ pick: ([Double]) -> Double?) -> Double {
      let field = panel.fieldIndex(field) == nil ? "close" : field
      return pick(year.map { value(field, $0) }.filter(\.isFinite)) ?? .nan
    }
    high = extreme("high") { $0.max() }
    low = extreme("low") { $0.min() }
    volume = year.suffix(63).map { value("volume", $0) }.filter(\.isFinite)
    path = MoneyPath(closes: known, timeNs: panel.time.ns, frequencyNs: panel.frequencyNs)
  }
}

extension MoneyPath {
  /// One unit of money in a price, from its first close on; nil without two closes.
  fileprivate init?(closes: [(bar: Int, price: Double)], timeNs: [Int64], frequencyNs: Int64) {
    guard let first = closes.first, let last = closes.last, first.bar < last.bar else { return nil }
    let bars = first.bar + 1..<last.bar + 1
    var (price, next) = (first.price, 1)
    let equity = bars.map { bar in
      if closes[next].bar == bar {
        price = closes[next].price
        next += 1
      }
      return price
    }
    let none = bars.map { _ in 0.0 }
    let span = timeNs[last.bar] + frequencyNs - timeNs[first.bar + 1]
    self.init(
      bars: bars, opening: first.price, equity: equity, paidIn: none, paidOut: none,
      datedFlows: [DatedFlow(years: 0, amount: first.price)],
      years: Double(span) / (DatedFlow.daysPerYear * Double(Calendar.dayNs)))
  }
}
