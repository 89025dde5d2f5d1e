// Words, numbers and texts.
extension JSON5Reader {
  func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }

  mutating func word(_ expected: String) throws(JSON5Error) -> String {
    var word = ""
    while let scalar = current,
      scalar == "_" || scalar == "$" || scalar.properties.isAlphabetic
        || (!word.isEmpty && isDigit(scalar))
    {
      word.unicodeScalars.append(scalar)
      advance()
    }
    if word.isEmpty { throw error(expected) }
    return word
  }

  mutating func number() throws(JSON5Error) -> Double {
    let start = place
    var word = ""
    while let scalar = current,
      isDigit(scalar) || scalar.properties.isAlphabetic || scalar == "+" || scalar == "-"
        || scalar == "."
    {
      word.unicodeScalars.append(scalar)
      advance()
    }
    var digits = word[...]
    let isNegative = digits.hasPrefix("-")
    if isNegative || digits.hasPrefix("+") { digits = digits.dropFirst() }
    guard let size = Self.magnitude(digits) else {
      throw JSON5Error(
        found: "'\(JSON5.excerpt(word))'", expected: "a number", place: start)
    }
    // A zero has no sign in a spec.
    return isNegative ? 0 - size : size
  }

  /// A number without its sign, or nil.
  private static func magnitude(_ digits: Substring) -> Double? {
    if digits == "Infinity" { return .infinity }
    if digits == "NaN" { return .nan }
    if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
      let hexadecimal = digits.dropFirst(2)
      guard hexadecimal.allSatisfy(\.isHexDigit) else { return nil }
      return UInt64(hexadecimal, radix: 16).map { Double($0) }
    }
    return isDecimal(digits) ? Double(digits) : nil
  }

  /// Whether a word is a decimal number of JSON5; Swift's own reader takes "inf", "0x1p3" and "007" too.
  private static func isDecimal(_ word: Substring) -> Bool {
    var rest = word.utf8
    func takeDigits() -> Int {
      let count = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }.count
      rest = rest.dropFirst(count)
      return count
    }
    func take(_ bytes: UInt8...) -> Bool {
      guard let first = rest.first, bytes.contains(first) else { return false }
      rest = rest.dropFirst()
      return true
    }
    let hasLeadingZero = rest.first == UInt8(ascii: "0")
    var digits = takeDigits()
    if hasLeadingZero && digits > 1 { return false }
    if take(UInt8(ascii: ".")) { digits += takeDigits() }
    guard digits > 0 else { return false }
    if take(UInt8(ascii: "e"), UInt8(ascii: "E")) {
      _ = take(UInt8(ascii: "+"), UInt8(ascii: "-"))
      guard takeDigits() > 0 else { return false }
    }
    return rest.isEmpty
  }

  mutating func string() throws(JSON5Error) -> String {
    let start = place
    guard let quote = current else { throw error("a text") }
    advance()
    var result = String.UnicodeScalarView()
    while let scalar = current {
      if scalar == quote {
        advance()
        return String(result)
      }
      if scalar == "\n" || scalar == "\r" { break }
      advance()
      guard scalar == "\\" else {
        result.append(scalar)
        continue
      }
      guard let escape = current else { break }
      if isDigit(escape), escape != "0" { throw error("a character that can be escaped") }
      advance()
      switch escape {
      case "n": result.append("\n")
      case "t": result.append("\t")
      case "r": result.append("\r")
      case "b": result.append("\u{8}")
      case "f": result.append("\u{C}")
      case "v": result.append("\u{B}")
      case "0": result.append("\0")
      case "\r": if current == "\n" { advance() }
      case "\n", "\u{2028}", "\u{2029}": break
      case "x": result.append(try escaped(2))
      case "u": result.append(try unicode())
      default: result.append(escape)
      }
    }
    throw JSON5Error(
      found: "a text without end", expected: "a closing \(quote)", place: start)
  }

  private mutating func hexadecimal(_ count: Int) throws(JSON5Error) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let scalar = current, scalar.isASCII, let digit = Character(scalar).hexDigitValue
      else {
        throw error("\(count) hexadecimal digits")
      }
      value = value * 16 + UInt32(digit)
      advance()
    }
    return value
  }

  private mutating func escaped(_ count: Int) throws(JSON5Error) -> Unicode.Scalar {
    Unicode.Scalar(try hexadecimal(count)) ?? "\u{FFFD}"
  }

  /// A \u escape; a high surrogate takes the low one that follows.
  private mutating func unicode() throws(JSON5Error) -> Unicode.Scalar {
    let high = try hexadecimal(4)
    if let scalar = Unicode.Scalar(high) { return scalar }
    let half = "the other half of the surrogate pair \\u" + String(high, radix: 16, uppercase: true)
    guard high < 0xDC00, current == "\\", position + 1 < text.count, text[position + 1] == "u"
    else { throw error(half) }
    advance()
    advance()
    let low = try hexadecimal(4)
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw error(half) }
    return scalar
  }
}
