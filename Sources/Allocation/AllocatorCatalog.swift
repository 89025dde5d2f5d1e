/// A method as specs, help and catalogue know it.
public typealias AllocatorEntry = CatalogEntry<any Allocator>

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
    try all.make("method", named: name, settings)
  }
}
