import Foundation
import Interchange
import Market
import Testing

/// A table of prices as a test made it, to be held against what is read back.
private struct Sample {
  var text = ""
  var options = ImportOptions()
  /// Close by symbol and time.
  var closes: [String: [Int64: Double]] = [:]
  var names: [String: String] = [:]
}

private let day: Int64 = 86_400_000_000_000

/// Writes a table in a dialect that the seed picks.
private func sample(_ random: inout SplitMix) -> Sample {
  var sample = Sample()
  let delimiter = [",", ";", "\t", "|"][random.below(4)]
  let lineEnd = ["\n", "\r\n", "\r"][random.below(3)]
  let decimal = delimiter != "," && random.below(2) == 0 ? "," : "."
  sample.options.delimiter = Character(delimiter)
  sample.options.decimal = Character(decimal)
  let isQuoted = random.below(2) == 0
  func cell(_ text: String, _ random: inout SplitMix) -> String {
    let needsQuotes = text.utf8.contains { ($0 < 32 || $0 == 34) || delimiter.utf8.contains($0) }
    guard needsQuotes || isQuoted && random.below(3) == 0 else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
  let header = ["date", "symbol", "name", "close", "volume"].joined(separator: delimiter)
  let banners = random.below(3)
  for _ in 0..<banners { sample.text += "a banner, with a \" in it" + lineEnd }
  sample.options.skippedLines = banners
  sample.text += header + lineEnd
  for symbol in 0..<(1 + random.below(5)) {
    let name = ["Ä & Söhne", "two\nlines", "a \"quoted\" one", "semi;colon, comma", "plain"][
      random.below(5)]
    let ticker = "S\(symbol)"
    sample.names[ticker] = name.replacing("\n", with: lineEnd)
    var rows: [String] = []
    for number in 0..<(1 + random.below(40)) {
      let time = Int64(19_000 + number) * day
      let close = Double(1 + random.below(1_000_000)) / [1, 100, 10_000][random.below(3)]
      sample.closes[ticker, default: [:]][time] = close
      let cells = [
        String(Timestamp.text(nanoseconds: time).prefix(10)), ticker,
        name.replacing("\n", with: lineEnd),
        "\(close)".replacing(".", with: decimal), "\(random.below(99_999_999))",
      ]
      rows.append(cells.map { cell($0, &random) }.joined(separator: delimiter))
    }
    if random.below(2) == 0 { rows.shuffle(using: &random) }
    for row in rows {
      sample.text += row + lineEnd
      switch random.below(12) {
      case 0: sample.text += lineEnd
      case 1: sample.text += header + lineEnd
      default: break
      }
    }
  }
  return sample
}

@Suite struct ReaderPropertyTests {
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func whatWasWrittenInAnyDialectIsReadBack(seed: UInt64) throws {
    let scratch = try Scratch()
    var random = SplitMix(seed)
    for round in 0..<40 {
      let sample = sample(&random)
      var bytes = Array(sample.text.utf8)
      switch random.below(5) {
      case 0: bytes = [0xEF, 0xBB, 0xBF] + bytes
      case 1:
        bytes = [0xFF, 0xFE] + sample.text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
      case 2:
        bytes = [0xFE, 0xFF] + sample.text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
      case 3: bytes = gzip(Array(bytes.prefix(50))) + gzip(Array(bytes.dropFirst(50)))
      default: break
      }
      let path = try scratch.write(bytes, to: "\(round).csv")
      let (draft, bad, summary) = try CSVImporter.read(
        paths: [path], options: sample.options, workers: 1 + random.below(3),
        blockBytes: [7, 100, 1 << 18][random.below(3)])
      let place = "seed \(seed), round \(round): \(sample.text.prefix(200).debugDescription)"
      #expect(bad.isEmpty, "\(place) \(bad.first.debugDescription)")
      let count = sample.closes.values.reduce(0) { $0 + $1.count }
      #expect(summary.rowsKept == count && summary.rowsRead == count, "\(place)")
      #expect(draft.symbols.map(\.symbol) == sample.closes.keys.sorted(), "\(place)")
      for (column, entry) in draft.symbols.enumerated() {
        #expect(entry.name == sample.names[entry.symbol], "\(place)")
        for (bar, time) in draft.timeNs.enumerated() {
          let found = draft.fields[0].values[bar * draft.symbols.count + column]
          let expected = sample.closes[entry.symbol]?[time] ?? .nan
          if found != expected && !(found.isNaN && expected.isNaN) {
            Issue.record("\(place): \(entry.symbol) has \(found), not \(expected)")
          }
        }
      }
    }
  }

  /// Rows good and bad in every way that needs more than its own block to be told.
  private func mixed(_ random: inout SplitMix) -> String {
    var text = "date,symbol,name,open,high,low,close,volume,note,bid\n"
    for row in 0..<600 {
      let date = "\(2000 + random.below(24))-\(10 + random.below(3))-\(10 + random.below(20))"
      let symbol = "S\(random.below(9))"
      let note = random.below(15) == 0 ? "x" : ["12", "", "7.5"][random.below(3)]
      let bid = random.below(40) == 0 ? "oops" : "\(row)"
      let line =
        "\(date),\(symbol),Firm \(row % 3),10,12,9,\(9 + random.below(4)),\(row),\(note),\(bid)"
      switch random.below(20) {
      case 0: text += line + ",1\n"
      case 1: text += "# a comment, \"with a quote\n"
      case 2: text += line.replacing("10,12", with: "\"10\",\"1\"2") + "\n"
      case 3: text += line.replacing("Firm", with: "\"Fi\nrm\"") + "\n"
      case 4: text += line.replacing(date, with: "2024-02-30") + "\r\n"
      case 5: text += line.replacing(",12,", with: ",8,") + "\n\n"
      case 6: text += line.replacing("\(symbol),", with: ",") + "\n"
      default: text += line + "\n"
      }
    }
    return text
  }

  // A file's own blocks and workers are tried against one worker that sees it whole.
  @Test(arguments: [1, 2, 3] as [UInt64], [1, 2, 7])
  func workersAndBlocksChangeNothing(seed: UInt64, workers: Int) throws {
    let scratch = try Scratch()
    var random = SplitMix(seed)
    let paths = try (0..<3).map { try scratch.write(mixed(&random), to: "\($0).csv") }
    let (draft, bad, summary) = try CSVImporter.read(
      paths: paths, options: .init(), workers: 1, blockBytes: 1 << 20)
    #expect(summary.quarantined.count > 5 && draft.fields.count > 5)
    for blockBytes in [4, 16, 61, 1000, 4096] {
      let other = try CSVImporter.read(
        paths: paths, options: .init(), workers: workers, blockBytes: blockBytes)
      #expect(other.1 == bad, "seed \(seed), blocks of \(blockBytes)")
      #expect(other.2 == summary, "seed \(seed), blocks of \(blockBytes)")
      #expect(
        other.0.timeNs == draft.timeNs && other.0.symbols.map(\.name) == draft.symbols.map(\.name))
      for (a, b) in zip(draft.fields, other.0.fields) {
        let isSame = a.name == b.name && a.values.map(\.bitPattern) == b.values.map(\.bitPattern)
        #expect(isSame, "seed \(seed), blocks of \(blockBytes), \(a.name)")
      }
    }
  }

  @Test(arguments: [1, 2, 7]) func aFoldIsSettledByOrder(workers: Int) throws {
    let scratch = try Scratch()
    var options = ImportOptions()
    options.timeZone = "America/New_York"
    // 2024-11-03: the clocks show 01:00 to 01:59 twice.
    let walls = ["00:30", "01:00", "01:30", "01:00", "01:30", "02:00"]
    let offsets = [4, 4, 4, 5, 5, 5]
    let times = zip(walls, offsets).map { wall, offset in
      let minutes = Int(wall.prefix(2))! * 60 + Int(wall.suffix(2))! + offset * 60
      return Int64(1_730_592_000 + minutes * 60) * 1_000_000_000
    }
    for isNewestFirst in [false, true] {
      let order = isNewestFirst ? Array(walls.indices.reversed()) : Array(walls.indices)
      let rows = order.map { "2024-11-03 \(walls[$0]):00,A,\($0 + 1)" }
      let path = try scratch.write(
        "time,symbol,close\n" + rows.joined(separator: "\n") + "\n2024-11-03 01:15:00,B,1\n")
      for blockBytes in [8, 1 << 18] {
        let (draft, bad, _) = try CSVImporter.read(
          paths: [path], options: options, workers: workers, blockBytes: blockBytes)
        #expect(draft.timeNs == times)
        #expect(draft.fields[0].values == [1, 2, 3, 4, 5, 6])
        #expect(bad.count == 1 && bad[0].text == "2024-11-03 01:15:00,B,1")
        #expect(bad.first?.reason.contains("--fold") == true)
      }
    }
  }
}
