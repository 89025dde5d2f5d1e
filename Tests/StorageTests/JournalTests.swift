import Foundation
import Storage
import TestSupport
import Testing

@Suite struct JournalTests {
  private let scratch: ScratchFolder
  private let path: String

  init() throws {
    scratch = try ScratchFolder()
    path = scratch.path("run.partial")
  }

  private func append(_ journal: Journal, _ text: String) throws -> Journal.Record {
    try Array(text.utf8).withUnsafeBytes { bytes in try journal.append(bytes) }
  }

  private func reopened() throws -> (header: String, texts: [String])? {
    guard let (journal, header, records) = try Journal.open(path) else { return nil }
    return (header, try records.map { String(decoding: try journal.read($0), as: UTF8.self) })
  }

  @Test func recordsComeBack() throws {
    #expect(try Journal.open(path) == nil)
    let texts = ["", "a", "eight by", "more than eight bytes"]
    do {
      let journal = try Journal.create(path, header: "who I am")
      for text in texts { _ = try append(journal, text) }
    }
    let found = try #require(try reopened())
    #expect(found.header == "who I am" && found.texts == texts)
    // A second time, appended to.
    do {
      let (journal, _, _) = try #require(try Journal.open(path))
      _ = try append(journal, "later")
    }
    #expect(try reopened()?.texts == texts + ["later"])
  }

  @Test func whatIsTornIsCutOff() throws {
    var ends: [Int] = []
    do {
      let journal = try Journal.create(path, header: "header")
      for index in 0..<4 { ends.append(try append(journal, "record \(index)").offset + 8) }
    }
    let whole = try Data(contentsOf: URL(filePath: path))
    for size in 0...whole.count {
      try whole.prefix(size).write(to: URL(filePath: path))
      let found = try reopened()
      #expect((found?.texts.count ?? 0) == ends.count { $0 <= size }, "\(size) bytes")
      if found == nil { #expect(try scratch.names().isEmpty, "\(size) bytes") }
    }
  }

  @Test func aFlippedBitCostsItsRecord() throws {
    do {
      let journal = try Journal.create(path, header: "header")
      for index in 0..<4 { _ = try append(journal, "record \(index)") }
    }
    let whole = try Data(contentsOf: URL(filePath: path))
    for place in whole.indices {
      var damaged = whole
      damaged[place] ^= 1
      try damaged.write(to: URL(filePath: path))
      guard let found = try? reopened() else { continue }
      #expect(Set(found.texts).isSubset(of: (0..<4).map { "record \($0)" }), "byte \(place)")
    }
  }

  @Test func oneProcessAtATime() throws {
    let journal = try Journal.create(path, header: "mine")
    #expect(throws: StorageError.inUse(path: path)) { _ = try Journal.open(path) }
    #expect(throws: StorageError.inUse(path: path)) {
      _ = try Journal.create(path, header: "yours")
    }
    journal.remove()
    #expect(try Journal.open(path) == nil)
  }
}
