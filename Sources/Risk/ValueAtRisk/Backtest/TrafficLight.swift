import Kernels

/// The zone of a number of exceptions, by how likely a right model has as many or fewer.
///
/// Green below 95 %, yellow below 99.99 %, red from there: for 250 forecasts at 99 % up to 4, up to 9, and 10 or more.
///
/// - Source: Basel Committee, *Supervisory framework for the use of "backtesting"* (1996), table 2; the boundaries for
///   other counts and levels are its own rule, by the exact binomial distribution.
public enum TrafficLight: String, Sendable, CaseIterable {
  case green
  case yellow
  case red

  /// The zone.
  public init(exceptions: Int, of count: Int, tail: Double) {
    let probability = Distribution.binomialCDF(exceptions, of: count, probability: tail)
    self = probability < 0.95 ? .green : probability < 0.9999 ? .yellow : .red
  }
}
