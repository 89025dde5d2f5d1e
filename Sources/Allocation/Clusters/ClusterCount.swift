import Kernels

/// How many clusters a tree is cut into.
public enum ClusterCount: Sendable, Equatable {
  /// By the second difference of the dispersion within clusters.
  case chosen
  /// A number, at most that of the symbols.
  case given(Int)

  /// The number for a tree.
  ///
  /// `chosen` takes the k with the largest W(k) + W(k+2) − 2·W(k+1), plus one: where the tree stops to gain by being cut.
  /// W(k) sums the mean distance within each of k clusters. At most max(8, √N) are looked at.
  ///
  /// - Source: Yue, Wang and Wei, *Application of two-order difference to gap statistic* (2009), as skfolio reads it.
  public func count(_ tree: ClusterTree, _ distances: Matrix) -> Int {
    switch self {
    case .given(let count): return min(max(1, count), tree.leafCount)
    case .chosen:
      let leaves = tree.leafCount
      if leaves <= 2 { return leaves }
      let root = Double(leaves).squareRoot().rounded(.toNearestOrEven)
      let most = min(leaves, max(8, Int(root)))
      let dispersion = (1...most).map { Self.dispersion(tree.clusters($0), tree, distances) }
      var (best, largest) = (0, -Double.infinity)
      for index in 0..<most - 2 {
        let gap = dispersion[index + 2] + dispersion[index] - 2 * dispersion[index + 1]
        if gap > largest { (best, largest) = (index, gap) }
      }
      return best + 2
    }
  }

  private static func dispersion(_ nodes: [Int], _ tree: ClusterTree, _ distances: Matrix)
    -> Double
  {
    var total = 0.0
    for node in nodes {
      let leaves = tree.leaves(of: node)
      if leaves.count < 2 { continue }
      var sum = 0.0
      for (place, leaf) in leaves.enumerated() {
        for other in leaves[..<place] { sum += distances[leaf, other] }
      }
      total += sum / Double(leaves.count * (leaves.count - 1) / 2)
    }
    return total
  }
}
