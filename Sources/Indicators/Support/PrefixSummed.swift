/// An indicator that follows from the running totals of its input: all windows over one series can share those.
public protocol PrefixSummed: Indicator {
  /// Bars in the window.
  var window: Int { get }
  /// Whether it is the mean; else the sum.
  var isMean: Bool { get }
}
