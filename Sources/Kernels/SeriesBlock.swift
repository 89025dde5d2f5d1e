/// The bars of one block of a series, with the bars before it that a window may need.
///
/// Index 0 is the first bar of the block; `-1`, `-2`, … reach back to `-history`. Bars before the start of
/// the series read as NaN. A view: whoever made it owns the memory and outlives it.
public struct SeriesBlock: BitwiseCopyable {
  /// The value of the block's first bar.
  public let base: UnsafePointer<Double>
  /// How many bars before the block can be read.
  public let history: Int

  /// Views `base`, before which `history` values can be read.
  @inlinable public init(base: UnsafePointer<Double>, history: Int) {
    self.base = base
    self.history = history
  }

  /// The value at a bar of the block; negative indexes reach into the history.
  @inlinable public subscript(bar: Int) -> Double {
    assert(bar >= -history, "bar \(bar) lies before the history of \(history) bars")
    return base[bar]
  }

  /// Eight consecutive values, the first at `bar`.
  @inlinable public func vector(at bar: Int) -> SIMD8<Double> {
    assert(bar >= -history, "bar \(bar) lies before the history of \(history) bars")
    return UnsafeRawPointer(base + bar).loadUnaligned(as: SIMD8<Double>.self)
  }
}
