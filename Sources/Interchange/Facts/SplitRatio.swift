/// New shares for one old share, as files write it.
enum SplitRatio {
  /// Reads `7`, `7:1`, `7/1`, `7-for-1`, `7 for 1` and `1/10`: new shares first.
  ///
  /// - Returns: nil for anything else, and for what is not above zero.
  static func parse(_ text: String) -> Double? {
    var text = text.lowercased()
    for word in ["-for-", " for ", ":", "/"] {
      guard let match = text.firstRange(of: word) else { continue }
      let old = String(text[match.upperBound...]).trimmingSpaces
      text = String(text[..<match.lowerBound]).trimmingSpaces
      guard let new = FactsTable.number(text), let old = FactsTable.number(old), old > 0 else {
        return nil
      }
      return valid(new / old)
    }
    return FactsTable.number(text).flatMap(valid)
  }

  private static func valid(_ ratio: Double) -> Double? {
    ratio > 0 && ratio.isFinite ? ratio : nil
  }

  /// The simple fraction that a rounded ratio stands for: one whose smaller number is at most 20, within a
  /// ten-thousandth; the ratio itself if there is none.
  static func simple(_ ratio: Double) -> Double {
    let larger = ratio < 1 ? 1 / ratio : ratio
    for old in 1...20 {
      let new = (larger * Double(old)).rounded()
      guard abs(new / Double(old) / larger - 1) <= 1e-4 else { continue }
      return ratio < 1 ? Double(old) / new : new / Double(old)
    }
    return ratio
  }
}
