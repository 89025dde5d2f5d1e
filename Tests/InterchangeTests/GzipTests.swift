import Interchange
import Testing

private func unpack(_ packed: [UInt8], _ options: ImportOptions = .init(), piece: Int = .max)
  throws(ImportError) -> [UInt8]
{
  let source = try GzipSource(MemorySource(packed, piece: piece), path: "x.gz", options: options)
  let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1000, alignment: 1)
  defer { room.deallocate() }
  var bytes: [UInt8] = []
  while true {
    let count = try source.read(into: room)
    if count == 0 { return bytes }
    bytes += room.prefix(count)
  }
}

@Suite struct GzipTests {
  private static let text = Array(
    (0..<5000).map { "2024-01-01,S\($0),\($0 * 7919 % 1000)\n" }.joined().utf8)

  @Test(arguments: [1, 13, 100_000])
  func unpacksMembersAndPadding(piece: Int) throws {
    let one = gzip(Self.text)
    #expect(try unpack(one, piece: piece) == Self.text)
    #expect(try unpack(one + gzip([]) + one, piece: piece) == Self.text + Self.text)
    #expect(try unpack(one + [0, 0, 0], piece: piece) == Self.text)
  }

  @Test func namesWhatIsBroken() {
    let good = gzip(Self.text)
    var flipped = good
    flipped[good.count - 6] ^= 1  // in the checksum
    for packed in [Array(good.dropLast(9)), Array(good.prefix(5)), flipped, good + [65, 66]] {
      #expect {
        try unpack(packed)
      } throws: { error in
        if case .badGzip(path: "x.gz", reason: _) = error as? ImportError { true } else { false }
      }
    }
  }

  @Test func stopsABomb() {
    let bomb = gzip([UInt8](repeating: 10, count: 40 << 20))
    #expect {
      try unpack(bomb)
    } throws: { error in
      guard case .expandsTooFar(_, _, let unpacked, "200 to 1") = error as? ImportError else {
        return false
      }
      return unpacked < 40 << 20
    }
    var options = ImportOptions()
    options.unpackedBytesLimit = 1000
    #expect(throws: (any Error).self) { try unpack(gzip(Self.text), options) }
    options.unpackedBytesLimit = 64 << 20
    options.expansionLimit = 2000
    #expect(throws: Never.self) { try unpack(bomb, options) }
  }
}
