/// What can be wrong with market data from outside.
public enum MarketError: Error, Equatable {
  /// A text is not an instant.
  case invalidTimestamp(text: String, reason: TimestampFault)
  /// A calendar file breaks its format; line 0 for the file as a whole.
  case invalidCalendar(line: Int, reason: String)
  /// Bars can't be made into bars of another length.
  case notResampled(from: String, to: String, reason: String)
  /// Bars of a length that no calendar has slots for.
  case noSlots(frequency: String)

  /// Why a text is not an instant.
  public enum TimestampFault: Sendable {
    /// The parts don't stand where they should.
    case form
    /// The month has no such day.
    case noSuchDay
    /// The day has no such time.
    case noSuchTime
    /// More than nine decimals.
    case tooFine
    /// Before 1677-09-22 or after 2262-04-11: beyond 64 bits of nanoseconds.
    case outOfRange
  }
}

extension MarketError: CustomStringConvertible {
  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .invalidCalendar(let line, let reason):
      return line > 0 ? "line \(line): \(reason)." : "\(reason)."
    case .notResampled(let from, let to, let reason):
      return "bars of \(from) can't be made into bars of \(to): \(reason)."
    case .noSlots(let frequency):
      return
        "bars of \(frequency) have no place in a calendar to be missed in; gaps are told for bars "
        + "shorter than a day, and for 1d, 1w, 1mo, 3mo, 6mo and 12mo."
    case .invalidTimestamp(let text, let reason):
      let why =
        switch reason {
        case .form: "is not of the form YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS.fffZ"
        case .noSuchDay: "names a day that does not exist"
        case .noSuchTime: "names a time that does not exist"
        case .tooFine: "has more than nine decimals"
        case .outOfRange: "lies outside 1677-09-22 to 2262-04-11"
        }
      return
        "'\(text.prefix(60))' \(why). Write it like 2024-01-31 or 2024-01-31T15:30:00Z, in UTC."
    }
  }
}
