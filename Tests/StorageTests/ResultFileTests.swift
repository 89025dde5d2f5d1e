import Foundation
import Storage
import TestSupport
import Testing

/// Parts of a result are those of the whole.
@Suite struct ResultFileTests {
  private let scratch: ScratchFolder
  private let path: String

  init() throws {
    scratch = try ScratchFolder()
    path = scratch.path("run.h5")
  }

  /// Lanes with even numbers only or, if they have their places, with all.
  private func table(_ count: Int, inPlace: Bool) -> ResultTable {
    var table = ResultStoreTests.table(count)
    if inPlace { table.lanes = (0..<count).map(Int64.init) }
    table.leaderboard = table.lanes.reversed()
    return table
  }

  @Test(arguments: [true, false]) func rowsAreFound(inPlace: Bool) throws {
    let count = 9000
    let table = table(count, inPlace: inPlace)
    try ResultStore.write(table, to: path)
    let file = try ResultFile(path)
    #expect(file.rowCount == count && file.attributes == table.attributes)
    #expect(file.parameters.map(\.name) == ["fast"])
    #expect(file.metrics.map(\.attributes) == table.metrics.map(\.attributes))
    #expect(file.leaderboardBy == "sharpe" && file.leaderboardDirection == "higher")
    for row in [0, 1, 4095, 4096, 8999] {
      #expect(try file.row(of: table.lanes[row]) == row)
    }
    for lane in [-1, 18_000, .max, inPlace ? 9000 : 7] as [Int64] {
      #expect(try file.row(of: lane) == nil, "lane \(lane)")
    }
    #expect(try file.rows(ranks: 0..<3) == [8999, 8998, 8997])
    #expect(
      try file.values("sharpe", 4000..<4200) == Array(table.metrics[0].values[4000..<4200]))
    #expect(try file.status(0..<5) == Array(table.status[0..<5]))

    let rows = [0, 1, 3, 4095, 4096, 8999]
    let part = try file.table(rows: rows, order: [5, 0], by: "fast", direction: "lower")
    #expect(part.lanes == rows.map { table.lanes[$0] })
    #expect(part.leaderboard == [table.lanes[8999], table.lanes[0]])
    #expect(
      part.metrics.map(\.values) == table.metrics.map { column in rows.map { column.values[$0] } })
    #expect(part.reason == rows.map { table.reason[$0] })
    #expect(part.status == rows.map { table.status[$0] })
    for (place, row) in rows.enumerated() {
      #expect(part.symbol(at: place) == table.symbol(at: row))
    }
  }

  @Test func anEmptyResultHasNoRows() throws {
    try ResultStore.write(table(0, inPlace: true), to: path)
    let file = try ResultFile(path)
    #expect(try file.rowCount == 0 && file.row(of: 0) == nil && file.rows(ranks: 0..<0) == [])
    #expect(try file.table(rows: [], order: [], by: "x", direction: "higher").lanes == [])
  }

  @Test func randomDamageNeverCrashes() throws {
    var table = table(200, inPlace: true)
    table.attributes.spec = "{}"
    try ResultStore.write(table, to: path)
    let whole = Array(try Data(contentsOf: URL(filePath: path)))
    for seed in 0..<400 as Range<UInt64> {
      var random = TestRandom(seed: seed)
      var bytes = whole
      for _ in 0...random.int(0...7) {
        bytes[random.int(0...whole.count - 1)] = UInt8(random.int(0...255))
      }
      try Data(bytes).write(to: URL(filePath: path))
      // Typed: it throws a StorageError, or answers with what stands there.
      guard let file = try? ResultFile(path) else { continue }
      _ = try? file.rows(ranks: 0..<file.rowCount)
      _ = try? file.row(of: 77)
      _ = try? file.table(
        rows: Array(0..<file.rowCount), order: [], by: "sharpe", direction: "higher")
    }
  }

  @Test func rowsThatComeInPartsAreOneTable() throws {
    let table = table(100, inPlace: true)
    try ResultStore.write(table, to: path)
    let expected = try ResultStore.read(path)
    let other = scratch.path("parts.h5")
    try ResultStore.write(table, rowCount: 100, to: other) { writer throws(StorageError) in
      for start in stride(from: 0, to: 100, by: 7) {
        let range = start..<min(start + 7, 100)
        try writer.append(rows(table, range))
        try writer.rank(Array(table.leaderboard[range]))
      }
      return table.attributes
    }
    #expect(try ResultStore.read(other) == expected)
  }

  @Test func missingOrSurplusRowsAreRefused() throws {
    let table = table(100, inPlace: true)
    for (appended, ranked) in [(0..<99, 0..<100), (0..<100, 0..<99), (0..<100, 0..<0)] {
      #expect(throws: StorageError.self) {
        try ResultStore.write(table, rowCount: 100, to: path) { writer throws(StorageError) in
          try writer.append(rows(table, appended))
          try writer.rank(Array(table.leaderboard[ranked]))
          return table.attributes
        }
      }
    }
    #expect(throws: StorageError.self) {
      try ResultStore.write(table, rowCount: 99, to: path) { writer throws(StorageError) in
        try writer.append(rows(table, 0..<100))
        return table.attributes
      }
    }
    #expect(try scratch.names() == [])
  }

  private func rows(_ table: ResultTable, _ range: Range<Int>) -> ResultRows {
    var rows = ResultRows(parameters: table.parameters.count, metrics: table.metrics.count)
    rows.lanes = Array(table.lanes[range])
    rows.symbolIndex = Array(table.symbolIndex[range])
    rows.parameters = table.parameters.map { Array($0.values[range]) }
    rows.status = Array(table.status[range])
    rows.reason = Array(table.reason[range])
    rows.metrics = table.metrics.map { Array($0.values[range]) }
    return rows
  }
}
