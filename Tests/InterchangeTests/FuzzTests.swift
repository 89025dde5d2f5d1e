import Foundation
import Interchange
import Testing

@Suite struct FuzzTests {
  private static let text: String = {
    var text = "date,symbol,name,open,high,low,close,volume,bid\r\n"
    for day in 10..<29 {
      text += "2024-01-\(day),AAA,\"A, Inc\",10.5,12,9.25,11,1e3,\(day)\n"
      text += "2024-01-\(day) 09:30:15.25Z,BBB,B,,,,21.123456789012345,,\n"
    }
    return text
  }()

  // A mutated file is imported or refused; a trap or a hang ends the test run, which is the check.
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func mutationsNeverTrap(seed: UInt64) throws {
    let scratch = try Scratch()
    var random = SplitMix(seed)
    let plain = Array(Self.text.utf8)
    let packed = gzip(plain)
    var accepted = 0
    var refused = 0
    for round in 0..<400 {
      let bytes = mutated(round % 2 == 0 ? plain : packed, &random)
      let path = try scratch.write(bytes, to: "f\(round)")
      do {
        let (draft, bad, summary) = try CSVImporter.read(paths: [path], options: .init())
        accepted += 1
        let consistent =
          draft.fields.allSatisfy { $0.values.count == draft.timeNs.count * draft.symbols.count }
          && zip(draft.timeNs, draft.timeNs.dropFirst()).allSatisfy { $0 < $1 }
          && summary.rowsKept + bad.count == summary.rowsRead
        #expect(consistent, "seed \(seed), round \(round)")
      } catch {
        refused += 1
        #expect(!"\(error)".isEmpty)
      }
    }
    #expect(accepted > 20 && refused > 20, "seed \(seed): \(accepted) accepted, \(refused) refused")
  }

  private func mutated(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    for _ in 0...random.below(6) where !bytes.isEmpty {
      let at = random.below(bytes.count)
      switch random.below(6) {
      case 0: bytes[at] = UInt8(random.below(256))
      case 1: bytes[at] = Array("\",\n\r-.e9 \u{1}".utf8)[random.below(10)]
      case 2: bytes.remove(at: at)
      case 3: bytes.insert(UInt8(random.below(256)), at: at)
      case 4:
        let end = min(bytes.count, at + random.below(80))
        bytes.insert(contentsOf: bytes[at..<end], at: random.below(bytes.count))
      default: if random.below(4) == 0 { bytes.removeLast(bytes.count - at) }
      }
    }
    return bytes
  }
}
