import Foundation
import HDF5
import Market
import Storage
import TestSupport
import Testing

@Suite struct PriceStoreTests {
  private let scratch: ScratchFolder
  private let path: String

  init() throws {
    scratch = try ScratchFolder()
    path = scratch.path("prices.h5")
  }

  private let rows = [
    QuarantinedRow(file: "a.csv", line: 3, column: "close", text: "2020,-1", reason: "price -1"),
    QuarantinedRow(file: "ü.csv", line: 9, column: "time", text: "x", reason: "no time"),
  ]

  @Test func panelComesBack() throws {
    let draft = Samples.draft()
    try PriceStore.add(draft, quarantine: rows, to: path)
    let store = try PriceStore.open(path)
    let info = try store.info("us_equity_1d")
    #expect(info.barCount == 7 && info.symbols == ["AAPL", "BRK.B", "BTC/USD"])
    #expect(info.fields == ["open", "close", "market_cap"])
    #expect(info.range == 0...6 * Calendar.dayNs)
    #expect(info.lifetimes == [0...5, 0...6, 2...6])
    #expect(store.symbols.entries.map(\.sector) == ["Energy", "Energy", "Energy"])
    #expect(store.symbols[0].lot == 1 && store.symbols[0].tick.isNaN)
    #expect(store.quarantineCount == 2)
    #expect(try store.quarantinedRows().map(\.row) == rows)
    #expect(try store.quarantinedRows().map(\.panel) == ["us_equity_1d", "us_equity_1d"])
    let counts = try store.missingCounts("us_equity_1d")
    #expect(counts.map(\.field) == info.fields && counts.map(\.count) == [3, 3, 3])

    let panel = try store.loadPanel("us_equity_1d", verifyHash: true)
    #expect(panel.time.ns == draft.timeNs)
    #expect(panel.symbols.entries.map(\.name) == draft.symbols.map(\.name))
    #expect(panel.calendar == draft.calendar && panel.frequencyNs == draft.frequencyNs)
    #expect(panel.lifetimes == info.lifetimes && panel.contentHash == info.contentHash)
    for field in draft.fields {
      #expect(Samples.bits(Samples.values(panel, field.name)) == Samples.bits(field.values))
    }
    try store.verify()
    #expect(Library.openObjectCount(pathPrefix: scratch.url.path) == 0)
    #expect(try scratch.names() == ["prices.h5"])
  }

  @Test func mappedValuesAreTheLibrarysValues() throws {
    try PriceStore.add(Samples.draft(bars: 700), to: path)
    let panel = try PriceStore.open(path).loadPanel("us_equity_1d")
    let file = try File.open(path)
    let group = try file.root().group("panels").group("us_equity_1d")
    for field in panel.fields {
      let read = try group.dataset(field).read(Double.self)
      #expect(Samples.bits(read) == Samples.bits(Samples.values(panel, field)))
      let offset = try group.dataset(field).mappableOffset(as: Double.self)
      #expect(try #require(offset) % 4096 == 0)
    }
  }

  @Test func everyTimeSaysWhatItCounts() throws {
    try PriceStore.add(Samples.draft(), to: path)
    let root = try File.open(path).root()
    for group in ["actions", "panels/us_equity_1d"] {
      let units = try root.group(group).dataset("time").textAttribute("units")
      #expect(units == "nanoseconds since 1970-01-01", "\(group)")
    }
  }

  @Test func chosenFieldsComeInTheChosenOrder() throws {
    try PriceStore.add(Samples.draft(), to: path)
    let panel = try PriceStore.open(path).loadPanel("us_equity_1d", fields: ["close", "open"])
    #expect(panel.fields == ["close", "open"])
    #expect(panel.value(field: 0, bar: 3, symbol: 1) == 301.25)
    #expect(panel.value(field: 1, bar: 3, symbol: 1) == 301.125)
  }

  @Test func addingKeepsTheOtherPanelsAndMergesSymbols() throws {
    try PriceStore.add(Samples.draft("a"), quarantine: rows, to: path)
    let before = try PriceStore.open(path)
    let loaded = try before.loadPanel("a")
    let next = Samples.draft("b", bars: 3, symbols: ["AAPL", "ZZZ"], sector: "")
    try PriceStore.add(next, quarantine: [rows[0]], to: path)
    let store = try PriceStore.open(path)
    #expect(store.panels.map(\.name) == ["a", "b"])
    #expect(store.panels[0] == before.panels[0])
    #expect(store.contentHash != before.contentHash)
    #expect(store.symbols.names == ["AAPL", "BRK.B", "BTC/USD", "ZZZ"])
    #expect(store.symbols[0].sector == "Energy" && store.symbols[3].sector == "")
    #expect(try store.quarantinedRows().map(\.panel) == ["a", "a", "b"])
    try store.verify()
    // The old file is gone from the folder, and what is mapped from it lives.
    #expect(
      Samples.bits(Samples.values(loaded, "close"))
        == Samples.bits(Samples.draft("a").fields[1].values))
    #expect(try Samples.values(store.loadPanel("b"), "close").count == 6)
  }

  @Test func replacingNeedsForce() throws {
    try PriceStore.add(Samples.draft("a"), quarantine: rows, to: path)
    try PriceStore.add(Samples.draft("b", symbols: ["X", "Y"]), to: path)
    let next = Samples.draft("a", bars: 4, symbols: ["Y", "Z"])
    let bytes = try Data(contentsOf: URL(filePath: path))
    #expect(throws: StorageError.panelExists(panel: "a", path: path)) {
      try PriceStore.add(next, to: path)
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
    try PriceStore.add(next, to: path, force: true)
    let store = try PriceStore.open(path)
    #expect(try store.info("a").barCount == 4)
    #expect(store.symbols.names == ["X", "Y", "Z"])
    #expect(store.quarantineCount == 0)
    #expect(throws: StorageError.fileExists(path: path)) { try PriceStore.write([next], to: path) }
    try PriceStore.write([next], quarantine: ["a": rows], to: path, force: true)
    #expect(try PriceStore.open(path).panels.map(\.name) == ["a"])
    #expect(try PriceStore.open(path).quarantineCount == 2)
  }

  @Test func hashDependsOnContentOnly() throws {
    let other = scratch.path("other.h5")
    try PriceStore.add(Samples.draft("a"), to: path)
    try PriceStore.add(Samples.draft("b"), to: path)
    try PriceStore.write([Samples.draft("a"), Samples.draft("b")], to: other)
    let hash = try PriceStore.open(path).contentHash
    #expect(hash.count == 64)
    #expect(try PriceStore.open(other).contentHash == hash)
    // A NaN is a NaN, whatever its bits.
    var changed = Samples.draft("b")
    let missing = try #require(changed.fields[0].values.firstIndex { $0.isNaN })
    changed.fields[0].values[missing] = Double(bitPattern: 0xFFF8_0000_0000_1234)
    try PriceStore.add(changed, to: other, force: true)
    #expect(try PriceStore.open(other).contentHash == hash)
    changed.fields[0].values[1] += 1e-12
    try PriceStore.add(changed, to: other, force: true)
    #expect(try PriceStore.open(other).contentHash != hash)
    var renamed = Samples.draft("b")
    renamed.symbols[0].sector = "Tech"
    try PriceStore.add(renamed, to: other, force: true)
    #expect(try PriceStore.open(other).contentHash != hash)
  }

  /// Digests of the documented form, put together in Python with struct and hashlib.
  @Test func hashIsMadeAsDocumented() throws {
    try PriceStore.add(Samples.draft(), to: path)
    let store = try PriceStore.open(path)
    #expect(
      store.panels[0].contentHash
        == "7df1d38d48294c1a2a8623f24ea48fb41c222a96534c374f586eabe6b5f5644d")
    #expect(
      store.contentHash == "8d914414b9d22d2eb1b13f77899cfa669cdfc216a1d92e9f0a37bdf5526d16e4")
  }

  @Test func misspeltNamesAreNamed() throws {
    try PriceStore.add(Samples.draft("us_equity_1d"), to: path)
    let store = try PriceStore.open(path)
    #expect(
      throws: StorageError.panelMissing(
        panel: "us_equity_1h", path: path, available: ["us_equity_1d"], nearest: "us_equity_1d")
    ) { _ = try store.loadPanel("us_equity_1h") }
    #expect(
      throws: StorageError.panelMissing(
        panel: "crypto", path: path, available: ["us_equity_1d"], nearest: nil)
    ) { _ = try store.info("crypto") }
    #expect(
      throws: StorageError.fieldMissing(
        field: "volume", panel: "us_equity_1d", path: path,
        available: ["open", "close", "market_cap"])
    ) { _ = try store.loadPanel("us_equity_1d", fields: ["close", "volume"]) }
  }

  @Test(
    arguments: [
      { $0.name = "" }, { $0.name = "a/b" }, { $0.name = ".." }, { $0.timeNs[3] = $0.timeNs[2] },
      { $0.symbols[1].symbol = "AAPL" }, { $0.symbols[1].symbol = "" }, { $0.fields = [] },
      { $0.fields[1].name = "time" }, { $0.fields[1].name = "open" }, { $0.fields[1].name = "a/b" },
      { $0.fields[0].values.removeLast() }, { $0.timeNs = [] }, { $0.frequencyNs = 0 },
    ] as [@Sendable (inout PanelDraft) -> Void])
  func wrongDraftsAreRefused(_ spoil: @Sendable (inout PanelDraft) -> Void) throws {
    var draft = Samples.draft()
    spoil(&draft)
    let error = #expect(throws: StorageError.self) { try PriceStore.add(draft, to: path) }
    guard case .invalidContent = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try scratch.names() == [])
  }

  @Test func folderOfPeriodsIsOneStore() throws {
    let folder = scratch.path("prices")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let whole = Samples.draft(bars: 10)
    func part(_ bars: Range<Int>) -> PanelDraft {
      var part = whole
      part.timeNs = Array(whole.timeNs[bars])
      for i in part.fields.indices {
        part.fields[i].values = Array(
          whole.fields[i].values[bars.lowerBound * 3..<bars.upperBound * 3])
      }
      return part
    }
    try PriceStore.add(part(0..<4), quarantine: rows, to: folder + "/2020.h5")
    try PriceStore.add(part(4..<10), to: folder + "/2021.h5")
    try PriceStore.add(whole, to: path)
    let store = try PriceStore.open(folder)
    let single = try PriceStore.open(path).info(whole.name)
    var info = try store.info(whole.name)
    #expect(info.contentHash != single.contentHash)
    info.contentHash = single.contentHash
    #expect(info == single)
    #expect(store.quarantineCount == 2)
    let panel = try store.loadPanel(whole.name, verifyHash: true)
    #expect(panel.time.ns == whole.timeNs)
    #expect(panel.symbols[2].name == "BTC/USD Inc")
    for field in whole.fields {
      #expect(Samples.bits(Samples.values(panel, field.name)) == Samples.bits(field.values))
    }
    #expect(try store.missingCounts(whole.name).map(\.count) == [3, 3, 3])
    try PriceStore.add(part(3..<5), to: folder + "/2022.h5")
    #expect(throws: StorageError.self) { _ = try PriceStore.open(folder) }
  }
}
