/// Tells how numbers are written, by the cells that can be read in one way only.
enum NumberSniffer {
  // What the cells have shown so far.
  private struct Evidence {
    var pointIsDecimal = 0
    var commaIsDecimal = 0
    var pointGroups = 0
    var commaGroups = 0
    var spaceGroups = 0
    var apostropheGroups = 0
    var units = 0
    // Numbers in quotes: who writes them keeps commas apart from commas.
    var quoted = 0
    // A comma with three digits behind it, and nothing else that tells; and its column.
    var unclear: (text: String, column: Int)?
    // The first number with a decimal comma, and its column.
    var comma: (text: String, column: Int)?

    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, column: Int) {
      if CellKind.isPlainNumber(bytes) {
        if let point = bytes.firstIndex(of: UInt8(ascii: ".")), !isGroup(bytes[...], point) {
          pointIsDecimal += 1
        }
      } else if CellKind(bytes) == .number {
        weigh(bytes, column: column)
      }
    }

    private mutating func weigh(_ bytes: UnsafeBufferPointer<UInt8>, column: Int) {
      var low = bytes.startIndex
      var high = bytes.endIndex
      while low < high, bytes[low] &- 48 > 9, bytes[low] != 0x2E, bytes[low] != 0x2C { low += 1 }
      while high > low, bytes[high - 1] &- 48 > 9 { high -= 1 }
      let last = bytes.last.map { Unicode.Scalar($0) }
      if low > 0, bytes[0] != UInt8(ascii: "-"), bytes[0] != UInt8(ascii: "+") { units += 1 }
      if last == "%" || last == "K" || last == "M" || last == "B" || last == "T" || last == ")" {
        units += 1
      }
      let digits = bytes[low..<high]
      let points = positions(digits, UInt8(ascii: "."))
      let commas = positions(digits, UInt8(ascii: ","))
      if hasGroup(digits, UInt8(ascii: " ")) || digits.contains(0xC2) || digits.contains(0xE2) {
        if digits.contains(0x99) { apostropheGroups += 1 } else { spaceGroups += 1 }
      }
      if digits.contains(UInt8(ascii: "'")) { apostropheGroups += 1 }
      if let point = points.last, let comma = commas.last {
        if point > comma { (pointIsDecimal, commaGroups) = (pointIsDecimal + 1, commaGroups + 1) }
        if comma > point { (commaIsDecimal, pointGroups) = (commaIsDecimal + 1, pointGroups + 1) }
      } else if commas.count > 1 {
        commaGroups += 1
      } else if points.count > 1 {
        pointGroups += 1
      } else if let comma = commas.first {
        if isGroup(digits, comma) {
          if unclear == nil { unclear = (String(decoding: bytes, as: UTF8.self), column) }
        } else {
          commaIsDecimal += 1
          if self.comma == nil { self.comma = (String(decoding: bytes, as: UTF8.self), column) }
        }
      } else if let point = points.first, !isGroup(digits, point) {
        pointIsDecimal += 1
      }
    }

    private func positions(_ digits: Slice<UnsafeBufferPointer<UInt8>>, _ sign: UInt8) -> [Int] {
      digits.indices.filter { digits[$0] == sign }
    }

    private func hasGroup(_ digits: Slice<UnsafeBufferPointer<UInt8>>, _ sign: UInt8) -> Bool {
      digits.indices.contains { digits[$0] == sign }
    }

    /// Whether one to three digits, not a zero, stand before a separator and three behind it.
    private func isGroup(_ digits: Slice<UnsafeBufferPointer<UInt8>>, _ at: Int) -> Bool {
      let before = at - digits.startIndex
      let behind = digits[(at + 1)...].prefix { $0 &- 48 < 10 }.count
      return (1...3).contains(before) && behind == 3 && at + 4 == digits.endIndex
        && digits[digits.startIndex] != UInt8(ascii: "0")
    }
  }

  /// Weighs the cells of columns of numbers.
  static func style(
    _ table: HeadTable, rows: Range<Int>, columns: [Int], header: [String], path: String,
    options: ImportOptions
  ) throws(ImportError) -> NumberStyle {
    var style = NumberStyle()
    style.missing += options.missing.map { Array($0.trimmingSpaces.utf8) }
    style.hasMissingNumbers = options.missing.contains { word in
      Array(word.utf8).withUnsafeBufferPointer { NumberParser.parse($0).0 == .number }
    }
    var evidence = Evidence()
    for row in rows {
      let record = table.records[row]
      for column in columns where column < record.count {
        table.with(record, column) { bytes in
          evidence.add(bytes, column: column)
        }
        if table.isQuoted(record, column) { evidence.quoted += 1 }
      }
    }
    style.hasUnits = evidence.units > 0
    let (point, comma) = (UInt8(ascii: "."), UInt8(ascii: ","))
    if let decimal = options.decimal {
      style.decimal = decimal == "," ? comma : point
    } else if evidence.commaIsDecimal > 0, evidence.pointIsDecimal > 0 {
      throw .decimalUnclear(
        path: path, column: evidence.comma.map { header[$0.column] } ?? header.first ?? "",
        found: evidence.comma?.text ?? "1.234,5", contradicts: true)
    } else if evidence.commaIsDecimal > 0 || evidence.pointGroups > 0 {
      style.decimal = comma
    } else if let unclear = evidence.unclear, evidence.pointIsDecimal == 0,
      evidence.commaGroups == 0, options.thousands != ","
    {
      throw .decimalUnclear(
        path: path, column: header[unclear.column], found: unclear.text,
        contradicts: false)
    }
    style.grouping = grouping(style, evidence, options)
    return style
  }

  private static func grouping(
    _ style: NumberStyle, _ evidence: Evidence, _ options: ImportOptions
  ) -> UInt8? {
    if let thousands = options.thousands { return thousands.asciiValue }
    if evidence.spaceGroups > 0 { return 0x20 }
    if evidence.apostropheGroups > 0 { return UInt8(ascii: "'") }
    // Prices pass 1,000 further down, so the other sign is taken as soon as one of the two is known.
    if style.decimal == UInt8(ascii: ",") { return UInt8(ascii: ".") }
    let hasComma = evidence.commaGroups > 0 || evidence.unclear != nil
    let isExpected = options.decimal != nil || evidence.quoted > 0 && evidence.pointIsDecimal > 0
    return hasComma || isExpected ? UInt8(ascii: ",") : nil
  }
}
