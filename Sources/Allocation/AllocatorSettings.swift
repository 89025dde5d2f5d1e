/// Values of a method's settings, by key.
public struct AllocatorSettings: Sendable, Equatable {
  /// What a setting may hold.
  public enum Value: Sendable, Equatable {
    /// A number.
    case number(Double)
    /// A word.
    case text(String)
    /// A number for each of some names, such as symbols.
    case numbers([String: Double])

    var written: String {
      switch self {
      case .number(let value): "\(value)"
      case .text(let value): value
      case .numbers(let value): "numbers for \(value.keys.sorted().joined(separator: ", "))"
      }
    }
  }

  /// Values by key.
  public var values: [String: Value]

  /// Settings.
  public init(_ values: [String: Value] = [:]) { self.values = values }

  /// A number within a range.
  ///
  /// - Throws: `AllocationError.setting` if it is missing without a default, no number, or outside.
  public func number(
    _ name: String, in range: ClosedRange<Double>, default fallback: Double? = nil
  ) throws(AllocationError) -> Double {
    let expected =
      range.upperBound == .infinity
      ? "a number of at least \(range.lowerBound)"
      : "a number from \(range.lowerBound) to \(range.upperBound)"
    switch values[name] {
    case nil:
      guard let fallback else {
        throw .setting(name: name, found: "nothing", expected: expected)
      }
      return fallback
    case .number(let value) where range.contains(value) && value.isFinite: return value
    case .some(let value):
      throw .setting(name: name, found: value.written, expected: expected)
    }
  }

  /// One of some words.
  ///
  /// - Throws: `AllocationError.setting` if it is another.
  public func text(
    _ name: String, among words: [String], default fallback: String
  ) throws(AllocationError) -> String {
    switch values[name] {
    case nil: return fallback
    case .text(let value) where words.contains(value): return value
    case .some(let value):
      throw .setting(
        name: name, found: value.written,
        expected: "one of " + words.joined(separator: ", "))
    }
  }

  /// A number for each of some names, or nil if there are none.
  ///
  /// - Throws: `AllocationError.setting` if it is something else or holds a number outside the range.
  public func numbers(
    _ name: String, in range: ClosedRange<Double>
  ) throws(AllocationError) -> [String: Double]? {
    switch values[name] {
    case nil: return nil
    case .numbers(let table):
      for key in table.keys.sorted() where !range.contains(table[key] ?? .nan) {
        throw .setting(
          name: "\(name).\(key)", found: "\(table[key] ?? .nan)",
          expected: "a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return table
    case .some(let value):
      throw .setting(name: name, found: value.written, expected: "a number for each name")
    }
  }
}
