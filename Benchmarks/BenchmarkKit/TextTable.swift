/// Lines of text in columns, the way terminals show them.
public struct TextTable: Sendable {
  private let titles: [String]
  private let isNumber: [Bool]
  private var rows: [[String]] = []

  /// An empty table; columns whose title begins with a space hold numbers and are aligned right.
  public init(_ titles: [String]) {
    isNumber = titles.map { $0.hasPrefix(" ") }
    self.titles = titles.map { String($0.drop { $0 == " " }) }
  }

  /// Adds a row with a cell for each column.
  public mutating func add(_ cells: [String]) {
    precondition(cells.count == titles.count, "a cell for each column")
    rows.append(cells)
  }

  /// The lines, without spaces at their ends.
  public var text: String {
    let widths = titles.indices.map { column in
      ([titles] + rows).map { $0[column].count }.max() ?? 0
    }
    return ([titles] + rows).map { cells in
      var line = cells.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - cells[column].count)
        return isNumber[column] ? space + cells[column] : cells[column] + space
      }.joined(separator: "  ")
      while line.hasSuffix(" ") { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}

/// Numbers as tables show them.
public enum NumberFormat {
  /// Three significant digits without an exponent: `0.0123`, `1.23`, `45.6`, `1230`.
  public static func short(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    if value == 0 { return "0" }
    var decimals = 2
    var scaled = value.magnitude
    while scaled >= 9.995, decimals > 0 {
      scaled /= 10
      decimals -= 1
    }
    while scaled < 0.9995, decimals < 9 {
      scaled *= 10
      decimals += 1
    }
    return fixed(value, decimals: decimals)
  }

  /// A number with so many digits after the point.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
    let whole = (value.magnitude * scale).rounded()
    guard whole < 9e15 else { return "\(value)" }
    let sign = value < 0 && whole > 0 ? "-" : ""
    let digits = String(Int64(whole))
    if decimals == 0 { return sign + digits }
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// A time with the unit that suits it.
  public static func time(_ seconds: Double) -> String {
    switch seconds.magnitude {
    case ..<0.9995e-6: short(seconds * 1e9) + " ns"
    case ..<0.9995e-3: short(seconds * 1e6) + " µs"
    case ..<0.9995: short(seconds * 1e3) + " ms"
    default: short(seconds) + " s"
    }
  }

  /// What a unit of work costs: a time, or gigabytes a second.
  public static func cost(_ ratePerSecond: Double, _ unit: WorkUnit) -> String {
    unit == .bytes
      ? short(ratePerSecond * 1e-9) + " GB/s" : time(1 / ratePerSecond) + "/" + unit.rawValue
  }
}
