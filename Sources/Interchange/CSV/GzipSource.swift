import CZlib

/// Unpacks gzip, one or more members, as it is read.
///
/// Zero bytes after the last member are padding, as tapes and some writers add; anything else is an
/// error.
package final class GzipSource: ByteSource {
  private static let inputCapacity = 64 << 10
  // A file of a few blank rows may pack well; only large ones are weighed.
  private static let weighedBytes = 16 << 20

  private let source: any ByteSource
  private let path: String
  private let unpackedLimit: Int
  private let expansionLimit: Int
  // zlib keeps the address of its stream, so it has a place of its own.
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutablePointer<UInt8>
  private var packed = 0
  private var unpacked = 0
  private var sourceEnded = false
  private var insideMember = true

  package init(_ source: any ByteSource, path: String, options: ImportOptions) throws(ImportError) {
    self.source = source
    self.path = path
    unpackedLimit = options.unpackedBytesLimit
    expansionLimit = max(1, options.expansionLimit)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    input = .allocate(capacity: Self.inputCapacity)
    let status = inflateInit2_(
      stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw .badGzip(path: path, reason: "zlib says \(status)") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  package func read(into target: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
    guard let base = target.baseAddress, target.count > 0 else { return 0 }
    while true {
      if stream.pointee.avail_in == 0, !sourceEnded { try refill() }
      if !insideMember, try !startMember() { return 0 }
      let room = min(target.count, 1 << 30)
      stream.pointee.next_out = base.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(room)
      let status = inflate(stream, Z_NO_FLUSH)
      let written = room - Int(stream.pointee.avail_out)
      unpacked += written
      try weigh()
      switch status {
      case Z_STREAM_END: insideMember = false
      case Z_OK: break
      case Z_BUF_ERROR where sourceEnded:
        throw .badGzip(path: path, reason: "it ends early, after \(unpacked) bytes of text")
      case Z_BUF_ERROR: break
      default:
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib says \(status)"
        throw .badGzip(path: path, reason: "\(reason), after \(unpacked) bytes of text")
      }
      if written > 0 { return written }
    }
  }

  private func refill() throws(ImportError) {
    let count = try source.read(into: .init(start: input, count: Self.inputCapacity))
    packed += count
    sourceEnded = count == 0
    stream.pointee.next_in = input
    stream.pointee.avail_in = UInt32(count)
  }

  /// Prepares for a further member; false at the end of the file.
  private func startMember() throws(ImportError) -> Bool {
    while true {
      while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
        stream.pointee.next_in += 1
        stream.pointee.avail_in -= 1
      }
      if stream.pointee.avail_in > 0 { break }
      if sourceEnded { return false }
      try refill()
    }
    guard stream.pointee.next_in.pointee == 0x1F else {
      throw .badGzip(path: path, reason: "something else follows the last member")
    }
    inflateReset(stream)
    insideMember = true
    return true
  }

  private func weigh() throws(ImportError) {
    if unpacked > unpackedLimit {
      throw .expandsTooFar(
        path: path, packed: packed, unpacked: unpacked, limit: "\(unpackedLimit) bytes")
    }
    if unpacked > Self.weighedBytes, unpacked / expansionLimit > packed {
      throw .expandsTooFar(
        path: path, packed: packed, unpacked: unpacked, limit: "\(expansionLimit) to 1")
    }
  }
}
