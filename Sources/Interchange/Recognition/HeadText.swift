/// How the bytes at the head of a file are to be read as characters.
enum HeadText {
  /// Tells the encoding by its mark, by the zero bytes of UTF-16, or by what UTF-8 does not allow.
  ///
  /// - Parameter isWhole: whether the head is all of the file.
  static func encoding(of head: [UInt8], isWhole: Bool, path: String) throws(ImportError)
    -> Dialect.Encoding
  {
    if head.starts(with: [0xFF, 0xFE, 0, 0]) || head.starts(with: [0, 0, 0xFE, 0xFF]) {
      throw .notText(path: path, kind: "UTF-32 text")
    }
    if head.starts(with: [0xFF, 0xFE]) { return .utf16LE }
    if head.starts(with: [0xFE, 0xFF]) { return .utf16BE }
    if head.contains(0) {
      guard let found = utf16(head) else {
        throw .notText(path: path, kind: "binary data (a zero byte)")
      }
      return found
    }
    if isUTF8(head, isWhole: isWhole) { return .utf8 }
    if head.contains(where: { $0 < 0x20 && ![0x09, 0x0A, 0x0C, 0x0D].contains($0) }) {
      throw .notText(path: path, kind: "binary data")
    }
    return .latin1
  }

  /// UTF-16 without a mark: text of prices is ASCII, so that every other byte is zero.
  private static func utf16(_ head: [UInt8]) -> Dialect.Encoding? {
    let pairs = min(head.count, 4096) / 2
    guard pairs > 0 else { return nil }
    var zeros = (even: 0, odd: 0)
    for pair in 0..<pairs {
      if head[2 * pair] == 0 { zeros.even += 1 }
      if head[2 * pair + 1] == 0 { zeros.odd += 1 }
    }
    if zeros.odd * 10 >= pairs * 7, zeros.even * 10 < pairs { return .utf16LE }
    if zeros.even * 10 >= pairs * 7, zeros.odd * 10 < pairs { return .utf16BE }
    return nil
  }

  private static func isUTF8(_ head: [UInt8], isWhole: Bool) -> Bool {
    var end = head.count
    if !isWhole {
      // The cut may go through a character, of which up to three bytes are left.
      var back = 0
      while back < 4, end - back > 0, head[end - back - 1] & 0xC0 == 0x80 { back += 1 }
      if end - back > 0, head[end - back - 1] >= 0xC0 { end -= back + 1 }
    }
    return String(validating: head[..<end], as: UTF8.self) != nil
  }

  /// The head as UTF-8, without its mark.
  static func decode(_ head: [UInt8], _ encoding: Dialect.Encoding) -> [UInt8] {
    switch encoding {
    case .utf8:
      return head.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(head.dropFirst(3)) : head
    case .latin1:
      var text: [UInt8] = []
      text.reserveCapacity(head.count + 64)
      for byte in head { text.append(contentsOf: Array(String(UnicodeScalar(byte)).utf8)) }
      return text
    case .utf16LE, .utf16BE:
      let low = encoding == .utf16LE ? 0 : 1
      var units: [UInt16] = []
      units.reserveCapacity(head.count / 2)
      for at in stride(from: 0, to: head.count - 1, by: 2) {
        units.append(UInt16(head[at + low]) | UInt16(head[at + 1 - low]) << 8)
      }
      if units.first == 0xFEFF { units.removeFirst() }
      return Array(String(decoding: units, as: UTF16.self).utf8)
    }
  }
}
