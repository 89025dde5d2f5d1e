import Foundation
import HDF5
import Market
import Storage
import TestSupport
import Testing

@Suite struct PriceStoreFaultTests {
  private let scratch: ScratchFolder
  private let path: String

  init() throws {
    scratch = try ScratchFolder()
    path = scratch.path("prices.h5")
  }

  /// Makes an HDF5 file by hand.
  private func make(_ body: (borrowing Group) throws -> Void) throws {
    let file = try File.create(path)
    try body(try file.root())
    try file.close()
  }

  private func header(_ root: borrowing Group, format: String = "prices", version: Int64 = 1) throws
  {
    try root.setAttribute("apus_format", format)
    try root.setAttribute("apus_version", version)
    try root.setAttribute("created_utc", "2024-01-01T00:00:00Z")
    try root.setAttribute("content_sha256", "00")
  }

  private func error() -> StorageError? {
    #expect(throws: StorageError.self) { _ = try PriceStore.open(path) }
  }

  @Test func whatIsNoStoreIsNamed() throws {
    #expect(error() == .fileMissing(path: path))
    try scratch.write("time,close\n", to: "prices.h5")
    #expect(
      error() == .wrongFormat(path: path, expected: "price store", found: "it is no HDF5 file"))
    try scratch.write("", to: "prices.h5")
    #expect(error() == .wrongFormat(path: path, expected: "price store", found: "it is empty"))
    try make { _ in }
    #expect(
      error()
        == .wrongFormat(
          path: path, expected: "price store", found: "it is an HDF5 file of another program"))
    try make { try header($0, format: "result") }
    #expect(
      error()
        == .wrongFormat(
          path: path, expected: "price store", found: "it says that it is a 'result' file"))
  }

  @Test func laterVersionsAreRefused() throws {
    try make { try header($0, version: 2) }
    #expect(error() == .schemaTooNew(path: path, found: 2, supported: 1))
    #expect(error().map { "\($0)" }?.contains("Update apus") == true)
    // And adding to one must not take it for an empty store.
    let bytes = try Data(contentsOf: URL(filePath: path))
    #expect(throws: StorageError.schemaTooNew(path: path, found: 2, supported: 1)) {
      try PriceStore.add(Samples.draft(), to: path, force: true)
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
  }

  @Test func missingPartsAreNamed() throws {
    try make { try header($0) }
    #expect(error() == .damaged(path: path, part: "/panels", reason: "the group is missing"))
  }

  @Test(arguments: [0.0, 0.1, 0.5, 0.9, 0.999])
  func truncatedFilesAreRefused(share: Double) throws {
    try PriceStore.add(Samples.draft(bars: 900), to: path)
    let whole = try Data(contentsOf: URL(filePath: path))
    let store = try PriceStore.open(path)
    let size = Int(Double(whole.count) * share)
    try whole.prefix(size).write(to: URL(filePath: path))
    let opened = #expect(throws: StorageError.self) { _ = try PriceStore.open(path) }
    let loaded = #expect(throws: StorageError.self) { _ = try store.loadPanel("us_equity_1d") }
    if size > 100 {
      #expect(opened == .truncated(path: path, needed: whole.count, found: size))
      #expect(loaded == opened)
    }
  }

  @Test func wrongShapesAreNamed() throws {
    try make { root in
      try header(root)
      let symbols = try root.createGroup("symbols")
      for name in ["symbol", "name", "sector", "industry", "exchange", "currency"] {
        try symbols.write(name, ["A"])
      }
      try symbols.write("lot", [1.0])
      try symbols.write("tick", [1.0])
      let panel = try root.createGroup("panels").createGroup("p")
      try panel.setAttribute("calendar", "crypto")
      try panel.setAttribute("time_zone", "UTC")
      try panel.setAttribute("negative_prices", "refused")
      try panel.setAttribute("content_sha256", "00")
      try panel.setAttribute("frequency_ns", Int64(1))
      try panel.write("time", [Int64](0..<4))
      try panel.write("symbol", ["A"])
      try panel.createDataset("close", of: Double.self, shape: [3, 1]).write([1.0, 2, 3])
    }
    #expect(
      error()
        == .shapeMismatch(path: path, part: "/panels/p/close", found: [3, 1], expected: [4, 1]))
  }

  @Test func changedContentFailsTheHash() throws {
    try PriceStore.add(Samples.draft(bars: 600), to: path)
    let store = try PriceStore.open(path)
    let found = try offsetOfClose()
    let offset = try #require(found)
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes[offset + 80] ^= 1
    try bytes.write(to: URL(filePath: path))
    _ = try store.loadPanel("us_equity_1d")
    let error = #expect(throws: StorageError.self) {
      _ = try store.loadPanel("us_equity_1d", verifyHash: true)
    }
    guard case .hashMismatch(path, "panels/us_equity_1d", _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(throws: StorageError.self) { try store.verify() }
  }

  private func offsetOfClose() throws -> Int? {
    let file = try File.open(path)
    return try file.root().group("panels").group("us_equity_1d").dataset("close")
      .mappableOffset(as: Double.self)
  }

  /// The values must survive, or the file be refused: what lies between is found by the hash.
  @Test func randomDamageNeverCrashes() throws {
    try PriceStore.add(
      Samples.draft(),
      quarantine: [.init(file: "f", line: 1, column: "c", text: "t", reason: "r")], to: path)
    let whole = Array(try Data(contentsOf: URL(filePath: path)))
    let seed: UInt64 = .random(in: 0 ... .max)
    var state = seed
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var refused = 0
    for _ in 0..<1500 {
      var bytes = whole
      for _ in 0...random(8) { bytes[random(whole.count)] = UInt8(random(256)) }
      try Data(bytes).write(to: URL(filePath: path))
      do {
        let store = try PriceStore.open(path)
        _ = try store.quarantinedRows()
        for panel in store.panels { _ = try store.loadPanel(panel.name) }
        try store.verify()
      } catch {
        refused += 1
      }
    }
    #expect(refused > 100, "seed \(seed)")
    #expect(Library.openObjectCount(pathPrefix: scratch.url.path) == 0, "seed \(seed)")
  }
}
