import Foundation
import TestSupport
import Testing

/// A sweep from CSV to leaderboard against a second implementation, `Golden/make_w1_golden.py`.
@Suite struct GoldenSweepTests {
  private static let golden = URL(filePath: #filePath)
    .deletingLastPathComponent().appending(path: "Golden")

  private static let spec = """
    {
      apus: 1, name: "w1", data: { store: "s.h5" },
      parameters: { fast: { from: 2, to: 101 }, slow: { from: 2, to: 101 } }, where: "fast < slow",
      strategy: {
        long_entry: "crosses_above(sma(close, fast), sma(close, slow))",
        long_exit: "crosses_below(sma(close, fast), sma(close, slow))",
      },
      account: { cash: 100 },
      execution: { fill: "same_close", commission: { bps: 10 } },
      metrics: ["total_return", "sharpe", "max_drawdown", "trades", "open_trades"],
    }
    """

  @Test func crossingAverages() async throws {
    let place = try Workplace()
    try place.folder.write(Self.spec, to: "a.json5")
    try await place.done(
      "import",
      [Self.golden.appending(path: "w1_closes.csv").path, "--symbol", "X", "--store", "s.h5"])
    #expect(try await place.json("inspect s.h5")["panels"][0]["bars"].int == 2520)
    let result = try await place.apus("sweep a.json5 -o r.h5")
    #expect(result.status == 0)
    #expect(result.errors.contains("warning: orders fill at the close that gave the signal"))
    let rows = try await RankTests.rows(place, "r.h5")
    #expect(rows.count == 4950)
    func key(_ row: [String: String]) -> String { "\(row["fast"] ?? "?"),\(row["slow"] ?? "?")" }
    let found = Dictionary(uniqueKeysWithValues: rows.map { (key($0), $0) })

    let text = try String(
      decoding: Data(contentsOf: Self.golden.appending(path: "w1_expected.csv")), as: UTF8.self)
    let lines = text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(lines.count == 294)
    var worst = (wealth: 0.0, sharpe: 0.0, drawdown: 0.0)
    for line in lines.dropFirst() {
      let expected = Dictionary(uniqueKeysWithValues: zip(lines[0], line))
      let row = try #require(found[key(expected)])
      func numbers(_ name: String) throws -> (Double, Double) {
        (
          try #require(Double(row[name] ?? "")), try #require(Double(expected[name] ?? ""))
        )
      }
      let (total, totalExpected) = try numbers("total_return")
      let (sharpe, sharpeExpected) = try numbers("sharpe")
      let (drawdown, drawdownExpected) = try numbers("max_drawdown")
      worst.wealth = max(worst.wealth, abs((1 + total) / (1 + totalExpected) - 1))
      worst.sharpe = max(worst.sharpe, abs(sharpe - sharpeExpected))
      worst.drawdown = max(worst.drawdown, abs(drawdown - drawdownExpected))
      let trades = try #require(Int(row["trades"] ?? "")) + #require(Int(row["open_trades"] ?? ""))
      #expect(trades == Int(expected["trades"] ?? ""), "\(key(expected))")
    }
    #expect(worst.wealth < 1e-12 && worst.sharpe < 1e-10 && worst.drawdown < 1e-10, "\(worst)")
    print("crossing averages differ by at most \(worst)")
  }
}
