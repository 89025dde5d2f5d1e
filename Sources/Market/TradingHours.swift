/// A stretch of a session in which a market trades, by the clock on its wall.
public struct TradingHours: Sendable, Equatable {
  /// Which part of a session.
  public enum Kind: String, Sendable, CaseIterable {
    /// Before the regular hours.
    case pre
    /// The session proper, of which daily bars are made.
    case regular
    /// After the regular hours.
    case post
  }

  /// Which part of the session.
  public let kind: Kind
  /// Nanoseconds from midnight of the session's day; negative for the evening before.
  public let opensNs: Int64
  /// The end, not part of it.
  public let closesNs: Int64

  /// A stretch.
  public init(_ kind: Kind, opensNs: Int64, closesNs: Int64) {
    self.kind = kind
    self.opensNs = opensNs
    self.closesNs = closesNs
  }
}

/// Trading hours of one day as instants.
public struct SessionRange: Sendable, Equatable {
  /// The session's day, in days since 1970-01-01; with hours from the evening before it is the day they end on.
  public let day: Int64
  /// Which part of the session.
  public let kind: TradingHours.Kind
  /// First instant, nanoseconds UTC.
  public let opens: Int64
  /// First instant after it, nanoseconds UTC.
  public let closes: Int64
}

extension ZoneRules {
  /// The instant at which the wall shows a time.
  ///
  /// Of two, the earlier; for a time that the clock leaves out, the instant at which it would have shown it, had it
  /// not been set forward.
  public func firstInstant(wall: Int64) -> Int64 {
    switch instant(wall: wall) {
    case .once(let instant): instant
    case .twice(let earlier, _): earlier
    case .never: wall - offset(at: wall - Calendar.dayNs)
    }
  }
}
