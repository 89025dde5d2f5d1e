import Books
import Market

/// A market of a few symbols and daily bars, and books over it, for ledgers that are worked by hand.
enum Sample {
  static let day: Int64 = 86_400_000_000_000

  /// A panel of daily closes; symbols have sectors `Tech`, `Energy`, … in turn.
  static func panel(
    _ closes: [(String, [Double])], currencies: [String] = [], firstDay: Int64 = 0
  ) -> PricePanel {
    let count = closes.first?.1.count ?? 0
    let symbols = SymbolTable(
      closes.enumerated().map { place, row in
        SymbolTable.Entry(
          symbol: row.0, sector: ["Tech", "Energy", "Health"][place % 3],
          currency: currencies.isEmpty ? "USD" : currencies[place])
      })
    let values = (0..<count).flatMap { bar in closes.map { $0.1[bar] } }
    let lifetimes = closes.map { row -> ClosedRange<Int>? in
      let known = row.1.indices.filter { row.1[$0].isFinite }
      return known.first.map { $0...known[known.count - 1] }
    }
    return PricePanel(
      name: "sample", time: TimeAxis(ns: (0..<count).map { (firstDay + Int64($0)) * day }),
      symbols: symbols, calendar: .crypto,
      frequencyNs: day, fields: ["close"], lifetimes: lifetimes, contentHash: "",
      storage: HeapPanelStorage(fields: [values]))
  }
}
