import CShims

extension LinearAlgebra {
  /// scale · a · aᵀ, all of it, by some workers; any number of them gives the same bits.
  ///
  /// - Parameter a: `[N, K]`; the result is `[N, N]`.
  /// - Complexity: N² · K operations, half of those of a product of any two matrices.
  public static func gramOfRows(_ a: Matrix, scale: Double = 1, workers: Int = 1)
    throws(LinearAlgebraError) -> Matrix
  {
    try open()
    let size = a.rows
    guard size > 0, a.columns > 0 else { return Matrix(rows: size, columns: size) }
    let tiles = GramTile.all(size: size)
    let values = [Double](unsafeUninitializedCapacity: size * size) { output, count in
      guard let base = output.baseAddress else { return }
      apus_memory_wants_large_pages(base, size * size * MemoryLayout<Double>.stride)
      a.values.withUnsafeBufferPointer { rows in
        // Tiles read what nobody writes, and write elements of their own.
        nonisolated(unsafe) let (from, to) = (rows, base)
        // No tile throws, so all are taken.
        _ = try? TileLoop(tiles: tiles.count, workers: workers).run(
          isCancelled: { false }, room: {}
        ) { tile, _ in
          guard let start = from.baseAddress else { return }
          tiles[tile].compute(start, inner: a.columns, scale: scale, size: size, into: to)
        }
      }
      count = size * size
    }
    return Matrix(rows: size, columns: size, values)
  }
}

/// A part of the lower triangle of a · aᵀ; either a square on the diagonal, or a rectangle left of it.
private struct GramTile {
  let rows: Range<Int>
  let columns: Range<Int>

  private var area: Int { rows.count * columns.count / (rows == columns ? 2 : 1) }

  /// The tiles of a size, the largest first, so that workers end together.
  ///
  /// The library packs both sides of every product anew: strips of a quarter, and rectangles up to twice as wide, keep that near a
  /// twentieth of the work. They depend on the size alone, as bits do on them.
  static func all(size: Int) -> [GramTile] {
    let height = min(max((size / 4 + 7) / 8 * 8, 192), 768)
    var tiles: [GramTile] = []
    for start in stride(from: 0, to: size, by: height) {
      let rows = start..<min(start + height, size)
      tiles.append(GramTile(rows: rows, columns: rows))
      guard start > 0 else { continue }
      let parts = (start + 2 * height - 1) / (2 * height)
      let width = (start / parts + 7) / 8 * 8
      for column in stride(from: 0, to: start, by: width) {
        tiles.append(GramTile(rows: rows, columns: column..<min(column + width, start)))
      }
    }
    return tiles.sorted { ($1.area, $0.rows.lowerBound) < ($0.area, $1.rows.lowerBound) }
  }

  /// Computes the tile, and copies it above the diagonal.
  func compute(
    _ a: UnsafePointer<Double>, inner: Int, scale: Double, size: Int,
    into c: UnsafeMutablePointer<Double>
  ) {
    let place = c + rows.lowerBound * size + columns.lowerBound
    let left = a + rows.lowerBound * inner
    if rows == columns {
      apus_blas_gram(
        true, Int32(rows.count), Int32(inner), scale, left, Int32(inner), 0, place, Int32(size))
    } else {
      apus_blas_multiply(
        false, true, Int32(rows.count), Int32(columns.count), Int32(inner), scale, left,
        Int32(inner), a + columns.lowerBound * inner, Int32(inner), 0, place, Int32(size))
    }
    // Squares of 16 keep both sides in cache.
    for rowStart in stride(from: rows.lowerBound, to: rows.upperBound, by: 16) {
      let rowEnd = min(rowStart + 16, rows.upperBound)
      let end = rows == columns ? rowEnd : columns.upperBound
      for columnStart in stride(from: columns.lowerBound, to: end, by: 16) {
        for column in columnStart..<min(columnStart + 16, end) {
          for row in max(rowStart, rows == columns ? column + 1 : 0)..<max(rowEnd, column + 1) {
            c[column * size + row] = c[row * size + column]
          }
        }
      }
    }
  }
}
