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
