/// Decimal text to the nearest double, without a copy in the usual case.
package enum NumberParser {
  /// What a cell turned out to be.
  package enum Outcome: UInt8 {
    /// A finite number.
    case number
    /// Nothing but spaces.
    case empty
    /// Infinite, NaN in words, or too large for a double.
    case notFinite
    /// Anything else.
    case notNumber
  }

  /// Reads `[+-]digits[.digits][e[+-]digits]`, with spaces around it.
  ///
  /// - Returns: the outcome and the value, correctly rounded as `strtod` does; NaN if none.
  package static func parse(_ text: UnsafeBufferPointer<UInt8>) -> (Outcome, Double) {
    guard var base = text.baseAddress else { return (.empty, .nan) }
    var end = base + text.count
    while base < end, base.pointee == 0x20 || base.pointee == 0x09 { base += 1 }
    while base < end, end[-1] == 0x20 || end[-1] == 0x09 { end -= 1 }
    if base == end { return (.empty, .nan) }

    var cursor = base
    let negative = cursor.pointee == UInt8(ascii: "-")
    if negative || cursor.pointee == UInt8(ascii: "+") { cursor += 1 }

    var mantissa: UInt64 = 0
    let integerStart = cursor
    while cursor < end, case let digit = cursor.pointee &- 48, digit < 10 {
      mantissa = mantissa &* 10 &+ UInt64(digit)
      cursor += 1
    }
    var digits = cursor - integerStart
    var exponent = 0
    if cursor < end, cursor.pointee == UInt8(ascii: ".") {
      cursor += 1
      let fractionStart = cursor
      while cursor < end, case let digit = cursor.pointee &- 48, digit < 10 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
        cursor += 1
      }
      exponent = fractionStart - cursor
      digits -= exponent
    }
    if digits == 0 { return notDecimal(base, end) }
    if cursor < end {
      guard let written = readExponent(&cursor, end), cursor == end else {
        return (.notNumber, .nan)
      }
      exponent += written
    }
    // Up to 19 digits fit the mantissa; leading zeros are not worth telling apart.
    if digits <= 19, let value = exact(mantissa, exponent) {
      return (.number, negative ? -value : value)
    }
    return slow(base, end)
  }

  /// Reads `[-]digits[.digits]` of up to eight digits on either side of the point, eight at a time; nil for whatever
  /// takes more than that.
  ///
  /// - Precondition: 24 bytes from `text` on can be read, whatever `length` says.
  @inline(__always)
  static func plain(_ text: UnsafePointer<UInt8>, _ length: Int) -> Double? {
    let negative = text.pointee == UInt8(ascii: "-")
    let base = UnsafeRawPointer(text) + (negative ? 1 : 0)
    let length = length &- (negative ? 1 : 0)
    let front = UInt64(littleEndian: base.loadUnaligned(as: UInt64.self)) ^ zeros
    let whole = strange(front).trailingZeroBitCount &>> 3
    let fraction = length &- whole &- 1
    guard whole > 0, fraction > 0, fraction <= 8,
      base.load(fromByteOffset: whole, as: UInt8.self) == UInt8(ascii: ".")
    else {
      // Digits to the end, or something rarer.
      guard length > 0, whole >= length else { return nil }
      let value = exactly(eight(front &<< UInt64(truncatingIfNeeded: 64 &- 8 &* length)))
      return negative ? -value : value
    }
    // Earlier characters are the lower bytes, and have to be the higher digits.
    let back =
      (UInt64(littleEndian: base.loadUnaligned(fromByteOffset: whole &+ 1, as: UInt64.self))
        ^ zeros) &<< UInt64(truncatingIfNeeded: 64 &- 8 &* fraction)
    let integer = eight(front &<< UInt64(truncatingIfNeeded: 64 &- 8 &* whole))
    let digits = integer &* integerPowers[fraction] &+ eight(back)
    // Both operands are exact, so the one division rounds once (Clinger 1990).
    if strange(back) != 0 || digits >= 1 << 52 { return nil }
    let value = exactly(digits) / powers[fraction]
    return negative ? -value : value
  }

  /// A whole number below 2⁵².
  ///
  /// The processor's own conversion keeps half of its register, and so waits for the number before.
  @inline(__always)
  private static func exactly(_ whole: UInt64) -> Double {
    Double(bitPattern: whole | 0x4330_0000_0000_0000) - 4_503_599_627_370_496
  }

  private static let zeros: UInt64 = 0x3030_3030_3030_3030

  /// The top bit of each byte that is above 9.
  @inline(__always)
  private static func strange(_ bytes: UInt64) -> UInt64 {
    let low = bytes & 0x7F7F_7F7F_7F7F_7F7F
    return ((low &+ 0x7676_7676_7676_7676) | bytes) & 0x8080_8080_8080_8080
  }

  /// The number whose decimal digits are eight bytes, the highest one in the lowest byte.
  @inline(__always)
  private static func eight(_ bytes: UInt64) -> UInt64 {
    let pairs = (bytes &* 2561) >> 8 & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* 6_553_601) >> 16 & 0x0000_FFFF_0000_FFFF
    return (fours &* 42_949_672_960_001) >> 32
  }

  private static func readExponent(
    _ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> Int? {
    guard cursor.pointee | 0x20 == UInt8(ascii: "e") else { return nil }
    cursor += 1
    var negative = false
    if cursor < end, cursor.pointee == UInt8(ascii: "-") || cursor.pointee == UInt8(ascii: "+") {
      negative = cursor.pointee == UInt8(ascii: "-")
      cursor += 1
    }
    let start = cursor
    var value = 0
    while cursor < end, case let digit = cursor.pointee &- 48, digit < 10 {
      // Far beyond any double already; more digits only have to be digits.
      if value < 100_000 { value = value * 10 + Int(digit) }
      cursor += 1
    }
    if cursor == start { return nil }
    return negative ? -value : value
  }

  /// `mantissa · 10^exponent`, correctly rounded, where that takes one rounding; nil elsewhere.
  private static func exact(_ mantissa: UInt64, _ exponent: Int) -> Double? {
    if mantissa == 0 { return 0 }
    if exponent == 0 { return Double(mantissa) }
    if mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
      // Both operands are exact, so the one operation rounds once (Clinger 1990).
      let power = powers[abs(exponent)]
      return exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
    }
    if exponent < 0, exponent >= -19 {
      return quotient(mantissa, integerPowers[-exponent], exponent)
    }
    return nil
  }

  /// Long division to at least 63 bits; what remains only matters as nonzero, and is kept in the
  /// lowest bit.
  private static func quotient(_ mantissa: UInt64, _ power: UInt64, _ exponent: Int) -> Double {
    let m = mantissa << UInt64(mantissa.leadingZeroBitCount)
    let d = power << UInt64(power.leadingZeroBitCount)
    let (q, r) = d.dividingFullWidth((m >> 1, m << 63))
    let scale = power.leadingZeroBitCount - mantissa.leadingZeroBitCount - 63
    return Double(r == 0 ? q : q | 1) * Double(sign: .plus, exponent: scale, significand: 1)
  }

  private static func slow(_ base: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>)
    -> (Outcome, Double)
  {
    let text = String(decoding: UnsafeBufferPointer(start: base, count: end - base), as: UTF8.self)
    guard let value = Double(text) else { return (.notNumber, .nan) }
    return value.isFinite ? (.number, value) : (.notFinite, .nan)
  }

  private static func notDecimal(_ base: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>)
    -> (Outcome, Double)
  {
    // Columns of text come here for every row, so most words are told by their first letter.
    let sign = base.pointee == UInt8(ascii: "-") || base.pointee == UInt8(ascii: "+") ? 1 : 0
    guard end - base <= 9, end - base > sign,
      base[sign] | 0x20 == UInt8(ascii: "n") || base[sign] | 0x20 == UInt8(ascii: "i")
    else { return (.notNumber, .nan) }
    let word = String(decoding: UnsafeBufferPointer(start: base, count: end - base), as: UTF8.self)
      .lowercased().drop { $0 == "+" || $0 == "-" }
    return (["nan", "inf", "infinity"].contains(word) ? .notFinite : .notNumber, .nan)
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18, 1e19, 1e20, 1e21, 1e22,
  ]
  // Literals, so that they lie in the executable and need no first use.
  private static let integerPowers: [UInt64] = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
    10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000,
    1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000,
    1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
  ]
}
