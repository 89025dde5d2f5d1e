/// How many values become one, column by column.
public enum RowFold: String, Sendable, CaseIterable {
  /// The first value.
  case first
  /// The last value.
  case last
  /// The greatest value.
  case max
  /// The least value.
  case min
  /// The sum, in the order of rows.
  case sum
  /// The mean of the values.
  case mean
}

extension RowFold {
  /// Folds rows into one more row, whose columns were folded into so far.
  ///
  /// NaN is no value: it is passed over, and a column without values stays NaN.
  ///
  /// - Parameters:
  ///   - source: `rows × width`, row-major.
  ///   - output: `[width]`, NaN before the first call.
  ///   - counts: `[width]`, zero before the first call; used by `mean`, which leaves sums in `output` until `finish`.
  @inlinable
  public func fold(
    _ source: UnsafePointer<Double>, rows: Int, width: Int,
    into output: UnsafeMutablePointer<Double>,
    counts: UnsafeMutablePointer<Double>?
  ) {
    switch self {
    case .first:
      Self.each(source, rows, width, output) {
        $0.replacing(with: $1, where: $0 .!= $0)
      } alone: {
        $0.isNaN ? $1 : $0
      }
    case .last:
      Self.each(source, rows, width, output) {
        $0.replacing(with: $1, where: $1 .== $1)
      } alone: {
        $1.isNaN ? $0 : $1
      }
    case .max:
      // A comparison with NaN is false: what is held stays where the value is NaN, and goes where itself is.
      Self.each(source, rows, width, output) {
        $1.replacing(with: $0, where: ($0 .>= $1) .| ($1 .!= $1))
      } alone: {
        $0 >= $1 || $1.isNaN ? $0 : $1
      }
    case .min:
      Self.each(source, rows, width, output) {
        $1.replacing(with: $0, where: ($0 .<= $1) .| ($1 .!= $1))
      } alone: {
        $0 <= $1 || $1.isNaN ? $0 : $1
      }
    case .sum, .mean:
      Self.each(source, rows, width, output) {
        ($0 + $1).replacing(with: $1, where: $0 .!= $0).replacing(with: $0, where: $1 .!= $1)
      } alone: {
        $1.isNaN ? $0 : $0.isNaN ? $1 : $0 + $1
      }
      guard self == .mean, let counts else { return }
      for row in 0..<rows {
        for column in 0..<width where !source[row * width + column].isNaN { counts[column] += 1 }
      }
    }
  }

  /// Turns sums into means; nothing for the others.
  @inlinable
  public func finish(
    _ output: UnsafeMutablePointer<Double>, width: Int, counts: UnsafeMutablePointer<Double>
  ) {
    guard self == .mean else { return }
    for column in 0..<width where counts[column] > 0 { output[column] /= counts[column] }
  }

  /// Applies an operation row by row to eight columns at a time, and to those left one at a time.
  @inlinable @inline(__always)
  static func each(
    _ source: UnsafePointer<Double>, _ rows: Int, _ width: Int,
    _ output: UnsafeMutablePointer<Double>,
    _ apply: (SIMD8<Double>, SIMD8<Double>) -> SIMD8<Double>, alone: (Double, Double) -> Double
  ) {
    var column = 0
    while column + 8 <= width {
      let place = UnsafeMutableRawPointer(output + column)
      var held = place.loadUnaligned(as: SIMD8<Double>.self)
      for row in 0..<rows {
        let values = UnsafeRawPointer(source + (row * width + column))
        held = apply(held, values.loadUnaligned(as: SIMD8<Double>.self))
      }
      place.storeBytes(of: held, as: SIMD8<Double>.self)
      column += 8
    }
    while column < width {
      var held = output[column]
      for row in 0..<rows { held = alone(held, source[row * width + column]) }
      output[column] = held
      column += 1
    }
  }
}
