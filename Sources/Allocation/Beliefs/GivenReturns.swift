import Kernels
import Risk

/// Expected returns that somebody states, a year.
public struct GivenReturns: ReturnBeliefs {
  static let entry = BeliefsEntry(
    "given", "annual returns by symbol, as stated",
    settings: [AllocatorSetting("returns", "annual return of each symbol: { AAPL: 0.08, … }")]
  ) { (settings) throws(AllocationError) in
    guard let annual = try settings.numbers("returns", in: -1...1e6) else {
      throw .setting(name: "returns", found: "nothing", expected: "a number for each symbol")
    }
    return GivenReturns(annual: annual)
  }

  /// Simple returns a year, by symbol.
  public let annual: [String: Double]

  /// Returns a year, by symbol.
  public init(annual: [String: Double]) { self.annual = annual }

  /// `given`.
  public var name: String { "given" }

  /// The annual returns over the bars of a year; the covariance as it is.
  ///
  /// - Throws: `AllocationError.setting` for a symbol without one.
  public func beliefs(_ returns: ReturnTable, _ covariance: CovarianceEstimate)
    throws(AllocationError) -> Beliefs
  {
    var values: [Double] = []
    for symbol in returns.symbols {
      guard let value = annual[symbol] else {
        throw .setting(
          name: "returns.\(symbol)", found: "nothing", expected: "an annual return such as 0.08")
      }
      values.append(value / returns.barsPerYear)
    }
    return Beliefs(expectedReturns: values, covariance: covariance.matrix)
  }
}
