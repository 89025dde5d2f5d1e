import Foundation
import HDF5
import Interchange
import Jobs
import Storage
import TestSupport
import Testing

/// Reports of more rows than a part of a file has.
@Suite struct BookReportTests {
  private static let rows = 70_000
  private static let words = ["", "plain", "a \"b\"\\/é", "tab\there\u{1}", "comma, line\nbreak"]

  private var places: [Int32] {
    (0..<Self.rows).map { row -> Int32 in
      row % 11 == 0 ? -1 : Int32(row * 7 % Self.words.count)
    }
  }

  /// Texts as they are, or by their places.
  private func long(coded: Bool) -> ResultGroup {
    let texts = ResultGroup.Texts(Self.words, places: places)
    let numbers = (0..<Self.rows).map { row -> Double in
      row % 13 == 0 ? .nan : Double(row) / 8 - 1e15
    }
    let names = (0..<Self.rows).map { "r\($0)" }
    let words: ResultGroup.Values = coded ? .texts(texts) : .texts(Array(texts))
    return ResultGroup(
      "long", title: "Many rows", dimensions: [.init("row", .texts(names))],
      variables: [
        .init("word", ["row"], words), .init("value", ["row"], numbers, unit: "money"),
      ], attributes: [.init("b", "2"), .init("a", "1")])
  }

  /// Lists of all kinds that are too long for Foundation's encoder.
  private var middle: ResultGroup {
    let places = 0..<1500
    let texts = places.map { place -> String in Self.words[place % 5] + "\(place)" }
    let numbers = places.map { place -> Double in Double(place) * 0.1 - 3 }
    let hours = places.map { place -> Int64 in Int64(place) * 3_600_000_000_000 }
    let exact = places.map { place -> Double in
      place == 3 ? -0.0 : pow(10, Double(place % 40) - 20)
    }
    let times = places.map { place -> Int64 in place % 3 == 0 ? .min : Int64(place) }
    let grid = (0..<3000).map { place -> Double in Double(place) }
    return ResultGroup(
      "middle", title: "Lists of all kinds",
      dimensions: [
        .init("text", .texts(texts)), .init("number", .numbers(numbers)),
        .init("time", .times(hours)), .init("few", .integers([1, 2])),
      ],
      variables: [
        .init("exact", ["number"], exact), .init("when", ["time"], .times(times)),
        .init("grid", ["few", "text"], grid), .init("none", [], .texts(["one"])),
      ])
  }

  private func report(coded: Bool) -> BookReport {
    BookReport(verb: "book value", session: nil, groups: [long(coded: coded), middle])
  }

  @Test("JSON in parts is what Foundation writes of the whole")
  func json() throws {
    struct Document: Encodable {
      let report: BookReport
      func encode(to encoder: any Encoder) throws {
        var root = encoder.container(keyedBy: Key.self)
        try root.encode("report", forKey: .apus_format)
        try root.encode(1, forKey: .apus_version)
        try root.encode(
          Dictionary(uniqueKeysWithValues: report.origin.map { ($0.name, $0.value) }),
          forKey: .origin)
        try root.encode(report.warnings, forKey: .warnings)
        try root.encode(
          Dictionary(uniqueKeysWithValues: report.groups.map { ($0.name, $0) }), forKey: .sections)
      }
      // swift-format-ignore: AlwaysUseLowerCamelCase
      enum Key: String, CodingKey { case apus_format, apus_version, origin, warnings, sections }
    }
    let report = report(coded: true)
    let whole = try JSONDocument.text(Document(report: report)) + "\n"
    #expect(try report.json() == whole)
    var parts: [Int] = []
    try report.writeJSON { parts.append($0.count) }
    #expect(parts.count > 3 && parts.reduce(0, +) == whole.utf8.count)
    let folder = try ScratchFolder()
    try report.write(to: folder.path("report.json"), force: false)
    #expect(try String(contentsOfFile: folder.path("report.json"), encoding: .utf8) == whole)
  }

  @Test("texts by their places are the same tables as texts by themselves")
  func coded() throws {
    let folder = try ScratchFolder()
    let (coded, plain) = (report(coded: true), report(coded: false))
    let isEqual = coded.groups[0].variables[0] == plain.groups[0].variables[0]
    #expect(isEqual)
    for ending in ["csv", "json"] {
      let written = try coded.write(to: folder.path("a.\(ending)"), force: false)
      let other = try plain.write(to: folder.path("b.\(ending)"), force: false)
      for (left, right) in zip(written, other) {
        #expect(
          try Data(contentsOf: URL(fileURLWithPath: left))
            == Data(contentsOf: URL(fileURLWithPath: right)), "\(left)")
      }
    }
    let lines = try String(contentsOfFile: folder.path("a.csv"), encoding: .utf8)
    #expect(lines.hasPrefix("row,word,value\nr0,,\n"))
    #expect(lines.utf8.count { $0 == 10 } >= Self.rows + 1)
    for (name, report) in [("a", coded), ("b", plain)] {
      try report.write(to: folder.path("\(name).h5"), force: false)
      let file = try File.open(folder.path("\(name).h5"))
      let words = try file.root().group("long").dataset("word")
      #expect(
        try words.readStrings(0..<Self.rows) == Array(ResultGroup.Texts(Self.words, places: places))
      )
    }
  }

  @Test("tiles that end in any order are joined in theirs")
  func order() {
    let found = InOrder<[Int], Int>([]) { $0.append($1) }
    for tile in [3, 1, 0, 2, 5, 4] { found.add(tile, tile * 10) }
    #expect(found.take(leaving: []) == [0, 10, 20, 30, 40, 50])
    #expect(found.take(leaving: []).isEmpty)
    let tiles = PortfolioTiles(count: 130)
    #expect((0..<tiles.tiles).map { tiles[$0] } == [0..<64, 64..<128, 128..<130])
  }
}
