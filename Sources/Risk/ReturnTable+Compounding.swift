import Kernels
import Market

extension ReturnTable {
  /// Returns over days, weeks (from Monday) or months, by the wall clock of a zone.
  ///
  /// Simple returns multiply, logarithmic ones add up; bars without a return are left out, and a period without any has NaN. Stamps
  /// are midnight UTC of the day of each period's first bar, as those of longer bars. The first and the last period may be cut.
  ///
  /// - Parameters:
  ///   - frequency: a day, a week, or a number of months that divides 12; not shorter than the bars are.
  ///   - zone: of the exchange for bars within a day; daily bars are stamped by their day, which is UTC.
  ///   - barsPerYear: of the longer bars, from the calendar.
  /// - Throws: `RiskError.setting` for another frequency.
  public func compounded(
    to frequency: Frequency, zone: ZoneRules = .utc, barsPerYear: Double
  ) throws(RiskError) -> ReturnTable {
    let isMonths = frequency.months.map { 12 % $0 == 0 } == true
    guard frequency == .day || frequency == .week || isMonths else {
      throw .setting(
        name: "frequency", found: frequency.label,
        expected: "1d, 1w, 1mo, 2mo, 3mo, 4mo, 6mo or 12mo")
    }
    var stamps: [Int64] = []
    var periods: [Range<Int>] = []
    var last: Int64?
    for (bar, stamp) in timeNs.enumerated() {
      let (wall, overflows) = stamp.addingReportingOverflow(zone.offset(at: stamp))
      let day = Timestamp.split(overflows ? stamp : wall).day
      let key = Self.period(of: day, frequency)
      if key == last {
        periods[periods.count - 1] = periods[periods.count - 1].lowerBound..<bar + 1
      } else {
        let (midnight, overflows) = day.multipliedReportingOverflow(by: Calendar.dayNs)
        stamps.append(overflows ? stamp : midnight)
        periods.append(bar..<bar + 1)
        last = key
      }
    }
    var result = Matrix(rows: periods.count, columns: symbolCount, repeating: .nan)
    for (row, bars) in periods.enumerated() {
      for column in 0..<symbolCount {
        var total = Double.nan
        for bar in bars where values[bar, column].isFinite {
          let value = values[bar, column]
          switch kind {
          case .simple: total = (total.isNaN ? 1 : total) * (1 + value)
          case .log: total = (total.isNaN ? 0 : total) + value
          }
        }
        result[row, column] = kind == .simple ? total - 1 : total
      }
    }
    return ReturnTable(
      symbols: symbols, timeNs: stamps, values: result, barsPerYear: barsPerYear, kind: kind)
  }

  /// A number for a day's period, equal within it.
  private static func period(of day: Int64, _ frequency: Frequency) -> Int64 {
    if frequency == .week { return day - Int64(CivilDate.weekday(daysSinceEpoch: day)) }
    guard let months = frequency.months else { return day }
    let date = CivilDate(daysSinceEpoch: day)
    return Int64((date.year * 12 + date.month - 1) / months)
  }
}
