import Foundation
import HDF5
import Market
import Storage
import TestSupport
import Testing

@Suite struct AppendTests {
  private let scratch: ScratchFolder
  private let path: String

  init() throws {
    scratch = try ScratchFolder()
    path = scratch.path("prices.h5")
  }

  private func bytes(_ name: String = "prices.h5") throws -> Data {
    try Data(contentsOf: scratch.url.appending(path: name))
  }

  private let row = QuarantinedRow(file: "a.csv", line: 3, column: "c", text: "t", reason: "r")

  @Test func sameDraftAgainChangesNothing() throws {
    let draft = Samples.draft()
    let made = try PriceStore.append(draft, quarantine: [row], to: path)
    #expect(made.isNewPanel && made.barsAdded == 7 && made.filesWritten == [path])
    let before = try bytes()
    let again = try PriceStore.append(draft, quarantine: [row], to: path)
    #expect(again.filesWritten.isEmpty && again.barsAdded == 0 && again.quarantinedAdded == 0)
    #expect(again.valuesEqual == 3 * (7 * 3 - 3))
    #expect(try bytes() == before)
    #expect(try scratch.names() == ["prices.h5"], "the lock is gone")
    // A part of it, and a draft with nothing to say, are known too.
    _ = try PriceStore.append(Samples.draft(symbols: ["AAPL", "BRK.B", "BTC/USD"]), to: path)
    var missing = draft
    for field in missing.fields.indices {
      missing.fields[field].values = missing.fields[field].values.map { _ in .nan }
    }
    #expect(try PriceStore.append(missing, to: path).filesWritten.isEmpty)
    #expect(try bytes() == before)
  }

  /// Against a dictionary of cells, with bars and symbols that come in any order.
  @Test(arguments: [1, 2, 3, 4] as [UInt64], [false, true])
  func anyOrderGivesTheSamePanel(seed: UInt64, isFolder: Bool) throws {
    let path = isFolder ? (scratch.path("prices") + "/") : path
    var random = TestRandom(seed: seed)
    var model = CellModel()
    for step in 0..<12 {
      let draft = CellModel.draft(&random)
      let outcome = try PriceStore.append(draft, to: path, revise: true, source: "step \(step)")
      let revised = model.add(draft)
      #expect(outcome.valuesRevised == revised, "seed \(seed), step \(step)")
      let store = try PriceStore.open(path)
      try model.check(store, "seed \(seed), step \(step)")
      #expect(try store.verify().isEmpty)
      #expect(try PriceStore.append(draft, to: path).filesWritten.isEmpty)
    }
    let revisions = try PriceStore.open(path).revisions()
    #expect(
      revisions.count == model.revisedCount && revisions.allSatisfy { $0.value.old != $0.value.new }
    )
    #expect(Library.openObjectCount(pathPrefix: scratch.url.path) == 0)
  }

  @Test func differencesAreRefusedAsAWhole() throws {
    try PriceStore.append(Samples.draft(), to: path)
    let before = try bytes()
    var next = Samples.draft(bars: 9)
    next.fields[1].values[4] += 1
    next.fields[2].values[7] += 1
    let day = Int64(1) * Calendar.dayNs
    let error = #expect(throws: StorageError.self) { try PriceStore.append(next, to: path) }
    #expect(
      error
        == .conflicts(
          panel: "us_equity_1d", path: path, count: 2,
          first: [
            PanelConflict(symbol: "BRK.B", timeNs: day, field: "close", old: 101.25, new: 102.25),
            PanelConflict(
              symbol: "BRK.B", timeNs: 2 * day, field: "market_cap", old: 201.25e9,
              new: 201.25e9 + 1),
          ]))
    #expect("\(error!)".contains("BRK.B 1970-01-02 close 101.25, now 102.25"))
    #expect("\(error!)".contains("--revise"))
    #expect(try bytes() == before)

    let outcome = try PriceStore.append(next, to: path, revise: true, source: "b.csv")
    #expect(outcome.valuesRevised == 2 && outcome.barsAdded == 2)
    let store = try PriceStore.open(path)
    let rows = try store.revisions()
    #expect(rows.map(\.value.old) == [101.25, 201.25e9] && rows.map(\.file) == ["b.csv", "b.csv"])
    #expect(rows[0].panel == "us_equity_1d" && rows[0].revisedUTC.hasSuffix("Z"))
    #expect(try store.loadPanel("us_equity_1d").value(field: 1, bar: 1, symbol: 1) == 102.25)
    try store.verify()
    #expect(try PriceStore.append(next, to: path, revise: true).filesWritten.isEmpty)
    // Another panel keeps the record; replacing this one drops it.
    try PriceStore.add(Samples.draft("other"), to: path)
    #expect(try PriceStore.open(path).revisions() == rows)
    try PriceStore.add(Samples.draft(), to: path, force: true)
    #expect(try PriceStore.open(path).revisions().isEmpty)
  }

  @Test func calendarsAndFrequenciesMustAgree() throws {
    try PriceStore.append(Samples.draft(), to: path)
    var other = Samples.draft()
    other.calendar = Calendar(.crypto)
    #expect(throws: StorageError.self) { try PriceStore.append(other, to: path) }
    other = Samples.draft()
    other.frequencyNs = 60_000_000_000
    let error = #expect(throws: StorageError.self) { try PriceStore.append(other, to: path) }
    guard case .panelContradicts(_, path, "frequency", _, "60000000000 ns") = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func readersKeepWhatTheyHaveMapped() throws {
    for path in [path, (scratch.path("prices") + "/")] {
      let draft = Samples.draft(bars: 900)
      try PriceStore.append(draft, to: path)
      let store = try PriceStore.open(path)
      let panel = try store.loadPanel("us_equity_1d")
      var next = Samples.draft(bars: 950)
      next.fields[1].values[4] += 1
      try PriceStore.append(next, to: path, revise: true)
      #expect(Samples.bits(Samples.values(panel, "close")) == Samples.bits(draft.fields[1].values))
      // What was opened before and is loaded now is the new state, whole.
      let late = try store.loadPanel("us_equity_1d")
      #expect(Samples.bits(Samples.values(late, "close")) == Samples.bits(next.fields[1].values))
    }
  }

  @Test func factsAndQuarantineComeAlong() throws {
    try PriceStore.append(Samples.draft(), quarantine: [row], to: path)
    var named = Samples.draft()
    named.symbols[0].sector = "Tech"
    var other = row
    other.line = 4
    let outcome = try PriceStore.append(named, quarantine: [row, other], to: path)
    #expect(outcome.quarantinedAdded == 1 && outcome.filesWritten == [path])
    let store = try PriceStore.open(path)
    #expect(store.symbols[0].sector == "Tech" && store.symbols[0].name == "AAPL Inc")
    #expect(try store.quarantinedRows().map(\.row) == [row, other])
  }

  // MARK: - Locks

  @Test func twoWritersAreKeptApart() throws {
    let lock = scratch.path(".prices.h5.lock")
    let descriptor = open(lock, O_RDWR | O_CREAT, 0o666)
    defer { close(descriptor) }
    try #require(flock(descriptor, LOCK_EX) == 0)
    _ = write(descriptor, "process 4711", 12)
    #expect(throws: StorageError.storeInUse(path: path, holder: "process 4711", seconds: 0.1)) {
      try PriceStore.append(Samples.draft(), to: path, patience: 0.1)
    }
    #expect(throws: StorageError.self) {
      try PriceStore.add(Samples.draft(), to: path, patience: 0)
    }
    // What a dead writer leaves holds nobody back.
    flock(descriptor, LOCK_UN)
    try PriceStore.append(Samples.draft(), to: path, patience: 0)
    #expect(try scratch.names() == ["prices.h5"])
  }

  @Test func manyWritersLoseNothing() async throws {
    for path in [path, (scratch.path("prices") + "/")] {
      await withTaskGroup(of: Void.self) { group in
        for i in 0..<8 {
          group.addTask {
            do {
              let draft = Samples.draft(symbols: ["S\(i)", "T\(i)"], from: Int64(i * 200))
              try PriceStore.append(draft, to: path, patience: 60)
            } catch {
              Issue.record("\(error)")
            }
          }
        }
      }
      let store = try PriceStore.open(path)
      #expect(Set(store.panels[0].symbols).count == 16 && store.panels[0].barCount == 8 * 7)
      try store.verify()
    }
  }
}

/// What a panel should hold after appends, cell by cell.
struct CellModel {
  private struct Key: Hashable {
    let symbol: String
    let timeNs: Int64
    let field: String
  }
  private var cells: [Key: Double] = [:]
  private var times: Set<Int64> = []
  private(set) var symbols: [String] = []
  private(set) var fields: [String] = []
  private(set) var revisedCount = 0

  /// A few bars, symbols and fields out of many, over three years; most values are the same each time.
  static func draft(_ random: inout TestRandom) -> PanelDraft {
    let days = (0..<Int.random(in: 1...40, using: &random)).map { _ in
      Int64.random(in: 0..<1000, using: &random)
    }
    let times = Set(days).sorted().map { $0 * Calendar.dayNs }
    let symbols = (0..<9).map { "S\($0)" }.shuffled(using: &random)
      .prefix(Int.random(in: 1...5, using: &random))
    let fields = ["open", "close", "volume", "cap"].shuffled(using: &random)
      .prefix(Int.random(in: 1...4, using: &random))
    return PanelDraft(
      name: "p", timeNs: times, symbols: symbols.map { .init(symbol: $0) },
      calendar: Calendar(.crypto), frequencyNs: Calendar.dayNs,
      fields: fields.map { field in
        .init(
          name: field,
          values: times.flatMap { time in
            symbols.map { symbol in
              switch Int.random(in: 0..<20, using: &random) {
              case 0..<4: Double.nan
              case 4: Double.random(in: 1...2, using: &random)
              default: Double(time / Calendar.dayNs) + Double(symbol.utf8.last ?? 0) / 64
              }
            }
          })
      })
  }

  /// Takes a draft; returns how many values it replaced.
  mutating func add(_ draft: PanelDraft) -> Int {
    var revised = 0
    times.formUnion(draft.timeNs)
    for field in draft.fields where !fields.contains(field.name) { fields.append(field.name) }
    for entry in draft.symbols where !symbols.contains(entry.symbol) {
      symbols.append(entry.symbol)
    }
    for field in draft.fields {
      for (bar, time) in draft.timeNs.enumerated() {
        for (column, entry) in draft.symbols.enumerated() {
          let value = field.values[bar * draft.symbols.count + column]
          if value.isNaN { continue }
          let key = Key(symbol: entry.symbol, timeNs: time, field: field.name)
          if let old = cells[key], old != value { revised += 1 }
          cells[key] = value
        }
      }
    }
    revisedCount += revised
    return revised
  }

  /// Holds every cell, axis and lifetime of a store against the model.
  func check(_ store: PriceStore, _ place: Comment) throws {
    let panel = try store.loadPanel("p", verifyHash: true)
    #expect(panel.time.ns == times.sorted(), place)
    #expect(Set(panel.symbols.names) == Set(symbols) && Set(panel.fields) == Set(fields), place)
    if !store.path.hasSuffix("/") { #expect(panel.symbols.names == symbols, place) }
    var known = 0
    for (index, field) in panel.fields.enumerated() {
      for (bar, time) in panel.time.ns.enumerated() {
        for (column, symbol) in panel.symbols.names.enumerated() {
          let value = panel.value(field: index, bar: bar, symbol: column)
          let expected = cells[Key(symbol: symbol, timeNs: time, field: field)]
          guard value.isNaN ? expected == nil : expected == value else {
            Issue.record("\(symbol) \(time) \(field): \(value), not \(expected ?? .nan). \(place)")
            return
          }
          known += value.isNaN ? 0 : 1
        }
      }
    }
    #expect(known == cells.count, place)
    let counts = try store.missingCounts("p").map(\.count).reduce(0, +)
    #expect(counts == times.count * symbols.count * fields.count - known, place)
  }
}
