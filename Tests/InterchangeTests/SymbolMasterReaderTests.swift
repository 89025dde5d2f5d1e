import Interchange
import Market
import Testing

@Suite struct SymbolMasterReaderTests {
  @Test func readsAliasesAndMerges() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      """
      Symbol,Security,GICS Sector,tick,unknown
      AAA,"Alpha, Inc.",Energy,0.01,x
      ZZZ,Zeta,Utilities,,y
      """)
    let entries = try SymbolMasterReader.read(path)
    #expect(entries.map(\.symbol) == ["AAA", "ZZZ"])
    #expect(entries[0].name == "Alpha, Inc." && entries[0].sector == "Energy")
    #expect(entries[0].tick == 0.01 && entries[1].tick.isNaN && entries[0].lot.isNaN)

    var draft = PanelDraft(
      name: "p", timeNs: [0],
      symbols: [
        .init(symbol: "AAA", exchange: "XNYS", lot: 1), .init(symbol: "BBB", name: "Beta"),
      ],
      calendar: Calendar(.usEquity), frequencyNs: Calendar.dayNs, fields: [])
    #expect(SymbolMasterReader.merge(entries, into: &draft) == ["BBB"])
    #expect(draft.symbols[0].sector == "Energy" && draft.symbols[0].exchange == "XNYS")
    #expect(draft.symbols[0].lot == 1 && draft.symbols[0].tick == 0.01)
    #expect(draft.symbols[1].name == "Beta")
  }

  @Test(arguments: [
    ("", "is empty"), ("name\nx\n", "no column for 'symbol'"),
    ("symbol,tick\nA,-1\n", "line 2, tick: '-1' is not a number above zero"),
    ("symbol\nA\nB\nA\n", "line 4, symbol: A stands already in line 2"),
    ("symbol,name\nA\n", "1 fields, where the header has 2"),
    ("symbol,name\n,x\n", "line 2, symbol: the symbol is empty"),
  ])
  func refuses(text: String, expected: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write(text)
    #expect {
      try SymbolMasterReader.read(path)
    } throws: { "\($0)".contains(expected) }
  }
}
