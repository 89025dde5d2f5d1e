import CZlib
import Foundation
import Interchange
import Market

/// Bytes in memory, handed out in pieces, so that every seam of a reader is met.
final class MemorySource: ByteSource {
  private let bytes: [UInt8]
  private let piece: Int
  private var taken = 0

  init(_ bytes: [UInt8], piece: Int = .max) {
    self.bytes = bytes
    self.piece = piece
  }

  func read(into target: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
    let count = min(target.count, bytes.count - taken, piece)
    target.copyBytes(from: bytes[taken..<taken + count])
    taken += count
    return count
  }
}

/// A folder that goes away with its test.
final class Scratch {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func write(_ bytes: some Sequence<UInt8>, to name: String = "prices.csv") throws -> String {
    let path = folder.appending(path: name).path
    try Data(bytes).write(to: URL(filePath: path))
    return path
  }

  func write(_ text: String, to name: String = "prices.csv") throws -> String {
    try write(Array(text.utf8), to: name)
  }
}

/// One gzip member.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  deflateInit2_(
    &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 64)
  let written = input.withUnsafeMutableBufferPointer { source in
    output.withUnsafeMutableBufferPointer { target in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      stream.next_out = target.baseAddress
      stream.avail_out = UInt32(target.count)
      deflate(&stream, Z_FINISH)
      return target.count - Int(stream.avail_out)
    }
  }
  return Array(output.prefix(written))
}

func gzip(_ text: String) -> [UInt8] { gzip(Array(text.utf8)) }

extension PanelDraft {
  /// One value by name of field and symbol, and position of the bar.
  func value(_ field: String, _ symbol: String, _ bar: Int) -> Double? {
    guard let column = symbols.firstIndex(where: { $0.symbol == symbol }),
      let values = fields.first(where: { $0.name == field })?.values
    else { return nil }
    return values[bar * symbols.count + column]
  }
}
