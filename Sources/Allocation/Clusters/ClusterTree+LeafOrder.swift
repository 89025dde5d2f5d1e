import Kernels

extension ClusterTree {
  /// Leaves of the whole in an order in which neighbours are near: some nodes are turned round.
  ///
  /// Turns as `scipy.cluster.hierarchy.optimal_leaf_ordering` does: each join settles which way its two parts lie, by the order of
  /// its own leaves with the least sum of distances between neighbours. What that order says of parts of parts is not handed
  /// down, so that the sum over all leaves need not be the least there is.
  ///
  /// - Parameter distances: those the tree was made of, `[N, N]`.
  /// - Complexity: O(N³) time, O(N²) memory.
  /// - Source: Bar-Joseph, Gifford and Jaakkola, *Fast optimal leaf ordering for hierarchical clustering* (2001).
  public func orderedLeaves(_ distances: Matrix) -> [Int] {
    // lengths[u, w]: the least sum over the leaves of the node that joins u and w, when these are its ends.
    var lengths = Matrix(rows: leafCount, columns: leafCount)
    var isTurned = [Bool](repeating: false, count: root + 1)
    for node in leafCount..<root + 1 {
      guard let (left, right) = parts(of: node) else { continue }
      var least = (length: Double.infinity, turnsLeft: false, turnsRight: false)
      for (outer, inner, turnsLeft) in ends(of: left, isLeft: true) {
        // towards[u][k]: from u through its side to k on the other, over all leaves k of the right part.
        let far = leaves(of: right)
        let towards = outer.map { u in
          far.map { k in
            inner.reduce(Double.infinity) { min($0, lengths[u, $1] + distances[$1, k]) }
          }
        }
        let places = Dictionary(uniqueKeysWithValues: far.enumerated().map { ($1, $0) })
        for (last, near, turnsRight) in ends(of: right, isLeft: false) {
          for (row, u) in outer.enumerated() {
            for w in last {
              var length = Double.infinity
              for k in near {
                length = min(length, towards[row][places[k] ?? 0] + lengths[w, k])
              }
              lengths[u, w] = length
              lengths[w, u] = length
              if length < least.length { least = (length, turnsLeft, turnsRight) }
            }
          }
        }
      }
      isTurned[left] = least.turnsLeft
      isTurned[right] = least.turnsRight
    }
    var order: [Int] = []
    var open = [(node: root, isReversed: false)]
    while let (node, isReversed) = open.popLast() {
      guard let (left, right) = parts(of: node) else {
        order.append(node)
        continue
      }
      let turns = isReversed != isTurned[node]
      open += turns ? [(left, true), (right, true)] : [(right, false), (left, false)]
    }
    return order
  }

  /// Ways to lay a part: leaves that can be at its outer end, leaves that are then at its inner end, and whether it is turned.
  private func ends(of node: Int, isLeft: Bool) -> [(outer: [Int], inner: [Int], turns: Bool)] {
    guard let (left, right) = parts(of: node) else { return [([node], [node], false)] }
    let (a, b) = (leaves(of: left), leaves(of: right))
    return isLeft ? [(a, b, false), (b, a, true)] : [(b, a, false), (a, b, true)]
  }
}
