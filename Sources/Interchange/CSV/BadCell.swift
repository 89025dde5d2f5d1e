/// What is told about a cell.
enum BadCell {
  /// A cell for a message, cut after 40 characters.
  static func shown(_ cell: UnsafeBufferPointer<UInt8>) -> String {
    let bytes = UnsafeBufferPointer(rebasing: cell.prefix(160))
    return String(String(decoding: bytes, as: UTF8.self).prefix(40))
  }

  /// Why a cell is no value of a field.
  static func reason(_ rule: ImportRule, _ cell: UnsafeBufferPointer<UInt8>) -> String {
    rule == .finite
      ? "\(shown(cell)) is not finite; leave the cell empty where a value is missing"
      : "'\(shown(cell))' is not a number"
  }
}
