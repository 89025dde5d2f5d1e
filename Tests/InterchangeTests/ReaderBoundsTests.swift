import Dispatch
import Foundation
import Interchange
import Testing

private let header = "date,symbol,close\n"

private func reading(_ bytes: [UInt8], _ options: ImportOptions = .init()) throws -> (
  rows: Int, bad: [String], counts: [ImportRule: Int]
) {
  let scratch = try Scratch()
  let (_, bad, summary) = try CSVImporter.read(
    paths: [scratch.write(bytes)], options: options, workers: 2, blockBytes: 1 << 16)
  return (summary.rowsKept, bad.map(\.reason), summary.quarantined)
}

private func reading(_ text: String) throws -> (
  rows: Int, bad: [String], counts: [ImportRule: Int]
) { try reading(Array(text.utf8)) }

/// What is larger than any price file has it: told, and in bounded time and memory.
@Suite struct ReaderBoundsTests {
  private let good = "2024-01-02,A,1\n2024-01-03,A,2\n2024-01-04,A,3\n"

  @Test func aNumberOfAMebibyte() throws {
    let digits = String(repeating: "9", count: (1 << 20) - 100)
    let zeros = String(repeating: "0", count: 500_000)
    let (rows, bad, _) = try reading(
      header + good + "2024-01-05,A,\(digits)\n2024-01-08,A,1.\(zeros)1\n")
    #expect(rows == 4)
    #expect(
      bad.count == 1
        && bad[0].hasSuffix("is not finite; leave the cell empty where a value is missing"))
    #expect(bad[0].utf8.count < 200)
  }

  @Test(arguments: ["x", "\"", ",", "\"\"", " ", "\"x\","])
  func aLineOf64Mebibytes(piece: String) throws {
    // By doubling: sixty million appends take longer than all that is tested.
    var line = Array(piece.utf8)
    while line.count < 64 << 20 { line += line }
    #expect {
      try reading(Array((header + good).utf8) + line + [10])
    } throws: { error in
      if case .lineTooLong(_, 5, _) = error as? ImportError { true } else { false }
    }
    #expect(throws: ImportError.self) { try reading(line) }
  }

  @Test func aQuoteThatNeverEnds() throws {
    #expect {
      try reading(header + good + "2024-01-05,A,\"1\n" + good)
    } throws: { error in
      if case .quoteUnclosed(_, 5) = error as? ImportError { true } else { false }
    }
  }

  @Test func hundredsOfThousandsOfColumns() throws {
    func names(_ count: Int) -> String { (0..<count).map { "c\($0)" }.joined(separator: ",") }
    let values = String(repeating: ",1", count: 2000)
    let (rows, bad, _) = try reading(
      "date,symbol,close," + names(2000)
        + "\n2024-01-02,A,1\(values)\n2024-01-03,A,1\n2024-01-04,A,2\(values)\n")
    #expect(rows == 2)
    #expect(bad == ["3 fields, where the header has 2003"])
    #expect {
      try reading("date,symbol,close," + names(90_000) + "\n")
    } throws: {
      if case .tooManyFields(_, 90_003, 2048) = $0 as? ImportError { true } else { false }
    }
    let many = String(repeating: "x,", count: 400_000)
    #expect(throws: ImportError.self) { try reading("date,symbol,close,\(many)\n1,2,3\n") }
  }

  @Test func aMillionBadRowsAreCountedAndTheFirstKept() throws {
    var text = header
    for row in 0..<300_000 { text += row % 2 == 0 ? "2024-01-02,S\(row),1\n" : "2024-01-02,S,x\n" }
    for row in 0..<100 { text += "2024-01-03,T\(row),1\n" }
    let (rows, bad, counts) = try reading(text)
    #expect(rows == 150_100 && counts == [.number: 150_000])
    #expect(bad.count == 100_000)
  }

  @Test func duplicatesBeyondCounting() throws {
    var text = header
    for row in 0..<120_000 { text += "2024-01-02,A\(row),1\n" }
    for row in 0..<120_000 where row != 5 { text += "2024-01-02,A\(row),2\n" }
    let (rows, bad, counts) = try reading(text)
    #expect(rows == 120_000 && counts == [.duplicate: 119_999] && bad.count == 100_000)
    #expect(bad[0] == "A0 at 2024-01-02 stands already in line 2")
    #expect(bad[99_999] == "A100000 at 2024-01-02 stands already in line 100002")
  }

  @Test func symbolsAndTimesOfAnyLength() throws {
    let long = String(repeating: "A", count: 300)
    let (rows, bad, _) = try reading(
      header + good + "2024-01-05,\(long),1\n\(long),A,1\n2024-01-08,é,1\n")
    #expect(rows == 4)
    #expect(bad[0] == "the symbol is longer than 256 bytes")
    #expect(bad[1].hasPrefix("'\(long.prefix(40))"))
  }

  @Test func aFileThatShrinksWhileItIsRead() throws {
    let scratch = try Scratch()
    var text = header
    for row in 0..<200_000 { text += "2024-01-02,S\(row),1\n" }
    for length in [0, 10, 1000, 1_000_000] {
      let path = try scratch.write(text)
      DispatchQueue.concurrentPerform(iterations: 2) { side in
        if side == 0 {
          truncate(path, length)
        } else {
          // Whatever is there when it is read, it is no trap.
          _ = try? CSVImporter.read(paths: [path], options: .init(), workers: 2, blockBytes: 4096)
        }
      }
    }
  }

  @Test func zeroBytesAreNoTextWhereverTheyAre() throws {
    for text in [header + good + "2024-01-05,A,1\0\n", header + good + "\"\0", "\0" + header] {
      #expect(throws: ImportError.self) { try reading(text) }
    }
  }
}
