import Kernels

/// Returns as a product of matrices wants them: a row a symbol, 0 where there is none.
struct GrowthTable: Sendable {
  let barCount: Int
  let symbolCount: Int
  /// Elements from a symbol to the next.
  let stride: Int
  /// Bars at which a symbol has no return: `[N]`.
  let missing: [Int]
  /// Whether any symbol has no return at some bar.
  let hasMissing: Bool
  private let memory: Memory

  // Nothing changes it once it is there.
  private final class Memory: @unchecked Sendable {
    let values: AlignedBuffer<Double>
    init(_ count: Int) { values = AlignedBuffer(repeating: 0, count: count) }
  }

  /// `[N, T]`, with `stride`.
  var values: UnsafePointer<Double> { UnsafePointer(memory.values.base) }

  init(_ returns: ReturnTable, _ columns: [Int]) {
    barCount = returns.barCount
    symbolCount = columns.count
    let whole = (barCount + laneWidth - 1) / laneWidth * laneWidth
    // Rows a multiple of a page apart would all claim the same places of a cache.
    let rowLength = whole % 512 == 0 ? whole + laneWidth : whole
    stride = rowLength
    memory = Memory(stride * max(1, columns.count))
    var missing = [Int](repeating: 0, count: columns.count)
    let (width, output, bars) = (returns.symbolCount, memory.values.base, barCount)
    returns.values.values.withUnsafeBufferPointer { values in
      // Squares of 16 keep both sides in cache.
      for firstBar in Swift.stride(from: 0, to: bars, by: 16) {
        for first in Swift.stride(from: 0, to: columns.count, by: 16) {
          for bar in firstBar..<min(firstBar + 16, bars) {
            for row in first..<min(first + 16, columns.count) {
              let value = values[bar * width + columns[row]]
              if value.isFinite {
                output[row * rowLength + bar] = value
              } else {
                missing[row] += 1
              }
            }
          }
        }
      }
    }
    self.missing = missing
    hasMissing = missing.contains { $0 > 0 }
  }
}
