import CShims

extension LinearAlgebra {
  /// scale · a · aᵀ, all of it, by some workers; any number of them gives the same bits.
  ///
  /// - Parameter a: `[N, K]`; the result is `[N, N]`.
  /// - Complexity: N² · K operations, half of those of a product of any two matrices.
  public static func gramOfRows(_ a: Matrix, scale: Double = 1, workers: Int = 1)
    throws(LinearAlgebraError) -> Matrix
  {
    try gram(GramShape(size: a.rows, inner: a.columns, isOfRows: true, scale: scale), a, workers)
  }

  /// scale · (aᵀ · a − K · m · mᵀ), all of it, by some workers; any number of them gives the same bits.
  ///
  /// With the means of columns that is the sum of products of deviations, without a copy of a. Rounding is as with deviations times
  /// the largest 1 + (mean ÷ deviation)², so means are to be well within the deviations.
  ///
  /// - Parameters:
  ///   - a: `[K, N]`; the result is `[N, N]`.
  ///   - means: m, `[N]`.
  /// - Complexity: N² · K operations, half of those of a product of any two matrices.
  public static func gramOfColumns(
    _ a: Matrix, lessMeans means: [Double], scale: Double = 1, workers: Int = 1
  ) throws(LinearAlgebraError) -> Matrix {
    precondition(means.count == a.columns, "a mean for each column")
    let shape = GramShape(
      size: a.columns, inner: a.rows, isOfRows: false, scale: scale, means: means)
    return try gram(shape, a, workers)
  }

  private static func gram(_ shape: GramShape, _ a: Matrix, _ workers: Int)
    throws(LinearAlgebraError) -> Matrix
  {
    try open()
    let size = shape.size
    guard size > 0, shape.inner > 0 else { return Matrix(rows: size, columns: size) }
    let tiles = GramTile.all(size: size)
    let values = [Double](unsafeUninitializedCapacity: size * size) { output, count in
      guard let base = output.baseAddress else { return }
      apus_memory_wants_large_pages(base, size * size * MemoryLayout<Double>.stride)
      a.values.withUnsafeBufferPointer { values in
        // Tiles read what nobody writes, and write elements of their own.
        nonisolated(unsafe) let (from, to) = (values, base)
        // No tile throws, so all are taken.
        _ = try? TileLoop(tiles: tiles.count, workers: workers).run(
          isCancelled: { false }, room: {}
        ) { tile, _ in
          guard let start = from.baseAddress else { return }
          tiles[tile].compute(shape, start, into: to)
        }
      }
      count = size * size
    }
    return Matrix(rows: size, columns: size, values)
  }
}

/// What is multiplied: rows of `[size, inner]`, or columns of `[inner, size]`.
private struct GramShape: Sendable {
  let size: Int
  let inner: Int
  let isOfRows: Bool
  let scale: Double
  /// Taken off, unless empty.
  var means: [Double] = []

  /// Elements from a row of the operand to the next.
  var stride: Int { isOfRows ? inner : size }
  /// Elements from a thing multiplied to the next.
  var step: Int { isOfRows ? inner : 1 }
}

/// A part of the lower triangle of a · aᵀ; either a square on the diagonal, or a rectangle left of it.
private struct GramTile {
  let rows: Range<Int>
  let columns: Range<Int>

  private var isDiagonal: Bool { rows == columns }
  private var area: Int { rows.count * columns.count / (isDiagonal ? 2 : 1) }

  /// The tiles of a size, the largest first, so that workers end together.
  ///
  /// The library packs both sides of every product anew: strips of a quarter by twice as much, and two strips at once on the diagonal,
  /// keep that near a tenth of the work. They depend on the size alone, as bits do on them.
  static func all(size: Int) -> [GramTile] {
    let height = min(max((size / 4 + 7) / 8 * 8, 128), 768)
    var tiles: [GramTile] = []
    for start in stride(from: 0, to: size, by: 2 * height) {
      let (middle, end) = (min(start + height, size), min(start + 2 * height, size))
      for rows in [start..<middle, middle..<end] where !rows.isEmpty {
        for column in stride(from: 0, to: start, by: 2 * height) {
          tiles.append(GramTile(rows: rows, columns: column..<column + 2 * height))
        }
      }
      // Workers end together by the small ones, which come last.
      add(start..<end, to: &tiles, least: end < size ? 2 * height : height / 2)
    }
    return tiles.sorted { ($1.area, $0.rows.lowerBound) < ($0.area, $1.rows.lowerBound) }
  }

  /// Adds a square on the diagonal, in halves while it is larger than asked.
  private static func add(_ rows: Range<Int>, to tiles: inout [GramTile], least: Int) {
    let half = (rows.count / 2 + 7) / 8 * 8
    guard rows.count > max(least, 64), half < rows.count else {
      return tiles.append(GramTile(rows: rows, columns: rows))
    }
    let middle = rows.lowerBound + half
    add(rows.lowerBound..<middle, to: &tiles, least: least)
    add(middle..<rows.upperBound, to: &tiles, least: least)
    tiles.append(
      GramTile(rows: middle..<rows.upperBound, columns: rows.lowerBound..<middle))
  }

  /// Computes the tile, takes means off, and copies it above the diagonal.
  func compute(
    _ shape: GramShape, _ a: UnsafePointer<Double>, into c: UnsafeMutablePointer<Double>
  ) {
    let place = c + rows.lowerBound * shape.size + columns.lowerBound
    let left = a + rows.lowerBound * shape.step
    let (inner, stride, size) = (Int32(shape.inner), Int32(shape.stride), Int32(shape.size))
    if isDiagonal {
      apus_blas_gram(
        shape.isOfRows, Int32(rows.count), inner, shape.scale, left, stride, 0, place, size)
    } else {
      apus_blas_multiply(
        !shape.isOfRows, shape.isOfRows, Int32(rows.count), Int32(columns.count), inner,
        shape.scale, left, stride, a + columns.lowerBound * shape.step, stride, 0, place, size)
    }
    // Squares of 16 keep both sides in cache.
    for row in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: 16) {
      let height = row..<min(row + 16, rows.upperBound)
      for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: 16) {
        let width = column..<min(column + 16, columns.upperBound)
        if isDiagonal, column > row { break }
        for row in height where width.upperBound + 16 <= columns.upperBound {
          apus_memory_is_read_soon(c + row * shape.size + width.upperBound)
          apus_memory_is_read_soon(c + row * shape.size + width.upperBound + 8)
        }
        if !shape.means.isEmpty { takeOffMeans(shape, height, width, c) }
        if height.count == 16, width.count == 16, !isDiagonal || column < row {
          mirror(shape.size, row, column, c)
        } else {
          for row in height {
            for column in width where column < row {
              c[column * shape.size + row] = c[row * shape.size + column]
            }
          }
        }
      }
    }
  }

  private func takeOffMeans(
    _ shape: GramShape, _ rows: Range<Int>, _ columns: Range<Int>,
    _ c: UnsafeMutablePointer<Double>
  ) {
    shape.means.withUnsafeBufferPointer { means in
      for row in rows {
        let factor = shape.scale * Double(shape.inner) * means[row]
        let place = c + row * shape.size
        for column in columns { place[column] -= factor * means[column] }
      }
    }
  }

  /// Copies a square of 16 to the other side.
  @inline(__always)
  private func mirror(_ size: Int, _ row: Int, _ column: Int, _ c: UnsafeMutablePointer<Double>) {
    for two in stride(from: row, to: row + 16, by: 2) {
      let (first, second) = (
        UnsafeRawPointer(c + two * size + column), UnsafeRawPointer(c + (two + 1) * size + column)
      )
      for offset in stride(from: 0, to: 16, by: 2) {
        let a = first.loadUnaligned(fromByteOffset: offset * 8, as: SIMD2<Double>.self)
        let b = second.loadUnaligned(fromByteOffset: offset * 8, as: SIMD2<Double>.self)
        let place = UnsafeMutableRawPointer(c + (column + offset) * size + two)
        place.storeBytes(of: SIMD2(a[0], b[0]), as: SIMD2<Double>.self)
        place.storeBytes(
          of: SIMD2(a[1], b[1]), toByteOffset: size * 8, as: SIMD2<Double>.self)
      }
    }
  }
}
