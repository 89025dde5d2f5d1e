import Market
import TestSupport
import Testing

private func cells(_ line: Substring) -> [Double] {
  line.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
}

@Test func agreesWithPandas() throws {
  let folder = "\(#filePath)".replacing("Across/AcrossGoldenTests.swift", with: "x.swift")
  let prices = try Golden.lines("across_prices.csv", file: folder).dropFirst().map {
    cells($0[...])
  }
  let columns = (0..<7).map { symbol in prices.map { $0[symbol] } }
  let plain = panel([("close", columns)])
  let lifetimes: [ClosedRange<Int>?] = columns.map { column in
    column.firstIndex { !$0.isNaN }!...column.lastIndex { !$0.isNaN }!
  }
  let panel = PricePanel(
    name: "golden", time: plain.time, symbols: plain.symbols, calendar: plain.calendar,
    frequencyNs: plain.frequencyNs, fields: plain.fields, lifetimes: lifetimes, contentHash: "",
    storage: HeapPanelStorage(fields: [prices.flatMap { $0 }]))
  var known: [String: [[Double]]] = [:]
  for line in try Golden.lines("across_expected.csv", file: folder) {
    // Seven symbols behind the bar; the expression has commas of its own.
    let parts = line.split(separator: ",", maxSplits: 8, omittingEmptySubsequences: false)
    let text = String(parts[8])
    if known[text] == nil { known[text] = try levels(text, panel: panel) }
    let bar = try #require(Int(parts[0]))
    for symbol in 0..<7 {
      let expected = Double(parts[symbol + 1]) ?? .nan
      let found = known[text]?[symbol][bar] ?? 0
      #expect(
        found.isNaN && expected.isNaN || abs(found - expected) <= 1e-9 * max(1, abs(expected)),
        "\(text), bar \(bar), S\(symbol): \(found), not \(expected)")
    }
  }
  #expect(known.count == 15)
}
