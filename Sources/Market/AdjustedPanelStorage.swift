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

  private func apply(_ scale: FieldScale, to values: UnsafeMutablePointer<Double>) {
    for symbol in factors {
      var bar = 0
      for stretch in symbol.stretches {
        var at = bar * columnCount + symbol.column
        // Divided by the shares, not multiplied by their inverse: a seventh is no double, seven is.
        for _ in bar..<stretch.end {
          values[at] =
            scale == .price
            ? values[at] / stretch.shares * stretch.kept : values[at] * stretch.shares
          at += columnCount
        }
        bar = stretch.end
      }
    }
  }
}
