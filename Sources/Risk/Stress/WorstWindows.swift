import Kernels

/// The worst stretches of a series of returns, found by search.
public struct WorstWindows: Sendable, Equatable {
  /// A stretch.
  public struct Window: Sendable, Equatable {
    /// Bars of the series.
    public let bars: Range<Int>
    /// Compounded return, a fraction.
    public let total: Double
  }

  /// The worst first; none overlaps another.
  public let windows: [Window]

  /// Finds the worst windows: the worst of all, then the worst of those that overlap none before.
  ///
  /// Fewer are found where no room is left. Of equal ones the earlier goes first.
  ///
  /// - Parameters:
  ///   - length: bars of a window.
  ///   - count: how many.
  ///   - returns: `[T]`; a window with a missing one is none.
  /// - Throws: `RiskError`: a length or count below 1; fewer bars than one window.
  /// - Complexity: O(T log T).
  public init(of length: Int, count: Int, in returns: [Double]) throws(RiskError) {
    guard length >= 1 else {
      throw .setting(name: "worst", found: "\(length)", expected: "1 bar or more")
    }
    guard count >= 1 else {
      throw .setting(name: "count", found: "\(count)", expected: "1 or more")
    }
    guard returns.count >= length else {
      throw .tooFewReturns(
        method: "a search for windows of \(length) bars", found: returns.count, needed: length)
    }
    let totals = Self.totals(returns, length)
    var order = totals.indices.filter { !totals[$0].isNaN }
    order.sort { totals[$0] != totals[$1] ? totals[$0] < totals[$1] : $0 < $1 }
    var isTaken = [Bool](repeating: false, count: returns.count)
    var windows: [Window] = []
    for start in order where windows.count < count {
      // All are of one length: whoever overlaps a taken one has its first or last bar in it.
      if isTaken[start] || isTaken[start + length - 1] { continue }
      for bar in start..<start + length { isTaken[bar] = true }
      windows.append(Window(bars: start..<start + length, total: totals[start]))
    }
    self.windows = windows
  }

  /// The compounded return of each window, by its first bar.
  ///
  /// Products from the last multiple of the length on either side of it: no division, so that a total loss spoils no later window,
  /// and rounding does not grow with the series.
  static func totals(_ returns: [Double], _ length: Int) -> [Double] {
    let count = returns.count
    var forward = [Double](repeating: 1, count: count)
    var backward = forward
    for bar in 0..<count {
      forward[bar] = (bar % length == 0 ? 1 : forward[bar - 1]) * (1 + returns[bar])
    }
    for bar in stride(from: count - 1, through: 0, by: -1) {
      let isLast = bar == count - 1 || (bar + 1) % length == 0
      backward[bar] = (isLast ? 1 : backward[bar + 1]) * (1 + returns[bar])
    }
    // A portfolio that lost everything, or more, stays there.
    var nextLoss = [Int](repeating: count, count: count + 1)
    for bar in stride(from: count - 1, through: 0, by: -1) {
      nextLoss[bar] = returns[bar] <= -1 ? bar : nextLoss[bar + 1]
    }
    return (0...count - length).map { start in
      if nextLoss[start] < start + length {
        // A missing return behind the loss makes no window of it either.
        if returns[start..<start + length].contains(where: \.isNaN) { return .nan }
        return returns[start...nextLoss[start]].reduce(1) { $0 * (1 + $1) } - 1
      }
      return start % length == 0
        ? forward[start + length - 1] - 1
        : backward[start] * forward[start + length - 1] - 1
    }
  }
}
