/// What all lanes of a run share and some metrics ask for: the periods that bars belong to, and a benchmark.
///
/// Bars are those that returns are of: days, where an intraday run reports statistics of days.
public final class LaneContext: Sendable, Equatable {
  /// A span of the calendar.
  public enum Period: String, Sendable, CaseIterable {
    /// From midnight to midnight on the wall of the exchange.
    case day
    /// From Monday on.
    case week
    /// A month.
    case month
    /// A quarter of a year.
    case quarter
    /// A year.
    case year
  }

  /// Days since 1970-01-01 on the wall of the exchange, by bar.
  public let days: [Int32]
  /// Year · 12 + month - 1, by bar.
  public let months: [Int32]
  /// Returns of the benchmark, by bar: fractions, NaN before its first price; nil without one.
  public let benchmark: [Double]?
  /// Calendar days from the start of a bar to that of the next, as if exchanges never closed: 1 for bars of a day.
  public let daysPerBar: Double
  /// First bars of the periods, and the number of bars at the end, by `Period`.
  private let starts: [[Int]]

  /// A context of bars.
  ///
  /// - Precondition: `days` and `months` ascend and are of one length, as is `benchmark`.
  public init(days: [Int32], months: [Int32], benchmark: [Double]? = nil, daysPerBar: Double = 1) {
    precondition(days.count == months.count && benchmark?.count ?? days.count == days.count)
    self.days = days
    self.months = months
    self.benchmark = benchmark
    self.daysPerBar = daysPerBar
    starts = Period.allCases.map { period in
      var starts: [Int] = []
      for bar in days.indices
      where bar == 0
        || Self.number(of: bar, period, days, months)
          != Self.number(of: bar - 1, period, days, months)
      {
        starts.append(bar)
      }
      return starts + [days.count]
    }
  }

  /// Contexts are equal if their bars and benchmarks are.
  public static func == (a: LaneContext, b: LaneContext) -> Bool {
    a === b
      || a.days == b.days && a.months == b.months
        && a.benchmark.map { $0.map(\.bitPattern) } == b.benchmark.map { $0.map(\.bitPattern) }
  }

  /// Number of periods, the first and the last in part.
  public func count(_ period: Period) -> Int { bounds(period).count - 1 }

  /// First bars of the periods, and the number of bars at the end.
  public func bounds(_ period: Period) -> [Int] {
    starts[Period.allCases.firstIndex(of: period) ?? 0]
  }

  /// The days of these bars, as bars of their own.
  public var daily: LaneContext {
    let firsts = bounds(.day).dropLast()
    return LaneContext(
      days: firsts.map { days[$0] }, months: firsts.map { months[$0] },
      benchmark: benchmark.map { dailyBenchmark($0) })
  }

  /// A day without any return of the benchmark has none.
  private func dailyBenchmark(_ returns: [Double]) -> [Double] {
    let bounds = bounds(.day)
    return zip(compounded(returns, .day), zip(bounds, bounds.dropFirst())).map { value, day in
      returns[day.0..<day.1].allSatisfy(\.isNaN) ? .nan : value
    }
  }

  /// Returns of whole periods from returns of bars; a NaN counts as none.
  public func compounded(_ returns: [Double], _ period: Period) -> [Double] {
    let bounds = bounds(period)
    return zip(bounds, bounds.dropFirst()).map { first, end in
      returns[first..<end].reduce(1) { $1.isNaN ? $0 : $0 * (1 + $1) } - 1
    }
  }

  private static func number(
    of bar: Int, _ period: Period, _ days: [Int32], _ months: [Int32]
  ) -> Int32 {
    switch period {
    case .day: days[bar]
    // 1970-01-01 was a Thursday.
    case .week: (days[bar] + 3 - (((days[bar] + 3) % 7) + 7) % 7) / 7
    case .month: months[bar]
    case .quarter: months[bar] / 3
    case .year: months[bar] / 12
    }
  }
}
