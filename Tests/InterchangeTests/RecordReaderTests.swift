import Interchange
import Testing

private struct Row: Equatable {
  var line: Int
  var fields: [String]
}

private func read(_ bytes: [UInt8], piece: Int = .max, capacity: Int = 1 << 18) throws(ImportError)
  -> [Row]
{
  var reader = RecordReader(
    MemorySource(bytes, piece: piece), path: "test.csv", capacity: capacity)
  var rows: [Row] = []
  while try reader.next() {
    rows.append(Row(line: reader.line, fields: (0..<reader.count).map { reader.text($0) }))
  }
  return rows
}

@Suite struct RecordReaderTests {
  private static let cases: [(String, [Row])] = [
    ("", []),
    ("\n\r\n  \n", []),
    ("a,b\n1,2\n", [Row(line: 1, fields: ["a", "b"]), Row(line: 2, fields: ["1", "2"])]),
    ("a,b\r\n1,2", [Row(line: 1, fields: ["a", "b"]), Row(line: 2, fields: ["1", "2"])]),
    ("\u{FEFF}a\n\n1\n", [Row(line: 1, fields: ["a"]), Row(line: 3, fields: ["1"])]),
    (",\n", [Row(line: 1, fields: ["", ""])]),
    ("\"a,b\",\"c\"\"d\"\n", [Row(line: 1, fields: ["a,b", "c\"d"])]),
    (
      "\"two\r\nlines\",x\r\n3,4\n",
      [Row(line: 1, fields: ["two\r\nlines", "x"]), Row(line: 3, fields: ["3", "4"])]
    ),
    ("\"\",\"\"\n", [Row(line: 1, fields: ["", ""])]),
    ("5\" pipe,2\n", [Row(line: 1, fields: ["5\" pipe", "2"])]),
    ("\"end\"", [Row(line: 1, fields: ["end"])]),
    ("\"\"\"\"", [Row(line: 1, fields: ["\""])]),
    ("\"a\"\r\n\"b\"\r\n", [Row(line: 1, fields: ["a"]), Row(line: 2, fields: ["b"])]),
    ("é,ü\n", [Row(line: 1, fields: ["é", "ü"])]),
  ]

  @Test(arguments: [1, 2, 3, 7, 1000], [8, 16, 4096])
  func splits(piece: Int, capacity: Int) throws {
    for (text, expected) in Self.cases {
      let rows = try read(Array(text.utf8), piece: piece, capacity: capacity)
      #expect(rows == expected, "\(text.debugDescription)")
    }
  }

  @Test func manyRowsCrossTheBuffer() throws {
    var text = ""
    for i in 0..<20_000 { text += i % 7 == 0 ? "\"\(i)\",\"a,\n\(i)\"\n" : "\(i),x\(i)\n" }
    let rows = try read(Array(text.utf8), piece: 777, capacity: 64)
    #expect(rows.count == 20_000)
    var line = 1
    for (i, row) in rows.enumerated() {
      let expected = Row(line: line, fields: ["\(i)", i % 7 == 0 ? "a,\n\(i)" : "x\(i)"])
      if row != expected { Issue.record("row \(i): \(row)") }
      line += i % 7 == 0 ? 2 : 1
    }
  }

  @Test func refusesWhatNoRowIs() {
    let long = [UInt8](repeating: 65, count: RecordReader.recordLimit + 1)
    let tooLong = ImportError.lineTooLong(
      path: "test.csv", line: 2, limit: RecordReader.recordLimit)
    #expect(throws: tooLong) { try read(Array("a\n".utf8) + long) }
    #expect(throws: tooLong) { try read(Array("a\n".utf8) + long + [10]) }
    #expect(throws: tooLong) { try read(Array("a\n\"".utf8) + long + Array("\"\n".utf8)) }
    #expect(throws: ImportError.quoteUnclosed(path: "test.csv", line: 3)) {
      try read(Array("a\nb\n\"c\nd\ne\n".utf8))
    }
    #expect(throws: ImportError.notText(path: "test.csv", kind: "binary data (a zero byte)")) {
      try read([97, 44, 0, 98])
    }
  }

  @Test func aLineAtTheLimitIsRead() throws {
    let long = [UInt8](repeating: 65, count: RecordReader.recordLimit)
    let rows = try read(long + [10, 66])
    #expect(rows.count == 2)
    #expect(rows.first?.fields.first?.utf8.count == RecordReader.recordLimit)
  }
}
