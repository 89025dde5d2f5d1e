import Kernels

/// Every way to choose weights.
public enum AllocatorCatalog {
  /// All methods: one line each.
  public static let all: [AllocatorEntry] = [
    EqualWeights.entry,
    InverseVolatility.entry,
    MinVariance.entry,
    MaxSharpe.entry,
    TargetReturn.entry,
    TargetRisk.entry,
    MaxUtility.entry,
    RiskBudget.parity,
    RiskBudget.entry,
    MaxDiversification.entry,
    MinCVaR.entry,
    MinCDaR.entry,
    Kelly.entry,
    HierarchicalRiskParity.entry,
    HierarchicalEqualRisk.entry,
    NestedClusters.entry,
  ]

  /// The method of a name, with its settings.
  ///
  /// - Throws: `AllocationError.setting` for a name or a setting that doesn't exist, or a value outside its domain.
  public static func allocator(
    named name: String, settings: AllocatorSettings = AllocatorSettings()
  ) throws(AllocationError) -> any Allocator {
    guard let entry = all.first(where: { $0.name == name }) else {
      throw .setting(
        name: "method", found: name, expected: Self.expected(name, among: all.map(\.name)))
    }
    for key in settings.values.keys.sorted()
    where !entry.settings.contains(where: { $0.name == key }) {
      let known = entry.settings.map(\.name)
      throw .setting(
        name: key, found: "a setting that \(name) does not have",
        expected: known.isEmpty ? "no settings" : Self.expected(key, among: known))
    }
    return try entry.make(settings)
  }

  private static func expected(_ name: String, among known: [String]) -> String {
    let all = "one of " + known.joined(separator: ", ")
    return nearestName(to: name, among: known).map { "\($0)? It is \(all)" } ?? all
  }
}

/// A method as specs, help and catalogue know it.
public struct AllocatorEntry: Sendable {
  /// Name in specs, for example `min_variance`.
  public let name: String
  /// What it does, in one line.
  public let summary: String
  /// Its settings; empty for none.
  public let settings: [AllocatorSetting]
  /// Builds the method; settings that it does not know were refused before.
  public let make: @Sendable (AllocatorSettings) throws(AllocationError) -> any Allocator

  /// An entry.
  public init(
    _ name: String, _ summary: String, settings: [AllocatorSetting] = [],
    make: @escaping @Sendable (AllocatorSettings) throws(AllocationError) -> any Allocator
  ) {
    self.name = name
    self.summary = summary
    self.settings = settings
    self.make = make
  }
}

/// A setting of a method, for help and checks.
public struct AllocatorSetting: Sendable, Equatable {
  /// Its key.
  public let name: String
  /// What it means, its unit and what holds without it.
  public let summary: String

  /// A setting.
  public init(_ name: String, _ summary: String) {
    self.name = name
    self.summary = summary
  }
}

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
