import Expressions
import Kernels
import Simulation
import Synchronization

/// What runs through time, as rows of all symbols: each node with each choice of its parameters once, for all workers.
final class RowTables: Sendable {
  /// Rows of one node, `[R, N]` padded to whole vectors.
  final class Table {
    private let buffer: AlignedBuffer<Vector>
    private let width: Int

    init(rows: Int, width: Int) {
      self.width = width
      buffer = AlignedBuffer(repeating: Vector(repeating: .nan), count: rows * width)
    }

    /// The numbers of a row.
    func numbers(_ row: Int) -> UnsafeMutablePointer<Double> {
      UnsafeMutableRawPointer(buffer.base + row * width).assumingMemoryBound(to: Double.self)
    }

    /// A row, eight symbols a vector.
    func vectors(_ row: Int) -> UnsafePointer<Vector> { UnsafePointer(buffer.base + row * width) }
  }

  private struct Key: Hashable, Sendable {
    var node: Int
    var key: Int
    var hasAllBars: Bool
  }

  let section: CrossSection
  /// Row of each bar from the frame's first, -1 for one that was not announced; nil if all bars have rows.
  private let rowOf: [Int]?
  private let rowCount: Int
  private let known = OnceByKey<Key, Table>()
  private let kept = Mutex<[Table]>([])

  var frame: CrossSection.Frame { section.frame }

  init(_ section: CrossSection, bars: [Int]?) {
    self.section = section
    let frame = section.frame
    guard let bars else {
      rowOf = nil
      rowCount = frame.barCount
      return
    }
    var rows = [Int](repeating: -1, count: frame.barCount)
    var count = 0
    for bar in Set(bars).sorted() where bar >= frame.historyStart && bar < frame.end {
      rows[bar - frame.historyStart] = count
      count += 1
    }
    rowOf = rows
    rowCount = count
  }

  /// The same rows over a cross section whose first bar is another one.
  init(_ section: CrossSection, like other: RowTables) {
    self.section = section
    let frame = section.frame
    let first = frame.historyStart - other.frame.historyStart
    rowOf = other.rowOf.map { Array($0[first..<first + frame.barCount]) }
    rowCount = other.rowOf == nil ? frame.barCount : other.rowCount
  }

  /// Where a bar's row stands in a table, and whether that must be one of all bars.
  func row(of bar: Int) -> (row: Int, hasAllBars: Bool) {
    let place = bar - frame.historyStart
    guard let row = rowOf?[place], row >= 0 else { return (place, true) }
    return (row, false)
  }

  /// The rows of a node for some parameters.
  func table(
    node: Int, key: Int, hasAllBars: Bool, isUniform: Bool, parameters: () -> [Double]
  ) -> Table {
    known.value(Key(node: node, key: key, hasAllBars: hasAllBars)) {
      let rows = hasAllBars ? frame.barCount : rowCount
      let width = isUniform ? 1 : (frame.symbols.count + laneWidth - 1) / laneWidth
      let table = Table(rows: rows, width: width)
      section.forEachBlock(of: node, parameters(), symbols: isUniform ? 1 : nil) {
        place, bars, values in
        for (offset, bar) in bars.enumerated() {
          let row = hasAllBars ? bar : rowOf?[bar] ?? -1
          guard row >= 0 else { continue }
          let numbers = table.numbers(row)
          if isUniform {
            for lane in 0..<laneWidth { numbers[lane] = values[offset] }
          } else {
            numbers[place] = values[offset]
          }
        }
      }
      kept.withLock { $0.append(table) }
      return table
    }
  }
}

// Written by the worker that makes it, under the lock of `OnceByKey`, and only read from then on.
extension RowTables.Table: @unchecked Sendable {}
