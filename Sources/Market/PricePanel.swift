import Kernels

/// Fields over time × symbol, for one calendar and frequency: immutable, shared by all workers.
///
/// Each field is `[T, N]` row-major (`t * N + n`), float64, NaN where there is no value.
public struct PricePanel: Sendable {
  /// Name of the panel in its store, for example `us_equity_1d`.
  public let name: String
  /// Start of each bar: `[T]`, strictly increasing.
  public let time: TimeAxis
  /// The symbols, in column order: `[N]`.
  public let symbols: SymbolTable
  /// Sessions and bars per year.
  public let calendar: Calendar
  /// Length of a bar in nanoseconds.
  public let frequencyNs: Int64
  /// Field names, in file order.
  public let fields: [String]
  /// First and last bar with a close, by symbol; nil for a symbol without any.
  public let lifetimes: [ClosedRange<Int>?]
  /// SHA-256 of the content as stored, in hexadecimal; empty for a panel that was never stored.
  public let contentHash: String

  let storage: any PanelStorage

  /// Puts a panel together.
  ///
  /// Traps unless every field of `storage` has `T × N` values.
  public init(
    name: String, time: TimeAxis, symbols: SymbolTable, calendar: Calendar, frequencyNs: Int64,
    fields: [String], lifetimes: [ClosedRange<Int>?], contentHash: String,
    storage: any PanelStorage
  ) {
    precondition(storage.fieldCount == fields.count, "a name for each field")
    precondition(lifetimes.count == symbols.count, "a lifetime for each symbol")
    precondition(
      storage.valuesPerField == time.count * symbols.count, "each field has T × N values")
    self.name = name
    self.time = time
    self.symbols = symbols
    self.calendar = calendar
    self.frequencyNs = frequencyNs
    self.fields = fields
    self.lifetimes = lifetimes
    self.contentHash = contentHash
    self.storage = storage
  }

  /// Number of bars, `T`.
  public var barCount: Int { time.count }
  /// Number of symbols, `N`.
  public var symbolCount: Int { symbols.count }

  /// Position of a field by name.
  public func fieldIndex(_ name: String) -> Int? { fields.firstIndex(of: name) }

  /// One value.
  ///
  /// Traps outside the panel.
  public func value(field: Int, bar: Int, symbol: Int) -> Double {
    precondition(bar >= 0 && bar < barCount && symbol >= 0 && symbol < symbolCount)
    return storage.field(field)[bar * symbolCount + symbol]
  }

  /// The values of a field, `[T, N]` row-major; valid while a panel with this storage lives.
  public func field(_ index: Int) -> UnsafePointer<Double> { storage.field(index) }

  /// Copies bars of one symbol into `output`: `output[i]` is bar `bars.lowerBound + i`.
  public func copyColumn(
    field: Int, symbol: Int, bars: Range<Int>, into output: UnsafeMutablePointer<Double>
  ) {
    precondition(bars.lowerBound >= 0 && bars.upperBound <= barCount)
    precondition(symbol >= 0 && symbol < symbolCount)
    let values = storage.field(field)
    let stride = symbolCount
    for (i, bar) in bars.enumerated() { output[i] = values[bar * stride + symbol] }
  }
}

/// Owner of a panel's memory: a mapped file or a block on the heap.
public protocol PanelStorage: Sendable {
  /// Number of fields.
  var fieldCount: Int { get }
  /// Values in each field, `T × N`.
  var valuesPerField: Int { get }
  /// The values of a field, row-major; valid while the owner lives.
  func field(_ index: Int) -> UnsafePointer<Double>
}
