import CCrypto

/// SHA-256 of bytes that come in pieces.
public struct SHA256: ~Copyable {
  private var context = SHA256_CTX()

  /// The hash of nothing yet.
  public init() { SHA256_Init(&context) }

  /// Takes more bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    if let base = bytes.baseAddress { SHA256_Update(&context, base, bytes.count) }
  }

  /// The hash in lower-case hexadecimal, 64 digits.
  public consuming func hexDigest() -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    SHA256_Final(&digest, &context)
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in digest { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  /// SHA-256 of a text's UTF-8, in hexadecimal.
  public static func hash(_ text: String) -> String {
    var hash = SHA256()
    var text = text
    text.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
    return hash.hexDigest()
  }
}

/// The canonical form of values under a hash: it depends on what is stored, not on how.
///
/// Text is its length in UTF-8 bytes and the bytes; an integer is 64 bits; a list is its length and its
/// elements; a float is its 64 bits, with every NaN written as the quiet one of sign and payload 0. All
/// little-endian.
extension SHA256 {
  mutating func add(_ text: String) {
    var text = text
    add(Int64(text.utf8.count))
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  mutating func add(_ value: Int64) {
    withUnsafeBytes(of: value.littleEndian) { update($0) }
  }

  mutating func add(_ values: [Int64]) {
    add(Int64(values.count))
    values.withUnsafeBytes { update($0) }
  }

  mutating func add(_ texts: [String]) {
    add(Int64(texts.count))
    for text in texts { add(text) }
  }

  mutating func add(_ values: UnsafeBufferPointer<Double>) {
    add(Int64(values.count))
    addElements(values)
  }

  /// Elements of a list of floats, whose length stands before the first of them.
  mutating func addElements(_ values: UnsafeBufferPointer<Double>) {
    // A block that fits in the first-level cache.
    var block = [UInt64](repeating: 0, count: 2048)
    let nan = Double.nan.bitPattern
    for start in stride(from: 0, to: values.count, by: block.count) {
      let length = min(block.count, values.count - start)
      for i in 0..<length {
        let value = values[start + i]
        block[i] = value.isNaN ? nan : value.bitPattern
      }
      block.withUnsafeBytes { update(UnsafeRawBufferPointer(rebasing: $0[..<(length * 8)])) }
    }
  }

  mutating func add(_ values: [Double]) { values.withUnsafeBufferPointer { add($0) } }
}
