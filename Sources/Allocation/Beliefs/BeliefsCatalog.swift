/// A way to expect returns, as specs, help and catalogue know it.
public typealias BeliefsEntry = CatalogEntry<any ReturnBeliefs>

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
    try all.make("expected", named: name, settings)
  }
}
