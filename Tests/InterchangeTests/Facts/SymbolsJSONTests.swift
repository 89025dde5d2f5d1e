import Interchange
import Market
import Testing

@Suite struct SymbolsJSONTests {
  private func read(_ text: String) throws -> [SymbolTable.Entry] {
    let scratch = try Scratch()
    return try SymbolMasterReader.read(try scratch.write(text, to: "symbols.json"))
  }

  @Test(arguments: [
    """
     [{"symbol": "B", "GICS Sector": "Energy", "lot": 1, "extra": [1]},
      {"ticker": "A", "name": "Ä \\"x\\"", "tick": "0.01", "lot": null, "currency": "USD"}]
    """,
    """
    {"B": {"sector": "Energy", "lot": 1.0}, "A": {"name": "Ä \\"x\\"", "tick": 0.01, "currency": "USD"}}
    """,
    "\u{FEFF}[{\"symbol\":\"B\",\"sector\":\"Energy\",\"lot\":1},{\"symbol\":\"A\",\"name\":\"Ä \\\"x\\\"\",\"tick\":0.01,\"currency\":\"USD\"}]",
  ])
  func readsBothForms(text: String) throws {
    let entries = try read(text).sorted { $0.symbol < $1.symbol }
    #expect(entries.map(\.symbol) == ["A", "B"])
    #expect(entries[0].name == "Ä \"x\"" && entries[0].currency == "USD")
    #expect(entries[0].tick == 0.01 && entries[0].lot.isNaN)
    #expect(entries[1].sector == "Energy" && entries[1].lot == 1 && entries[1].tick.isNaN)
  }

  @Test(arguments: [
    ("[{\"symbol\": \"A\"", "is not read as JSON"), ("[1, 2]", "neither a list of objects"),
    ("{\"A\": 1}", "neither a list of objects"), ("[]", "no row to import"),
    ("[{\"name\": \"A\"}]", "object 1, symbol: there is none"),
    (
      "[{\"symbol\": \"A\"}, {\"symbol\": \"A\"}]", "object 2, symbol: A stands already in object 1"
    ),
    ("{\"A\": {\"tick\": -1}}", "object 1, tick: it is not a number above zero"),
    ("{\"A\": {\"tick\": \"x\"}}", "it is not a number above zero"),
    ("{\"A\": {\"name\": 3}}", "object 1, name: it is not a text"),
    (String(repeating: "[", count: 100_000), "is not read as JSON"),
  ])
  func refuses(text: String, reason: String) {
    do {
      _ = try read(text)
      Issue.record("it was read")
    } catch {
      #expect("\(error)".contains(reason), "\(error)")
    }
  }
}
