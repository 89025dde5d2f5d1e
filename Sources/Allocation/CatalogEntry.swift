import Kernels

/// What a spec names and settings make, as specs, help and catalogues know it: a method, or a way to expect returns.
public struct CatalogEntry<Product: Sendable>: Sendable {
  /// Name in specs, for example `min_variance`.
  public let name: String
  /// What it does, in one line.
  public let summary: String
  /// Its settings; empty for none.
  public let settings: [AllocatorSetting]
  /// Builds it; settings that it does not know were refused before.
  public let make: @Sendable (AllocatorSettings) throws(AllocationError) -> Product

  /// An entry.
  public init(
    _ name: String, _ summary: String, settings: [AllocatorSetting] = [],
    make: @escaping @Sendable (AllocatorSettings) throws(AllocationError) -> Product
  ) {
    self.name = name
    self.summary = summary
    self.settings = settings
    self.make = make
  }
}

/// A setting of an entry, for help and checks.
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

extension Array {
  /// Builds what a name and settings say.
  ///
  /// - Parameter key: what the names are of, for errors: `method`.
  /// - Throws: `AllocationError.setting` for a name or a setting that doesn't exist, with the nearest one; or what the entry throws.
  func make<Product>(_ key: String, named name: String, _ settings: AllocatorSettings)
    throws(AllocationError) -> Product where Element == CatalogEntry<Product>
  {
    guard let entry = first(where: { $0.name == name }) else {
      throw .setting(name: key, found: name, expected: expected(name, among: map(\.name)))
    }
    let known = entry.settings.map(\.name)
    for key in settings.values.keys.sorted() where !known.contains(key) {
      throw .setting(
        name: key, found: "a setting that \(name) does not have",
        expected: known.isEmpty ? "no settings" : expected(key, among: known))
    }
    return try entry.make(settings)
  }
}

private func expected(_ name: String, among known: [String]) -> String {
  "one of " + known.joined(separator: ", ") + "." + didYouMean(nearestName(to: name, among: known))
}
