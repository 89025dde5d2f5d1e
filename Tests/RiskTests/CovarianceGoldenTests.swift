import Kernels
import Risk
import TestSupport
import Testing

/// Against numpy, pandas, scikit-learn, skfolio and PyPortfolioOpt; `Golden/make_covariance.py` made the file.
@Suite struct CovarianceGoldenTests {
  @Test func estimatorsOfOtherLibraries() throws {
    let whole = try Samples.whole()
    let panels = ["whole": whole, "few": whole.bars(0..<15), "gaps": try Samples.withGaps()]
    let lines = try Golden.lines("covariance.txt").dropFirst()
    #expect(lines.count == 27)
    for line in lines {
      let words = line.split(separator: ";").map(String.init)
      let numbers = words[2...].compactMap(Double.init)
      let panel = try #require(panels[words[0]])
      let estimate = try CovarianceCatalog.estimator(named: words[1]).estimate(panel)
      #expect(estimate.estimator == words[1] || estimate.estimator.hasPrefix(words[1]))
      #expect(estimate.repair == nil, "\(words[1])")
      if numbers[0].isNaN {
        #expect(estimate.shrinkage.isNaN)
      } else {
        #expect(abs(estimate.shrinkage - numbers[0]) < 1e-10, "\(words)")
      }
      let norm = estimate.matrix.values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(norm / numbers[1] - 1) < 1e-11, "\(line.prefix(60))")
      var place = 2
      for row in 0..<8 {
        for column in 0...row {
          let scale = (estimate.matrix[row, row] * estimate.matrix[column, column]).squareRoot()
          let gap = abs(estimate.matrix[row, column] - numbers[place]) / scale
          #expect(gap < 1e-11, "\(line.prefix(40)) \(row) \(column)")
          #expect(estimate.matrix[row, column] == estimate.matrix[column, row])
          place += 1
        }
      }
    }
  }
}
