import Kernels

/// A tree of clusters: leaves are symbols, each node joins two clusters.
public struct ClusterTree: Sendable, Equatable {
  /// Two clusters that became one.
  public struct Merge: Sendable, Equatable {
    /// The cluster with the lower number: a leaf below `N`, else the merge at this minus `N`.
    public var left: Int
    /// The other.
    public var right: Int
    /// How far they were apart.
    public var distance: Double
    /// Leaves in their union.
    public var count: Int
  }

  /// Number of leaves, `N`.
  public let leafCount: Int
  /// The joins, nearest first: `[N - 1]`.
  public let merges: [Merge]

  /// Joins the nearest clusters until one is left.
  ///
  /// The same tree as `scipy.cluster.hierarchy.linkage` gives, ties included: single linkage by the spanning tree that grows
  /// from the first leaf, the others by chains of nearest neighbours.
  ///
  /// - Parameters:
  ///   - distances: `[N, N]`, symmetric and finite; the diagonal is not read.
  ///   - linkage: how far clusters are apart.
  /// - Complexity: O(N²) time and memory.
  /// - Source: Müllner, *Modern hierarchical, agglomerative clustering algorithms* (2011).
  public init(distances: Matrix, linkage: Linkage) {
    precondition(distances.rows == distances.columns && distances.rows > 0, "a square matrix")
    leafCount = distances.rows
    let raw = linkage == .single ? Self.spanningTree(distances) : Self.chain(distances, linkage)
    merges = Self.label(raw, leafCount)
  }

  /// A join of two clusters, each named by one of its leaves.
  private typealias Join = (first: Int, second: Int, distance: Double)

  /// Prim's tree from leaf 0 on.
  private static func spanningTree(_ distances: Matrix) -> [Join] {
    let count = distances.rows
    var nearest = [Double](repeating: .infinity, count: count)
    var isInside = [Bool](repeating: false, count: count)
    var joins: [Join] = []
    var last = 0
    for _ in 1..<max(count, 1) {
      isInside[last] = true
      var (best, least) = (last, Double.infinity)
      for leaf in 0..<count where !isInside[leaf] {
        nearest[leaf] = min(nearest[leaf], distances[last, leaf])
        if nearest[leaf] < least { (best, least) = (leaf, nearest[leaf]) }
      }
      joins.append((last, best, least))
      last = best
    }
    return joins
  }

  /// Chains of nearest neighbours: each ends with two clusters that are nearest to each other.
  private static func chain(_ given: Matrix, _ linkage: Linkage) -> [Join] {
    let count = given.rows
    var distances = given
    // 0 for a cluster that has become part of another.
    var sizes = [Int](repeating: 1, count: count)
    var chain: [Int] = []
    var joins: [Join] = []
    while joins.count < count - 1 {
      if chain.isEmpty, let first = sizes.firstIndex(where: { $0 > 0 }) { chain = [first] }
      var (x, y, least) = (0, 0, Double.infinity)
      while true {
        x = chain[chain.count - 1]
        least = .infinity
        // The cluster before wins ties, or the chain could go round.
        if chain.count > 1 {
          y = chain[chain.count - 2]
          least = distances[x, y]
        }
        for other in 0..<count where sizes[other] > 0 && other != x {
          if distances[x, other] < least { (y, least) = (other, distances[x, other]) }
        }
        if chain.count > 1, y == chain[chain.count - 2] { break }
        chain.append(y)
      }
      chain.removeLast(2)
      let (gone, kept) = (min(x, y), max(x, y))
      joins.append((gone, kept, least))
      for other in 0..<count where sizes[other] > 0 && other != kept && other != gone {
        let distance = linkage.distance(
          toFirst: distances[gone, other], toSecond: distances[kept, other], between: least,
          first: sizes[gone], second: sizes[kept], other: sizes[other])
        distances[other, kept] = distance
        distances[kept, other] = distance
      }
      sizes[kept] += sizes[gone]
      sizes[gone] = 0
    }
    return joins
  }

  /// Sorts joins by distance, equal ones in their order, and numbers clusters as they come to be.
  private static func label(_ joins: [Join], _ count: Int) -> [Merge] {
    let order = joins.indices.sorted {
      (joins[$0].distance, $0) < (joins[$1].distance, $1)
    }
    var parents = Array(0..<2 * count - 1)
    var sizes = [Int](repeating: 1, count: 2 * count - 1)
    func root(_ leaf: Int) -> Int {
      var node = leaf
      while parents[node] != node {
        parents[node] = parents[parents[node]]
        node = parents[node]
      }
      return node
    }
    return order.enumerated().map { step, place in
      let (a, b) = (root(joins[place].first), root(joins[place].second))
      let node = count + step
      parents[a] = node
      parents[b] = node
      sizes[node] = sizes[a] + sizes[b]
      return Merge(
        left: min(a, b), right: max(a, b), distance: joins[place].distance, count: sizes[node])
    }
  }

  // MARK: - Reading

  /// The node of the whole.
  public var root: Int { 2 * leafCount - 2 }

  /// The two parts of a node; nil for a leaf.
  public func parts(of node: Int) -> (left: Int, right: Int)? {
    if node < leafCount { return nil }
    let merge = merges[node - leafCount]
    return (merge.left, merge.right)
  }

  /// Leaves of a node, left parts first; of the root, the quasi-diagonal order.
  public func leaves(of node: Int) -> [Int] {
    // Not by recursion: a chain of thousands of symbols is as deep.
    var leaves: [Int] = []
    var open = [node]
    while let node = open.popLast() {
      if let (left, right) = parts(of: node) {
        open += [right, left]
      } else {
        leaves.append(node)
      }
    }
    return leaves
  }

  /// Nodes of the clusters that are left when only the first joins are made.
  ///
  /// - Parameter count: number of clusters, 1 to N.
  /// - Returns: nodes, ascending by their least leaf.
  public func clusters(_ count: Int) -> [Int] {
    precondition((1...leafCount).contains(count), "1 to \(leafCount) clusters")
    let last = leafCount + merges.count - count
    var open = [root]
    var nodes: [(node: Int, leaf: Int)] = []
    while let node = open.popLast() {
      if node > last, let (left, right) = parts(of: node) {
        open += [right, left]
      } else {
        nodes.append((node, leaves(of: node).min() ?? node))
      }
    }
    return nodes.sorted { $0.leaf < $1.leaf }.map(\.node)
  }
}
