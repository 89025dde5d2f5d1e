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
}
