import Kernels
import Synchronization

/// The factors of one symbol, by stretches of bars that share them.
struct AdjustmentFactors: Sendable, Equatable {
  /// Bars from the end of the stretch before.
  struct Stretch: Sendable, Equatable {
    /// First bar behind it.
    var end: Int
    /// Shares of today for a share of then.
    var shares: Double
    /// What dividends leave of a price.
    var kept: Double
  }

  /// Column of the panel.
  var column: Int
  /// In order of bars; those behind the last are as stored.
  var stretches: [Stretch]
}

/// Fields of another storage times factors: each is made when it is first asked for, and then kept.
///
/// Fields that no factor touches are the other storage's own memory.
final class AdjustedPanelStorage: PanelStorage {
  let fieldCount: Int
  let valuesPerField: Int
  private let base: any PanelStorage
  private let columnCount: Int
  private let factors: [AdjustmentFactors]
  private let scales: [FieldScale]
  private let slots: [Slot]

  /// One field, once it is made.
  private final class Slot: Sendable {
    // An address, as pointers are not Sendable; 0 until it is made.
    let made = Atomic<UInt>(0)
    let owner = Mutex<HeapPanelStorage?>(nil)
  }

  /// - Parameters:
  ///   - base: what is stored; it may have more fields.
  ///   - scales: how each field is treated.
  ///   - columnCount: number of symbols.
  init(
    _ base: any PanelStorage, scales: [FieldScale], columnCount: Int, factors: [AdjustmentFactors]
  ) {
    self.base = base
    self.scales = scales
    self.columnCount = columnCount
    self.factors = factors
    fieldCount = scales.count
    valuesPerField = base.valuesPerField
    slots = scales.map { _ in Slot() }
  }

  func field(_ index: Int) -> UnsafePointer<Double> {
    precondition(index >= 0 && index < fieldCount, "no field \(index)")
    if scales[index] == .fixed { return base.field(index) }
    let slot = slots[index]
    let made = slot.made.load(ordering: .acquiring)
    if let made = UnsafePointer<Double>(bitPattern: made) { return made }
    return slot.owner.withLock { owner in
      if let owner { return owner.field(0) }
      let made = HeapPanelStorage(copying: base.field(index), count: valuesPerField) { values in
        apply(scales[index], to: values)
      }
      owner = made
      slot.made.store(UInt(bitPattern: made.field(0)), ordering: .releasing)
      return made.field(0)
    }
  }

  /// Bars that are changed at a time, for all symbols: their rows stay in a nearby cache meanwhile.
  private static let block = 64

  private func apply(_ scale: FieldScale, to values: UnsafeMutablePointer<Double>) {
    var places = [Int](repeating: 0, count: factors.count)
    let end = factors.reduce(0) { max($0, $1.stretches.last?.end ?? 0) }
    for start in stride(from: 0, to: end, by: Self.block) {
      let stop = min(start + Self.block, end)
      for (index, symbol) in factors.enumerated() {
        var bar = start
        while bar < stop, places[index] < symbol.stretches.count {
          let stretch = symbol.stretches[places[index]]
          let last = min(stop, stretch.end)
          apply(stretch, scale, to: values + symbol.column, bars: bar..<last)
          bar = last
          if last == stretch.end { places[index] += 1 }
        }
      }
    }
  }

  private func apply(
    _ stretch: AdjustmentFactors.Stretch, _ scale: FieldScale,
    to column: UnsafeMutablePointer<Double>, bars: Range<Int>
  ) {
    for bar in bars {
      let value = column + bar * columnCount
      // Divided by the shares, not multiplied by their inverse: a seventh is no double, seven is.
      value.pointee =
        scale == .price
        ? value.pointee / stretch.shares * stretch.kept : value.pointee * stretch.shares
    }
  }
}
