import Glibc

/// Another source whose first bytes can be looked at before they are read.
final class HeadedSource: ByteSource {
  private let source: any ByteSource
  private var head: [UInt8] = []
  private var taken = 0
  private var isWhole = false

  init(_ source: any ByteSource) { self.source = source }

  /// The first bytes, as many as asked for, fewer if there are no more; only before anything is read.
  func peek(_ count: Int) throws(ImportError) -> [UInt8] {
    precondition(taken == 0, "the head is gone")
    while head.count < count, !isWhole {
      let room = UnsafeMutableRawBufferPointer.allocate(
        byteCount: count - head.count, alignment: 16)
      defer { room.deallocate() }
      let got = try source.read(into: room)
      isWhole = got == 0
      head.append(contentsOf: room.prefix(got))
    }
    return Array(head.prefix(count))
  }

  func read(into target: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
    if taken < head.count {
      let count = min(target.count, head.count - taken)
      head.withUnsafeBytes { target.copyMemory(from: .init(rebasing: $0[taken..<taken + count])) }
      taken += count
      if taken == head.count {
        head = []
        taken = 0
      }
      return count
    }
    return isWhole ? 0 : try source.read(into: target)
  }
}

/// Text in another encoding, as UTF-8; what is no character becomes U+FFFD.
final class DecodedSource: ByteSource {
  private static let inputCapacity = 32 << 10

  private let source: any ByteSource
  private let encoding: Dialect.Encoding
  private let input: UnsafeMutableRawBufferPointer
  private var inputCount = 0
  private var ended = false
  // Decoded and not handed out yet. A unit of two bytes gives three at most, a byte two.
  private let output: UnsafeMutablePointer<UInt8>
  private var outputStart = 0
  private var outputEnd = 0
  // First half of a pair of UTF-16.
  private var high: UInt32 = 0
  private var atStart = true

  init(_ source: any ByteSource, _ encoding: Dialect.Encoding) {
    self.source = source
    self.encoding = encoding
    input = .allocate(byteCount: Self.inputCapacity, alignment: 16)
    output = .allocate(capacity: Self.inputCapacity * 2 + 8)
  }

  deinit {
    input.deallocate()
    output.deallocate()
  }

  func read(into target: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
    while outputStart == outputEnd {
      if ended { return 0 }
      try refill()
    }
    let count = min(target.count, outputEnd - outputStart)
    if count > 0, let base = target.baseAddress { memcpy(base, output + outputStart, count) }
    outputStart += count
    return count
  }

  private func refill() throws(ImportError) {
    outputStart = 0
    outputEnd = 0
    let got = try source.read(into: .init(rebasing: input[inputCount...]))
    inputCount += got
    ended = got == 0
    if encoding == .latin1 {
      for index in 0..<inputCount { put(UInt32(input[index])) }
      inputCount = 0
      return
    }
    let isLittle = encoding == .utf16LE
    var at = 0
    while at + 1 < inputCount {
      let first = UInt32(input[at])
      let second = UInt32(input[at + 1])
      putUnit(isLittle ? first | second << 8 : first << 8 | second)
      at += 2
    }
    if at < inputCount, !ended {
      input[0] = input[at]
      inputCount = 1
    } else {
      if at < inputCount { put(0xFFFD) }
      inputCount = 0
    }
    if ended, high != 0 { put(0xFFFD) }
  }

  private func putUnit(_ unit: UInt32) {
    if high != 0 {
      let first = high
      high = 0
      if unit & 0xFC00 == 0xDC00 {
        put(0x10000 + (first & 0x3FF) << 10 + unit & 0x3FF)
        return
      }
      put(0xFFFD)
    }
    if unit & 0xFC00 == 0xD800 {
      high = unit
    } else {
      put(unit & 0xFC00 == 0xDC00 ? 0xFFFD : unit)
    }
  }

  private func put(_ scalar: UInt32) {
    defer { atStart = false }
    if atStart, scalar == 0xFEFF { return }
    func add(_ byte: UInt32) {
      output[outputEnd] = UInt8(truncatingIfNeeded: byte)
      outputEnd += 1
    }
    if scalar < 0x80 {
      add(scalar)
    } else if scalar < 0x800 {
      add(0xC0 | scalar >> 6)
      add(0x80 | scalar & 0x3F)
    } else if scalar < 0x10000 {
      add(0xE0 | scalar >> 12)
      add(0x80 | scalar >> 6 & 0x3F)
      add(0x80 | scalar & 0x3F)
    } else {
      add(0xF0 | scalar >> 18)
      add(0x80 | scalar >> 12 & 0x3F)
      add(0x80 | scalar >> 6 & 0x3F)
      add(0x80 | scalar & 0x3F)
    }
  }
}
