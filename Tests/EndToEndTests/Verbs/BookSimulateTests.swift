import Foundation
import TestSupport
import Testing

/// `apus book simulate` over the sample book: what it refuses, and what it writes.
@Suite struct BookSimulateTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func place() async throws -> Workplace {
    let place = try Workplace()
    let prices = Self.root.appending(path: "datasets/us_equity_1d").path
    try await place.done(
      "import",
      [
        "\(prices)/prices.csv.gz", "--symbols", "\(prices)/symbols.csv", "--store", "prices.h5",
        "--quiet",
      ])
    try await place.done(
      "book init book.h5 --store prices.h5 --quiet --from",
      [Self.root.appending(path: "datasets/book").path])
    try place.folder.write(
      """
      { apus: 1, data: { store: "prices.h5" },
        strategy: { long_entry: "close > sma(close, 50)", long_exit: "close < sma(close, 50)" } }
      """, to: "trend.json5")
    return place
  }

  /// What standard error has.
  private static let refused: [(line: String, text: String)] = [
    ("--cost 10", "would change nothing here"),
    ("--every week", "--policy rebalance"),
    ("--market history --at 2016-12-31 --paths 10", "--market bootstrap, gaussian or student_t"),
    ("--market worst:2 --seed 3", "would change nothing here"),
    ("--market gbm --block 5", "--market bootstrap"),
    ("--market gbm --freedom 5", "--market student_t"),
    ("--per week", "--contribution"),
    ("--market worst:0", "from 1 to 10000"),
    ("--market window:2016-02-01:2016-01-01", "the first before the second"),
    ("--market worst:five", "for example worst:5"),
    ("--market window:2016-02-01", "for example window:2015-08-01:2016-02-29"),
    ("--market crash", "no market 'crash'"),
    ("--policy spec:trend.json5 --horizon 100000", "the next would be after 2262"),
    ("--paths 10000000 --samples", "name some with --portfolio or --client"),
  ]

  @Test func refuses() async throws {
    let place = try await place()
    for (line, text) in Self.refused {
      let result = try await place.apus("book simulate book.h5 " + line)
      #expect(result.status == 2 || result.status == 3, "\(line): \(result.errors)")
      #expect(result.errors.contains(text), "\(line): \(result.errors)")
      #expect(result.output.isEmpty, "\(line)")
    }
  }

  @Test("quantiles are those of the ends that --samples keeps, and bits those of any workers")
  func samples() async throws {
    let place = try await place()
    let line = "book simulate book.h5 --by client --paths 101 --horizon 30 --samples --quiet"
    let document = try await place.json(line)
    #expect(try await place.done(line + " --json --threads 3") == place.done(line + " --json"))
    let sections = document["sections"]
    for (table, dimension, value, depth) in [
      ("outcomes", "portfolio", "value", "drawdown"), ("sums", "client", "total", "total_drawdown"),
    ] {
      let told = sections[table]["data_vars"]
      let rows = told["paid_in"]["data"].list.count
      for row in 0..<rows {
        let paid = try #require(told["paid_in"]["data"][row].number)
        let ends = sections["samples"]["data_vars"][value]["data"][row].list.compactMap(\.number)
        let falls = sections["samples"]["data_vars"][depth]["data"][row].list.compactMap(\.number)
        #expect(ends.count == 101 && falls.count == 101, "\(dimension) \(row)")
        let mean = ends.reduce(0, +) / 101 / paid - 1
        let average = try #require(told["mean_return"]["data"][row].number)
        #expect(abs(mean - average) < 1e-12)
        let median = try #require(told["return_50"]["data"][row].number)
        #expect(abs(ends.sorted()[50] / paid - 1 - median) < 1e-12)
        let loss = try #require(told["probability_of_loss"]["data"][row].number)
        #expect(abs(Double(ends.count { $0 < paid }) / 101 - loss) < 1e-12)
        let fall = try #require(told["max_drawdown_mean"]["data"][row].number)
        #expect(abs(falls.reduce(0, +) / 101 - fall) < 1e-12)
      }
    }
  }
}
