import Foundation
import HDF5
import Market
import Storage
import TestSupport
import Testing

/// Every way in which a small store can be cut off, and thousands in which its bits can flip.
@Suite struct StoreDamageTests {
  private let scratch: ScratchFolder
  private let path: String
  private let whole: [UInt8]
  private let packed: [UInt8]

  init() throws {
    scratch = try ScratchFolder()
    path = scratch.path("damaged.h5")
    let source = scratch.path("whole.h5")
    let rows = (1...3).map {
      QuarantinedRow(file: "f.csv", line: $0, column: "c", text: "text \($0)", reason: "r")
    }
    try PriceStore.append(Samples.draft(), quarantine: rows, to: source)
    var revised = Samples.draft()
    revised.fields[1].values[4] += 1
    try PriceStore.append(revised, to: source, revise: true)
    whole = Array(try Data(contentsOf: URL(filePath: source)))
    try PriceStore.open(source).copy(to: scratch.path("packed.h5"), form: .packed, force: false)
    packed = Array(try Data(contentsOf: URL(filePath: scratch.path("packed.h5"))))
  }

  private enum Outcome { case refused, same, changed }

  /// Reads all that can be read; what is read without an error must be what was written.
  private func outcome(of bytes: [UInt8], like source: [UInt8]) throws -> Outcome {
    try Data(bytes).write(to: URL(filePath: path))
    do throws(StorageError) {
      let store = try PriceStore.open(path)
      let panel = try store.loadPanel("us_equity_1d")
      _ = try store.missingCounts("us_equity_1d")
      try store.verify()
      let rows = try store.quarantinedRows()
      let revisions = try store.revisions()
      let isSame =
        panel.value(field: 1, bar: 1, symbol: 1) == 102.25 && rows.map(\.row.line) == [1, 2, 3]
        && rows.allSatisfy { $0.row.text == "text \($0.row.line)" } && revisions.count == 1
        && panel.symbols.names == ["AAPL", "BRK.B", "BTC/USD"]
      return isSame ? .same : .changed
    } catch {
      #expect(!error.description.contains("\n") && error.description.hasPrefix(path))
      return .refused
    }
  }

  @Test func everyCutIsRefused() throws {
    for source in [whole, packed] {
      for length in stride(from: 0, to: source.count, by: 61) {
        #expect(
          try outcome(of: Array(source.prefix(length)), like: source) == .refused, "\(length)")
      }
      #expect(try outcome(of: source, like: source) == .same)
    }
  }

  /// One bit of each of the first kilobytes, then bits and bytes anywhere.
  @Test(arguments: [false, true]) func flippedBitsAreRefusedOrDoNoHarm(isPacked: Bool) throws {
    let source = isPacked ? packed : whole
    var random = TestRandom(seed: 7)
    var refused = 0
    for round in 0..<3500 {
      var bytes = source
      if round < 2500 {
        bytes[round % bytes.count] ^= 1 << UInt8(random.int(0...7))
      } else {
        for _ in 0...random.int(0...12) {
          bytes[random.int(0...(bytes.count - 1))] = UInt8(random.int(0...255))
        }
      }
      let outcome = try outcome(of: bytes, like: source)
      #expect(outcome != .changed, "round \(round)")
      refused += outcome == .refused ? 1 : 0
    }
    #expect(refused > 1500)
    #expect(Library.openObjectCount(pathPrefix: scratch.url.path) == 0)
  }

  @Test func whatIsDamagedIsNotWrittenOver() throws {
    var random = TestRandom(seed: 11)
    for _ in 0..<300 {
      var bytes = whole
      for _ in 0..<4 { bytes[random.int(0...(bytes.count - 1))] ^= 255 }
      try Data(bytes).write(to: URL(filePath: path))
      do throws(StorageError) {
        try PriceStore.append(Samples.draft(bars: 9), to: path, revise: true)
        _ = try PriceStore.open(path)
      } catch {
        #expect(Array(try Data(contentsOf: URL(filePath: path))) == bytes)
      }
    }
    #expect(try scratch.names() == ["damaged.h5", "packed.h5", "whole.h5"])
  }
}
