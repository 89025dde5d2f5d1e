import Testing

/// The bytes of a file that a test makes.
typealias Bytes = [UInt8]

/// An input that is broken or tricky, and what has to become of it.
struct Malformed: Sendable, CustomTestStringConvertible {
  enum Outcome: Sendable {
    /// Refused as a whole with an exit status; the message begins with the first text, and holds the others.
    case refused(Int32, [String])
    /// Rows kept, and left out by rule.
    ///
    /// `rows`: the last of those that a dry run shows; `bad`: how it shows the first rows left out, as
    /// line, column and the begin of the reason.
    case kept(Int, [String: Int], rows: [String] = [], bad: [String] = [])
  }

  let name: String
  let outcome: Outcome
  let content: Bytes?
  let flags: String
  let file: String
  /// More files, with what stands in them; those that begin with `@` are not imported, and nil is the first file again.
  let others: [String: Bytes?]

  init(
    _ name: String, _ outcome: Outcome, _ content: Bytes? = nil, flags: String = "--symbol X",
    file: String = "f.csv", others: [String: Bytes?] = [:]
  ) {
    self.name = name
    self.outcome = outcome
    self.content = content
    self.flags = flags
    self.file = file
    self.others = others
  }

  var testDescription: String { name }

  static let all =
    nothing + foreign + encodings + quotes + shapes + numbers + rules + times + packed + wide
    + symbols + candles + flags
}

// MARK: What files are made of

/// A text, in parts.
func text(_ parts: String...) -> Bytes { Bytes(parts.joined().utf8) }

let goodCloses = "date,close\n2024-01-02,10\n2024-01-03,11\n2024-01-04,12\n"

/// Three good rows of closes, and more.
func closes(_ more: String...) -> Bytes { text(goodCloses, more.joined()) }

/// Three good rows of all prices, and more.
func bars(_ more: String...) -> Bytes {
  let rows = (2...4).map { "2024-01-0\($0),10,12,9,11,100\n" }
  return text("date,open,high,low,close,volume\n", rows.joined(), more.joined())
}

private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

/// Closes of so many days.
func many(_ count: Int) -> Bytes {
  let rows = (0..<count).map {
    "\(2000 + $0 / 336)-\(two($0 / 28 % 12 + 1))-\(two($0 % 28 + 1)),\(10 + $0 % 7)\n"
  }
  return text("date,close\n", rows.joined())
}

/// Closes of so many days that are the same whether day or month comes first.
func slashes(_ count: Int) -> Bytes {
  let rows = (0..<count).map { index in
    let both = two(index % 12 + 1)
    return "\(both)/\(both)/\(1700 + index / 12),10\n"
  }
  return text("date,close\n", rows.joined())
}

/// Bytes of any value, the same each time.
func noise(_ count: Int) -> Bytes {
  (1..<count).map { (index: Int) -> UInt8 in UInt8((index * index * 31 + index * 7) % 256) }
}

/// A row of so many columns of numbers behind a date.
func columns(_ count: Int, first: String = "date") -> Bytes {
  let names = (0..<count).map { ",c\($0)" }
  return text(
    first, names.joined(), "\n2024-01-02", String(repeating: ",1", count: count), "\n")
}

extension Bytes {
  /// Digits of hexadecimal numbers, with spaces where they help.
  init(hex: String) {
    let digits = hex.filter { $0 != " " }.compactMap(\.hexDigitValue)
    self = stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(digits[$0] * 16 + digits[$0 + 1])
    }
  }

  /// A text in UTF-16, with or without the mark in front.
  init(utf16 text: String, isBig: Bool = false, mark: Bool = true) {
    self = ((mark ? [0xFEFF] : []) + Array<UInt16>(text.utf16)).flatMap {
      isBig ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0 & 255), UInt8($0 >> 8)]
    }
  }
}

/// A member of gzip that holds bytes as they are, or says that it does.
func gzipped(
  _ bytes: Bytes, sum: UInt32? = nil, length: UInt32? = nil, damage: Int? = nil
) -> Bytes {
  func little(_ value: UInt32, _ count: Int) -> Bytes {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }
  let count = UInt32(bytes.count)
  var crc = ~UInt32(0)
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
  var member = Bytes(hex: "1f8b0800 00000000 00ff 01")
  member += little(count, 2) + little(~count, 2) + bytes
  member += little(sum ?? ~crc, 4) + little(length ?? count, 4)
  if let damage { member[damage] ^= 255 }
  return member
}
