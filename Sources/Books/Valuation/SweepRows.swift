import Kernels

/// Rows that belong to one block of one portfolio.
struct SweepRows: ~Copyable {
  private static var width: Int { HeldRowBlock.width }

  private let rows = AlignedBuffer(repeating: 0.0, count: 3 * width)
  /// Equity, with a vector before it.
  private let equities = AlignedBuffer(repeating: 0.0, count: laneWidth + width)

  /// Cash of several wallets after each bar.
  var cash: UnsafeMutablePointer<Double> { rows.base }
  /// What came in at each bar, and what went out.
  var flowsIn: UnsafeMutablePointer<Double> { rows.base + Self.width }
  var flowsOut: UnsafeMutablePointer<Double> { rows.base + 2 * Self.width }
  /// Equity after each bar; the place before the first has the equity before it.
  var equity: UnsafeMutablePointer<Double> { equities.base + laneWidth }

  func clearFlows() { flowsIn.update(repeating: 0, count: 2 * Self.width) }
}
