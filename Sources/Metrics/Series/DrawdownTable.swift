/// Every drawdown of a series of returns, each from the bar after a high to the bar of the next.
public struct DrawdownTable: Sendable, Equatable {
  /// One drawdown; bars count from 0.
  public struct Row: Sendable, Equatable {
    /// First bar below the high; the high was the bar before, or the initial equity.
    public var start: Int
    /// Deepest bar, the first of several.
    public var valley: Int
    /// First bar that is at the high again, or above it; nil if there is none.
    public var recovery: Int?
    /// Equity at the valley over the high, less one: below 0.
    public var depth: Double
    /// Number of bars below the high.
    public var bars: Int
  }

  /// The drawdowns, in order of time.
  public let rows: [Row]

  /// The drawdowns of a series, from a high that starts before its first bar.
  ///
  /// - Parameter returns: simple returns per bar, as fractions, none of them NaN.
  /// - Complexity: O(T).
  public init(returns: [Double]) {
    var rows: [Row] = []
    var current: Row?
    for (bar, drawdown) in returns.drawdowns.enumerated() {
      // Rounding of a path that comes back to its high is no drawdown.
      if drawdown <= LaneSummary.negligible {
        if var row = current {
          row.recovery = bar
          rows.append(row)
        }
        current = nil
      } else if var row = current {
        row.bars += 1
        if -drawdown < row.depth { (row.depth, row.valley) = (-drawdown, bar) }
        current = row
      } else {
        current = Row(start: bar, valley: bar, recovery: nil, depth: -drawdown, bars: 1)
      }
    }
    if let row = current { rows.append(row) }
    self.rows = rows
  }

  /// The deepest drawdowns, the deepest first; of equal ones the earlier.
  public func deepest(_ count: Int) -> [Row] {
    Array(
      rows.sorted { $0.depth != $1.depth ? $0.depth < $1.depth : $0.start < $1.start }
        .prefix(count))
  }
}
