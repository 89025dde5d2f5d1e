import Foundation
import Interchange
import Testing

/// Many files of one shape are recognised once; that must not show.
@Suite struct PlainShapeTests {
  /// Bodies below `date,close,volume`, or whatever the first line says, of which some look like others.
  private static let texts: [String] = {
    let days = (1...28).map { $0 < 10 ? "0\($0)" : "\($0)" }
    func rows(_ row: (Int, String) -> String) -> String {
      days.enumerated().map { row($0, $1) + "\n" }.joined()
    }
    let header = "date,close,volume\n"
    let plain = header + rows { "2024-01-\($1),\($0 + 1).5,\($0)" }
    return [
      plain,
      header + rows { "2024-02-\($1),\($0 + 1),\($0 % 3 == 1 ? "" : "7")" },
      header + days.reversed().map { "2024-01-\($0),3.25,9\n" }.joined(),
      header + rows { "2024-01-\($0 % 2 == 0 ? $1 : "28"),\($0 + 1),1" },
      header + rows { "\($1)/01/2024,\($0 + 1).5,\($0)" },
      header + rows { "01/\($1)/2024,\($0 + 1).5,\($0)" },
      header + rows { "2024-01-\($1) 00:00:00,\($0 + 1).5,\($0)" },
      header + rows { "2024-01-\($1) 16:00:00,\($0 + 1).5,\($0)" },
      header + rows { "2024-01-\($1)T00:00:00Z,\($0 + 1).5,\($0)" },
      header + rows { "2024-01-\($1)T05:00Z,\($0 + 1).5,\($0)" },
      header + rows { "2024-01-\($1),\"1,\($0 + 100).5\",\($0)" },
      header + rows { "2024-01-\($1),\($0 + 1).5,none" },
      header + rows { "2024-01-\($1),\($0 + 1).5,\($0)K" },
      header
        + rows {
          _ = $1; return "\(1_704_067_200 + $0 * 86_400),\($0 + 1).5,\($0)"
        },
      plain.replacingOccurrences(of: "\n", with: "\r\n"),
      plain.replacingOccurrences(of: ",", with: ";"),
      "\u{FEFF}" + plain,
      "# a note\n" + plain,
      String(plain.dropLast()),
      plain.replacingOccurrences(of: "2024-01-20", with: "\n2024-01-20"),
      "date,close,time\n" + rows { "2024-01-\($1),\($0 + 1).5,\(1_704_067_200 + $0)" },
      "date,close,time\n" + rows { "2024-01-\($1),\($0 + 1).5,\($0)" },
      "date,close,time\n" + rows { "2024-01-\($1),\($0 + 1).5,09:\($1)" },
      "date,close,note\n" + rows { "2024-01-\($1),\($0 + 1).5,x" },
      "date,close,note\n" + rows { "2024-01-\($1),\($0 + 1).5,x\($0)" },
      "date,close,note\n" + rows { "2024-01-\($1),\($0 + 1).5,\($0)" },
      "date,close,note\n" + rows { "2024-01-\($1),\($0 + 1).5,2023-01-\($1)" },
    ]
  }()

  private static func read(_ paths: [String], _ options: ImportOptions, workers: Int) throws
    -> [RecognisedFile]
  {
    try CSVImporter.read(
      paths: paths, options: options, workers: workers, blockBytes: CSVImporter.blockBytes
    ).summary.recognised
  }

  @Test(arguments: [nil, "America/New_York", "Asia/Tokyo"])
  func whatAFileIsTakenForDoesNotDependOnOthers(zone: String?) throws {
    let scratch = try Scratch()
    var options = ImportOptions()
    options.symbol = .fileName
    options.timeZone = zone
    var paths: [String] = []
    var alone: [RecognisedFile] = []
    for (index, text) in Self.texts.enumerated() {
      // Twice, so that one at least could take the other's dialect over.
      for twin in 0..<2 {
        let path = try scratch.write(text, to: "s\(index)_\(twin).csv")
        guard let found = try? Self.read([path], options, workers: 1) else { continue }
        paths.append(path)
        alone += found
      }
    }
    #expect(paths.count > 40)
    for workers in [1, 2, 7] {
      #expect(try Self.read(paths, options, workers: workers) == alone)
      #expect(
        try Self.read(paths.reversed(), options, workers: workers) == Array(alone.reversed()))
    }
  }

  /// A plain head says nothing of what follows: rows that are something else are told, not read in another way.
  @Test func aDialectThatWasTakenOverIsHeldToEveryRow() throws {
    let scratch = try Scratch()
    var text = "date,close\n"
    for day in 0..<300 { text += "2024-\(10 + day / 28 % 3)-\(10 + day % 18),\(day + 1)\n" }
    var options = ImportOptions()
    options.symbol = .fileName
    let paths = [
      try scratch.write("date,close\n2024-01-02,1\n2024-01-03,2\n", to: "a.csv"),
      try scratch.write(
        "date,close\n2024-01-02,1\n2024-01-03,2\n2024-01-04,\"1,5\"\n", to: "b.csv"),
      try scratch.write("date,close\n2024-01-02,1\n2024-01-03,2\n05/01/2024,3\n", to: "c.csv"),
    ]
    for workers in [1, 2, 7] {
      let together = try CSVImporter.read(
        paths: paths, options: options, workers: workers, blockBytes: 1 << 16)
      var apart: [String] = []
      for path in paths {
        apart += try CSVImporter.read(paths: [path], options: options).quarantined.map(\.reason)
      }
      #expect(together.quarantined.map(\.reason) == apart && !apart.isEmpty)
    }
  }
}
