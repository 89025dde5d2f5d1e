import CShims

/// Products of dense matrices: by OpenBLAS where the machine has it, else by a loop of our own.
///
/// Both run in the calling thread. OpenBLAS picks its kernels by processor, so its products are good to rounding and not the same
/// bits everywhere; equal shapes and equal places give equal bits within a run.
public enum MatrixProduct: Sendable, CaseIterable {
  /// OpenBLAS.
  case blas
  /// Sums in the order of the inner index, without fused operations: the same bits everywhere.
  case plain

  /// OpenBLAS if it is there; it is opened by the first to ask.
  public static var best: MatrixProduct { apus_blas_open() ? .blas : .plain }

  /// The kernels that OpenBLAS chose for this processor, for example `Cooperlake`; nil without OpenBLAS.
  public static var blasCore: String? { apus_blas_core().map { String(cString: $0) } }

  /// c = a · b, row-major.
  ///
  /// - Parameters:
  ///   - rows: rows of a and c, `R`.
  ///   - columns: columns of b and c, `C`.
  ///   - inner: columns of a and rows of b, `K`.
  ///   - a: `[R, K]`, with the distance between rows.
  ///   - b: `[K, C]`, with the distance between rows.
  ///   - c: `[R, C]`, with the distance between rows; written, never read.
  /// - Precondition: distances reach over a row; with `.blas`, OpenBLAS is there.
  public func multiply(
    rows: Int, columns: Int, inner: Int, _ a: UnsafePointer<Double>, stride aStride: Int,
    _ b: UnsafePointer<Double>, stride bStride: Int,
    into c: UnsafeMutablePointer<Double>, stride cStride: Int
  ) {
    precondition(rows >= 0 && columns >= 0 && inner >= 0, "sizes of matrices")
    precondition(aStride >= inner && bStride >= columns && cStride >= columns, "rows in memory")
    if rows == 0 || columns == 0 { return }
    // The library demands a distance of 1 even of nothing.
    if self == .blas && inner > 0 {
      precondition(apus_blas_open(), "OpenBLAS is not there; ask MatrixProduct.best")
      apus_blas_multiply(
        Int32(rows), Int32(columns), Int32(inner), a, Int32(aStride), b, Int32(bStride), c,
        Int32(cStride))
      return
    }
    var row = 0
    while row < rows {
      // Two rows of eight columns stay in registers of any processor.
      let second = row + 1 < rows ? row + 1 : row
      let (first, other) = (a + row * aStride, a + second * aStride)
      let (out, outOther) = (c + row * cStride, c + second * cStride)
      var column = 0
      while column + 8 <= columns {
        var (sum, sumOther) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
        for k in 0..<inner {
          let values = UnsafeRawPointer(b + k * bStride + column).loadUnaligned(
            as: SIMD8<Double>.self)
          sum += first[k] * values
          sumOther += other[k] * values
        }
        UnsafeMutableRawPointer(out + column).storeBytes(of: sum, as: SIMD8<Double>.self)
        UnsafeMutableRawPointer(outOther + column).storeBytes(of: sumOther, as: SIMD8<Double>.self)
        column += 8
      }
      while column < columns {
        var (sum, sumOther) = (0.0, 0.0)
        for k in 0..<inner {
          sum += first[k] * b[k * bStride + column]
          sumOther += other[k] * b[k * bStride + column]
        }
        out[column] = sum
        outOther[column] = sumOther
        column += 1
      }
      row += 2
    }
  }
}
