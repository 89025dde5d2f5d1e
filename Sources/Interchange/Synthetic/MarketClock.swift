import Market

/// The bar starts of a synthetic market.
enum MarketClock {
  private static let minuteNs: Int64 = 60_000_000_000
  // 09:30 in New York in winter; the synthetic market keeps it all year, and knows no holidays.
  private static let sessionStartNs = (14 * 60 + 30) * minuteNs
  private static let sessionMinutes = 390

  /// Length of a bar in nanoseconds.
  static func step(_ options: MarketOptions) -> Int64 {
    options.frequency == .daily ? Calendar.dayNs : minuteNs
  }

  /// Start of every bar.
  static func times(_ options: MarketOptions) throws(ImportError) -> [Int64] {
    let isOpenAlways = options.calendar == .crypto
    let firstMinute = isOpenAlways ? 0 : sessionStartNs
    let minutes = options.frequency == .daily ? 1 : isOpenAlways ? 1440 : sessionMinutes
    let offset = options.frequency == .daily ? 0 : firstMinute
    var times: [Int64] = []
    times.reserveCapacity(options.bars)
    var day = options.startNs
    while times.count < options.bars {
      // A century of nanoseconds is far from the end of Int64, but bars are the caller's choice.
      if day > Int64.max - 2 * Calendar.dayNs {
        throw .badOption(
          option: "--bars", value: "\(options.bars)", reason: "reaches beyond the year 2262")
      }
      if isOpenAlways || !TimeParser.isWeekend(day) {
        for minute in 0..<min(minutes, options.bars - times.count) {
          times.append(day + offset + Int64(minute) * minuteNs)
        }
      }
      day += Calendar.dayNs
    }
    return times
  }
}
