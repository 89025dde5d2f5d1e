import Kernels

/// How symbols are put into clusters.
public struct ClusterSettings: Sendable, Equatable {
  /// How far symbols are apart.
  public var distance = ClusterDistance.correlation
  /// How far clusters are apart.
  public var linkage: Linkage
  /// How many clusters; hierarchical risk parity needs none.
  public var count = ClusterCount.chosen
  /// What is shared out; nested clusters share nothing out.
  public var risk = ClusterRisk.variance
  /// Whether the two sides of each node are turned so that neighbours in the order are near.
  public var ordersLeaves = false

  /// Settings with the usual distance, and a number of clusters that is chosen.
  public init(linkage: Linkage) { self.linkage = linkage }

  /// Settings as a spec gives them.
  init(_ settings: AllocatorSettings, linkage: Linkage) throws(AllocationError) {
    let names = Linkage.allCases.map(\.rawValue)
    let name = try settings.text("linkage", among: names, default: linkage.rawValue)
    self.linkage = Linkage(rawValue: name) ?? linkage
    let distances = ClusterDistance.allCases.map(\.rawValue)
    let distance = try settings.text("distance", among: distances, default: "correlation")
    self.distance = ClusterDistance(rawValue: distance) ?? .correlation
    ordersLeaves =
      try settings.text("leaf_order", among: ["tree", "near"], default: "tree") == "near"
    let risks = ClusterRisk.allCases.map(\.rawValue)
    let risk = try settings.text("risk", among: risks, default: "variance")
    self.risk = ClusterRisk(rawValue: risk) ?? .variance
    if settings.values["clusters"] != nil {
      let given = try settings.number("clusters", in: 1...1_000_000)
      guard given == given.rounded() else {
        throw .setting(name: "clusters", found: "\(given)", expected: "a whole number")
      }
      count = .given(Int(given))
    }
  }

  static func settings(linkage: Linkage) -> [AllocatorSetting] {
    [
      AllocatorSetting(
        "linkage", "how far clusters are apart: single, complete, average, ward; \(linkage)"),
      AllocatorSetting(
        "distance",
        "how far symbols are apart: correlation, or profile of correlations; correlation"),
    ]
  }

  static let leafOrderSetting = AllocatorSetting(
    "leaf_order", "tree, or near: sides of the tree are turned so that neighbours are near; tree")
  static let riskSetting = AllocatorSetting(
    "risk", "what is shared out: variance, standard_deviation; variance")
  static let countSetting = AllocatorSetting("clusters", "number of clusters; chosen by itself")
}

/// The measure of risk that clusters share out.
public enum ClusterRisk: String, Sendable, CaseIterable {
  /// wᵀ Σ w.
  case variance
  /// √(wᵀ Σ w).
  case standardDeviation = "standard_deviation"

  /// The measure of a variance.
  func of(_ variance: Double) -> Double {
    self == .variance ? variance : max(variance, 0).squareRoot()
  }
}

/// Risks of clusters whose members are weighted by the inverse of their own.
struct NaiveRisk {
  let covariance: Matrix
  /// Risk of each symbol.
  let risks: [Double]
  let measure: ClusterRisk

  init(_ covariance: Matrix, _ measure: ClusterRisk) {
    self.covariance = covariance
    self.measure = measure
    risks = covariance.diagonal.map { measure.of($0) }
  }

  /// Weights in inverse proportion to risks; they add up to 1.
  func weights(_ members: ArraySlice<Int>) -> [Double] {
    let inverse = members.map { 1 / risks[$0] }
    let total = inverse.reduce(0, +)
    return inverse.map { $0 / total }
  }

  /// Risk of a cluster with such weights.
  func risk(_ members: ArraySlice<Int>) -> Double {
    let weights = weights(members)
    var variance = 0.0
    for (row, weight) in zip(members, weights) {
      var sum = 0.0
      for (column, other) in zip(members, weights) { sum += covariance[row, column] * other }
      variance += weight * sum
    }
    return measure.of(variance)
  }
}
