import Kernels

/// Eight portfolios between two rebalances, when nothing but prices moves them.
enum HeldBars {
  /// Marks each bar: equity is settled · (product + cash), where a product is Σ w · growth since the rebalance.
  ///
  /// - Parameters:
  ///   - products: of the first lane for each bar.
  ///   - stride: from a lane to the next.
  ///   - settled: equity after the rebalance.
  ///   - cash: share of it that is not invested.
  @inline(never)
  static func run(
    _ state: UnsafeMutablePointer<LaneState>, _ products: UnsafePointer<Double>, stride: Int,
    count: Int, settled: UnsafePointer<Vector>, cash: UnsafePointer<Vector>,
    _ minimumAcceptable: Double
  ) {
    var sums = PathSums(state)
    let (settled, cash) = (settled.pointee, cash.pointee)
    var before = state.pointee.equity
    for bar in 0..<count {
      var product = Vector.zero
      for lane in 0..<laneWidth { product[lane] = products[lane * stride + bar] }
      let equity = settled * (product + cash)
      let growth = equity / before
      sums.add(growth)
      sums.extend(growth, equity, minimumAcceptable)
      before = equity
    }
    state.pointee.equity = before
    sums.store(state, On.self)
  }
}
