import Kernels
import Metrics

/// Takes a block of portfolios of fixed weights through all bars, for one worker.
///
/// Lanes go eight at a time, a vector; those that fill up the last vector have no weights.
final class FixedWeightBlock {
  static let vectors = FixedWeightRoute.blockLanes / laneWidth
  /// From a lane's products to the next's: no power of two, or eight lanes would share a place in the cache.
  private static let stride = FixedWeightRoute.chunkRows + laneWidth

  struct Lane {
    /// Sum of weights.
    var invested = 0.0
    var isScaled = false
    /// Equity after the costs of the last rebalance over equity before.
    var kept = 1.0
    var summary = LaneSummary()
  }

  let route: FixedWeightRoute
  let kernels: KernelTable
  let weights: AlignedBuffer<Double>
  /// Σ w · growth for each lane and row.
  let products: AlignedBuffer<Double>
  private let states: AlignedBuffer<LaneState>
  /// Equity after the costs of the last rebalance.
  let settled: AlignedBuffer<Vector>
  /// What weights leave in cash.
  let cashShare: AlignedBuffer<Vector>
  var lanes: [Lane] = []
  /// The lane whose equity is kept.
  var kept = -1
  private var curve: [Double] = []

  init(route: FixedWeightRoute, kernels: KernelTable) {
    self.route = route
    self.kernels = kernels
    let width = route.vectors * laneWidth
    weights = AlignedBuffer(repeating: 0, count: FixedWeightRoute.blockLanes * width)
    products = AlignedBuffer(repeating: 0, count: FixedWeightRoute.blockLanes * Self.stride)
    states = AlignedBuffer(repeating: LaneState(cash: route.run.cash), count: Self.vectors)
    settled = AlignedBuffer(repeating: .zero, count: Self.vectors)
    cashShare = AlignedBuffer(repeating: .zero, count: Self.vectors)
  }

  /// Simulates neighbouring lanes of one block.
  ///
  /// The whole block is computed, so that a lane's bits don't depend on which others are asked for.
  func simulate(_ range: Range<Int>, finished: (Int, LaneSummary) -> Void) {
    let first = begin(range.lowerBound)
    precondition(range.upperBound <= first + lanes.count, "lanes of one block")
    run()
    for lane in range { finished(lane, summary(lane - first, lane)) }
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
    let width = route.vectors * laneWidth
    lanes.removeAll(keepingCapacity: true)
    for index in 0..<count { lanes.append(pack(first + index, into: weights.base + index * width)) }
    for index in count..<FixedWeightRoute.blockLanes {
      (weights.base + index * width).update(repeating: 0, count: width)
    }
    for vector in 0..<Self.vectors {
      states.base[vector] = LaneState(cash: route.run.cash)
      settled.base[vector] = Vector(repeating: route.run.cash)
      cashShare.base[vector] = Vector(repeating: 1)
    }
    return first
  }

  private func pack(_ set: Int, into row: UnsafeMutablePointer<Double>) -> Lane {
    let symbols = route.weights.symbolCount
    var lane = Lane()
    for symbol in 0..<symbols {
      row[symbol] = route.weights.values[set * symbols + symbol]
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
    if route.run.keepsReturns { lane.summary.returns = [] }
    return lane
  }

  private func run() {
    let rows = route.segments.last?.rows.upperBound ?? 0
    let width = route.vectors * laneWidth
    let vectors = (lanes.count + laneWidth - 1) / laneWidth
    for vector in 0..<vectors {
      // All is cash until the first fill.
      let first = products.base + vector * laneWidth * Self.stride
      for place in 0..<laneWidth { first[place * Self.stride] = 0 }
      for _ in 0..<route.segments[0].bar { mark(vector, 0..<1, from: 0) }
      for place in 0..<min(laneWidth, lanes.count - vector * laneWidth) {
        cashShare.base[vector][place] = 1 - lanes[vector * laneWidth + place].invested
      }
    }
    var segment = 0
    var row = 0
    while row < rows {
      let chunk = row..<min(rows, row + FixedWeightRoute.chunkRows)
      route.product.multiplyTransposed(
        rows: vectors * laneWidth, columns: chunk.count, inner: width,
        .init(weights.base, stride: width), .init(route.growth(row: row), stride: width),
        into: products.base, stride: Self.stride)
      for vector in 0..<vectors { advance(vector, chunk, from: segment) }
      row = chunk.upperBound
      while segment + 1 < route.segments.count && route.segments[segment].rows.upperBound <= row {
        segment += 1
      }
    }
  }

  /// Takes a vector of lanes through the rows of a chunk.
  private func advance(_ vector: Int, _ chunk: Range<Int>, from first: Int) {
    if chunk.lowerBound == 0 {
      let invested = (0..<laneWidth).map { place in
        let lane = vector * laneWidth + place
        return lane < lanes.count ? lanes[lane].invested : 0
      }
      rebalance(
        vector, row: 0, equity: settled.base[vector], products: Vector(invested))
    }
    var segment = first
    while segment < route.segments.count {
      let (rows, hasNext) = (route.segments[segment].rows, route.segments[segment].hasNext)
      if rows.lowerBound >= chunk.upperBound { break }
      let marks = (rows.lowerBound..<rows.upperBound - (hasNext ? 1 : 0)).clamped(to: chunk)
      mark(vector, marks, from: chunk.lowerBound)
      let end = rows.upperBound - 1
      if hasNext && chunk.contains(end) {
        var product = Vector.zero
        let first = products.base + vector * laneWidth * Self.stride + end - chunk.lowerBound
        for place in 0..<laneWidth { product[place] = first[place * Self.stride] }
        let equity = settled.base[vector] * (product + cashShare.base[vector])
        rebalance(vector, row: end, equity: equity, products: product)
      }
      segment += 1
    }
  }

  /// Marks a vector of lanes at the closes of some rows.
  private func mark(_ vector: Int, _ rows: Range<Int>, from first: Int) {
    if rows.isEmpty { return }
    let products = products.base + vector * laneWidth * Self.stride + rows.lowerBound - first
    if route.run.keepsReturns || kept / laneWidth == vector && kept >= 0 {
      keep(vector, products, count: rows.count)
    }
    kernels.heldBars(
      states.base + vector, products, Self.stride, rows.count, settled.base + vector,
      cashShare.base + vector, route.minimumAcceptable)
  }

  /// Keeps equity and returns of the bars that are marked next.
  private func keep(_ vector: Int, _ products: UnsafePointer<Double>, count: Int) {
    for place in 0..<min(laneWidth, lanes.count - vector * laneWidth) {
      let lane = vector * laneWidth + place
      var before = states.base[vector].equity[place]
      for bar in 0..<count {
        let product = products[place * Self.stride + bar]
        let equity = settled.base[vector][place] * (product + cashShare.base[vector][place])
        lanes[lane].summary.returns?.append(equity / before - 1)
        if lane == kept { curve.append(equity) }
        before = equity
      }
    }
  }

  func summary(_ place: Int, _ index: Int) -> LaneSummary {
    let (lane, state) = (lanes[place], states.base + place / laneWidth)
    let place = place % laneWidth
    var summary = route.run.emptySummary(of: index)
    summary.finalEquity = state.pointee.equity[place]
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
    summary.sumReturns = state.pointee.sumReturns[place]
    summary.sumSquaredReturns = state.pointee.sumSquares[place]
    summary.sumSquaredDownside = state.pointee.sumDownside[place]
    summary.maxDrawdown = state.pointee.worstDepth[place] - 1
    summary.sumSquaredDrawdowns = state.pointee.sumDepthSquares[place]
    summary.longestDrawdownBars = Int(state.pointee.longestUnderWater[place])
    summary.sumEquity = state.pointee.sumEquity[place]
    summary.returns = lane.summary.returns
    return summary
  }
}
