import Books
import Glibc

/// How a number is shown.
package enum NumberFormat: Sendable {
  /// A fraction as percent: 0.1234 is `12.34 %`.
  case fraction
  /// A pure number with three decimals.
  case ratio
  /// A whole number of things, in groups of three digits.
  case count
  /// Money with two decimals, in groups of three digits.
  case money
  /// As short as reads back to the same number, for parameters.
  case plain

  /// How values of a unit are shown: `fraction a year`, `count`, `money`, `USD`; a ratio if it is none of these.
  package init(unit: String) {
    // Of currencies and coins: USD, USDT.
    let isCode = CurrencyCode.reading(unit) == unit
    self =
      switch unit {
      case _ where unit == "fraction" || unit.hasPrefix("fraction "): .fraction
      case "count", "bars": .count
      case "currency", "money": .money
      default: isCode ? .money : .ratio
      }
  }
}

/// Numbers as text for people.
///
/// NaN is always `–`.
package enum NumberText {
  /// A number in a format.
  package static func text(_ value: Double, _ format: NumberFormat) -> String {
    guard !value.isNaN else { return "–" }
    guard value.isFinite else { return value > 0 ? "∞" : "-∞" }
    switch format {
    case .fraction: return fixed(value * 100, decimals: 2) + " %"
    case .ratio:
      // Three decimals would show nothing of a tiny number and too much of a huge one.
      let size = abs(value)
      return size != 0 && (size < 5e-4 || size >= 1e9)
        ? c("%.*e", 3, value) : fixed(value, decimals: 3)
    case .count: return grouped(fixed(value, decimals: 0))
    case .money: return grouped(fixed(value, decimals: 2))
    case .plain:
      let text = "\(value)"
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
  }

  /// A number with a fixed count of decimals, and no minus before a zero.
  package static func fixed(_ value: Double, decimals: Int32) -> String {
    let text = c("%.*f", decimals, value)
    return text.hasPrefix("-") && !text.contains(where: { "1"..."9" ~= $0 })
      ? String(text.dropFirst()) : text
  }

  /// Three digits and a magnitude: `950`, `12.3 k`, `1.20 M`.
  package static func short(_ value: Double) -> String {
    var value = value
    for magnitude in ["", " k", " M", " G"] {
      // 999.5 would be shown as 1000.
      if value < 999.5 {
        let decimals: Int32 = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
        return fixed(value, decimals: decimals) + magnitude
      }
      value /= 1000
    }
    return fixed(value, decimals: 0) + " T"
  }

  /// A time span with two units at most: `12 s`, `3 min 20 s`, `1 h 2 min`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 360_000 else { return "days" }
    let whole = Int(seconds.rounded(.up))
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<3600: return "\(whole / 60) min \(whole % 60) s"
    default: return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
  }

  static func padded(_ value: Int, to width: Int) -> String {
    let text = "\(value)"
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private static func grouped(_ text: String) -> String {
    let start = text.firstIndex { $0.isNumber } ?? text.startIndex
    let end = text.firstIndex(of: ".") ?? text.endIndex
    var result = String(text[..<start])
    for (index, digit) in text[start..<end].enumerated() {
      if index > 0, (text.distance(from: start, to: end) - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return result + text[end...]
  }

  private static func c(_ format: String, _ decimals: Int32, _ value: Double) -> String {
    // The longest finite number takes 309 digits before the point.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
      guard let base = buffer.baseAddress else { return "" }
      _ = withVaList([decimals, value]) { vsnprintf(base, buffer.count, format, $0) }
      return String(cString: base)
    }
  }
}
