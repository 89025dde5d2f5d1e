/// How the numbers of a file are written.
package struct NumberStyle: Sendable, Equatable {
  /// Byte before the decimals, `.` or `,`.
  package var decimal = UInt8(ascii: ".")
  /// Byte between groups of digits: `,`, `.`, `'`, `_`, or a space, which stands for the narrow ones too;
  /// nil if there is none.
  package var grouping: UInt8?
  /// Words that mean "no value", compared without regard to case; an empty cell always does.
  package var missing: [[UInt8]] = Self.usualMissing
  /// Whether one of those words is a number, such as -99.99.
  package var hasMissingNumbers = false
  /// Whether numbers may carry a currency sign, a percent sign, brackets for a minus, or K, M, B or T for
  /// thousands to trillions.
  package var hasUnits = false

  /// Words by which vendors say that there is no value.
  static let usualMissing: [[UInt8]] = [
    "null", "n/a", "na", "#n/a", "#n/a n/a", "none", "-", "--", ".", "\\n",
  ].map { Array($0.utf8) }

  /// Whether a number with a point and nothing else is all that there is.
  var isPlain: Bool {
    decimal == UInt8(ascii: ".") && grouping == nil && !hasUnits && !hasMissingNumbers
  }

  /// Whether a text without spaces around it means "no value".
  func isMissing(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    func lower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
    return missing.contains { word in
      word.count == text.count && zip(word, text).allSatisfy { lower($0) == lower($1) }
    }
  }

  /// The plain style.
  package init() {}

  /// In words, for a summary; empty for a plain style.
  var description: String {
    var parts: [String] = []
    if decimal != UInt8(ascii: ".") { parts.append("decimal comma") }
    if let grouping {
      let sign = grouping == 0x20 ? "space" : "'\(Character(UnicodeScalar(grouping)))'"
      parts.append("\(sign) between thousands")
    }
    if hasUnits { parts.append("signs of units ($ % K M B)") }
    return parts.joined(separator: ", ")
  }
}

extension NumberParser {
  /// Reads a number as a style writes it.
  ///
  /// - Returns: as without a style, and `.empty` for a word that means "no value".
  package static func parse(_ text: UnsafeBufferPointer<UInt8>, style: NumberStyle) -> (
    Outcome, Double
  ) {
    let isPointed = style.decimal == UInt8(ascii: ".")
    if isPointed {
      let plain = parse(text)
      if plain.0 == .number || plain.0 == .empty {
        return style.hasMissingNumbers && style.isMissing(text.trimmingSpaces)
          ? (.empty, .nan) : plain
      }
      return other(text, style) ?? plain
    }
    return other(text, style) ?? (.notNumber, .nan)
  }

  // Longer than any number; what is longer goes the plain way and fails there.
  private static let roomBytes = 64

  private static func other(_ text: UnsafeBufferPointer<UInt8>, _ style: NumberStyle) -> (
    Outcome, Double
  )? {
    let trimmed = text.trimmingSpaces
    if trimmed.isEmpty { return (.empty, .nan) }
    if style.isMissing(trimmed) { return (.empty, .nan) }
    guard trimmed.count <= roomBytes else { return nil }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: roomBytes + 8) { room in
      guard let count = rewrite(trimmed, style, room) else { return nil }
      return parse(UnsafeBufferPointer(rebasing: room[..<count]))
    }
  }

  /// Writes a number in the plain way; nil if the style does not allow it.
  ///
  /// A unit becomes an exponent, so that the number is rounded once.
  ///
  /// - Returns: bytes written.
  private static func rewrite(
    _ text: UnsafeBufferPointer<UInt8>, _ style: NumberStyle,
    _ room: UnsafeMutableBufferPointer<UInt8>
  ) -> Int? {
    var low = text.startIndex
    var high = text.endIndex
    var written = 0
    var unit = ""
    func put(_ byte: UInt8) {
      room[written] = byte
      written += 1
    }
    if style.hasUnits {
      if high - low > 2, text[low] == UInt8(ascii: "("), text[high - 1] == UInt8(ascii: ")") {
        put(UInt8(ascii: "-"))
        low += 1
        high -= 1
      }
      if high - low > 1, let exponent = exponent(text[high - 1]) {
        unit = exponent
        high -= 1
        while high > low, text[high - 1] == 0x20 { high -= 1 }
      }
    }
    if low < high, text[low] == UInt8(ascii: "-") || text[low] == UInt8(ascii: "+") {
      if written > 0 { return nil }
      put(text[low])
      low += 1
    }
    if style.hasUnits { low += currencyLength(text, low, high) }
    // Digits since the last separator of groups.
    var sinceGroup: Int?
    var digits = 0
    var isFraction = false
    var at = low
    while at < high {
      let byte = text[at]
      if byte &- 48 < 10 {
        put(byte)
        digits += 1
        sinceGroup = sinceGroup.map { $0 + 1 }
        at += 1
      } else if byte == style.decimal, !isFraction {
        if let sinceGroup, sinceGroup != 3 { return nil }
        sinceGroup = nil
        isFraction = true
        put(UInt8(ascii: "."))
        at += 1
      } else if byte | 0x20 == UInt8(ascii: "e"), digits > 0, unit.isEmpty {
        if let sinceGroup, sinceGroup != 3 { return nil }
        sinceGroup = nil
        while at < high {
          put(text[at])
          at += 1
        }
      } else if let grouping = style.grouping, !isFraction, digits > 0,
        case let length = separatorLength(text, at, high, grouping), length > 0
      {
        // Two digits between commas are lakhs; the last group always has three.
        let canBeLakh = grouping == UInt8(ascii: ",")
        if let sinceGroup, sinceGroup != 3, !(canBeLakh && sinceGroup == 2) { return nil }
        if sinceGroup == nil, digits > 3 { return nil }
        sinceGroup = 0
        at += length
      } else {
        return nil
      }
    }
    if let sinceGroup, sinceGroup != 3 { return nil }
    for byte in unit.utf8 { put(byte) }
    return digits > 0 ? written : nil
  }

  private static func exponent(_ sign: UInt8) -> String? {
    switch Unicode.Scalar(sign) {
    case "%": "e-2"
    case "K", "k": "e3"
    case "M", "m": "e6"
    case "B", "b": "e9"
    case "T", "t": "e12"
    default: nil
    }
  }

  private static let currencies: [[UInt8]] = ["$", "€", "£", "¥", "US$", "₹"].map { Array($0.utf8) }

  private static func currencyLength(_ text: UnsafeBufferPointer<UInt8>, _ low: Int, _ high: Int)
    -> Int
  {
    currencies.first { text[low..<high].starts(with: $0) }?.count ?? 0
  }

  /// Bytes that the separator of groups takes here, 0 if it is not here.
  static func separatorLength(
    _ text: UnsafeBufferPointer<UInt8>, _ at: Int, _ high: Int, _ grouping: UInt8
  ) -> Int {
    if text[at] == grouping { return 1 }
    let wide = grouping == 0x20 ? spaces : grouping == UInt8(ascii: "'") ? apostrophes : []
    return wide.first { text[at..<high].starts(with: $0) }?.count ?? 0
  }

  // No-break space, narrow no-break space, thin space; typographic apostrophe.
  private static let spaces: [[UInt8]] = ["\u{A0}", "\u{202F}", "\u{2009}"].map { Array($0.utf8) }
  private static let apostrophes: [[UInt8]] = [Array("\u{2019}".utf8)]
}
