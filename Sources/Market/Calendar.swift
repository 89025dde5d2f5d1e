/// When a market trades, and how many bars make a year.
public struct Calendar: Sendable, Equatable {
  /// The calendars that Apus knows.
  public enum Kind: String, Sendable, CaseIterable {
    /// Exchange sessions of US equities: 252 a year, 390 minutes each.
    case usEquity = "us_equity"
    /// Every day, all day.
    case crypto
  }

  /// Which calendar.
  public let kind: Kind
  /// IANA zone in which sessions are given, for example `America/New_York`.
  public let timeZone: String

  /// A calendar in its own zone unless another is given.
  public init(_ kind: Kind, timeZone: String? = nil) {
    self.kind = kind
    self.timeZone = timeZone ?? (kind == .usEquity ? "America/New_York" : "UTC")
  }

  /// Nanoseconds in a day.
  public static let dayNs: Int64 = 86_400_000_000_000

  /// Bars in a year for bars of a length: 252 sessions or 365 days, times the bars in one of them.
  public func barsPerYear(frequencyNs: Int64) -> Double {
    let days = kind == .usEquity ? 252.0 : 365.0
    if frequencyNs >= Self.dayNs { return days * Double(Self.dayNs) / Double(frequencyNs) }
    let session = kind == .usEquity ? 390.0 * 60e9 : 86_400e9
    return days * session / Double(frequencyNs)
  }
}
