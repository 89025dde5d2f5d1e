import HDF5
import Market
import Storage
import TestSupport
import Testing

@Suite struct PriceStoreActionsTests {
  private let folder: ScratchFolder
  private let path: String

  init() throws {
    folder = try ScratchFolder()
    path = folder.path("prices.h5")
    try PriceStore.write([Samples.draft()], to: path)
  }

  private static let actions = [
    NamedAction(
      symbol: "AAPL", timeNs: 3 * Calendar.dayNs, kind: .split, value: 7, factor: 0.142857),
    NamedAction(symbol: "BRK.B", timeNs: 2 * Calendar.dayNs, kind: .dividend, value: 0.5),
    NamedAction(symbol: "OLD", timeNs: Calendar.dayNs, kind: .rename, becomes: "AAPL"),
    NamedAction(symbol: "BRK.B", timeNs: 6 * Calendar.dayNs, kind: .delist, value: -1),
  ]

  private func add(_ actions: [NamedAction]) throws {
    try PriceStore.revise(path) { facts in
      facts.actions += actions
      return true
    }
  }

  private var named: [NamedAction] {
    get throws {
      let store = try PriceStore.open(path)
      return store.actions.named(by: store.symbols)
    }
  }

  @Test func theyComeBackInOrderOfTime() throws {
    let before = try PriceStore.open(path)
    try add(Self.actions)
    #expect(try named == Self.actions.sorted { $0.timeNs < $1.timeNs })
    let store = try PriceStore.open(path)
    try store.verify()
    // A ticker without prices has a row of the master.
    #expect(store.symbols.names == ["AAPL", "BRK.B", "BTC/USD", "OLD"])
    #expect(store.symbols[0].name == "AAPL Inc")
    #expect(store.contentHash != before.contentHash)
    #expect(store.panels == before.panels)
    try PriceStore.revise(path) { facts in
      facts.actions = []
      return true
    }
    #expect(try PriceStore.open(path).contentHash == before.contentHash)
  }

  @Test func aPanelAddedLaterKeepsThem() throws {
    try add(Self.actions)
    try PriceStore.add(Samples.draft("crypto_1d", symbols: ["BTC", "AAPL"]), to: path)
    #expect(try named.count == 4)
    // Replacing the panel drops BTC/USD and leaves what actions name.
    try PriceStore.add(Samples.draft(symbols: ["ZZZ"]), to: path, force: true)
    #expect(try named == Self.actions.sorted { $0.timeNs < $1.timeNs })
    #expect(Set(try PriceStore.open(path).symbols.names) == ["AAPL", "BRK.B", "OLD", "BTC", "ZZZ"])
    try PriceStore.add(
      Samples.draft("third"),
      actions: [NamedAction(symbol: "AAPL", timeNs: 9, kind: .split, value: 2)],
      to: path)
    #expect(try named.count == 5)
    try PriceStore.open(path).verify()
  }

  @Test func nothingIsWrittenThatBreaksARule() throws {
    let before = try folder.read("prices.h5").utf8.count
    #expect(throws: StorageError.self) {
      try add([NamedAction(symbol: "AAPL", timeNs: 0, kind: .split, value: -1)])
    }
    #expect(try folder.read("prices.h5").utf8.count == before)
    #expect(try folder.names() == ["prices.h5"])
  }

  @Test func aFolderHasThemInItsLastFile() throws {
    let parts = try ScratchFolder()
    try PriceStore.write([Samples.draft()], to: parts.path("2020.h5"))
    try PriceStore.write([Samples.draft(from: 10)], to: parts.path("2021.h5"))
    try PriceStore.revise(parts.url.path) { facts in
      facts.actions += Self.actions
      return true
    }
    let store = try PriceStore.open(parts.url.path)
    try store.verify()
    #expect(store.actions.count == 4)
    #expect(try PriceStore.open(parts.path("2020.h5")).actions.isEmpty)
    #expect(store.panels[0].barCount == 14)
  }

  @Test func aViewHasAHashOfWhatItIsMadeOf() throws {
    let name = "us_equity_1d"
    func hash(_ adjustment: Adjustment) throws -> String {
      try PriceStore.open(path).loadPanel(name, adjusted: adjustment, dayStart: { $0 }).contentHash
    }
    let raw = try PriceStore.open(path).loadPanel(name).contentHash
    #expect(try hash(.totalReturn) == raw)
    try add(Array(Self.actions[...2]))
    let (splits, total) = (try hash(.splits), try hash(.totalReturn))
    #expect(Set([raw, splits, total]).count == 3)
    #expect(try hash(.none) == raw)
    // What changes nothing in the view changes nothing in its hash.
    try PriceStore.add(Samples.draft("other"), to: path)
    #expect(try hash(.splits) == splits && hash(.totalReturn) == total)
    try add([NamedAction(symbol: "BRK.B", timeNs: 4 * Calendar.dayNs, kind: .dividend, value: 1)])
    #expect(try hash(.splits) == splits && hash(.totalReturn) != total)
  }

  @Test func adjustedBeforeIsAnAttribute() throws {
    var draft = Samples.draft("adjusted")
    let plain = Samples.draft("adjusted")
    draft.adjusted = .splits
    try PriceStore.add(draft, to: path)
    let store = try PriceStore.open(path)
    #expect(store.panels.map(\.adjusted) == [.none, .splits])
    try store.verify()
    let hash = try store.info("adjusted").contentHash
    try PriceStore.add(plain, to: path, force: true)
    #expect(try PriceStore.open(path).info("adjusted").contentHash != hash)
  }

  @Test(arguments: [
    ([Int32(5)], ["split"], [2.0], "the store has no symbol 5"),
    ([0], ["spinoff"], [2.0], "row 0 is 'spinoff', which is no kind of action"),
    ([0], ["split"], [-2.0], "its ratio -2.0 is not above zero"),
    ([0, 0], ["split", "split"], [2, 3], "the symbol has another on that day"),
    ([0], ["split"], [2, 3], "has the shape [2]"),
  ])
  func damage(symbols: [Int32], kinds: [String], values: [Double], reason: String) throws {
    let path = folder.path("bad.h5")
    let file = try File.create(path)
    let root = try file.root()
    try root.setAttribute("apus_format", "prices")
    try root.setAttribute("apus_version", Int64(1))
    try root.setAttribute("created_utc", "2024-01-01T00:00:00Z")
    try root.setAttribute("content_sha256", "")
    let master = try root.createGroup("symbols")
    for name in ["symbol", "name", "sector", "industry", "exchange", "currency"] {
      _ = try master.write(name, ["A"])
    }
    _ = try master.write("lot", [1.0])
    _ = try master.write("tick", [1.0])
    _ = try root.createGroup("panels")
    let group = try root.createGroup("actions")
    _ = try group.write("symbol", symbols)
    _ = try group.write("time", symbols.map { _ in Int64(0) })
    _ = try group.write("kind", kinds)
    _ = try group.write("value", values)
    try file.close()
    do {
      _ = try PriceStore.open(path)
      Issue.record("it was opened")
    } catch {
      #expect("\(error)".contains(reason), "\(error)")
    }
  }
}
