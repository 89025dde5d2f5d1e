import Market

/// A month or a year of the calendar, in UTC.
public struct ReportPeriod: Sendable, Equatable {
  /// How long it is.
  public enum Kind: String, Sendable, CaseIterable {
    /// A month.
    case month
    /// A year.
    case year
  }

  /// How long it is.
  public let kind: Kind
  /// Its name: `2017-06`, or `2017`.
  public let name: String
  /// Its first instant, nanoseconds UTC.
  public let start: Int64
  /// The first instant after it.
  public let end: Int64

  /// The period that an instant lies in; nil where years are beyond what nanoseconds can tell.
  public init?(_ kind: Kind, containing instant: Int64) {
    let date = CivilDate(daysSinceEpoch: Timestamp.split(instant).day)
    self.init(kind, year: date.year, month: date.month)
  }

  /// The period of a name, `2017-06` or `2017`; nil for anything else.
  public init?(_ name: String) {
    let bytes = Array(name.utf8)
    guard bytes.count == 4 || bytes.count == 7 && bytes[4] == UInt8(ascii: "-"),
      let year = Int(name.prefix(4)), year >= 0
    else { return nil }
    if bytes.count == 4 {
      self.init(.year, year: year, month: 1)
    } else if let month = Int(name.suffix(2)), (1...12).contains(month) {
      self.init(.month, year: year, month: month)
    } else {
      return nil
    }
  }

  private init?(_ kind: Kind, year: Int, month: Int) {
    let first = kind == .month ? month : 1
    let isLast = kind == .year || month == 12
    guard let start = Self.midnight(year, first),
      let end = Self.midnight(isLast ? year + 1 : year, isLast ? 1 : month + 1)
    else { return nil }
    self.kind = kind
    self.start = start
    self.end = end
    name = String(Timestamp.text(nanoseconds: start).prefix(kind == .month ? 7 : 4))
  }

  private static func midnight(_ year: Int, _ month: Int) -> Int64? {
    guard let date = CivilDate(year: year, month: month, day: 1) else { return nil }
    let (ns, isBeyond) = date.daysSinceEpoch.multipliedReportingOverflow(by: Calendar.dayNs)
    return isBeyond ? nil : ns
  }
}
