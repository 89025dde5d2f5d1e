import Foundation
import HDF5
import TestSupport
import Testing

/// Texts of which each is stored once and stands in many rows.
@Suite struct SharedTextTests {
  private let scratch: ScratchFolder
  private let path: String

  init() throws {
    scratch = try ScratchFolder()
    path = scratch.path("texts.h5")
  }

  private let texts = ["", "ok", "ünïcode and long enough for a heap", "ok"]

  /// Rows that come in parts, among them empty ones by place and by text.
  private func write(_ places: [Int32], parts: Int) throws {
    let file = try File.create(path)
    let dataset = try file.root().createTextDataset("text", shape: [places.count])
    var shared = SharedTexts(Array(texts.dropLast()))
    let late = shared.append(texts[3])
    #expect(late == 3)
    for start in stride(from: 0, to: places.count, by: parts) {
      let part = Array(places[start..<min(start + parts, places.count)])
      try dataset.write(part, of: &shared, at: start)
    }
    try file.close()
  }

  @Test(arguments: [1, 3, 1000]) func rowsReadAsTheirTexts(parts: Int) throws {
    let places = (0..<1000).map { Int32($0 * 7 % 5) - 1 }
    try write(places, parts: parts)
    let expected = places.map { $0 < 0 ? "" : texts[Int($0)] }
    let dataset = try File.open(path).root().dataset("text")
    #expect(try dataset.readStrings() == expected)
    #expect(try dataset.readStrings(17..<400) == Array(expected[17..<400]))
    var known = KnownTexts()
    var found: [String] = []
    for start in stride(from: 0, to: 1000, by: 250) {
      let part = try dataset.readPlaces(start..<start + 250, &known)
      found += part.map { known.texts[Int($0)] }
    }
    #expect(found == expected && Set(known.texts).count == known.texts.count)
    // Sixteen bytes a row and little else.
    let size = try Data(contentsOf: URL(filePath: path)).count
    #expect(size < 1000 * 16 + 16_384, "\(size) bytes")
  }

  @Test func textsThatAreStoredRowByRowReadTheSame() throws {
    let expected = (0..<9000).map { "text \($0 % 3)" }
    let file = try File.create(path)
    try file.root().write("text", expected)
    try file.close()
    let dataset = try File.open(path).root().dataset("text")
    var known = KnownTexts()
    let places = try dataset.readPlaces(0..<9000, &known)
    #expect(known.texts == ["text 0", "text 1", "text 2"])
    #expect(places.map { known.texts[Int($0)] } == expected)
  }

  @Test func noRowsAreNoWork() throws {
    try write([], parts: 1)
    let dataset = try File.open(path).root().dataset("text")
    var known = KnownTexts()
    #expect(try dataset.readStrings() == [] && dataset.readPlaces(0..<0, &known) == [])
  }
}
