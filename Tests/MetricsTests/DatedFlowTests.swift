import Foundation
import Metrics
import Testing

/// Internal rates of return, against the numbers of others.
@Suite struct DatedFlowTests {
  // The worked example of Excel's page on XIRR: 10,000 paid in on 2008-01-01, four payments back, 37.3362535 % a year; more
  // digits by scipy.optimize.brentq over years of 365 days.
  @Test("XIRR as spreadsheets have it")
  func excel() {
    let days = [0.0, 60, 303, 411]
    let amounts = [10_000.0, -2750, -4250, -3250]
    let flows = zip(days, amounts).map {
      DatedFlow(years: $0 / DatedFlow.daysPerYear, amount: $1)
    }
    let rate = DatedFlow.internalRate(
      of: flows, final: 2750, years: 456 / DatedFlow.daysPerYear)
    #expect(abs(rate - 0.373_362_533_518_831_6) < 1e-13)
    #expect(abs(rate - 0.373_362_535) < 1e-8)
  }

  @Test("a tenth more after 365 days is 10 %, leap year or not")
  func year() {
    let rate = DatedFlow.internalRate(
      of: [DatedFlow(years: 0, amount: 100)], final: 110, years: 365 / DatedFlow.daysPerYear)
    #expect(abs(rate - 0.1) < 1e-15)
  }

  @Test("money that came once, in one payment or two, has grown to what is left")
  func once() {
    for (rate, start, end) in [(0.25, 0.0, 3.0), (-0.4, 0.5, 2.25), (12.0, 1.0, 1.01), (0, 0, 1)] {
      let final = 120 * exp2(log2(1 + rate) * (end - start))
      let flows = [
        DatedFlow(years: 0, amount: 0), DatedFlow(years: start, amount: 50),
        DatedFlow(years: start, amount: 70),
      ]
      let found = DatedFlow.internalRate(of: flows, final: final, years: end)
      #expect(abs(found - rate) <= 1e-12 * (1 + rate.magnitude), "\(found), \(rate)")
      // A cent at another time takes the longer way.
      let near = DatedFlow.internalRate(
        of: flows + [DatedFlow(years: end, amount: 1e-9)], final: final + 1e-9, years: end)
      #expect(abs(near - rate) <= 1e-10 * (1 + rate.magnitude), "\(near), \(rate)")
    }
    #expect(DatedFlow.internalRate(of: [DatedFlow(years: 1, amount: 1)], final: 2, years: 1).isNaN)
    #expect(DatedFlow.internalRate(of: [DatedFlow(years: 0, amount: 1)], final: 0, years: 1).isNaN)
  }
}
