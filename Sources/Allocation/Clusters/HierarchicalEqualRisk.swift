import Kernels

/// Hierarchical equal risk contribution: risk is shared out down a tree of clusters, and within each by inverse risks.
///
/// Unlike `HierarchicalRiskParity` it follows the tree's own joins, down to a number of clusters.
///
/// - Source: Raffinot, *The hierarchical equal risk contribution portfolio* (2018), as skfolio reads it.
public struct HierarchicalEqualRisk: Allocator {
  static let entry = AllocatorEntry(
    "herc", "risk shared out down a tree of clusters, by inverse risks within each",
    settings: ClusterSettings.settings(linkage: .ward) + [
      ClusterSettings.countSetting, ClusterSettings.riskSetting,
    ]
  ) { (settings) throws(AllocationError) in
    HierarchicalEqualRisk(clusters: try ClusterSettings(settings, linkage: .ward))
  }

  /// How symbols are put into clusters, and what these share out.
  public var clusters: ClusterSettings

  /// The method with Ward's linkage and variances.
  public init(clusters: ClusterSettings = ClusterSettings(linkage: .ward)) {
    self.clusters = clusters
  }

  /// `herc`.
  public var name: String { "herc" }
  /// In one line.
  public var definition: String {
    "shares risk out down a tree of clusters, and by inverse risks within each"
  }

  /// Shares the budget out.
  ///
  /// - Throws: as `HierarchicalRiskParity`.
  public func allocate(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    try problem.ofVarying(by: name, solve)
  }

  private func solve(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    let bounds = try ClusterBounds(problem, method: name)
    let distances = try clusters.distance.distances(problem.covariance, symbols: problem.symbols)
    let tree = ClusterTree(distances: distances, linkage: clusters.linkage)
    let count = clusters.count.count(tree, distances)
    let nodes = tree.clusters(count)
    let naive = NaiveRisk(problem.covariance, clusters.risk)
    var weights = [Double](repeating: 0, count: problem.symbols.count)
    // Risk of each node from the clusters up, the sum of the clusters' below it.
    var risks = [Double](repeating: 0, count: tree.root + 1)
    for node in nodes {
      let leaves = tree.leaves(of: node)
      risks[node] = naive.risk(leaves[...])
      for (leaf, weight) in zip(leaves, naive.weights(leaves[...])) { weights[leaf] = weight }
    }
    let isCluster = Set(nodes)
    let lowest = tree.leafCount + tree.merges.count - count + 1
    for node in lowest..<tree.root + 1 {
      guard !isCluster.contains(node), let (left, right) = tree.parts(of: node) else { continue }
      risks[node] = risks[left] + risks[right]
    }
    var open = [(node: tree.root, weight: bounds.budget)]
    while let (node, weight) = open.popLast() {
      if !isCluster.contains(node), let (left, right) = tree.parts(of: node) {
        let share = 1 - risks[left] / (risks[left] + risks[right])
        open += [(left, weight * share), (right, weight * (1 - share))]
      } else {
        for leaf in tree.leaves(of: node) { weights[leaf] *= weight }
      }
    }
    var allocation = try bounds.finish(bounds.nearest(weights), clusters.risk)
    allocation.notes.append("\(count) clusters")
    return allocation
  }
}
