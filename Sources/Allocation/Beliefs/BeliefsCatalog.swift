import Kernels

/// Ways to expect returns that settings alone describe; `BlackLitterman` has views besides.
public enum BeliefsCatalog {
  /// All of them: one line each.
  public static let all: [BeliefsEntry] = [
    MeanReturns.entry,
    EWMAReturns.entry,
    ShrunkReturns.entry,
    CAPMReturns.entry,
    GivenReturns.entry,
  ]

  /// The way of a name, with its settings.
  ///
  /// - Throws: `AllocationError.setting` for a name or a setting that doesn't exist, or a value outside its domain.
  public static func beliefs(
    named name: String, settings: AllocatorSettings = AllocatorSettings()
  ) throws(AllocationError) -> any ReturnBeliefs {
    let names = all.map(\.name)
    guard let entry = all.first(where: { $0.name == name }) else {
      throw .setting(name: "expected", found: name, expected: expected(name, among: names))
    }
    let known = entry.settings.map(\.name)
    for key in settings.values.keys.sorted() where !known.contains(key) {
      throw .setting(
        name: key, found: "a setting that \(name) does not have",
        expected: known.isEmpty ? "no settings" : expected(key, among: known))
    }
    return try entry.make(settings)
  }

  private static func expected(_ name: String, among known: [String]) -> String {
    let all = "one of " + known.joined(separator: ", ")
    return nearestName(to: name, among: known).map { "\($0)? It is \(all)" } ?? all
  }
}

/// A way to expect returns, as specs, help and catalogue know it.
public struct BeliefsEntry: Sendable {
  /// Name in specs, for example `ewma`.
  public let name: String
  /// What it does, in one line.
  public let summary: String
  /// Its settings; empty for none.
  public let settings: [AllocatorSetting]
  /// Builds it; settings that it does not know were refused before.
  public let make: @Sendable (AllocatorSettings) throws(AllocationError) -> any ReturnBeliefs

  init(
    _ name: String, _ summary: String, settings: [AllocatorSetting] = [],
    make: @escaping @Sendable (AllocatorSettings) throws(AllocationError) -> any ReturnBeliefs
  ) {
    self.name = name
    self.summary = summary
    self.settings = settings
    self.make = make
  }
}
