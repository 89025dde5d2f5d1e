/// Finds the trading hours of bars, which come in order of time.
///
/// A bar belongs to hours that it overlaps, so that a bar of the hour from 09:00 is one of a session that opens at 09:30.
struct SessionWalk {
  /// Hours in order, by kind of search: regular ones first.
  let regular: [SessionRange]
  let extended: [SessionRange]
  private let zone: ZoneRules
  private let lengthNs: Int64
  private var nextRegular = 0
  private var nextExtended = 0

  /// For bars of a length that start within a range of instants.
  init(_ calendar: Calendar, zone: ZoneRules, over instants: ClosedRange<Int64>, lengthNs: Int64) {
    let days =
      Timestamp.split(instants.lowerBound).day - 2...Timestamp.split(instants.upperBound).day + 2
    let all = calendar.sessions(days: days, zone: zone)
    regular = all.filter { $0.kind == .regular }
    extended = all.filter { $0.kind != .regular }
    self.zone = zone
    self.lengthNs = lengthNs
  }

  /// Position in `regular` of the hours that a bar overlaps.
  mutating func regular(at start: Int64) -> Int? { find(start, regular, &nextRegular) }

  /// Position in `extended` of the hours that a bar overlaps.
  mutating func extended(at start: Int64) -> Int? { find(start, extended, &nextExtended) }

  private func find(_ start: Int64, _ ranges: [SessionRange], _ next: inout Int) -> Int? {
    while next < ranges.count && ranges[next].closes <= start { next += 1 }
    return next < ranges.count && ranges[next].opens - lengthNs < start ? next : nil
  }

  /// The latest end of hours before the last bar that was looked for in both.
  var lastClose: Int64 {
    max(
      nextRegular > 0 ? regular[nextRegular - 1].closes : .min,
      nextExtended > 0 ? extended[nextExtended - 1].closes : .min)
  }

  /// The day on the wall at an instant.
  func wallDay(at instant: Int64) -> Int64 {
    let (wall, overflow) = instant.addingReportingOverflow(zone.offset(at: instant))
    return Timestamp.split(overflow ? instant : wall).day
  }

  /// Midnight of a day on the wall.
  func midnight(of day: Int64) -> Int64 {
    // The first and the last days of 64 bits have no midnight in every zone.
    zone.firstInstant(wall: min(max(day, -106_700), 106_700) * Calendar.dayNs)
  }
}

extension Timestamp {
  /// Midnight UTC of a day; the first instant of 64 bits for the day that it cuts.
  static func midnight(of day: Int64) -> Int64 {
    let (ns, overflow) = day.multipliedReportingOverflow(by: Calendar.dayNs)
    return overflow ? (day < 0 ? .min : .max) : ns
  }
}
