import Market

/// How the times of a file are written, and what they mean.
package struct TimeStyle: Sendable, Equatable {
  /// How times are written.
  package var format: TimeFormat
  /// Zone of times without an offset of their own; a date without a time is the same day in any.
  package var zone = ZoneRules.utc
  /// Which of two instants is meant; nil: told by the order of rows.
  package var fold: ImportOptions.Fold?
  /// Whether midnight in the zone stands for the day, as daily bars are often written.
  package var isMidnightADay = false

  /// A style without more than a format and a zone.
  package init(_ format: TimeFormat, zone: ZoneRules = .utc) {
    self.format = format
    self.zone = zone
  }

  /// Reads a cell, and the cell of the time of day where that has a column of its own.
  package func parse(
    _ date: UnsafeBufferPointer<UInt8>, _ timeOfDay: UnsafeBufferPointer<UInt8>? = nil
  )
    -> TimeOutcome
  {
    guard let wall = format.wallTime(date, timeOfDay) else {
      return .bad(refusal(format.refusal, date, timeOfDay))
    }
    let midnight = wall.day * Calendar.dayNs
    guard let time = wall.time else { return .instant(midnight) }
    if isMidnightADay {
      return day(wall, time).map { .instant($0) }
        ?? .bad(refusal("is not midnight, as the days of this file are", date, timeOfDay))
    }
    if let offset = wall.offset { return .instant(midnight + time - offset) }
    if zone.changes.isEmpty { return .instant(midnight + time - zone.offsets[0]) }
    switch zone.instant(wall: midnight + time) {
    case .once(let instant): return .instant(instant)
    case .twice(let earlier, let later):
      return switch fold {
      case .earlier: .instant(earlier)
      case .later: .instant(later)
      case nil: .twice(earlier: earlier, later: later)
      }
    case .never:
      return .never(
        refusal("was skipped by the clocks of \(zone.name), set forward that day", date, timeOfDay))
    }
  }

  /// Midnight UTC of a day whose midnight in the zone this is; nil if it is not midnight there.
  private func day(_ wall: WallTime, _ time: Int64) -> Int64? {
    var local = wall.day * Calendar.dayNs + time
    // An instant has no wall but that of the zone.
    if case .epoch = format { local += zone.offset(at: local) }
    return local % Calendar.dayNs == 0 ? local : nil
  }

  private func refusal(
    _ reason: String, _ date: UnsafeBufferPointer<UInt8>, _ timeOfDay: UnsafeBufferPointer<UInt8>?
  ) -> String {
    let cells = [date] + (timeOfDay.map { [$0] } ?? [])
    let text = cells.map { String(decoding: $0.prefix(160), as: UTF8.self) }.joined(separator: " ")
    return "'\(text.prefix(40))' \(reason)"
  }

  /// In words, for a summary.
  var description: String {
    if isMidnightADay { return "\(format.description), midnight \(zone.name) as the day" }
    return format.isInstant || zone == .utc
      ? format.description : "\(format.description), \(zone.name)"
  }
}

/// What a cell of time, or two, turned out to mean.
package enum TimeOutcome: Equatable {
  /// Nanoseconds UTC.
  case instant(Int64)
  /// No time of the style; the reason is a sentence.
  case bad(String)
  /// The clock of the zone shows it twice; both in nanoseconds UTC.
  case twice(earlier: Int64, later: Int64)
  /// The clock of the zone never shows it; the reason is a sentence.
  case never(String)
}

/// A time as a clock and a calendar on the wall show it.
struct WallTime: Equatable {
  /// Days since 1970-01-01.
  var day: Int64
  /// Nanoseconds since midnight; nil for a date alone.
  var time: Int64?
  /// Nanoseconds that the wall is ahead of UTC, where it is written down.
  var offset: Int64?

  /// A day of 1678…2261 that the calendar has.
  init?(year: Int, month: Int, day: Int) {
    guard (1678...2261).contains(year), let date = CivilDate(year: year, month: month, day: day)
    else { return nil }
    self.day = date.daysSinceEpoch
  }

  /// An instant of 1678…2261, as UTC shows it.
  init?(instant: Int64) {
    let (day, rest) = Timestamp.split(instant)
    guard (-106_650...106_650).contains(day) else { return nil }
    self.day = day
    time = rest
    offset = 0
  }
}

/// How times are written.
package enum TimeFormat: Sendable, Equatable {
  /// Year first: `2024-01-31`, `2024/01/31 09:30`, `20240131T093000Z`, `2024-01`.
  case iso
  /// `31/01/2024`, `31.01.2024 09:30`.
  case dayFirst
  /// `01/31/2024`, `1/31/2024 9:30 PM`.
  case monthFirst
  /// `Jan 31, 2024`, `31-Jan-24`.
  case monthName
  /// A count since 1970; nil: of the unit that puts it between 1973 and 2286.
  case epoch(EpochUnit?)
  /// Days since 1899-12-30, as spreadsheets count.
  case excel
  /// Milliseconds since the midnight of a day, which is given in days since 1970-01-01.
  case millisecondsOfDay(day: Int64)
  /// By a pattern of the user's.
  case pattern(TimePattern)

  /// What `--date-format` takes beside patterns.
  package static let names: [(name: String, format: TimeFormat)] = [
    ("iso", .iso), ("ymd", .iso), ("dmy", .dayFirst), ("mdy", .monthFirst), ("mon", .monthName),
    ("epoch", .epoch(nil)), ("epoch-s", .epoch(.seconds)), ("epoch-ms", .epoch(.milliseconds)),
    ("epoch-us", .epoch(.microseconds)), ("epoch-ns", .epoch(.nanoseconds)), ("excel", .excel),
  ]

  /// Whether each text names an instant, whatever the zone.
  var isInstant: Bool { if case .epoch = self { true } else { false } }

  /// In words, for a summary.
  var description: String {
    switch self {
    case .iso: "ISO 8601"
    case .dayFirst: "day/month/year"
    case .monthFirst: "month/day/year"
    case .monthName: "dates with names of months"
    case .epoch(nil): "epoch, unit by magnitude"
    case .epoch(let unit?): "epoch \(unit.rawValue)"
    case .excel: "spreadsheet day numbers"
    case .millisecondsOfDay(let day):
      "milliseconds of \(CivilDate(daysSinceEpoch: day).description)"
    case .pattern(let pattern): pattern.text
    }
  }

  /// Why a cell could not be read, after the cell.
  var refusal: String {
    switch self {
    case .iso: "is not a date or time like 2024-01-31 or 2024-01-31 09:30:00"
    case .dayFirst: "is not a date like 31/01/2024, the day first, or such a date and a time"
    case .monthFirst: "is not a date like 01/31/2024, the month first, or such a date and a time"
    case .monthName: "is not a date like Jan 31, 2024 or 31-Jan-2024"
    case .epoch(nil): "is no count of s, ms, µs or ns between 1973 and 2261"
    case .epoch(let unit?): "is no count of \(unit.rawValue) between 1678 and 2261"
    case .excel: "is not the number of a day, from 61 (1900-03-01)"
    case .millisecondsOfDay: "is no number of milliseconds within a day"
    case .pattern(let pattern): "does not fit \(pattern.text), or is no day of 1678…2261"
    }
  }

  /// What the wall shows; nil for anything that is not of this format.
  func wallTime(
    _ date: UnsafeBufferPointer<UInt8>, _ timeOfDay: UnsafeBufferPointer<UInt8>? = nil
  ) -> WallTime? {
    if case .pattern(let pattern) = self { return pattern.wallTime(date, timeOfDay) }
    var cursor = ByteCursor(date)
    guard var wall = one(&cursor) else { return nil }
    if let timeOfDay {
      guard wall.time == nil || wall.time == 0 else { return nil }
      var cursor = ByteCursor(timeOfDay)
      guard DateText.timeOfDay(&cursor, &wall) else { return nil }
    }
    return wall
  }

  private func one(_ cursor: inout ByteCursor) -> WallTime? {
    switch self {
    case .iso: DateText.yearFirst(&cursor)
    case .dayFirst: DateText.yearLast(&cursor, dayFirst: true)
    case .monthFirst: DateText.yearLast(&cursor, dayFirst: false)
    case .monthName: DateText.monthName(&cursor)
    case .epoch(let unit): EpochUnit.wallTime(&cursor, unit)
    case .excel: EpochUnit.excel(&cursor)
    case .millisecondsOfDay(let day): EpochUnit.millisecondsOfDay(&cursor, day)
    case .pattern: nil
    }
  }
}
