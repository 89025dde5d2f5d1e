import Kernels
import Risk

/// What is believed of the next bar.
public struct Beliefs: Sendable {
  /// Expected simple returns a bar: `[N]`.
  public var expectedReturns: [Double]
  /// Covariance a bar: `[N, N]`.
  public var covariance: Matrix

  /// Beliefs.
  public init(expectedReturns: [Double], covariance: Matrix) {
    self.expectedReturns = expectedReturns
    self.covariance = covariance
  }
}

/// A way to expect returns.
public protocol ReturnBeliefs: Sendable {
  /// Name in specs, with its settings, for example `ewma(60)`.
  var name: String { get }
  /// What is believed after some returns.
  ///
  /// - Parameters:
  ///   - returns: simple returns, `[T, N]`; NaN where a symbol has none, and symbols may have different ones.
  ///   - covariance: what was estimated of them.
  /// - Throws: `AllocationError`: too few returns, a symbol or setting that doesn't fit.
  func beliefs(_ returns: ReturnTable, _ covariance: CovarianceEstimate) throws(AllocationError)
    -> Beliefs
}

extension ReturnBeliefs {
  /// Means of the returns that there are, symbol by symbol.
  ///
  /// - Throws: `AllocationError.risk` for a symbol without any.
  func means(_ returns: ReturnTable) throws(AllocationError) -> [Double] {
    var means: [Double] = []
    for symbol in 0..<returns.symbolCount {
      var (sum, count) = (0.0, 0)
      for bar in 0..<returns.barCount where !returns.values[bar, symbol].isNaN {
        sum += returns.values[bar, symbol]
        count += 1
      }
      guard count > 0 else { throw .risk(.noVariation(symbol: returns.symbols[symbol])) }
      means.append(sum / Double(count))
    }
    return means
  }
}
