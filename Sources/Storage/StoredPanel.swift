import Market

/// A panel as it was found in one file: what is known of it, and its values.
struct StoredPanel: Sendable {
  /// With the fields that were loaded.
  var info: PanelInfo
  var timeNs: [Int64]
  var storage: any PanelStorage

  /// All values of a field, row-major.
  func values(_ index: Int) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(start: storage.field(index), count: storage.valuesPerField)
  }
}

extension StoredPanel {
  /// The panels of successive files as one, copied to the heap.
  init(joining parts: [StoredPanel], info: PanelInfo) {
    self.info = info
    let timeNs = parts.flatMap(\.timeNs)
    self.timeNs = timeNs
    let fieldCount = parts.first?.storage.fieldCount ?? 0
    storage = HeapPanelStorage(
      fields: (0..<fieldCount).map { field in
        var values: [Double] = []
        values.reserveCapacity(timeNs.count * info.symbols.count)
        for part in parts { values += part.values(field) }
        return values
      })
  }
}
