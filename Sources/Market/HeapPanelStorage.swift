import Kernels

/// Panel values on the heap: for generated panels, tests, and drafts that are not stored yet.
public final class HeapPanelStorage: PanelStorage {
  /// Number of fields.
  public let fieldCount: Int
  /// Values in each field, `T × N`.
  public let valuesPerField: Int
  private let buffer: AlignedBuffer<Double>

  /// Copies fields of equal length, each `[T, N]` row-major.
  public init(fields: [[Double]]) {
    fieldCount = fields.count
    valuesPerField = fields.first?.count ?? 0
    buffer = AlignedBuffer(repeating: .nan, count: fieldCount * valuesPerField)
    for (index, field) in fields.enumerated() {
      precondition(field.count == valuesPerField, "fields of one panel have equal length")
      field.withUnsafeBufferPointer {
        if let source = $0.baseAddress {
          (buffer.base + index * valuesPerField).update(from: source, count: valuesPerField)
        }
      }
    }
  }

  /// Sets fields aside, all missing, and lets `fill` write them one by one.
  ///
  /// - Parameter fill: gets the number of a field and its values, NaN, row-major.
  public init<Failure: Error>(
    fieldCount: Int, valuesPerField: Int,
    _ fill: (_ field: Int, _ values: UnsafeMutableBufferPointer<Double>) throws(Failure) -> Void
  ) throws(Failure) {
    self.fieldCount = fieldCount
    self.valuesPerField = valuesPerField
    buffer = AlignedBuffer(repeating: .nan, count: fieldCount * valuesPerField)
    for field in 0..<fieldCount {
      try fill(
        field,
        UnsafeMutableBufferPointer(
          start: buffer.base + field * valuesPerField, count: valuesPerField))
    }
  }

  /// Copies one field, and lets it be changed before anyone else sees it.
  init(
    copying source: UnsafePointer<Double>, count: Int,
    change: (UnsafeMutablePointer<Double>) -> Void
  ) {
    fieldCount = 1
    valuesPerField = count
    buffer = AlignedBuffer(repeating: 0, count: count)
    buffer.base.update(from: source, count: count)
    change(buffer.base)
  }

  /// The values of a field, row-major; valid while this object lives.
  public func field(_ index: Int) -> UnsafePointer<Double> {
    precondition(index >= 0 && index < fieldCount, "no field \(index)")
    return UnsafePointer(buffer.base + index * valuesPerField)
  }
}

// The buffer is written only in `init`.
extension HeapPanelStorage: @unchecked Sendable {}
