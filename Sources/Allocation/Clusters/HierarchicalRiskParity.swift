import Kernels

/// Hierarchical risk parity: risk is shared out by halving the order of a tree of clusters, again and again.
///
/// No matrix is inverted, so that a singular covariance does no harm. Bounds hold by moving the halves' shares.
///
/// - Source: López de Prado (2016); with `single` linkage and variances as in PyPortfolioOpt, with `ward` as in skfolio.
public struct HierarchicalRiskParity: Allocator {
  static let entry = AllocatorEntry(
    "hrp", "risk shared out by halving the order of a tree of correlations",
    settings: ClusterSettings.settings(linkage: .single) + [
      ClusterSettings.leafOrderSetting, ClusterSettings.riskSetting,
    ]
  ) { (settings) throws(AllocationError) in
    HierarchicalRiskParity(clusters: try ClusterSettings(settings, linkage: .single))
  }

  /// How symbols are put into clusters, and what these share out.
  public var clusters: ClusterSettings

  /// The method with the choices of its author: single linkage and variances.
  public init(clusters: ClusterSettings = ClusterSettings(linkage: .single)) {
    self.clusters = clusters
  }

  /// `hrp`.
  public var name: String { "hrp" }
  /// In one line.
  public var definition: String {
    "shares risk out by halving the order of a tree of correlations, again and again"
  }

  /// Shares the budget out; a symbol that does not vary gets no part of it, and is named in the notes.
  ///
  /// - Throws: `AllocationError`: no symbol that varies, bounds without weights between them, constraints other than bounds and
  ///   budget.
  /// - Complexity: O(N² log N), and O(N³) if leaves are ordered.
  public func allocate(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    try problem.ofVarying(by: name, solve)
  }

  private func solve(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    let bounds = try ClusterBounds(problem, method: name)
    let distances = try clusters.distance.distances(problem.covariance, symbols: problem.symbols)
    let tree = ClusterTree(distances: distances, linkage: clusters.linkage)
    let order =
      clusters.ordersLeaves ? tree.orderedLeaves(distances) : tree.leaves(of: tree.root)
    let naive = NaiveRisk(problem.covariance, clusters.risk)
    var weights = [Double](repeating: bounds.budget, count: order.count)
    var open = [0..<order.count]
    while let range = open.popLast() {
      if range.count < 2 { continue }
      let middle = range.lowerBound + range.count / 2
      let (left, right) = (order[range.lowerBound..<middle], order[middle..<range.upperBound])
      let (leftRisk, rightRisk) = (naive.risk(left), naive.risk(right))
      let share = bounds.share(
        1 - leftRisk / (leftRisk + rightRisk), of: weights[order[range.lowerBound]], left, right)
      for member in left { weights[member] *= share }
      for member in right { weights[member] *= 1 - share }
      open += [middle..<range.upperBound, range.lowerBound..<middle]
    }
    return try bounds.finish(weights, clusters.risk)
  }
}
