import Foundation
import Interchange
import Storage
import Testing

@Suite struct ExporterTests {
  private static let odd: [Double] = [
    0.1, 1 / 3.0, 1e-7, -1e300, 5e300, 1e15, 999_999_999_999_999, 123, -0.0, 0, 2.5e-308,
    .leastNonzeroMagnitude, .greatestFiniteMagnitude, .nan, -7, 0.1 + 0.2,
  ]

  private static func table(symbols: [String] = ["AAA"], values: [Double] = odd) -> ResultTable {
    let count = values.count
    return ResultTable(
      attributes: ResultAttributes(), lanes: (0..<count).map { Int64($0) * 3 }, symbols: symbols,
      symbolIndex: (0..<count).map { Int32($0 % symbols.count) },
      parameters: [.init(name: "n", values: values)],
      status: (0..<count).map { ResultTable.LaneStatus.allCases[$0 % 3] },
      reason: (0..<count).map { $0 % 2 == 0 ? "" : "sharpe: no_variation; win_rate: no_trades" },
      metrics: [
        .init(name: "sharpe", values: values.reversed()), .init(name: "trades", values: values),
      ],
      leaderboard: (0..<count).map { Int64($0) * 3 }, leaderboardBy: "sharpe",
      leaderboardDirection: "higher")
  }

  private func text(_ exporter: any Exporter.Type, _ table: ResultTable, rows: [Int]? = nil) throws
    -> String
  {
    var text = ""
    try exporter.export(table, rows: rows ?? Array(table.lanes.indices)) { text += $0 }
    return text
  }

  /// Fields of RFC 4180, by the bytes.
  private func records(_ text: String) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var cell: [UInt8] = []
    var isQuoted = false
    var previous: UInt8 = 0
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""):
        // The second of two quotes inside quotes stands for one.
        if !isQuoted, previous == byte { cell.append(byte) }
        isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted, UInt8(ascii: "\n") where !isQuoted:
        record.append(String(decoding: cell, as: UTF8.self))
        cell = []
        if byte == UInt8(ascii: "\n") {
          records.append(record)
          record = []
        }
      default: cell.append(byte)
      }
      previous = byte
    }
    return records
  }

  @Test func csvReadsBackToTheBit() throws {
    let table = Self.table()
    let rows = records(try text(CSVExporter.self, table))
    #expect(rows[0] == ["lane", "symbol", "n", "status", "reason", "sharpe", "trades"])
    #expect(rows.count == table.lanes.count + 1)
    for (index, row) in rows.dropFirst().enumerated() {
      #expect(Int64(row[0]) == table.lanes[index] && row[1] == "AAA")
      #expect(row[3] == table.status[index].rawValue && row[4] == table.reason[index])
      for (column, cell) in [
        (table.parameters[0], row[2]), (table.metrics[0], row[5]), (table.metrics[1], row[6]),
      ] {
        let value = column.values[index]
        if value.isNaN {
          #expect(cell.isEmpty)
        } else {
          #expect(Double(cell)?.bitPattern == value.bitPattern, "\(cell)")
        }
      }
    }
  }

  @Test(
    "cells that need quotes",
    arguments: [
      ("AAA", "AAA"), ("A,B", "\"A,B\""), ("A\"B", "\"A\"\"B\""), ("A\nB", "\"A\nB\""),
      ("A\r\nB", "\"A\r\nB\""), ("\"", "\"\"\"\""), ("a b", "a b"), ("", ""), ("é😀", "é😀"),
      // A combining mark joins the comma and the quote to one character with it.
      ("A,\u{301}B", "\"A,\u{301}B\""), ("A\"\u{301}B", "\"A\"\"\u{301}B\""),
      ("A\u{2028}B", "A\u{2028}B"),
    ]) func quoting(symbol: String, cell: String) throws
  {
    let table = Self.table(symbols: [symbol], values: [1])
    let line = try text(CSVExporter.self, table).utf8.dropFirst(
      "lane,symbol,n,status,reason,sharpe,trades\n".utf8.count)
    #expect(Array(line) == Array("0,\(cell),1,ok,,1,1\n".utf8))
    #expect(
      records(try text(CSVExporter.self, table))[1][1].unicodeScalars.elementsEqual(
        symbol.unicodeScalars))
  }

  @Test func jsonReadsBack() throws {
    let symbols = ["AAA", "q\"\\/\u{1}\n\t", "é😀\u{2028}"]
    let table = Self.table(symbols: symbols, values: Self.odd + [.infinity, -.infinity])
    let rows = try #require(
      try JSONSerialization.jsonObject(with: Data(text(JSONExporter.self, table).utf8))
        as? [[String: Any]])
    #expect(rows.count == table.lanes.count)
    for (index, row) in rows.enumerated() {
      #expect(Set(row.keys) == ["lane", "symbol", "status", "reason", "n", "sharpe", "trades"])
      #expect(
        row["lane"] as? Int64 == table.lanes[index]
          && row["symbol"] as? String == table.symbol(at: index))
      #expect(row["status"] as? String == table.status[index].rawValue)
      #expect(row["reason"] as? String == table.reason[index])
      for column in table.parameters + table.metrics {
        let value = column.values[index]
        if value.isFinite {
          // Foundation's reader may miss the last bit of the longest numbers; Swift's own is exact.
          let found = try #require(row[column.name] as? Double)
          #expect(abs(found - value) <= abs(value) * 1e-15, "\(value)")
        } else {
          #expect(row[column.name] is NSNull)
        }
      }
    }
  }

  @Test(
    "rows come in the order given, in parts that join", arguments: [0, 1, 4095, 4096, 4097, 9000])
  func parts(count: Int) throws {
    let table = Self.table(values: (0..<count).map { Double($0) })
    let rows = Array(table.lanes.indices.reversed())
    for exporter in ExporterCatalog.all {
      var parts: [String] = []
      try exporter.export(table, rows: rows) { parts.append($0) }
      #expect(parts.count == count / 4096 + 1, "\(exporter.name)")
    }
    let csv = records(try text(CSVExporter.self, table, rows: rows)).dropFirst()
    #expect(csv.map { Int($0[2]) } == (0..<count).reversed().map { $0 })
    let json =
      try JSONSerialization.jsonObject(
        with: Data(text(JSONExporter.self, table, rows: rows).utf8)) as? [[String: Any]]
    #expect(json?.map { $0["n"] as? Int } == (0..<count).reversed().map { $0 })
  }

  @Test func catalog() {
    #expect(ExporterCatalog.all.map { $0.name } == ["csv", "json"])
    #expect(ExporterCatalog.exporter(named: "csv") == CSVExporter.self)
    #expect(ExporterCatalog.exporter(named: "xml") == nil)
    #expect(ExporterCatalog.all.allSatisfy { !$0.summary.isEmpty })
  }

  @Test("parts put together are the whole", arguments: ExporterCatalog.all.map { $0.name })
  func parts(name: String) throws {
    let exporter = try #require(ExporterCatalog.exporter(named: name))
    let table = Self.table(values: (0..<10).map { Double($0) })
    var whole = ""
    try exporter.export(table, rows: Array(0..<10)) { whole += $0 }
    for size in [1, 3, 10] {
      var text = ""
      for start in stride(from: 0, to: 10, by: size) {
        let end = min(start + size, 10)
        try exporter.export(
          table, rows: Array(start..<end), part: ExportPart(isFirst: start == 0, isLast: end == 10)
        ) { text += $0 }
      }
      #expect(text == whole, "parts of \(size)")
    }
  }
}
