import Kernels
import Market

/// Returns of given factors, such as those of Fama and French, bar by bar.
public struct FactorTable: Sendable {
  /// Names of the factors: `[K]`.
  public let names: [String]
  /// Stamps of the bars at which returns were earned, nanoseconds UTC, strictly increasing: `[T]`.
  public let timeNs: [Int64]
  /// `[T, K]`, fractions a bar; NaN where a factor has none.
  public let values: Matrix
  /// The rate without risk, `[T]`, fractions a bar; nil where the source has none.
  public let riskFree: [Double]?

  /// Number of bars, `T`.
  public var barCount: Int { values.rows }
  /// Number of factors, `K`.
  public var factorCount: Int { values.columns }

  /// A table of given returns.
  public init(names: [String], timeNs: [Int64], values: Matrix, riskFree: [Double]? = nil) {
    precondition(values.rows == timeNs.count && values.columns == names.count, "shape of factors")
    precondition(riskFree == nil || riskFree?.count == timeNs.count, "a rate for each bar")
    self.names = names
    self.timeNs = timeNs
    self.values = values
    self.riskFree = riskFree
  }

  /// Some of the bars, ascending.
  public func taking(_ bars: some Collection<Int>) -> FactorTable {
    FactorTable(
      names: names, timeNs: bars.map { timeNs[$0] },
      values: Matrix(rows: bars.count, columns: factorCount, bars.flatMap { values.row($0) }),
      riskFree: riskFree.map { rates in bars.map { rates[$0] } })
  }

  /// Whether all factors, and the rate where there is one, have a value at a bar.
  public func isComplete(bar: Int) -> Bool {
    if let riskFree, !riskFree[bar].isFinite { return false }
    return (0..<factorCount).allSatisfy { values[bar, $0].isFinite }
  }
}

/// Factors and returns at the same bars.
public struct FactorJoin: Sendable {
  /// The factors, a row for each joined bar.
  public let factors: FactorTable
  /// Bars of the returns that were joined, ascending: `[T]`.
  public let bars: [Int]
  /// Bars of the returns that no factor row covers.
  public let unmatchedBars: Int
  /// Factor rows within the time of the returns that no bar took.
  public let unusedRows: Int
  /// Whether several rows of factors were compounded into a bar.
  public let isCompounded: Bool

  /// Takes from each bar of returns the factors of the same time.
  ///
  /// Bars of a day take the row with the same stamp. Longer bars take all rows from their stamp up to the next bar's, the last one
  /// up to its length, and compound them: Π(1 + f) − 1, the rate without risk alike; NaN in any makes the bar NaN.
  ///
  /// - Throws: `RiskError.outsideDomain` if bars are shorter than a day, shorter than the factors', or all without a row.
  public init(_ factors: FactorTable, to timeNs: [Int64], barNs: Int64) throws(RiskError) {
    let rows = Frequency.infer(factors.timeNs)
    let bar = Frequency(ns: barNs)
    guard !bar.isIntraday else {
      throw .outsideDomain(
        method: "factors",
        reason: "bars of \(bar.label) are shorter than a day; resample the panel to 1d")
    }
    guard rows.ns <= barNs else {
      throw .outsideDomain(
        method: "factors",
        reason: "the factors are of \(rows.label) and the bars of \(bar.label); "
          + "take finer factors, or resample the panel to \(rows.label)")
    }
    let ends = Self.ends(timeNs, bar)
    var bars: [Int] = []
    var taken: [Range<Int>] = []
    var row = 0
    var unused = 0
    for index in timeNs.indices {
      while row < factors.timeNs.count, factors.timeNs[row] < timeNs[index] {
        if index > 0 { unused += 1 }
        row += 1
      }
      let first = row
      if barNs == Calendar.dayNs {
        if row < factors.timeNs.count, factors.timeNs[row] == timeNs[index] { row += 1 }
      } else {
        while row < factors.timeNs.count, factors.timeNs[row] < ends[index] { row += 1 }
      }
      guard row > first else { continue }
      bars.append(index)
      taken.append(first..<row)
    }
    guard !bars.isEmpty else {
      func range(_ times: [Int64]) -> String {
        [times.first, times.last].map { $0.map { Timestamp.text(nanoseconds: $0) } ?? "?" }
          .joined(separator: " to ")
      }
      throw .outsideDomain(
        method: "factors",
        reason: "no bar of the returns (\(range(timeNs))) has a row (\(range(factors.timeNs)))")
    }
    self.bars = bars
    unmatchedBars = timeNs.count - bars.count
    unusedRows = unused
    isCompounded = taken.contains { $0.count > 1 }
    self.factors = Self.compounded(factors, taken, at: bars.map { timeNs[$0] })
  }

  /// The end of each bar: the next one's stamp; of the last its own length.
  private static func ends(_ timeNs: [Int64], _ bar: Frequency) -> [Int64] {
    var ends = Array(timeNs.dropFirst())
    guard let last = timeNs.last else { return [] }
    var end = last.addingReportingOverflow(bar.ns)
    if let months = bar.months {
      let date = CivilDate(daysSinceEpoch: Timestamp.split(last).day)
      let month = date.year * 12 + date.month - 1 + months
      if let next = CivilDate(year: month / 12, month: month % 12 + 1, day: 1) {
        end = next.daysSinceEpoch.multipliedReportingOverflow(by: Calendar.dayNs)
      }
    }
    ends.append(end.overflow ? .max : end.partialValue)
    return ends
  }

  private static func compounded(_ table: FactorTable, _ rows: [Range<Int>], at timeNs: [Int64])
    -> FactorTable
  {
    var values = Matrix(rows: rows.count, columns: table.factorCount)
    var riskFree = table.riskFree.map { _ in [Double](repeating: 0, count: rows.count) }
    for (bar, range) in rows.enumerated() {
      for factor in 0..<table.factorCount {
        values[bar, factor] = compound(range) { table.values[$0, factor] }
      }
      if let rates = table.riskFree { riskFree?[bar] = compound(range) { rates[$0] } }
    }
    return FactorTable(names: table.names, timeNs: timeNs, values: values, riskFree: riskFree)
  }

  private static func compound(_ rows: Range<Int>, _ value: (Int) -> Double) -> Double {
    // One row is taken as it is: (1 + f) − 1 would round it.
    if rows.count == 1 { return value(rows.lowerBound) }
    var growth = 1.0
    for row in rows { growth *= 1 + value(row) }
    return growth - 1
  }
}
