import Kernels
import Market
import Metrics
import Simulation

/// What metrics ask for beyond the sums of a lane: days in place of shorter bars, the calendar, a benchmark, trades one by one.
struct LaneDetail: Sendable {
  /// Periods of bars, and the benchmark by bar.
  private let bars: LaneContext
  /// The same by day, where returns are compounded to days.
  private let days: LaneContext?
  private let daysPerYear: Double
  /// Whether days are those of UTC because this system does not know the panel's zone.
  let isInUTC: Bool
  private let riskFree: Double
  private let minimumAcceptable: Double
  /// Whether lanes are replayed for what they held and traded.
  let needsHistory: Bool
  private let history: HistoryBuilder

  /// The detail of a plan's lanes; nil if sums will do.
  ///
  /// - Throws: `SpecError` for a benchmark that the panel does not have.
  init?(
    _ spec: Spec, _ run: LaneRun, needs: MetricNeeds, _ history: HistoryBuilder
  ) throws(SpecError) {
    let compounds = Self.compounds(spec, run.panel)
    guard compounds || !needs.isDisjoint(with: [.periods, .benchmark, .history]) else {
      try Self.checkBenchmark(spec, run.panel)
      return nil
    }
    let zone = ZoneOffsets(run.panel)
    let context = try Self.context(spec, run.panel, run.window, zone)
    bars = context
    isInUTC = zone.wasMissed
    days = compounds ? context.daily : nil
    daysPerYear = run.panel.calendar.barsPerYear(frequencyNs: Calendar.dayNs)
    riskFree = spec.riskFree
    minimumAcceptable = spec.minimumAcceptable
    needsHistory = needs.contains(.history)
    self.history = history
  }

  /// Calendar and benchmark of the bars of a window.
  ///
  /// - Throws: `SpecError` for a benchmark that the panel does not have.
  static func context(
    _ spec: Spec, _ panel: PricePanel, _ window: Range<Int>, _ zone: ZoneOffsets
  ) throws(SpecError) -> LaneContext {
    let column = try spec.benchmark.map { name throws(SpecError) in
      try Self.column(of: name, panel)
    }
    let periods = Periods(panel, zone)
    return LaneContext(
      days: window.map { Int32(periods.period(of: $0, .day) ?? 0) },
      months: window.map { Int32(periods.period(of: $0, .month) ?? 0) },
      benchmark: column.map { returns(of: $0, panel, window) },
      daysPerBar: Double(panel.frequencyNs) / Double(Calendar.dayNs))
  }

  /// Throws if the panel does not have the benchmark.
  static func checkBenchmark(_ spec: Spec, _ panel: PricePanel) throws(SpecError) {
    if let name = spec.benchmark { _ = try column(of: name, panel) }
  }

  /// First bars of the days that returns are compounded to, and the number of bars at the end; nil where they aren't.
  var dayBounds: [Int]? { days == nil ? nil : bars.bounds(.day) }

  /// Whether returns of a panel's bars are compounded to days before anything is said of them.
  static func compounds(_ spec: Spec, _ panel: PricePanel) -> Bool {
    Frequency(ns: panel.frequencyNs).isIntraday && !spec.isPerBar
  }

  /// Completes a summary whose returns were kept; the record is that of a replay.
  func complete(_ summary: inout LaneSummary, record: LaneRecord?, lane: Int) {
    summary.context = days ?? bars
    if let record { summary.history = history.history(of: record, lane: lane) }
    // The vector kernel sums up days by itself, unless it is to keep returns.
    guard summary.days == nil, let days else { return }
    summary.compound(
      bars, into: days, daysPerYear: daysPerYear, riskFree: riskFree,
      minimumAcceptable: minimumAcceptable)
  }

  // MARK: - The benchmark

  /// Column of a benchmark.
  static func column(of name: String, _ panel: PricePanel) throws(SpecError) -> Int {
    guard let column = panel.symbols.index(of: name) else {
      throw .unknownName(
        path: "data.benchmark", line: 0, kind: "symbol", name: name,
        nearest: nearestName(to: name, among: panel.symbols.names),
        hint: "a benchmark is a symbol of panel \(panel.name); apus inspect --symbols lists them")
    }
    return column
  }

  /// Returns of a symbol from close to close: NaN up to its first price, 0 where it has no close.
  ///
  /// The first bar is measured from the last close before the window, if there is one.
  static func returns(of column: Int, _ panel: PricePanel, _ window: Range<Int>) -> [Double] {
    guard let close = panel.fieldIndex("close") else { return window.map { _ in .nan } }
    var last = Double.nan
    for bar in stride(from: window.lowerBound - 1, through: 0, by: -1) {
      last = panel.value(field: close, bar: bar, symbol: column)
      if !last.isNaN { break }
    }
    return window.map { bar in
      let price = panel.value(field: close, bar: bar, symbol: column)
      defer { if !price.isNaN { last = price } }
      if last.isNaN { return .nan }
      return price.isNaN || last == 0 ? 0 : price / last - 1
    }
  }
}
