import Foundation
import Jobs
import Market
import Simulation
import Storage
import TestSupport

/// The bundled prices in a store, read once for all tests.
struct PeerMarket: Sendable {
  static let stocks = Result { try PeerMarket("us_equity_1d") }
  static let coins = Result { try PeerMarket("crypto_1d") }
  static let coinNames: Set = ["ADA", "BTC", "DOGE", "ETH", "LINK"]

  /// Path of the store.
  let store: String
  /// Its only panel.
  let panel: PricePanel
  /// The day of each bar.
  let days: [String]
  private let folder: ScratchFolder

  private init(_ name: String) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    folder = try ScratchFolder()
    store = folder.path("\(name).h5")
    let file = root.appending(path: "datasets/\(name)/prices.csv.gz").standardizedFileURL.path
    let job = ImportJob(files: [file], store: store)
    _ = try job.run()
    panel = try PriceStore.open(store).loadPanel(name)
    days = panel.time.ns.map { ns in
      Timestamp.text(nanoseconds: ns)
    }
  }

  /// The market of a symbol.
  static func of(_ symbol: String) throws -> PeerMarket {
    try (coinNames.contains(symbol) ? coins : stocks).get()
  }

  /// Bars from a day on.
  func window(from day: String) -> Range<Int> {
    (days.firstIndex { $0 >= day } ?? days.count)..<days.count
  }

  /// Fills of a record as golden files tell them: those of a symbol at one bar and price as one, by name where there are several.
  func fills(of record: LaneRecord, from day: String, symbols: [String] = [""])
    -> [PeerGolden.Fill]
  {
    let first = window(from: day).lowerBound
    var result: [PeerGolden.Fill] = []
    for fill in record.fills where fill.cause != .rejection {
      let day = days[first + fill.bar]
      let symbol = symbols[fill.symbol]
      if let last = result.last, last.date == day, last.price == fill.fillPrice,
        last.symbol == symbol, (last.units > 0) == (fill.units > 0)
      {
        result[result.count - 1].units += fill.units
        result[result.count - 1].fee += fill.commission
      } else {
        result.append(
          PeerGolden.Fill(
            date: day, units: fill.units, price: fill.fillPrice, fee: fill.commission,
            symbol: symbol))
      }
    }
    return symbols.count == 1
      ? result : result.sorted { ($0.date, $0.symbol) < ($1.date, $1.symbol) }
  }

  /// Equity of a record by day.
  func equity(of record: LaneRecord, from day: String) -> [String: Double] {
    let first = window(from: day).lowerBound
    return Dictionary(
      uniqueKeysWithValues: record.equity.enumerated().map { (days[first + $0], $1) })
  }
}
