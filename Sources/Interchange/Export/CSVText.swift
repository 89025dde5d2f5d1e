import Kernels

/// Comma-separated values by RFC 4180 as bytes, written cell by cell.
///
/// An undefined number is an empty cell and an infinite one `inf`; a number reads back to the same bits.
public struct CSVText: Sendable {
  /// What was written since the last `take`.
  public private(set) var bytes: [UInt8] = []
  private var isFirst = true

  /// A table, header first.
  public init(columns: [String]) {
    for column in columns { add(column) }
    endRow()
  }

  /// Rows without a header.
  public init() {}

  /// Adds a text, in quotes where it needs them.
  public mutating func add(_ text: String) {
    separate()
    let quote = UInt8(ascii: "\"")
    guard text.utf8.contains(where: { $0 == quote || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D })
    else {
      bytes.append(contentsOf: text.utf8)
      return
    }
    bytes.append(quote)
    for byte in text.utf8 {
      if byte == quote { bytes.append(quote) }
      bytes.append(byte)
    }
    bytes.append(quote)
  }

  /// Adds a number.
  public mutating func add(_ number: Double) {
    separate()
    if !number.isNaN { bytes.append(contentsOf: number.shortestText.utf8) }
  }

  /// Adds a whole number.
  public mutating func add(_ number: some BinaryInteger) {
    separate()
    bytes.append(contentsOf: "\(number)".utf8)
  }

  /// Ends a row.
  public mutating func endRow() {
    bytes.append(0x0A)
    isFirst = true
  }

  /// Adds a row of texts.
  public mutating func addRow(_ cells: [String]) {
    for cell in cells { add(cell) }
    endRow()
  }

  /// Hands over what was written, for tables that don't fit into memory.
  public mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  private mutating func separate() {
    if !isFirst { bytes.append(0x2C) }
    isFirst = false
  }
}
