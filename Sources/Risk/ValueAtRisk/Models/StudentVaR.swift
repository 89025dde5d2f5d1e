import Kernels

/// Independent Student t returns: location, scale and degrees of freedom ν by maximum likelihood.
///
/// VaR = -h·μ + √h·s·t, ES = -h·μ + √h·s·f(t)·(ν + t²) / ((ν - 1)·(1 - c)) with t the quantile of c. ν lies in
/// 1.05 to 10,000, where it is Gaussian to four digits. The √h is a convention: a sum of t numbers isn't t, and with
/// ν ≤ 2 it has no variance; `monte_carlo(student_t)` simulates the sum.
///
/// - Source: McNeil, Frey and Embrechts, *Quantitative Risk Management*, 2.2; likelihood as scipy's `t.fit`.
struct StudentVaR: VaRModel {
  /// A model.
  init() {}

  var name: String { "student_t" }
  var neededReturns: Int { 20 }

  func fit(_ window: Span<Double>, _ question: TailQuestion, last: Fit?) throws(RiskError)
    -> StudentFit
  {
    try StudentFit(window, method: name)
  }

  func forecast(_ window: Span<Double>, _ question: TailQuestion, fit: StudentFit)
    throws(RiskError) -> [TailForecast]
  {
    let horizon = Double(question.horizon)
    return question.levels.map { level in
      let freedom = fit.freedom
      let quantile = -Distribution.studentQuantile(level.tail, freedom: freedom)
      let shortfall =
        Distribution.studentDensity(quantile, freedom: freedom)
        * (freedom + quantile * quantile) / ((freedom - 1) * level.tail)
      return TailForecast(
        mean: horizon * fit.location, scale: horizon.squareRoot() * fit.scale, quantile: quantile,
        shortfall: shortfall)
    }
  }
}
