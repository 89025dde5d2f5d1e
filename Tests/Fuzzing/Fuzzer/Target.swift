import CFuzzDriver
import Glibc
import Jobs
import Market
import Storage

/// A reader of bytes from outside, and what it promises of any bytes whatever.
struct Target: Sendable {
  let name: String
  let run: @Sendable (UnsafeRawBufferPointer) -> Void

  static let all = [
    Target(name: "csv", run: readTable),
    Target(name: "json", run: readCandles),
    Target(name: "facts", run: readFacts),
    Target(name: "spec", run: readSpec),
    Target(name: "store", run: openStore),
    Target(name: "transactions", run: readTransactions),
    Target(name: "book", run: openBook),
    Target(name: "entry", run: readEntry),
  ]

  // Set once, before libFuzzer starts its one thread.
  nonisolated(unsafe) static var chosen = all[0]

  /// A spec is refused, or is a plan over a small store.
  private static func readSpec(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let spec = try? Spec(text: text), spec.axes.reduce(1, { $0 * $1.values.count }) <= 4096
    else { return }
    _ = try? RunPlan(spec: spec, storePath: smallStore)
  }

  /// A store is refused, or all of it can be read.
  private static func openStore(_ bytes: UnsafeRawBufferPointer) {
    let file = MemoryFile(bytes)
    guard let store = try? PriceStore.open(file.path) else { return }
    _ = try? store.quarantinedRows()
    _ = try? store.verify()
    for panel in store.panels {
      guard let loaded = try? store.loadPanel(panel.name) else { continue }
      var sum = 0.0
      for field in loaded.fields.indices {
        for symbol in 0..<loaded.symbolCount {
          sum += loaded.value(field: field, bar: loaded.barCount - 1, symbol: symbol)
        }
      }
      withExtendedLifetime(sum) {}
    }
  }

  static let smallStore: String = {
    let path = "/tmp/apus-fuzz-\(getpid()).h5"
    let bars = 40
    func field(_ name: String, _ step: Double) -> PanelDraft.Field {
      .init(name: name, values: (0..<2 * bars).map { 10 + Double($0 % 7) * step })
    }
    let draft = PanelDraft(
      name: "us_equity_1d", timeNs: (0..<bars).map { Int64($0) * Calendar.dayNs },
      symbols: [.init(symbol: "AAA", sector: "Energy"), .init(symbol: "BBB")],
      calendar: Calendar(.usEquity), frequencyNs: Calendar.dayNs,
      fields: [
        field("open", 1), field("high", 2), field("low", 0.5), field("close", 1),
        field("volume", 9), field("market_cap", 30),
      ])
    guard (try? PriceStore.write([draft], to: path, force: true)) != nil else {
      fatalError("\(path) can't be written")
    }
    return path
  }()
}
