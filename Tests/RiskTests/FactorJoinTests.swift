import Kernels
import Market
import Testing

@testable import Risk

@Suite struct FactorJoinTests {
  private let day = Calendar.dayNs

  /// One factor of 1 % a day on the days given, with a rate of 0.1 %.
  private func daily(_ days: [Int64]) -> FactorTable {
    FactorTable(
      names: ["F"], timeNs: days.map { $0 * day },
      values: Matrix(rows: days.count, columns: 1, repeating: 0.01),
      riskFree: days.map { _ in 0.001 })
  }

  @Test func daysMeetTheSameDay() throws {
    let join = try FactorJoin(
      daily([1, 2, 4, 5, 9]), to: [2, 3, 4, 6].map { $0 * day }, barNs: day)
    #expect(join.bars == [0, 2])
    #expect(join.factors.timeNs == [2 * day, 4 * day])
    #expect(join.unmatchedBars == 2)
    // Day 5; day 1 is before the returns, day 9 behind them.
    #expect(join.unusedRows == 1)
    #expect(!join.isCompounded)
  }

  @Test func weeksAndMonthsAreCompounded() throws {
    // 1970-01-05 was a Monday.
    let weeks = try FactorJoin(
      daily(Array(0..<30)), to: [4, 11, 18].map { $0 * day }, barNs: Frequency.week.ns)
    #expect(weeks.bars == [0, 1, 2] && weeks.isCompounded)
    for bar in 0..<3 {
      #expect(near(weeks.factors.values[bar, 0], 0.07213535210701))
      #expect(near(weeks.factors.riskFree?[bar] ?? .nan, 0.007021035035021))
    }
    // January 1970 has 31 days, February 28.
    let months = try FactorJoin(daily(Array(0..<80)), to: [0, 31 * day], barNs: Frequency.month.ns)
    var growth = (january: 1.0, february: 1.0)
    for _ in 0..<31 { growth.january *= 1.01 }
    for _ in 0..<28 { growth.february *= 1.01 }
    #expect(near(months.factors.values[0, 0], growth.january - 1))
    #expect(near(months.factors.values[1, 0], growth.february - 1))
  }

  @Test func monthlyFactorsMeetMonthlyBars() throws {
    let ends: [Int64] = [30, 58, 89]
    let join = try FactorJoin(
      daily(ends), to: [0, 31, 59].map { $0 * day }, barNs: Frequency.month.ns)
    #expect(join.bars == [0, 1, 2] && !join.isCompounded)
    #expect(join.factors.values.values == [0.01, 0.01, 0.01])
  }

  @Test func whatCannotBeJoined() throws {
    func complaint(_ factors: FactorTable, _ days: [Int64], _ barNs: Int64) -> String {
      do {
        _ = try FactorJoin(factors, to: days.map { $0 * day }, barNs: barNs)
        return "no mistake was found"
      } catch { return "\(error)" }
    }
    #expect(
      complaint(daily([0, 31, 59, 90]), [0, 1], day)
        == "factors: the factors are of 1mo and the bars of 1d; take finer factors, "
        + "or resample the panel to 1mo")
    #expect(
      complaint(daily([0, 1]), [0, 1], 3_600_000_000_000)
        == "factors: bars of 1h are shorter than a day; resample the panel to 1d")
    #expect(
      complaint(daily([0, 1]), [7, 8], day)
        == "factors: no bar of the returns (1970-01-08 to 1970-01-09) has a row "
        + "(1970-01-01 to 1970-01-02)")
  }
}
