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

  // Keeps the memory of the columns.
  private var memory: RowMemory

  /// - Parameter memory: where the columns go; replaced when it is full.
  init(width: Int, capacity: Int, numbers: RowNumbers, memory: inout RowMemory) {
    self.width = width
    self.capacity = max(capacity, 1)
    self.numbers = numbers
    (self.memory, places, lines, values) = Self.columns(self.capacity, width, &memory)
  }

  private static func columns(_ capacity: Int, _ width: Int, _ memory: inout RowMemory) -> (
    RowMemory, UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<UInt32>,
    UnsafeMutablePointer<Double>
  ) {
    while true {
      if let places = memory.take(capacity, of: UInt64.self),
        let lines = memory.take(capacity, of: UInt32.self),
        let values = memory.take(capacity * max(width, 1), of: Double.self)
      {
        return (memory, places, lines, values)
      }
      memory = RowMemory(size: max(RowMemory.usualSize, capacity * (12 + 8 * max(width, 1)) + 512))
    }
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
    let old = (capacity: capacity, memory: memory, places: places, lines: lines, values: values)
    capacity *= 2
    var memory = RowMemory(size: 0)
    (self.memory, places, lines, values) = Self.columns(capacity, width, &memory)
    memcpy(places, old.places, count * 8)
    memcpy(lines, old.lines, count * 4)
    for slot in 0..<width { memcpy(column(slot), old.values + slot * old.capacity, count * 8) }
    withExtendedLifetime(old.memory) {}
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
