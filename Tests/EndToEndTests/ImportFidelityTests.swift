import Foundation
import TestSupport
import Testing

/// What a file holds is what the store holds, and what is no price file changes nothing.
@Suite struct ImportFidelityTests {
  private static let datasets = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "datasets")

  /// The sample data against what its metadata says of it.
  @Test(arguments: ["us_equity_1d", "crypto_1d"])
  func countsEqualTheMetadata(name: String) async throws {
    let folder = Self.datasets.appending(path: name)
    let metadata = try JSON(
      String(decoding: Data(contentsOf: folder.appending(path: "metadata.json")), as: UTF8.self))
    let rows = try #require(metadata["rows"].int)
    let bars = try #require(metadata["bars"].int)
    let symbols = metadata["symbols"].list.compactMap(\.string)
    let quarantine = metadata["quarantine"]["rows"].list

    let place = try Workplace()
    let words = [
      folder.appending(path: "prices.csv.gz").path, "--symbols",
      folder.appending(path: "symbols.csv").path, "--panel", name, "--store", "s.h5",
    ]
    let report = try await place.json("import", words)
    #expect(report["rows_read"].int == rows)
    #expect(report["rows_kept"].int == rows - quarantine.count)
    #expect(report["symbols"].int == symbols.count)
    #expect(report["bars"].int == bars)
    #expect(report["from"].string == metadata["range"]["from"].string)
    #expect(report["to"].string == metadata["range"]["to"].string)
    #expect(report["calendar"].string == metadata["calendar"]["name"].string)

    let kept = try await place.json("inspect s.h5 --quarantine").list
    #expect(kept.count == quarantine.count)
    for (found, expected) in zip(kept, quarantine) {
      #expect(found["line"] == expected["line"])
      #expect(found["column"] == expected["column"])
      let (date, symbol) = (expected["date"].string ?? "?", expected["symbol"].string ?? "?")
      #expect(found["text"].string?.hasPrefix("\(date),\(symbol),") == true)
    }
    let table = try await place.json("inspect s.h5 --symbols").list
    #expect(Set(table.compactMap { $0["symbol"].string }) == Set(symbols))

    // A cell is missing where there is no row, and where a row that was kept is empty.
    let defects = metadata["known_defects"].list
    let empty = defects.first { $0["code"].string == "empty_cells" }?["where"].list ?? []
    let panel = try await place.json("inspect s.h5 --verify")["panels"][0]
    for field in ["open", "high", "low", "close", "volume"] {
      let cells = empty.count { $0["columns"].list.contains(.string(field)) }
      let expected = bars * symbols.count - (rows - quarantine.count) + cells
      #expect(panel["missing"][field].int == expected, "\(field)")
    }
  }

  /// Numbers come back to the bit, however a program writes them.
  @Test func numbersComeBack() async throws {
    let place = try Workplace()
    let texts = [
      ["1.1", "300.00000000000006", "0.001"],
      ["1.1000000000000001", "3.0000000000000006e2", "1e-3"],
      ["1.10000000000000008882", "300.000000000000056843418860808015", "0.00100000000000000002"],
      // A neighbour of the first number.
      ["1.1000000000000003", "300.00000000000006", "0.001"],
    ]
    var hashes: [String?] = []
    for (index, text) in texts.enumerated() {
      try place.folder.write(
        "date,close\n2020-01-02,\(text[0])\n2020-01-03,\(text[1])\n2020-01-06,\(text[2])\n",
        to: "a.csv")
      try await place.done("import a.csv --symbol X --store s\(index).h5")
      hashes.append(
        try await place.json("inspect s\(index).h5")["panels"][0]["content_sha256"].string)
    }
    #expect(hashes[0] != nil && hashes[0] == hashes[1] && hashes[1] == hashes[2])
    #expect(hashes[3] != nil && hashes[3] != hashes[0])
  }

  enum Content: CaseIterable {
    case nothing, headerOnly, blankLines, noise, zeros, page, image, gzipOfNoise, gzipCut
    case gzipDamaged, gzipEmpty, wrongHeader, noHeader, words, oneBadRow, store, folder
    case openQuote, tarball
  }

  /// Files that are not what they say: each is refused, and the store is as it was, to the byte.
  @Test(arguments: Content.allCases)
  func aFileThatIsNone(content: Content) async throws {
    let place = try Workplace()
    try await place.makeStore("s.h5")
    let rows = (1...28).map { "2020-01-\($0 < 10 ? "0" : "")\($0),A,\($0).5,\($0)00" }
    let good = "date,symbol,close,volume\n" + rows.joined(separator: "\n") + "\n"
    try place.folder.write(good, to: "good.csv")
    try await RunApus.shell("gzip -k good.csv", in: place.folder).expectDone()
    let packed = try place.bytes("good.csv.gz")
    var random = SeededGenerator(seed: 20)
    let noise = Data((0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) })
    let bytes: Data
    var more = ""
    switch content {
    case .nothing: bytes = Data()
    case .headerOnly: bytes = Data("date,symbol,close\n".utf8)
    case .blankLines: bytes = Data("\n\n\n".utf8)
    case .noise: bytes = noise
    case .zeros: bytes = Data(count: 100_000)
    case .page: bytes = Data("<!DOCTYPE html>\n<html><body>404, not found</body></html>\n".utf8)
    case .image: bytes = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) + noise
    case .gzipOfNoise: bytes = packed.prefix(10) + noise
    case .gzipCut: bytes = packed.dropLast(packed.count / 2)
    case .gzipDamaged:
      var damaged = packed
      damaged[packed.count - 6] ^= 0x10
      bytes = damaged
    case .gzipEmpty: bytes = packed.prefix(2)
    case .wrongHeader: bytes = Data(good.replacing("date,symbol,close", with: "a,b,c").utf8)
    case .noHeader:
      bytes = Data(good.split(separator: "\n").dropFirst().joined(separator: "\n").utf8)
    case .words: bytes = Data(good.replacing(".5", with: "five").utf8)
    case .oneBadRow:
      bytes = Data(good.replacing("7.5,700", with: "-7.5,700").utf8)
      more = " --on-bad-row reject"
    case .store: bytes = try place.bytes("s.h5")
    case .folder: bytes = Data()
    case .openQuote: bytes = Data((good + "2020-01-29,\"A,1,1\n").utf8)
    case .tarball:
      try await RunApus.shell("tar cf good.tar good.csv", in: place.folder).expectDone()
      bytes = try place.bytes("good.tar")
    }
    let url = place.folder.url.appending(path: "bad.csv")
    if content == .folder {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    } else {
      try bytes.write(to: url)
    }
    let (names, store) = (try place.folder.names(), try place.bytes("s.h5"))
    // Alone, after a good file, and in place of the panel that is there.
    for words in ["bad.csv --panel new", "good.csv bad.csv --panel new", "bad.csv --force"] {
      let result = try await place.apus("import \(words) --store s.h5" + more)
      #expect(result.status == 3, "\(words): \(result.errors)")
      #expect(result.output.isEmpty)
      #expect(result.errors.hasPrefix("error: bad.csv"), "\(words): \(result.errors)")
      #expect(result.errors.count < 600, "a message, not the file")
      #expect(try place.folder.names() == names)
      #expect(try place.bytes("s.h5") == store)
    }
    let result = try await place.apus("import bad.csv --store new.h5" + more)
    #expect(result.status == 3)
    #expect(try place.folder.names() == names, "no new store either")
  }
}
