// Links libm, which square roots and rounding need on a portable build.
import Glibc
import Kernels

/// One bar or eight consecutive bars of a series: what window arithmetic is written over, once.
///
/// The operations on each bar are the same IEEE operations in the same order for both widths, so a bar's
/// result doesn't depend on which of them computed it.
protocol Lane {
  /// The values of the bars that start at `bar`.
  static func load(_ block: SeriesBlock, at bar: Int) -> Self
  /// Writes the values to consecutive places.
  func store(to place: UnsafeMutablePointer<Double>)

  init(repeating value: Double)
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  func squareRoot() -> Self

  /// `a` where it is greater, else `b`.
  static func larger(_ a: Self, _ b: Self) -> Self
  /// `a` where it is less, else `b`.
  static func smaller(_ a: Self, _ b: Self) -> Self
}

extension Lane {
  /// The values, with NaN in place of infinities (and 0 in place of −0).
  @inline(always) var finiteOrNaN: Self { self + (self - self) }
}

extension Double: Lane {
  @inline(always) static func load(_ block: SeriesBlock, at bar: Int) -> Double { block[bar] }
  @inline(always) func store(to place: UnsafeMutablePointer<Double>) { place.pointee = self }
  @inline(always) init(repeating value: Double) { self = value }
  @inline(always) static func larger(_ a: Double, _ b: Double) -> Double { a > b ? a : b }
  @inline(always) static func smaller(_ a: Double, _ b: Double) -> Double { a < b ? a : b }
}

extension SIMD8: Lane where Scalar == Double {
  @inline(always) static func load(_ block: SeriesBlock, at bar: Int) -> Self {
    block.vector(at: bar)
  }
  @inline(always) func store(to place: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(place).storeBytes(of: self, as: Self.self)
  }
  @inline(always) static func larger(_ a: Self, _ b: Self) -> Self {
    b.replacing(with: a, where: a .> b)
  }
  @inline(always) static func smaller(_ a: Self, _ b: Self) -> Self {
    b.replacing(with: a, where: a .< b)
  }
}

/// Calls `wide` for each full group of eight bars in `0..<count`, then `narrow` for each bar that is left.
@inline(always)
func forEachLane(count: Int, wide: (_ bar: Int) -> Void, narrow: (_ bar: Int) -> Void) {
  var bar = 0
  while bar + 8 <= count {
    wide(bar)
    bar += 8
  }
  while bar < count {
    narrow(bar)
    bar += 1
  }
}
