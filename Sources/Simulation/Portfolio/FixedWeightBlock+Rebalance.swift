import Kernels

extension FixedWeightBlock {
  func rebalance(_ vector: Int, row: Int, equity: Vector, products: Vector) {
    for place in 0..<min(laneWidth, lanes.count - vector * laneWidth) {
      let lane = vector * laneWidth + place
      settled.base[vector][place] = rebalance(
        &lanes[lane], lane, row: row, equity: equity[place], product: products[place],
        held: row == 0 ? 0 : settled.base[vector][place], cashShare.base[vector][place])
    }
  }

  /// Settles the costs of a rebalance; returns the equity that they leave.
  ///
  /// - Parameters:
  ///   - row: growths since the fill before.
  ///   - equity: before costs.
  ///   - product: Σ w · growth.
  ///   - held: equity after the rebalance before; 0 for none.
  func rebalance(
    _ lane: inout Lane, _ index: Int, row: Int, equity: Double, product: Double, held: Double,
    _ cashShare: Double
  ) -> Double {
    let growths = UnsafeRawPointer(route.growth(row: row)).assumingMemoryBound(to: Vector.self)
    let count = route.vectors
    let weights = UnsafeRawPointer(weights.base + index * count * laneWidth)
      .assumingMemoryBound(to: Vector.self)
    let (buying, selling) = (route.cost.buying, route.cost.selling)
    var settled = equity
    var traded = Double.nan
    if route.paysByOrder {
      let cost = buying * kernels.weightDistance(weights, growths, count, equity, held)
      settled = equity - cost
      lane.summary.fees += cost
    } else if buying != 0 || selling != 0 {
      let invested = lane.invested
      var last = (x: 0.0, sum: 0.0, slope: 0.0)
      // Costs much like those of the rebalance before.
      settled = ProportionalCost.settle(equity, from: equity * lane.kept) { x in
        let (sum, slope) = kernels.weightSlope(weights, growths, count, x, held)
        last = (x, sum, slope)
        // Purchases less sales, whatever their order.
        let net = x * invested - held * product
        return (
          (buying * (sum + net) + selling * (sum - net)) / 2,
          (buying * (slope + invested) + selling * (slope - invested)) / 2
        )
      }
      // The last step is one of rounding.
      traded = last.sum + last.slope * (settled - last.x)
      if held > 0 { lane.kept = settled / equity }
    }
    if traded.isNaN { traded = kernels.weightDistance(weights, growths, count, settled, held) }
    let net = settled * lane.invested - held * product
    let notional = traded + route.cost.slippage * net
    lane.summary.tradedNotional += notional
    lane.summary.slippage += route.cost.slippage * traded
    if !route.paysByOrder { lane.summary.fees += route.cost.commission * notional }
    lane.summary.rebalances += 1
    lane.summary.sumResidualCash += cashShare
    if lane.isScaled { countScaled(&lane, weights, growths, settled, held) }
    return settled
  }

  /// Counts purchases, all of which the scaling of weights made smaller.
  private func countScaled(
    _ lane: inout Lane, _ weights: UnsafePointer<Vector>, _ growths: UnsafePointer<Vector>,
    _ settled: Double, _ held: Double
  ) {
    for symbol in 0..<route.weights.symbolCount {
      let (vector, place) = (symbol / laneWidth, symbol % laneWidth)
      let distance = weights[vector][place] * (settled - held * growths[vector][place])
      if distance > 1e-13 * settled { lane.summary.scaledOrders += 1 }
    }
  }
}
