import CShims

extension Matrix {
  /// Rows and columns exchanged, by some workers, each row of the result shifted as asked.
  ///
  /// - Parameters:
  ///   - rows: those that take part; nil for all.
  ///   - finish: changes a row of the result while it is in cache: its number, and its elements.
  package func series(
    rows chosen: [Int]? = nil, workers: Int,
    finish: @Sendable (Int, UnsafeMutableBufferPointer<Double>) -> Void = { _, _ in }
  ) -> Matrix {
    let count = chosen?.count ?? rows
    let width = columns
    // Eight columns are a cache line of each row.
    let strip = 32
    let result = [Double](unsafeUninitializedCapacity: count * width) { output, initialized in
      initialized = count * width
      guard let base = output.baseAddress else { return }
      apus_memory_wants_large_pages(base, count * width * MemoryLayout<Double>.stride)
      values.withUnsafeBufferPointer { source in
        guard let start = source.baseAddress else { return }
        // Strips read what nobody writes, and write rows of their own.
        nonisolated(unsafe) let (from, to) = (start, base)
        _ = try? TileLoop(tiles: (width + strip - 1) / strip, workers: workers).run(
          isCancelled: { false }, room: {}
        ) { tile, _ in
          let range = tile * strip..<min((tile + 1) * strip, width)
          for block in stride(from: 0, to: count, by: 8) {
            for column in range {
              let row = to + column * count
              for index in block..<min(block + 8, count) {
                row[index] = from[(chosen?[index] ?? index) * width + column]
              }
            }
          }
          for column in range {
            finish(column, UnsafeMutableBufferPointer(start: to + column * count, count: count))
          }
        }
      }
    }
    return Matrix(rows: width, columns: count, result)
  }
}
