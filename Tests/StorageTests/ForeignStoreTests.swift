import Foundation
import HDF5
import Market
import Storage
import TestSupport
import Testing

/// Stores as other programs write them: less in them, in other forms, or not meant well.
@Suite struct ForeignStoreTests {
  private let scratch: ScratchFolder
  private let path: String

  init() throws {
    scratch = try ScratchFolder()
    path = scratch.path("foreign.h5")
  }

  /// The least that is a store.
  private func make(_ more: (borrowing Group, borrowing Group) throws -> Void = { _, _ in }) throws
  {
    let file = try File.create(path)
    let root = try file.root()
    try root.setAttribute("apus_format", "prices")
    try root.setAttribute("apus_version", Int64(1))
    let panel = try root.createGroup("panels").createGroup("p")
    try panel.setAttribute("calendar", "crypto")
    try panel.setAttribute("frequency_ns", Calendar.dayNs)
    try panel.write("time", (0..<4).map { Int64($0) * Calendar.dayNs })
    try panel.write("symbol", ["A", "B"])
    try more(root, panel)
    try file.close()
  }

  private func close(_ panel: borrowing Group) throws {
    try panel.createDataset("close", of: Float.self, shape: [4, 2]).write(
      [.nan, 1.5, 2, .nan, 3, .nan, .nan, .nan] as [Float])
  }

  @Test func theLeastIsEnough() throws {
    try make { try close($1) }
    let store = try PriceStore.open(path)
    #expect(store.contentHash == "" && store.createdUTC == "" && store.symbols.names == ["A", "B"])
    #expect(
      store.panels[0].lifetimes == [1...2, 0...0] && store.panels[0].calendar.timeZone == "UTC")
    let panel = try store.loadPanel("p", verifyHash: true)
    #expect(panel.value(field: 0, bar: 1, symbol: 0) == 2)
    #expect(
      try store.verify() == [
        "panels/p has no hash", "the file has no hash", "panels/p has no dimension scales",
      ])
    #expect(try PriceStore.migrate(path) == [path])
    let whole = try PriceStore.open(path)
    #expect(try whole.verify().isEmpty && whole.contentHash.count == 64)
    #expect(whole.panels[0].lifetimes == store.panels[0].lifetimes)
    #expect(try PriceStore.migrate(path).isEmpty)
  }

  @Test func appendCompletesToo() throws {
    try make { try close($1) }
    var draft = Samples.draft("p", bars: 5, symbols: ["B", "C"])
    draft.calendar = Calendar(.crypto)
    draft.fields[1].values[0] = 1.5
    try PriceStore.append(draft, to: path)
    let store = try PriceStore.open(path)
    #expect(try store.verify().isEmpty)
    #expect(store.panels[0].symbols == ["A", "B", "C"] && store.panels[0].barCount == 5)
  }

  private func refusal() -> String {
    let error = #expect(throws: StorageError.self) {
      _ = try PriceStore.open(path).loadPanel("p")
    }
    return error?.description ?? ""
  }

  @Test func whatIsNoPriceIsNamed() throws {
    try make { _, panel in
      _ = try panel.createTextDataset("close", shape: [4, 2])
    }
    #expect(refusal().contains("close: it does not hold numbers"))
    try make { _, panel in
      try panel.createDataset("close", of: Double.self, shape: [2, 4]).write(
        [Double](repeating: 1, count: 8))
    }
    #expect(refusal().contains("[2, 4]"))
    try make { root, panel in
      try close(panel)
      try root.group("panels").group("p").dataset("time").setAttribute(
        "units", "days since 2020-01-01")
    }
    #expect(refusal().contains("days since 2020-01-01"))
  }
}
