import Kernels

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
  /// A corporate action breaks a rule of its table.
  case invalidAction(CorporateAction, fault: ActionFault)
  /// A dividend takes the whole price, or more; `close` is in the shares of the day before it.
  case dividendTooLarge(symbol: String, timeNs: Int64, value: Double, close: Double)
  /// Dividends without factors of their own need the close before them.
  case closeMissing(panel: String)
  /// The splits of a symbol multiply to no finite number above zero.
  case splitsOutOfRange(symbol: String)

  /// What is wrong with a corporate action.
  public enum ActionFault: Sendable {
    /// It points to no symbol.
    case symbol
    /// Outside the years 1678 to 2261.
    case time
    /// A split's ratio is not above zero.
    case ratio
    /// A dividend is negative.
    case cash
    /// A rename points to no other ticker.
    case ticker
    /// A return below −1.
    case delistingReturn
    /// A factor at or below zero, or on an action that moves no price.
    case factor
    /// One of the same symbol, time and kind is there.
    case repeated
  }

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
      return sentence(line > 0 ? "line \(line): \(reason)" : reason)
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
    case .invalidAction(let action, let fault):
      let day = Timestamp.text(nanoseconds: action.timeNs)
      let why =
        switch fault {
        case .symbol: "the store has no symbol \(action.symbol)"
        case .time: "the day lies outside the years 1678 to 2261"
        case .ratio: "its ratio \(action.value) is not above zero"
        case .cash: "its cash \(action.value) is not a number from zero"
        case .ticker: "\(action.value) points to no other ticker"
        case .delistingReturn: "its return \(action.value) is not a number from -1"
        case .factor: "its factor \(action.factor) is not a number above zero"
        case .repeated: "the symbol has another on that day"
        }
      return "the \(action.kind.rawValue) of symbol \(action.symbol) on \(day): \(why)"
    case .dividendTooLarge(let symbol, let timeNs, let value, let close):
      let day = Timestamp.text(nanoseconds: timeNs)
      return "\(symbol) has a dividend of \(value) on \(day), and closed at \(close) before; "
        + "is the dividend in today's shares, or the price adjusted already?"
    case .closeMissing(let panel):
      return "panel \(panel) has no field 'close', from which dividends become factors"
    case .splitsOutOfRange(let symbol):
      return "the splits of \(symbol) multiply to more than a number can hold"
    }
  }
}
