import Foundation
import HDF5
import Storage
import TestSupport
import Testing

@Suite struct ResultStoreTests {
  private let scratch: ScratchFolder
  private let path: String

  init() throws {
    scratch = try ScratchFolder()
    path = scratch.path("run.h5")
  }

  static func table(_ count: Int = 5) -> ResultTable {
    var attributes = ResultAttributes()
    attributes.spec = "{\"apus\": 1, \"note\": \"\(String(repeating: "ü", count: 40_000))\"}"
    attributes.specSHA256 = SHA256.hash(attributes.spec)
    attributes.startedUTC = "2024-01-01T00:00:00Z"
    attributes.seconds = 0.25
    attributes.lanesOK = 3
    attributes.barsPerYear = 252
    attributes.bars = 100
    let lanes = (0..<count).map { Int64($0 * 2) }
    return ResultTable(
      attributes: attributes, lanes: lanes, symbols: ["MSFT", "AAPL"],
      symbolIndex: (0..<count).map { Int32($0 % 3) - 1 }.map { $0 < 0 ? -1 : 1 - $0 },
      parameters: [.init(name: "fast", values: lanes.map(Double.init))],
      status: (0..<count).map { $0 == 1 ? .failed : $0 == 3 ? .ruined : .ok },
      reason: (0..<count).map { $0 == 1 ? "no bars in the window" : "" },
      metrics: [
        .init(
          name: "sharpe", values: (0..<count).map { $0 == 1 ? .infinity : Double($0) / 3 },
          attributes: [
            .init("definition", "mean/sd"), .init("direction", "higher"), .init("unit", "ratio"),
          ]), .init(name: "trades", values: lanes.map(Double.init)),
      ],
      leaderboard: lanes.reversed(), leaderboardBy: "sharpe", leaderboardDirection: "higher")
  }

  static let trace = LaneTrace(
    lane: 4, timeNs: [1, 2, 3], equity: [1, 1.5, 2], cash: [0, 0, 2], exposure: [1, 1, 0],
    orders: [
      .init(name: "time", values: .integers([1, 2])),
      .init(name: "side", values: .texts(["buy", "sell"])),
      .init(name: "quantity", values: .doubles([1, 0.5])),
    ], fills: [], trades: [.init(name: "profit", values: .doubles([]))])

  @Test func tableComesBack() throws {
    var table = Self.table()
    table.traces = [Self.trace]
    try ResultStore.write(table, to: path)
    var read = try ResultStore.read(path)
    // Symbols are interned in order of appearance.
    #expect(read.symbols == ["AAPL", "MSFT"])
    #expect(read.lanes.indices.map { read.symbol(at: $0) } == ["", "AAPL", "MSFT", "", "AAPL"])
    #expect(read.lanes.indices.map { table.symbol(at: $0) } == ["", "AAPL", "MSFT", "", "AAPL"])
    (read.symbols, read.symbolIndex) = (table.symbols, table.symbolIndex)
    table.traces = []
    #expect(read == table)
    #expect(try ResultStore.tracedLanes(path) == [4])
    #expect(try ResultStore.readTrace(path, lane: 4) == Self.trace)
    #expect(throws: StorageError.traceMissing(lane: 5, path: path, available: 1)) {
      _ = try ResultStore.readTrace(path, lane: 5)
    }
    #expect(Library.openObjectCount(pathPrefix: scratch.url.path) == 0)
  }

  @Test func emptyResultComesBack() throws {
    let table = Self.table(0)
    try ResultStore.write(table, to: path)
    var read = try ResultStore.read(path)
    read.symbols = table.symbols
    #expect(read == table)
  }

  @Test func undefinedStaysNaN() throws {
    var table = Self.table()
    table.metrics[0].values[2] = .nan
    try ResultStore.write(table, to: path)
    #expect(try ResultStore.read(path).metrics[0].values[2].isNaN)
  }

  @Test func existingResultNeedsForce() throws {
    try ResultStore.write(Self.table(), to: path)
    #expect(throws: StorageError.fileExists(path: path)) {
      try ResultStore.write(Self.table(2), to: path)
    }
    #expect(try ResultStore.read(path).lanes.count == 5)
    try ResultStore.write(Self.table(2), to: path, force: true)
    #expect(try ResultStore.read(path).lanes.count == 2)
    #expect(try scratch.names() == ["run.h5"])
  }

  @Test(
    arguments: [
      { $0.parameters[0].name = "sharpe" }, { $0.parameters[0].name = "lane" },
      { $0.parameters[0].name = "a/b" }, { $0.parameters[0].values.removeLast() },
      { $0.lanes[1] = $0.lanes[0] }, { $0.leaderboard[0] = $0.leaderboard[1] },
      { $0.leaderboard.removeLast() }, { $0.status.removeLast() }, { $0.symbolIndex[0] = 2 },
      { $0.metrics[0].attributes.append(.init("unit", "again")) },
      { $0.traces = [trace, trace] },
      {
        var short = trace
        short.cash.removeLast()
        $0.traces = [short]
      },
      {
        var uneven = trace
        uneven.orders[1].values = .texts([])
        $0.traces = [uneven]
      },
    ] as [@Sendable (inout ResultTable) -> Void])
  func wrongTablesAreRefused(_ spoil: @Sendable (inout ResultTable) -> Void) throws {
    var table = Self.table()
    spoil(&table)
    let error = #expect(throws: StorageError.self) { try ResultStore.write(table, to: path) }
    guard case .invalidContent = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try scratch.names() == [])
  }

  @Test func otherFilesAreRefused() throws {
    #expect(throws: StorageError.fileMissing(path: path)) { _ = try ResultStore.read(path) }
    try PriceStore.add(Samples.draft(), to: path)
    #expect(
      throws: StorageError.wrongFormat(
        path: path, expected: "result", found: "it says that it is a 'prices' file")
    ) { _ = try ResultStore.read(path) }
    let file = try File.create(path)
    let root = try file.root()
    try root.setAttribute("apus_format", "result")
    try root.setAttribute("apus_version", Int64(7))
    try file.close()
    #expect(throws: StorageError.schemaTooNew(path: path, found: 7, supported: 1)) {
      _ = try ResultStore.read(path)
    }
  }

  @Test func randomDamageNeverCrashes() throws {
    var table = Self.table(200)
    table.attributes.spec = "{}"
    table.traces = [Self.trace]
    try ResultStore.write(table, to: path)
    let whole = Array(try Data(contentsOf: URL(filePath: path)))
    let seed: UInt64 = .random(in: 0 ... .max)
    var state = seed
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var refused = 0
    for _ in 0..<800 {
      var bytes = whole
      for _ in 0...random(8) { bytes[random(whole.count)] = UInt8(random(256)) }
      try Data(bytes).write(to: URL(filePath: path))
      do {
        _ = try ResultStore.read(path)
        _ = try ResultStore.readTrace(path, lane: 4)
      } catch {
        refused += 1
      }
    }
    #expect(refused > 100, "seed \(seed)")
    #expect(Library.openObjectCount(pathPrefix: scratch.url.path) == 0, "seed \(seed)")
  }

  @Test func millionLanesAreWrittenInSeconds() throws {
    let count = 1_000_000
    var table = Self.table(0)
    table.lanes = [Int64](0..<Int64(count))
    table.symbolIndex = table.lanes.map { Int32($0 % 2) }
    table.status = .init(repeating: .ok, count: count)
    table.reason = .init(repeating: "", count: count)
    let values = table.lanes.map { Double($0) * 0.5 }
    table.parameters = ["fast", "slow"].map { .init(name: $0, values: values) }
    table.metrics = (0..<12).map { .init(name: "metric\($0)", values: values) }
    table.leaderboard = table.lanes.reversed()
    let clock = ContinuousClock()
    let writing = try clock.measure { try ResultStore.write(table, to: path) }
    var read = Self.table(0)
    let reading = try clock.measure { read = try ResultStore.read(path) }
    #expect(read.metrics[11].values[count - 1] == 499_999.5)
    // Loose, for a loaded machine: what is guarded is that nothing grows with the square.
    #expect(writing < .seconds(30) && reading < .seconds(30), "\(writing), \(reading)")
  }
}
