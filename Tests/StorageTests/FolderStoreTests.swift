import Foundation
import HDF5
import Market
import Storage
import TestSupport
import Testing

@Suite struct FolderStoreTests {
  private let scratch: ScratchFolder
  private let path: String

  init() throws {
    scratch = try ScratchFolder()
    path = (scratch.path("prices") + "/")
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: path + name))
  }

  /// Hours from a day of 1970 on.
  private func hourly(_ hours: Int, from day: Int64 = 0) -> PanelDraft {
    var draft = Samples.draft(bars: hours)
    draft.frequencyNs = 3_600_000_000_000
    draft.timeNs = (0..<hours).map { day * Calendar.dayNs + Int64($0) * draft.frequencyNs }
    return draft
  }

  @Test func filesAreNamedByPeriod() throws {
    try PriceStore.append(Samples.draft(bars: 800), to: path)
    #expect(try names() == ["1970.h5", "1971.h5", "1972.h5"])
    try PriceStore.add(hourly(24 * 40), to: (scratch.path("hours") + "/"))
    #expect(try scratch.names().contains("hours"))
    let hours = try FileManager.default.contentsOfDirectory(atPath: scratch.path("hours"))
    #expect(hours.sorted() == ["1970-01.h5", "1970-02.h5"])
    try PriceStore.add(Samples.draft(bars: 40), to: (scratch.path("months") + "/"), period: .month)
    #expect(throws: StorageError.self) {
      try PriceStore.append(Samples.draft(bars: 41), to: scratch.path("months"), period: .year)
    }
    #expect(
      try PriceStore.append(Samples.draft(bars: 41), to: scratch.path("months")).filesWritten.count
        == 1)
  }

  @Test func appendWritesOnlyThePeriodsItTouches() throws {
    try PriceStore.append(Samples.draft(bars: 800), to: path)
    let before = try names().map { try bytes($0) }
    var next = Samples.draft(bars: 3, symbols: ["NEW", "AAPL"], from: 798)
    next.fields.append(.init(name: "vwap", values: [1, 2, 3, 4, 5, 6]))
    for field in 0..<3 {
      // The symbol that the store has ends before these days, or has these values.
      for bar in 0..<3 { next.fields[field].values[bar * 2 + 1] = .nan }
    }
    let outcome = try PriceStore.append(next, to: path)
    #expect(outcome.filesWritten == [scratch.path("prices/1972.h5")])
    #expect(outcome.symbolsAdded == ["NEW"] && outcome.fieldsAdded == ["vwap"])
    #expect(try bytes("1970.h5") == before[0] && bytes("1971.h5") == before[1])
    #expect(try bytes("1972.h5") != before[2])
    let store = try PriceStore.open(path)
    let panel = try store.loadPanel("us_equity_1d")
    #expect(panel.symbols.names == ["AAPL", "BRK.B", "BTC/USD", "NEW"] && panel.barCount == 801)
    #expect(panel.value(field: 3, bar: 799, symbol: 0) == 4)
    #expect(panel.value(field: 3, bar: 300, symbol: 0).isNaN)
    #expect(panel.value(field: 1, bar: 300, symbol: 3).isNaN)
    #expect(panel.lifetimes[3] == 798...799)
    try store.verify()
  }

  @Test func replacingTakesOldPeriodsAway() throws {
    try PriceStore.append(Samples.draft(bars: 800), to: path)
    #expect(throws: StorageError.self) { try PriceStore.add(Samples.draft(bars: 4), to: path) }
    try PriceStore.add(Samples.draft("other", bars: 9), to: path)
    try PriceStore.add(Samples.draft(bars: 4, from: 400), to: path, force: true)
    let store = try PriceStore.open(path)
    #expect(try names() == ["1970.h5", "1971.h5"])
    #expect(store.panels.map(\.name) == ["other", "us_equity_1d"])
    #expect(try store.loadPanel("us_equity_1d").barCount == 4)
    try store.verify()
  }

  /// The states in which a writer of two files can die, made by hand.
  @Test(arguments: 0..<5) func readersSeeAllOfAnAppendOrNothing(died: Int) throws {
    let (old, new) = (
      Samples.draft(bars: 400), Samples.draft("us_equity_1d", bars: 400, sector: "X")
    )
    var revised = new
    for field in revised.fields.indices { revised.fields[field].values[5] += 1 }
    for field in revised.fields.indices { revised.fields[field].values[1199] += 1 }
    try PriceStore.append(old, to: path)
    let before = try PriceStore.open(path).contentHash
    let other = (scratch.path("other") + "/")
    try PriceStore.append(old, to: other)
    try PriceStore.append(revised, to: other, revise: true)
    let after = try PriceStore.open(other).contentHash
    #expect(before != after)
    func stage(_ name: String) throws {
      try FileManager.default.copyItem(atPath: other + name, toPath: path + ".\(name).next")
    }
    func finish(_ name: String) throws {
      try #require(rename(path + ".\(name).next", path + name) == 0)
    }
    try stage("1970.h5")
    if died >= 1 { try stage("1971.h5") }
    if died >= 2 {
      try "put 1970.h5\nput 1971.h5\n".write(
        toFile: path + ".commit", atomically: true, encoding: .utf8)
    }
    if died >= 3 { try finish("1970.h5") }
    if died >= 4 { try finish("1971.h5") }
    let found = try PriceStore.open(path)
    #expect(found.contentHash == (died < 2 ? before : after))
    try found.verify()
    // Again, by the next writer.
    let outcome = try PriceStore.append(revised, to: path, revise: true)
    #expect(outcome.filesWritten.isEmpty == (died >= 2))
    #expect(try PriceStore.open(path).contentHash == after)
    #expect(try names() == ["1970.h5", "1971.h5"])
  }

  @Test func readersOfAFolderThatChangesSeeWholeStates() async throws {
    func draft(_ kind: Int) -> PanelDraft {
      var draft = Samples.draft(bars: 500)
      for field in draft.fields.indices {
        draft.fields[field].values = draft.fields[field].values.map { $0.isNaN ? $0 : Double(kind) }
      }
      return draft
    }
    try PriceStore.append(draft(0), to: path)
    let path = path
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for kind in 1...12 { try PriceStore.append(draft(kind), to: path, revise: true) }
      }
      for _ in 0..<2 {
        group.addTask {
          for _ in 0..<40 {
            let panel = try PriceStore.open(path).loadPanel("us_equity_1d", fields: ["close"])
            let values = Set(Samples.values(panel, "close").filter { !$0.isNaN })
            #expect(values.count == 1, "of one append only")
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func oddFoldersAreRefused() throws {
    try PriceStore.append(Samples.draft(), to: path)
    try FileManager.default.moveItem(atPath: path + "1970.h5", toPath: path + "mine.h5")
    #expect(throws: StorageError.unknownPeriods(path: scratch.path("prices"), file: "mine.h5")) {
      try PriceStore.append(Samples.draft(bars: 8), to: path)
    }
    #expect(try PriceStore.open(path).panels[0].barCount == 7)
    // What could not be written leaves no folder.
    var wrong = Samples.draft()
    wrong.timeNs[3] = 0
    #expect(throws: StorageError.self) {
      try PriceStore.append(wrong, to: (scratch.path("no") + "/"))
    }
    #expect(throws: StorageError.self) {
      try PriceStore.append(Samples.draft(), to: (scratch.path("a/b") + "/"))
    }
    #expect(try scratch.names() == ["prices"])
    // A manifest that leads elsewhere is not believed.
    try "put ../prices.h5\ndrop ../prices/mine.h5\nrubbish".write(
      toFile: path + ".commit", atomically: true, encoding: .utf8)
    #expect(try PriceStore.open(path).panels[0].barCount == 7)
  }
}
