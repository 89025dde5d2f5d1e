import CShims

extension Matrix {
  /// Sums of the columns and of their squares, each in the order of rows, by some workers: `[columns]` both.
  package func columnSums(workers: Int) -> (sums: [Double], squares: [Double]) {
    let (rows, width) = (rows, columns)
    // Two KiB of each row are read in one go, and the sums stay in cache.
    let (strip, ahead) = (256, 4)
    var sums = [Double](repeating: 0, count: width)
    var squares = sums
    values.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        squares.withUnsafeMutableBufferPointer { squares in
          guard let start = values.baseAddress, let one = sums.baseAddress,
            let two = squares.baseAddress
          else { return }
          // Strips read what nobody writes, and write columns of their own.
          nonisolated(unsafe) let (from, plain, squared) = (start, one, two)
          _ = try? TileLoop(tiles: (width + strip - 1) / strip, workers: workers).run(
            isCancelled: { false }, room: {}
          ) { tile, _ in
            let range = tile * strip..<min((tile + 1) * strip, width)
            for row in 0..<rows {
              let place = from + row * width
              // The processor foresees no leap to the next row.
              if row + ahead < rows {
                for column in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
                  apus_memory_is_read_soon(place + ahead * width + column)
                }
              }
              for column in range {
                let value = place[column]
                plain[column] += value
                squared[column] += value * value
              }
            }
          }
        }
      }
    }
    return (sums, squares)
  }
}
