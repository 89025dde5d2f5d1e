import Books
import Kernels
import Market

/// Two symbols over five days, small enough for sums by hand.
enum Contest {
  static let dayNs: Int64 = 86_400_000_000_000
  static let firstDay: Int64 = 17_225  // 2017-02-28

  /// Bars that open at the close before; B is not traded on day 2.
  static func market(
    a: [Double] = [100, 110, 121, 108.9, 119.79], b: [Double] = [50, 50, .nan, 40, 44],
    events: [ChallengeMarket.Event] = []
  ) throws -> ChallengeMarket {
    let series = [a, b]
    func field(_ value: (Double, Double) -> Double) -> [Double] {
      (0..<a.count * 2).map { place in
        let (bar, symbol) = (place / 2, place % 2)
        let close = series[symbol][bar]
        let before = bar == 0 || series[symbol][bar - 1].isNaN ? close : series[symbol][bar - 1]
        return close.isNaN ? .nan : value(before, close)
      }
    }
    let fields = [
      field { open, _ in open }, field { max($0, $1) }, field { min($0, $1) }, field { $1 },
    ]
    let panel = PricePanel(
      name: "p", time: TimeAxis(ns: (0..<a.count).map { (firstDay + Int64($0)) * dayNs }),
      symbols: SymbolTable([.init(symbol: "A"), .init(symbol: "B")]),
      calendar: .usEquity, frequencyNs: dayNs, fields: ["open", "high", "low", "close"],
      lifetimes: [0...a.count - 1, 0...a.count - 1], contentHash: "",
      storage: HeapPanelStorage(fields: fields))
    return try ChallengeMarket(
      panel: panel, columns: [0, 1], bars: 0..<a.count, events: events)
  }

  static func order(
    _ day: Int, _ column: Int, _ units: Double, _ price: Double = .nan, line: Int = 0
  ) -> ChallengeEntry.Order {
    .init(
      timeNs: (firstDay + Int64(day)) * dayNs, column: column, units: units, price: price,
      line: line)
  }

  static func target(_ day: Int, _ weights: [Int: Double]) -> ChallengeEntry.Target {
    let columns = weights.keys.sorted()
    return .init(
      timeNs: (firstDay + Int64(day)) * dayNs, columns: columns,
      weights: columns.map { weights[$0] ?? 0 })
  }

  /// A tenth of a percent of commission and one of slippage.
  struct Costs: ChallengeCosts {
    func fillPrice(units: Double, price: Double, bar: Int, column: Int) -> Double {
      price * (units < 0 ? 0.99 : 1.01)
    }
    func commission(units: Double, price: Double) -> Double { 0.001 * units.magnitude * price }
    func affordable(budget: Double, price: Double) -> Double { max(0, budget / (price * 1.001)) }
  }

  /// A tenth of a percent a day on cash, two on debts, three on shorts.
  struct DailyRates: ChallengeCosts {
    func fillPrice(units: Double, price: Double, bar: Int, column: Int) -> Double { price }
    func commission(units: Double, price: Double) -> Double { 0 }
    func affordable(budget: Double, price: Double) -> Double { max(0, budget / price) }
    func interest(cash: Double, elapsedNs: Int64) -> Double {
      cash * (cash < 0 ? 0.002 : 0.001) * Double(elapsedNs / dayNs)
    }
    func borrow(shortValue: Double, elapsedNs: Int64) -> Double {
      shortValue * 0.003 * Double(elapsedNs / dayNs)
    }
  }
}
