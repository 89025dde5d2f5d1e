import Glibc

/// The symbols and times that one worker met, by the numbers that it gave them.
final class RowNumbers: @unchecked Sendable {
  // Safe across threads because the worker fills it before anyone else looks.
  /// Instants; several numbers may mean the same one.
  var times: [Int64] = []
  var symbols: [String] = []
}

/// The good rows of one block of a file, as columns, and what was wrong with the others.
final class RowBlock: @unchecked Sendable {
  // Safe across threads because one worker fills it, and whoever has it then is alone with it, or only reads.

  /// A time that the clocks of its zone showed twice.
  struct Fold {
    var row: Int
    var earlier: Int64
    var later: Int64
  }

  /// Stands for a cell that should have been a number, in a column that may turn out to be text.
  static let notNumber = Double(nan: 1, signaling: false)
  /// Stands for a cell that is not finite, in such a column.
  static let notFinite = Double(nan: 2, signaling: false)
  /// Marks of columns that may turn out to be text.
  static func isMark(_ value: Double) -> Bool {
    value.bitPattern == notNumber.bitPattern || value.bitPattern == notFinite.bitPattern
  }

  let numbers: RowNumbers
  let width: Int
  private(set) var capacity: Int
  /// Number of good rows.
  private(set) var count = 0
  /// Number of the time in the high half, of the symbol in the low; later the cell of the panel.
  private(set) var places: UnsafeMutablePointer<UInt64>
  /// Line within the block, 0 for the first.
  private(set) var lines: UnsafeMutablePointer<UInt32>
  private var values: UnsafeMutablePointer<Double>

  /// Lines of the block.
  var lineCount = 0
  /// Line in the file of the block's first one.
  var firstLine = 0
  var rowsRead = 0
  /// Bad rows in the order of lines, cut after `FileTable.badRowsKept`; their lines count from 0.
  var badRows: [FileTable.BadRow] = []
  var badCounts: [ImportRule: Int] = [:]
  var badCount = 0
  var folds: [Fold] = []
  /// Names that stand beside symbols, by number of the symbol: the first of each in the block.
  var names: [(symbol: UInt32, name: String)] = []

  init(width: Int, capacity: Int, numbers: RowNumbers) {
    self.width = width
    self.capacity = max(capacity, 1)
    self.numbers = numbers
    places = .allocate(capacity: self.capacity)
    lines = .allocate(capacity: self.capacity)
    values = .allocate(capacity: self.capacity * max(width, 1))
  }

  deinit {
    places.deallocate()
    lines.deallocate()
    values.deallocate()
  }

  /// Values of a field, by row.
  func column(_ slot: Int) -> UnsafeMutablePointer<Double> { values + slot * capacity }

  /// Number of the time of a row.
  func time(_ row: Int) -> Int { Int(places[row] >> 32) }
  /// Number of the symbol of a row.
  func symbol(_ row: Int) -> Int { Int(places[row] & 0xFFFF_FFFF) }
  /// Line in the file of a row.
  func line(_ row: Int) -> Int { firstLine + Int(lines[row]) }

  /// Adds a row.
  @inline(__always)
  func add(time: UInt32, symbol: UInt32, line: Int, _ row: UnsafePointer<Double>) {
    if count == capacity { grow() }
    places[count] = UInt64(time) << 32 | UInt64(symbol)
    lines[count] = UInt32(truncatingIfNeeded: line)
    var target = values + count
    for slot in 0..<width {
      target.pointee = row[slot]
      target += capacity
    }
    count += 1
  }

  /// Gives a row another time.
  func setTime(_ time: UInt32, of row: Int) {
    places[row] = UInt64(time) << 32 | places[row] & 0xFFFF_FFFF
  }

  private func grow() {
    let larger = capacity * 2
    let moved = UnsafeMutablePointer<Double>.allocate(capacity: larger * max(width, 1))
    for slot in 0..<width { memcpy(moved + slot * larger, column(slot), count * 8) }
    values.deallocate()
    values = moved
    places = grown(places, count, to: larger)
    lines = grown(lines, count, to: larger)
    capacity = larger
  }

  /// Takes rows out.
  func remove(_ dropped: [Bool]) {
    var kept = 0
    for row in 0..<count where !dropped[row] {
      places[kept] = places[row]
      lines[kept] = lines[row]
      for slot in 0..<width { column(slot)[kept] = column(slot)[row] }
      kept += 1
    }
    count = kept
  }
}
