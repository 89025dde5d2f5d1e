import Kernels

/// The properties of all bar starts of a panel: computed once, shared by all symbols and workers.
public final class ClockColumns {
  private let columns: [ExpressionGraph.Clock: Int]
  private let buffer: AlignedBuffer<Double>

  /// Computes the properties that are read.
  ///
  /// - Parameters:
  ///   - clocks: which properties.
  ///   - bars: number of bars.
  ///   - value: a property of a bar.
  public init(
    _ clocks: Set<ExpressionGraph.Clock> = [], bars: Int = 0,
    value: (ExpressionGraph.Clock, Int) -> Double = { _, _ in .nan }
  ) {
    buffer = AlignedBuffer(repeating: .nan, count: max(laneBlockBars, clocks.count * bars))
    var columns: [ExpressionGraph.Clock: Int] = [:]
    for clock in ExpressionGraph.Clock.allCases where clocks.contains(clock) {
      let start = columns.count * bars
      columns[clock] = start
      for bar in 0..<bars { buffer.base[start + bar] = value(clock, bar) }
    }
    self.columns = columns
  }

  /// A block of readable memory, for a column that nobody reads.
  package var anything: UnsafePointer<Double> { UnsafePointer(buffer.base) }

  /// The column of a property, from bar 0; nil if it was not asked for.
  func column(_ clock: ExpressionGraph.Clock) -> UnsafePointer<Double>? {
    columns[clock].map { UnsafePointer(buffer.base + $0) }
  }
}

// The buffer is written only in `init`.
extension ClockColumns: @unchecked Sendable {}
