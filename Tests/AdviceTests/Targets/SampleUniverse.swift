import Advice
import Books
import Market
import TestSupport

/// The 20 adjusted names as a universe, with sectors made up by their order.
struct SampleUniverse {
  let market: BookMarket
  let bars: Int

  /// - Parameter poison: changes closes after this bar, and nothing before.
  init(poisonedAfter poison: Int? = nil, splits: [[BookMarket.Split]] = []) throws {
    let sample = try SampleCloses.load()
    var closes = sample.closes
    let count = sample.symbols.count
    if let poison {
      for place in (poison + 1) * count..<closes.count {
        closes[place] = place % 7 == 0 ? .nan : closes[place] * Double(1 + place % 5)
      }
    }
    bars = sample.timeNs.count
    let sectors = ["Tech", "Energy", "Health", "Retail"]
    let entries = sample.symbols.enumerated().map {
      SymbolTable.Entry(symbol: $1, sector: sectors[$0 % 4], currency: "USD")
    }
    let panel = PricePanel(
      name: "sample", time: TimeAxis(ns: sample.timeNs),
      symbols: SymbolTable(entries), calendar: .usEquity, frequencyNs: 86_400_000_000_000,
      fields: ["close"], lifetimes: entries.map { _ in 0...(sample.timeNs.count - 1) },
      contentHash: "", storage: HeapPanelStorage(fields: [closes]))
    market = try BookMarket(
      panel: panel,
      instruments: entries.map { Book.Instrument(symbol: $0.symbol, currency: "USD") },
      splits: splits)
  }

  func universe(at bar: Int? = nil) -> AdviceUniverse {
    AdviceUniverse(market: market, currency: "USD", bar: bar ?? bars - 1, lookback: 504)
  }

  func solver(_ policy: AdvicePolicy = AdvicePolicy(), at bar: Int? = nil) throws -> TargetSolver {
    TargetSolver(try AdviceEstimates(universe(at: bar), policy), policy)
  }
}
