import CShims

/// Products of dense matrices: by OpenBLAS where the machine has it, else by a loop of our own.
///
/// Both run in the calling thread. OpenBLAS picks its kernels by processor, so its products are good to rounding and not the same
/// bits everywhere; equal shapes and equal places give equal bits within a run.
public enum MatrixProduct: Sendable, CaseIterable {
  /// OpenBLAS.
  case blas
  /// A fixed order of sums, without fused operations: the same bits everywhere.
  case plain

  /// OpenBLAS if it is there; it is opened by the first to ask.
  public static var best: MatrixProduct { apus_blas_open() ? .blas : .plain }

  /// The kernels that OpenBLAS chose for this processor, for example `Cooperlake`; nil without OpenBLAS.
  public static var blasCore: String? { apus_blas_core().map { String(cString: $0) } }

  /// A matrix in memory, row-major.
  public struct Operand {
    /// First element.
    public var base: UnsafePointer<Double>
    /// Elements from a row to the next.
    public var stride: Int

    /// A matrix.
    public init(_ base: UnsafePointer<Double>, stride: Int) {
      self.base = base
      self.stride = stride
    }
  }

  /// c = a · b.
  ///
  /// - Parameters:
  ///   - rows: of a and c, `R`.
  ///   - columns: of b and c, `C`.
  ///   - inner: columns of a and rows of b, `K`.
  ///   - a: `[R, K]`.
  ///   - b: `[K, C]`.
  ///   - c: `[R, C]`, with the distance between rows; written, never read.
  /// - Precondition: strides reach over a row; with `.blas`, OpenBLAS is there.
  public func multiply(
    rows: Int, columns: Int, inner: Int, _ a: Operand, _ b: Operand,
    into c: UnsafeMutablePointer<Double>, stride: Int
  ) {
    precondition(b.stride >= columns, "rows in memory")
    check(rows, columns, inner, a.stride, stride)
    if byLibrary(rows, columns, inner, a, b, false, c, stride) { return }
    for row in 0..<rows {
      let (from, to) = (a.base + row * a.stride, c + row * stride)
      var column = 0
      while column + 8 <= columns {
        var sum = SIMD8<Double>.zero
        for k in 0..<inner {
          sum += from[k] * Self.load(b.base + k * b.stride + column)
        }
        UnsafeMutableRawPointer(to + column).storeBytes(of: sum, as: SIMD8<Double>.self)
        column += 8
      }
      while column < columns {
        var sum = 0.0
        for k in 0..<inner { sum += from[k] * b.base[k * b.stride + column] }
        to[column] = sum
        column += 1
      }
    }
  }

  /// c = a · bᵀ.
  ///
  /// - Parameters:
  ///   - rows: of a and c, `R`.
  ///   - columns: columns of c and rows of b, `C`.
  ///   - inner: columns of a and of b, `K`.
  ///   - a: `[R, K]`.
  ///   - b: `[C, K]`.
  ///   - c: `[R, C]`, with the distance between rows; written, never read.
  /// - Precondition: as of `multiply`.
  public func multiplyTransposed(
    rows: Int, columns: Int, inner: Int, _ a: Operand, _ b: Operand,
    into c: UnsafeMutablePointer<Double>, stride: Int
  ) {
    precondition(b.stride >= inner, "rows in memory")
    check(rows, columns, inner, a.stride, stride)
    if byLibrary(rows, columns, inner, a, b, true, c, stride) { return }
    for row in 0..<rows {
      let left = a.base + row * a.stride
      for column in 0..<columns {
        let right = b.base + column * b.stride
        var sums = SIMD8<Double>.zero
        var k = 0
        while k + 8 <= inner {
          sums += Self.load(left + k) * Self.load(right + k)
          k += 8
        }
        let four = sums.lowHalf + sums.highHalf
        let two = four.lowHalf + four.highHalf
        var sum = two[0] + two[1]
        while k < inner {
          sum += left[k] * right[k]
          k += 1
        }
        c[row * stride + column] = sum
      }
    }
  }

  private func check(_ rows: Int, _ columns: Int, _ inner: Int, _ a: Int, _ c: Int) {
    precondition(rows >= 0 && columns >= 0 && inner >= 0, "sizes of matrices")
    precondition(a >= inner && c >= columns, "rows in memory")
  }

  private func byLibrary(
    _ rows: Int, _ columns: Int, _ inner: Int, _ a: Operand, _ b: Operand, _ transposes: Bool,
    _ c: UnsafeMutablePointer<Double>, _ stride: Int
  ) -> Bool {
    // The library demands a distance between rows even of nothing.
    guard self == .blas, rows > 0, columns > 0, inner > 0 else { return false }
    precondition(apus_blas_open(), "OpenBLAS is not there; ask MatrixProduct.best")
    apus_blas_multiply(
      false, transposes, Int32(rows), Int32(columns), Int32(inner), 1, a.base, Int32(a.stride),
      b.base, Int32(b.stride), 0, c, Int32(stride))
    return true
  }

  @inline(__always)
  private static func load(_ place: UnsafePointer<Double>) -> SIMD8<Double> {
    UnsafeRawPointer(place).loadUnaligned(as: SIMD8<Double>.self)
  }
}
