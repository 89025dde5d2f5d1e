import Kernels
import Metrics

/// Takes a block of portfolios of fixed weights through all bars, for one worker.
final class FixedWeightBlock {
  private struct Lane {
    var path = LedgerPath()
    /// Equity after the costs of the last rebalance.
    var settled = 0.0
    /// Equity after the last bar.
    var equity = 0.0
    /// Sum of weights, and what they leave in cash.
    var invested = 0.0
    var cashShare = 0.0
    var isScaled = false
    var summary = LaneSummary()
  }

  private let route: FixedWeightRoute
  private let kernels: KernelTable
  private let weights: AlignedBuffer<Double>
  private let products: AlignedBuffer<Double>
  private var lanes: [Lane] = []
  /// The lane whose equity is kept.
  private var kept = -1
  private var curve: [Double] = []

  init(route: FixedWeightRoute, kernels: KernelTable) {
    self.route = route
    self.kernels = kernels
    let width = route.vectors * laneWidth
    weights = AlignedBuffer(repeating: 0, count: FixedWeightRoute.blockLanes * width)
    products = AlignedBuffer(
      repeating: 0, count: FixedWeightRoute.blockLanes * FixedWeightRoute.chunkRows)
  }

  /// Simulates neighbouring lanes of one block.
  ///
  /// The whole block is computed, so that a lane's bits don't depend on which others are asked for.
  func simulate(_ range: Range<Int>, finished: (Int, LaneSummary) -> Void) {
    let first = begin(range.lowerBound)
    precondition(range.upperBound <= first + lanes.count, "lanes of one block")
    run()
    for lane in range { finished(lane, summary(lanes[lane - first], lane)) }
  }

  /// Equity after each bar of a lane.
  func equity(of lane: Int) -> [Double] {
    let first = begin(lane)
    kept = lane - first
    curve = []
    run()
    kept = -1
    return curve
  }

  /// Packs the weights of the block that a lane lies in; returns its first lane.
  private func begin(_ lane: Int) -> Int {
    let first = lane / FixedWeightRoute.blockLanes * FixedWeightRoute.blockLanes
    let count = min(FixedWeightRoute.blockLanes, route.weights.setCount - first)
    let symbols = route.weights.symbolCount
    lanes.removeAll(keepingCapacity: true)
    for index in 0..<count {
      let row = weights.base + index * route.vectors * laneWidth
      var lane = Lane()
      for symbol in 0..<symbols {
        row[symbol] = route.weights.values[(first + index) * symbols + symbol]
        lane.invested += row[symbol]
      }
      // Without leverage no more than all can be invested.
      if lane.invested > 1 + 1e-12 {
        let scale = 1 / lane.invested
        lane.isScaled = true
        lane.invested = 0
        for symbol in 0..<symbols {
          row[symbol] *= scale
          lane.invested += row[symbol]
        }
      }
      lane.cashShare = 1 - lane.invested
      lane.equity = route.run.cash
      lane.path.minimumAcceptable = route.run.perBar(route.run.minimumAcceptable)
      if route.run.keepsReturns { lane.path.series = [] }
      lanes.append(lane)
    }
    return first
  }

  private func run() {
    let rows = route.segments.last?.rows.upperBound ?? 0
    let width = route.vectors * laneWidth
    for index in lanes.indices {
      for _ in 0..<route.segments[0].bar { mark(&lanes[index], route.run.cash, index) }
    }
    var segment = 0
    var row = 0
    while row < rows {
      let chunk = row..<min(rows, row + FixedWeightRoute.chunkRows)
      route.product.multiplyTransposed(
        rows: lanes.count, columns: chunk.count, inner: width,
        .init(weights.base, stride: width), .init(route.growth(row: row), stride: width),
        into: products.base, stride: FixedWeightRoute.chunkRows)
      for index in lanes.indices { advance(index, chunk, from: segment) }
      row = chunk.upperBound
      while segment + 1 < route.segments.count && route.segments[segment].rows.upperBound <= row {
        segment += 1
      }
    }
  }

  /// Takes a lane through the rows of a chunk.
  private func advance(_ index: Int, _ chunk: Range<Int>, from first: Int) {
    let products = products.base + index * FixedWeightRoute.chunkRows - chunk.lowerBound
    let weights = UnsafeRawPointer(
      weights.base + index * route.vectors * laneWidth
    ).assumingMemoryBound(to: Vector.self)
    var lane = lanes[index]
    if chunk.lowerBound == 0 {
      rebalance(&lane, weights, row: 0, equity: lane.equity, product: lane.invested)
    }
    var segment = first
    while segment < route.segments.count {
      let (rows, hasNext) = (route.segments[segment].rows, route.segments[segment].hasNext)
      if rows.lowerBound >= chunk.upperBound { break }
      let marks = (rows.lowerBound..<rows.upperBound - (hasNext ? 1 : 0)).clamped(to: chunk)
      for row in marks { mark(&lane, lane.settled * (products[row] + lane.cashShare), index) }
      let end = rows.upperBound - 1
      if hasNext && chunk.contains(end) {
        let equity = lane.settled * (products[end] + lane.cashShare)
        rebalance(&lane, weights, row: end, equity: equity, product: products[end])
      }
      segment += 1
    }
    lanes[index] = lane
  }

  @inline(__always)
  private func mark(_ lane: inout Lane, _ equity: Double, _ index: Int) {
    lane.path.add(equity / lane.equity, equity: equity)
    lane.equity = equity
    if index == kept { curve.append(equity) }
  }

  /// Settles the costs of a rebalance.
  ///
  /// - Parameters:
  ///   - row: growths since the fill before.
  ///   - equity: before costs.
  ///   - product: Σ w · growth.
  private func rebalance(
    _ lane: inout Lane, _ weights: UnsafePointer<Vector>, row: Int, equity: Double, product: Double
  ) {
    let growths = UnsafeRawPointer(route.growth(row: row)).assumingMemoryBound(to: Vector.self)
    let (held, count) = (lane.settled, route.vectors)
    let (buying, selling) = (route.cost.buying, route.cost.selling)
    var settled = equity
    if route.paysByOrder {
      let cost = buying * kernels.weightDistance(weights, growths, count, equity, held)
      settled = equity - cost
      lane.summary.fees += cost
    } else if buying != 0 || selling != 0 {
      let invested = lane.invested
      settled = ProportionalCost.settle(equity) { x in
        let (sum, slope) = kernels.weightSlope(weights, growths, count, x, held)
        // Purchases less sales, whatever their order.
        let net = x * invested - held * product
        return (
          (buying * (sum + net) + selling * (sum - net)) / 2,
          (buying * (slope + invested) + selling * (slope - invested)) / 2
        )
      }
    }
    let traded = kernels.weightDistance(weights, growths, count, settled, held)
    let net = settled * lane.invested - held * product
    let notional = traded + route.cost.slippage * net
    lane.summary.tradedNotional += notional
    lane.summary.slippage += route.cost.slippage * traded
    if !route.paysByOrder { lane.summary.fees += route.cost.commission * notional }
    lane.summary.rebalances += 1
    lane.summary.sumResidualCash += lane.cashShare
    if lane.isScaled { countScaled(&lane, weights, growths, settled, held) }
    lane.settled = settled
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

  private func summary(_ lane: Lane, _ index: Int) -> LaneSummary {
    var summary = route.run.emptySummary(of: index)
    summary.finalEquity = lane.equity
    summary.fees = lane.summary.fees
    summary.slippage = lane.summary.slippage
    summary.tradedNotional = lane.summary.tradedNotional
    summary.scaledOrders = lane.summary.scaledOrders
    let symbols = route.weights.symbolCount
    let row = route.weights.values[index * symbols..<(index + 1) * symbols]
    summary.openTrades = row.count { $0 != 0 }
    if summary.openTrades > 0 {
      summary.rebalances = lane.summary.rebalances
      summary.sumResidualCash = lane.summary.sumResidualCash
      summary.barsInPosition = route.run.window.count - route.segments[0].bar
    }
    lane.path.complete(&summary)
    return summary
  }
}
