import Kernels

/// Nested clusters: best weights within each cluster, then best weights of the clusters, taken as one symbol each.
///
/// What correlation within a cluster does to a solution stays within it.
///
/// - Source: López de Prado, *A robust estimator of the efficient frontier* (2019).
public struct NestedClusters: Allocator {
  static let entry = AllocatorEntry(
    "nco", "a method within each cluster, and of the clusters",
    settings: ClusterSettings.settings(linkage: .ward) + [
      ClusterSettings.countSetting,
      AllocatorSetting("inner", "method within a cluster, without settings; min_variance"),
      AllocatorSetting("outer", "method of the clusters, without settings; min_variance"),
    ]
  ) { (settings) throws(AllocationError) in
    NestedClusters(
      inner: try part("inner", settings), outer: try part("outer", settings),
      clusters: try ClusterSettings(settings, linkage: .ward))
  }

  /// A method of the catalogue that takes moments alone.
  private static func part(_ key: String, _ settings: AllocatorSettings) throws(AllocationError)
    -> any Allocator
  {
    let names = [
      "min_variance", "max_sharpe", "risk_parity", "max_diversification", "inverse_volatility",
      "equal", "hrp",
    ]
    let name = try settings.text(key, among: names, default: "min_variance")
    return try AllocatorCatalog.allocator(named: name)
  }

  /// How symbols are put into clusters.
  public var clusters: ClusterSettings
  /// Chooses weights within a cluster.
  public var inner: any Allocator
  /// Chooses weights of clusters.
  public var outer: any Allocator

  /// A method of given solvers.
  public init(
    inner: any Allocator, outer: any Allocator,
    clusters: ClusterSettings = ClusterSettings(linkage: .ward)
  ) {
    self.inner = inner
    self.outer = outer
    self.clusters = clusters
  }

  /// `nco`.
  public var name: String { "nco" }
  /// In one line.
  public var definition: String {
    "\(inner.name) within each cluster, then \(outer.name) of the clusters"
  }

  /// Chooses weights.
  ///
  /// - Throws: as `HierarchicalRiskParity`, and what the methods within throw.
  public func allocate(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    try problem.ofVarying(by: name, solve)
  }

  private func solve(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    let bounds = try ClusterBounds(problem, method: name, allowsShort: true)
    // Short positions within clusters, and in clusters, if any symbol may be short.
    let least = problem.constraints.lower.contains { $0 < 0 } ? -1.0 : 0
    let distances = try clusters.distance.distances(problem.covariance, symbols: problem.symbols)
    let tree = ClusterTree(distances: distances, linkage: clusters.linkage)
    let nodes = tree.clusters(clusters.count.count(tree, distances))
    let groups = nodes.map { tree.leaves(of: $0).sorted() }
    var within: [[Double]] = []
    var steps = 0
    for members in groups {
      var part = AllocationProblem(
        symbols: members.map { problem.symbols[$0] },
        covariance: problem.covariance.symmetric(members),
        expectedReturns: members.map { problem.expectedReturns[$0] })
      part.constraints.lower = members.map { _ in least }
      part.riskFree = problem.riskFree
      part.barsPerYear = problem.barsPerYear
      let found =
        members.count == 1 ? Allocation(weights: [1], objective: 0) : try inner.allocate(part)
      steps += found.steps
      within.append(found.weights)
    }
    var whole = AllocationProblem(
      symbols: groups.indices.map { "cluster \($0 + 1)" },
      covariance: Self.reduced(problem.covariance, groups, within),
      expectedReturns: zip(groups, within).map { members, weights in
        zip(members, weights).reduce(0) { $0 + problem.expectedReturns[$1.0] * $1.1 }
      })
    whole.constraints.lower = groups.map { _ in least }
    whole.riskFree = problem.riskFree
    whole.barsPerYear = problem.barsPerYear
    let found =
      groups.count == 1 ? Allocation(weights: [1], objective: 0) : try outer.allocate(whole)
    var weights = [Double](repeating: 0, count: problem.symbols.count)
    for (cluster, members) in groups.enumerated() {
      for (member, weight) in zip(members, within[cluster]) {
        weights[member] = weight * found.weights[cluster] * bounds.budget
      }
    }
    var allocation = try bounds.finish(bounds.nearest(weights), .variance)
    allocation.steps = steps + found.steps
    allocation.notes.append("\(groups.count) clusters")
    return allocation
  }

  /// Covariance of clusters of given weights.
  private static func reduced(_ covariance: Matrix, _ groups: [[Int]], _ weights: [[Double]])
    -> Matrix
  {
    var result = Matrix(rows: groups.count, columns: groups.count)
    for a in groups.indices {
      for b in 0...a {
        var sum = 0.0
        for (row, weight) in zip(groups[a], weights[a]) {
          for (column, other) in zip(groups[b], weights[b]) {
            sum += weight * covariance[row, column] * other
          }
        }
        result[a, b] = sum
        result[b, a] = sum
      }
    }
    return result
  }
}
