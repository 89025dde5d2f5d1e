import Kernels
import Market

/// Where the prices of a run lie: pointers into the panel, which it keeps alive.
@usableFromInline
final class BarFeed: @unchecked Sendable {  // Nothing changes after `init`, and the panel owns what is pointed to.
  /// Fields with places of their own, which come first.
  static let named = ["open", "high", "low", "close", "volume"]

  let run: AccountRun
  /// Values of each field, `[T, N]`; nil for a field that the panel lacks.
  private let table: AlignedBuffer<UnsafePointer<Double>?>
  /// Column of each symbol.
  private let columnTable: AlignedBuffer<Int>
  private let timeTable: AlignedBuffer<Int64>

  var fields: UnsafePointer<UnsafePointer<Double>?> { UnsafePointer(table.base) }
  var columns: UnsafePointer<Int> { UnsafePointer(columnTable.base) }
  var times: UnsafePointer<Int64> { UnsafePointer(timeTable.base) }
  var stride: Int { run.panel.symbolCount }

  init(_ run: AccountRun) {
    self.run = run
    let panel = run.panel
    table = AlignedBuffer(repeating: nil, count: Self.named.count + panel.fields.count)
    for (index, name) in Self.named.enumerated() {
      table.base[index] = panel.fieldIndex(name).map { panel.field($0) }
    }
    for index in panel.fields.indices { table.base[Self.named.count + index] = panel.field(index) }
    columnTable = AlignedBuffer(repeating: 0, count: run.symbols.count)
    for (index, column) in run.symbols.enumerated() { columnTable.base[index] = column }
    timeTable = AlignedBuffer(repeating: 0, count: panel.barCount)
    for (bar, time) in panel.time.ns.enumerated() { timeTable.base[bar] = time }
  }
}
