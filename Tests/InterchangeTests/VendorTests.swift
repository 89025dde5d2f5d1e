import Foundation
import Interchange
import Market
import Testing

private let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Samples")

private func read(_ names: String..., options: (inout ImportOptions) -> Void = { _ in }) throws -> (
  draft: PanelDraft, quarantined: [QuarantinedRow], summary: ImportSummary
) {
  var given = ImportOptions()
  options(&given)
  let paths = names.map { folder.appending(path: $0).path }
  return try ImporterCatalog.recognised(paths, options: given).read(paths: paths, options: given)
}

/// The panel as text: one line for each symbol and time that has a value, `time symbol field=value …`.
private func lines(_ draft: PanelDraft) -> [String] {
  var lines: [String] = []
  for bar in draft.timeNs.indices {
    for (column, symbol) in draft.symbols.enumerated() {
      let values = draft.fields.compactMap { field -> String? in
        let value = field.values[bar * draft.symbols.count + column]
        return value.isNaN ? nil : "\(field.name)=\(value)"
      }
      if values.isEmpty { continue }
      let time = Timestamp.text(nanoseconds: draft.timeNs[bar])
      lines.append("\(time) \(symbol.symbol) \(values.joined(separator: " "))")
    }
  }
  return lines
}

private let bar1 = "open=10.0 high=12.0 low=9.0 close=11.0"
private let bar2 = "open=11.0 high=13.0 low=10.0 close=12.0"
private let rate1 = "open=1.1 high=1.102 low=1.099 close=1.101"
private let rate2 = "open=1.101 high=1.103 low=1.1 close=1.102"

/// Files in the forms of vendors, with invented numbers; each must be read without being told what it is.
@Suite struct VendorTests {
  // Files of one symbol, read with --symbol ACME.
  @Test(
    arguments: [
      (
        "yahoo.csv",
        [
          "2024-01-02 ACME \(bar1) volume=1000.0 adj_close=10.5",
          "2024-01-03 ACME \(bar2) volume=1100.0 adj_close=11.5",
          "2024-01-05 ACME open=12.0 high=14.0 low=11.0 close=13.0 volume=1200.0 adj_close=12.5",
        ]
      ),
      (
        "alpha_vantage.csv",
        [
          "2024-01-02 ACME \(bar1) volume=1000.0 adj_close=10.5 dividend_amount=0.24 split_coefficient=1.0",
          "2024-01-03 ACME \(bar2) volume=1100.0 adj_close=11.5 dividend_amount=0.0 split_coefficient=1.0",
        ]
      ),
      (
        "polygon_rest.csv",
        [
          "2024-01-02T14:30:00Z ACME \(bar1) volume=1000.0 vwap=10.4 trades=17.0",
          "2024-01-02T14:31:00Z ACME \(bar2) volume=1100.0 vwap=11.4 trades=18.0",
        ]
      ),
      (
        "iex.csv",
        [
          "2024-01-02T09:30:00Z ACME \(bar1) volume=1000.0 trades=17.0 average=10.4 notional=10400.0",
          "2024-01-02T09:31:00Z ACME \(bar2) volume=1100.0 trades=18.0 average=11.4 notional=12540.0",
        ]
      ),
      (
        "german_minutes.csv",
        [
          "2024-01-02T17:25:00Z ACME open=10.1 high=10.6 low=10.0 close=10.5 volume=2500.0",
          "2024-01-03T09:00:00Z ACME open=10.5 high=11.0 low=10.0 close=10.75 volume=1200.0",
          "2024-01-03T09:05:00Z ACME open=10.75 high=11.2 low=10.6 close=11.0 volume=900.0",
        ]
      ),
      (
        "coingecko.csv",
        [
          "2024-01-06 ACME close=100.5 volume=30000.25 market_cap=2000000.0",
          "2024-01-07 ACME close=101.5 volume=31000.25",
        ]
      ),
      (
        "coinmarketcap.csv",
        [
          "2024-01-06 ACME \(bar1) volume=1000.5 market_cap=2100000.0",
          "2024-01-07 ACME \(bar2) volume=1100.5 market_cap=2200000.0",
        ]
      ),
      (
        "investing_us.csv",
        [
          "2024-01-11 ACME open=1001.0 high=1002.5 low=999.25 close=1000.75 change=0.0005",
          "2024-01-12 ACME open=997.0 high=999.5 low=996.25 close=998.75 volume=980500.0 change=-0.002",
          "2024-01-16 ACME open=1011.0 high=1013.25 low=1010.0 close=1012.5 volume=1230000.0 change=0.0015",
        ]
      ),
      (
        "investing_names.csv",
        [
          "2024-01-02 ACME \(bar1) volume=1000000.0 change=0.0",
          "2024-01-03 ACME \(bar2) volume=1100000.0 change=0.0909",
        ]
      ),
      (
        "investing_de.csv",
        [
          "2024-01-12 ACME open=997.0 high=999.5 low=996.25 close=998.75 volume=980500.0",
          "2024-01-16 ACME open=1011.0 high=1013.25 low=1010.0 close=1012.5 volume=1230000.0",
        ]
      ),
      (
        "nasdaq.csv",
        ["2024-01-12 ACME \(bar1) volume=1000.0", "2024-01-16 ACME \(bar2) volume=1100.0"]
      ),
      ("bloomberg.csv", ["2024-01-12 ACME \(bar1) volume=1000.0", "2024-01-16 ACME \(bar2)"]),
      (
        "lean_daily.csv",
        ["2024-01-02 ACME \(bar1) volume=1000.0", "2024-01-03 ACME \(bar2) volume=1100.0"]
      ),
      (
        "20240102_trade.csv",
        [
          "2024-01-02T09:30:00Z ACME \(bar1) volume=1000.0",
          "2024-01-02T09:31:00Z ACME \(bar2) volume=1100.0",
        ]
      ),
      (
        "metatrader4.csv",
        [
          "2024-01-02 ACME \(rate1) volume=120.0",
          "2024-01-02T01:00:00Z ACME \(rate2) volume=130.0",
        ]
      ),
      (
        "metatrader5.csv",
        [
          "2024-01-02 ACME \(rate1) volume=0.0 tickvol=120.0 spread=2.0",
          "2024-01-02T01:00:00Z ACME \(rate2) volume=0.0 tickvol=130.0 spread=2.0",
        ]
      ),
      (
        "histdata.csv",
        ["2024-01-02 ACME \(rate1) volume=0.0", "2024-01-02T00:01:00Z ACME \(rate2) volume=0.0"]
      ),
      (
        "dukascopy.csv",
        [
          "2024-01-02 ACME \(rate1) volume=120.5",
          "2024-01-02T01:00:00Z ACME \(rate2) volume=130.5",
        ]
      ),
      (
        "yfinance_history.csv",
        [
          "2024-01-02 ACME \(bar1) volume=1000.0 dividends=0.0 stock_splits=0.0",
          "2024-07-02 ACME \(bar2) volume=1100.0 dividends=0.24 stock_splits=0.0",
        ]
      ),
      ("am_pm.csv", ["2024-01-31T09:30:00Z ACME \(bar1)", "2024-01-31T12:05:00Z ACME \(bar2)"]),
      (
        "bitfinex.json",
        [
          "2024-01-01 ACME \(bar1) volume=1000.5",
          "2024-01-01T01:00:00Z ACME \(bar2) volume=1100.5",
        ]
      ),
      (
        "coinbase.json",
        [
          "2024-01-01 ACME \(bar1) volume=1000.5",
          "2024-01-01T01:00:00Z ACME \(bar2) volume=1100.5",
        ]
      ),
      (
        "coingecko.json",
        [
          "2024-01-01 ACME close=100.5 volume=30000.25 market_cap=2000000.0",
          "2024-01-02 ACME close=101.5 volume=31000.25",
        ]
      ),
      (
        "columns.json",
        [
          "2024-01-02T14:30:00Z ACME \(bar1) volume=1000.0",
          "2024-01-02T14:31:00Z ACME \(bar2) volume=1100.0",
        ]
      ),
      ("pandas.json", ["2024-01-02 ACME open=10.0 close=11.0", "2024-01-03 ACME open=11.0"]),
    ] as [(String, [String])])
  func oneSymbol(name: String, expected: [String]) throws {
    let (draft, quarantined, summary) = try read(name) { $0.symbol = .fixed("ACME") }
    #expect(lines(draft) == expected)
    #expect(quarantined.isEmpty)
    #expect(summary.rowsKept == summary.rowsRead)
  }

  // Files that name their symbols.
  @Test(
    arguments: [
      (
        "stooq.txt",
        [
          "2024-01-02 ACME.US \(bar1) volume=1000.0 openint=0.0",
          "2024-01-03 ACME.US \(bar2) volume=1100.0 openint=0.0",
        ]
      ),
      (
        "stooq_headless.txt",
        [
          "2024-01-02T15:30:00Z ACME.US \(bar1) volume=1000.0 openint=0.0",
          "2024-01-02T15:35:00Z ACME.US \(bar2) volume=1100.0 openint=0.0",
        ]
      ),
      (
        "polygon.csv",
        [
          "2024-01-02T14:30:00Z ACME \(bar1) volume=1000.0 trades=17.0",
          "2024-01-02T14:31:00Z ACME \(bar2) volume=1100.0 trades=18.0",
        ]
      ),
      (
        "cryptodatadownload.csv",
        [
          "2024-01-01 BTC/USDT \(bar1) volume=1.25 trades=17.0 volume_usdt=13.75",
          "2024-01-01T01:00:00Z BTC/USDT \(bar2) volume=1.5 trades=18.0 volume_usdt=18.0",
        ]
      ),
      (
        "yfinance.csv",
        ["2024-01-02 ACME \(bar1) volume=1000.0", "2024-01-03 ACME \(bar2) volume=1100.0"]
      ),
      (
        "yfinance_two.csv",
        [
          "2024-01-02 ACME close=11.0", "2024-01-02 BETA close=21.0", "2024-01-03 ACME close=12.0",
          "2024-01-03 BETA close=22.0",
        ]
      ),
      (
        "wide.csv",
        [
          "2024-01-02 7203 close=2500.0", "2024-01-02 ACME close=11.0",
          "2024-01-02 BETA close=21.0",
          "2024-01-03 7203 close=2510.0", "2024-01-03 ACME close=12.0",
        ]
      ),
      (
        "new_york.csv",
        [
          "2024-01-02T14:30:00Z ACME \(bar1) volume=1000.0",
          "2024-07-02T13:30:00Z ACME \(bar2) volume=1100.0",
        ]
      ),
      (
        "european.csv",
        [
          "2024-01-31 ACME close=1234.5 volume=12000.0",
          "2024-02-01 ACME close=1235.75 volume=11000.0",
        ]
      ),
      ("pandas_index.csv", ["2024-01-02 ACME close=11.0", "2024-01-03 ACME close=12.0"]),
      ("commented_header.csv", ["2024-01-02 ACME close=11.0", "2024-01-03 ACME close=12.0"]),
      ("utf16.csv", ["2024-01-02 ACMÉ close=11.0", "2024-01-03 ACMÉ close=12.0"]),
      ("utf16_be_no_mark.csv", ["2024-01-02 ACMÉ close=11.0", "2024-01-03 ACMÉ close=12.0"]),
      ("latin1.csv", ["2024-01-02 ACMÉ close=11.0", "2024-01-03 ACMÉ close=12.0"]),
      ("mark.csv", ["2024-01-02 ACMÉ close=11.0", "2024-01-03 ACMÉ close=12.0"]),
      (
        "polygon.json",
        [
          "2024-01-02T05:00:00Z ACME \(bar1) volume=1000.0 vwap=10.4 trades=17.0",
          "2024-01-03T05:00:00Z ACME \(bar2) volume=1100.0 vwap=11.4 trades=18.0",
        ]
      ),
      (
        "alpaca.json",
        [
          "2024-01-02T14:30:00Z ACME \(bar1) volume=1000.0 trades=17.0 vwap=10.4",
          "2024-01-02T14:30:00Z BETA open=20.0 high=22.0 low=19.0 close=21.0 volume=2000.0 trades=27.0 vwap=20.4",
        ]
      ),
      (
        "alpha_vantage.json",
        ["2024-01-02 ACME \(bar1) volume=1000.0", "2024-01-03 ACME \(bar2) volume=1100.0"]
      ),
      (
        "yahoo.json",
        [
          "2024-01-02 ACME \(bar1) volume=1000.0 adj_close=10.5",
          "2024-01-03 ACME \(bar2) volume=1100.0 adj_close=11.5",
        ]
      ),
      (
        "kraken.json",
        [
          "2024-01-01 XXBTZUSD \(bar1) volume=1000.5 vwap=10.4 trades=17.0",
          "2024-01-01T01:00:00Z XXBTZUSD \(bar2) volume=1100.5 vwap=11.4 trades=18.0",
        ]
      ),
      ("lines.jsonl", ["2024-01-02 ACME close=11.0", "2024-01-03 ACME close=12.0"]),
    ] as [(String, [String])])
  func ownSymbols(name: String, expected: [String]) throws {
    let (draft, quarantined, summary) = try read(name)
    #expect(lines(draft) == expected)
    #expect(quarantined.isEmpty)
    #expect(summary.rowsKept == summary.rowsRead)
  }

  @Test(arguments: ["binance.csv", "binance_2025.csv", "binance_futures.csv", "binance.json"])
  func binance(name: String) throws {
    let (draft, _, _) = try read(name) { $0.symbol = .fixed("BTCUSDT") }
    let start: Int64 = name == "binance_2025.csv" ? 1_735_689_600 : 1_704_067_200
    #expect(draft.timeNs == [start * 1_000_000_000, (start + 3600) * 1_000_000_000])
    #expect(draft.fields.first { $0.name == "volume" }?.values == [1000.5, 1100.5])
    #expect(draft.fields.first { $0.name == "quote_volume" }?.values == [11005.5, 13206])
    #expect(!draft.fields.contains { $0.name.contains("time") || $0.name == "ignore" })
  }

  @Test func wideFieldByName() throws {
    let opens = try read("yfinance_two.csv") { $0.field = "open" }
    #expect(lines(opens.draft).first == "2024-01-02 ACME open=10.0")
    let views = try read("wide.csv") { $0.field = "Market Cap" }
    #expect(lines(views.draft).first == "2024-01-02 7203 market_cap=2500.0")
    // With a symbol given, the same columns are fields of it.
    let fields = try read("wide.csv") { $0.symbol = .fixed("X") }
    #expect(lines(fields.draft).first == "2024-01-02 X acme=11.0 beta=21.0 7203=2500.0")
  }

  @Test func factorsAreFieldsOfOneSymbol() throws {
    let (draft, quarantined, _) = try read("french.csv") {
      $0.symbol = .fixed("FF")
      $0.missing = ["-99.99"]
    }
    #expect(
      lines(draft) == [
        "2024-01-02 FF mkt_rf=-0.7 smb=-1.12 hml=1.1 rf=0.02",
        "2024-01-03 FF mkt_rf=-1.12 hml=0.17 rf=0.02",
      ])
    #expect(quarantined.isEmpty)
    let months = try read("french_monthly.csv") { $0.symbol = .fixed("FF") }.draft
    #expect(lines(months).map { $0.prefix(13) } == ["2023-11-01 FF", "2023-12-01 FF"])
    // As closes of symbols they would be below zero.
    #expect(throws: ImportError.self) { try read("french.csv") }
    let returns = try read("french.csv") { $0.field = "return" }.draft
    #expect(returns.symbols.map(\.symbol) == ["HML", "Mkt-RF", "RF", "SMB"])
  }

  @Test func leanQuotes() throws {
    let (draft, _, _) = try read("lean_forex.csv") {
      $0.symbol = .fixed("EURUSD")
      $0.timeZone = "America/New_York"
    }
    #expect(
      draft.timeNs.map { Timestamp.text(nanoseconds: $0) } == [
        "2024-01-02T05:00:00Z", "2024-01-02T06:00:00Z",
      ])
    #expect(draft.fields.first { $0.name == "ask_close" }?.values == [1.1011, 1.1021])
  }

  @Test func everySampleIsUsed() throws {
    let source = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      #expect(source.contains("\"\(name)\""), "\(name)")
    }
  }
}
