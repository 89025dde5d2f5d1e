import Foundation
import Interchange
import Market
import Testing

/// What can be read once only is read as well as a file.
@Suite struct PipeTests {
  /// Reads a text through a named pipe, and the same text from a file.
  private static func both(_ text: [UInt8], _ options: ImportOptions = .init()) throws -> (
    pipe: [QuarantinedRow], file: [QuarantinedRow], isEqual: Bool
  ) {
    let scratch = try Scratch()
    let path = try scratch.write(text, to: "prices.csv")
    let pipe = scratch.folder.appending(path: "pipe").path
    #expect(mkfifo(pipe, 0o600) == 0)
    // Both ends wait for each other.
    let writer = Thread {
      guard let file = fopen(pipe, "w") else { return }
      // A reader that gives up early must not end the tests.
      signal(SIGPIPE, SIG_IGN)
      _ = text.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
      fclose(file)
    }
    writer.start()
    let fromPipe = try CSVImporter.read(paths: [pipe], options: options)
    let fromFile = try CSVImporter.read(paths: [path], options: options)
    return (
      fromPipe.quarantined, fromFile.quarantined,
      fromPipe.draft.timeNs == fromFile.draft.timeNs
        && zip(fromPipe.draft.fields, fromFile.draft.fields).allSatisfy {
          $0.values.map(\.bitPattern) == $1.values.map(\.bitPattern)
        }
    )
  }

  private static func check(_ text: [UInt8], bad: Int, _ options: ImportOptions = .init()) throws {
    let (pipe, file, isEqual) = try both(text, options)
    #expect(isEqual && pipe.count == bad)
    #expect(pipe.map(\.text) == file.map(\.text) && pipe.map(\.line) == file.map(\.line))
    #expect(pipe.allSatisfy { !$0.text.isEmpty })
  }

  private static let doubled =
    "date,symbol,close,note\n2024-01-02,A,1,7\n2024-01-03,A,2,8\n2024-01-02,A,3,9\n2024-01-04,A,4,x\n"

  @Test func rowsThatAreFoundBadLateHaveTheirText() throws {
    try Self.check(Array(Self.doubled.utf8), bad: 2)
    try Self.check(gzip(Self.doubled), bad: 2)
  }

  @Test func standardInput() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    let before = dup(0)
    defer {
      dup2(before, 0)
      close(before)
    }
    dup2(ends[0], 0)
    close(ends[0])
    // Little enough for the pipe to hold it.
    let text = Array(Self.doubled.utf8)
    #expect(text.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) } == text.count)
    close(ends[1])
    let (_, bad, _) = try CSVImporter.read(paths: ["-"], options: .init())
    #expect(bad.map(\.text) == ["2024-01-02,A,3,9", "2024-01-04,A,4,x"])
  }

  @Test func daysAndMonthsAreToldByWhatFollowsTheHead() throws {
    var text = "date,symbol,close\n"
    for symbol in 0..<8_000 { text += "03/04/2024,S\(symbol),1\n" }
    try Self.check(Array((text + "25/04/2024,A,1\n25/04/2024,A,2\n").utf8), bad: 1)
  }

  @Test func moreThanIsKeptInMemory() throws {
    var text = "date,symbol,close\n2024-01-02,A,1\n2024-01-02,A,2\n"
    for symbol in 0..<700_000 { text += "2024-01-02,S\(symbol),1\n" }
    text += "2024-01-02,A,3\n"
    #expect(text.utf8.count > 12 << 20)
    try Self.check(Array(text.utf8), bad: 2)
  }

  /// Where there is no room for a second reading, the first goes on without it.
  @Test func aLimitOfWhatIsKept() throws {
    var options = ImportOptions()
    options.unpackedBytesLimit = 9 << 20
    var text = "date,symbol,close\n2024-01-02,A,1\n2024-01-02,A,2\n"
    for symbol in 0..<700_000 { text += "2024-01-02,S\(symbol),1\n" }
    let (pipe, _, isEqual) = try Self.both(Array(text.utf8), options)
    #expect(isEqual && pipe.map(\.text) == [""] && pipe.map(\.line) == [3])
  }
}
