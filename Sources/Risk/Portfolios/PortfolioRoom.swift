import Kernels
import Metrics
import Synchronization

/// What a worker keeps from block to block: weights and returns of a block's portfolios, and room to select in.
final class PortfolioRoom {
  private let plan: PortfolioRisk
  private let weights: AlignedBuffer<Double>
  private let returns: AlignedBuffer<Double>
  private let selection: AlignedBuffer<Double>
  private let figures: AlignedBuffer<Double>
  private let levels: AlignedBuffer<TailSearch.Level>
  private let sums: AlignedBuffer<PortfolioSums>
  private var faults: [PortfolioFault?] = []
  private var stale: [Int] = []
  private var first = 0
  private var count = 0
  /// Vector of portfolios whose sums are there.
  private var summed = -1
  /// Standard deviations below the mean at which tails are looked for.
  private let reach: Double

  init(_ plan: PortfolioRisk) {
    self.plan = plan
    weights = AlignedBuffer(repeating: 0, count: plan.blockPortfolios * plan.symbols.count)
    returns = AlignedBuffer(repeating: 0, count: plan.blockPortfolios * plan.table.stride)
    selection = AlignedBuffer(repeating: 0, count: 2 * (plan.barCount + laneWidth))
    figures = AlignedBuffer(repeating: 0, count: 2 * max(1, plan.tails.count))
    levels = AlignedBuffer(
      repeating: TailSearch.Level(rank: 1, size: 1), count: max(1, plan.tails.count))
    for (place, tail) in plan.tails.enumerated() { levels[place] = tail.level }
    sums = AlignedBuffer(repeating: PortfolioSums(), count: 1)
    // As many again as are needed, if returns are about normal.
    let share = Double(plan.tails.first?.level.rank ?? 1) / Double(plan.barCount)
    reach = share < 0.25 ? -Distribution.normalQuantile(1.7 * share) : 0
  }

  /// Reads the weights of a block.
  func load(_ portfolios: Range<Int>, of rows: some WeightRows) throws {
    let width = plan.symbols.count
    (first, count, summed) = (portfolios.lowerBound, portfolios.count, -1)
    try rows.read(portfolios, into: weights.base)
    faults = Array(repeating: nil, count: count)
    stale = Array(repeating: 0, count: count)
    for row in 0..<count { check(row, weights.base + row * width) }
    // Products have whole vectors of rows.
    let rest = (count * width)..<(padded * width)
    for place in rest { weights.base[place] = 0 }
  }

  private var padded: Int { (count + laneWidth - 1) / laneWidth * laneWidth }

  private func check(_ row: Int, _ weights: UnsafeMutablePointer<Double>) {
    let missing = plan.table.missing
    for column in missing.indices {
      let weight = weights[column]
      if weight.isNaN {
        weights[column] = 0
      } else if weight != 0 {
        stale[row] += missing[column]
        if missing[column] > 0 && plan.missing == .refuse && faults[row] == nil {
          faults[row] = .missingReturns(symbol: plan.symbols[column], bars: missing[column])
        }
        if !weight.isFinite { faults[row] = .weight(symbol: plan.symbols[column]) }
      }
    }
    // 0 · infinity would spread over the block.
    if faults[row] != nil { weights.update(repeating: 0, count: missing.count) }
  }

  /// Returns of the block's portfolios.
  func multiply() {
    let (width, stride) = (plan.symbols.count, plan.table.stride)
    plan.product.multiply(
      rows: padded, columns: plan.barCount, inner: width, .init(weights.base, stride: width),
      .init(plan.table.values, stride: stride), into: returns.base, stride: stride)
  }

  /// What is known of a portfolio of the block; in ascending order.
  func outcome(of portfolio: Int) -> PortfolioRisk.Outcome {
    let row = portfolio - first
    if let fault = faults[row] { return .failed(fault) }
    let (vector, place) = (row / laneWidth, row % laneWidth)
    if vector != summed {
      sums.base.pointee = PortfolioSums()
      plan.kernels.portfolioPath(
        sums.base, returns.base + vector * laneWidth * plan.table.stride, plan.table.stride,
        plan.barCount, plan.template.minimumAcceptablePerBar)
      summed = vector
    }
    let state = sums.base
    let (total, squares) = (state.pointee.returns[place], state.pointee.squares[place])
    guard total.isFinite, squares.isFinite else { return .failed(.overflow) }
    let values = UnsafeBufferPointer(
      start: returns.base + row * plan.table.stride, count: plan.barCount)
    if state.pointee.least[place] <= -1 { return .summary(ruined(values, stale[row])) }
    var lane = plan.template
    lane.staleMarks = stale[row]
    lane.finalEquity = state.pointee.equity[place]
    lane.sumReturns = total
    lane.sumSquaredReturns = squares
    lane.sumSquaredDownside = state.pointee.downside[place]
    lane.maxDrawdown = state.pointee.drawdown[place]
    lane.sumSquaredDrawdowns = state.pointee.drawdownSquares[place]
    lane.longestDrawdownBars = Int(state.pointee.longestUnderWater[place])
    lane.sumEquity = state.pointee.equities[place]
    if !lane.finalEquity.isFinite || !lane.sumEquity.isFinite { return .failed(.overflow) }
    if plan.keepsReturns { lane.returns = Array(values) }
    if !plan.tails.isEmpty { lane.tails = tails(values, total, squares) }
    return .summary(lane)
  }

  /// The summary of a portfolio that loses everything, after which its returns don't count.
  private func ruined(_ values: UnsafeBufferPointer<Double>, _ stale: Int) -> LaneSummary {
    let path = LaneSummary(
      returns: Array(values), barsPerYear: plan.template.barsPerYear,
      minimumAcceptablePerBar: plan.template.minimumAcceptablePerBar)
    var lane = plan.template
    lane.staleMarks = stale
    lane.isRuined = path.isRuined
    lane.finalEquity = path.finalEquity
    lane.sumReturns = path.sumReturns
    lane.sumSquaredReturns = path.sumSquaredReturns
    lane.sumSquaredDownside = path.sumSquaredDownside
    lane.maxDrawdown = path.maxDrawdown
    lane.sumSquaredDrawdowns = path.sumSquaredDrawdowns
    lane.longestDrawdownBars = path.longestDrawdownBars
    lane.sumEquity = path.sumEquity
    lane.returns = path.returns
    return lane
  }

  private func tails(_ values: UnsafeBufferPointer<Double>, _ total: Double, _ squares: Double)
    -> [TailFigures]
  {
    guard let base = values.baseAddress else { return [] }
    let n = Double(values.count)
    let mean = total / n
    let deviation = max(0, squares / n - mean * mean).squareRoot()
    // Constant returns have no deviation; then the threshold must pass them all the same.
    let least = max(deviation, mean.magnitude * 1e-9, .leastNormalMagnitude)
    let search = TailSearch(
      levels: levels.base, levelCount: plan.tails.count, threshold: mean - reach * deviation,
      step: 0.4 * least)
    if plan.kernels.rowTail(base, values.count, search, selection.base, figures.base) {
      return plan.tails.enumerated().map { place, tail in
        TailFigures(
          perMille: tail.perMille, valueAtRisk: figures[2 * place],
          conditionalValueAtRisk: figures[2 * place + 1])
      }
    }
    let all = Array(values)
    return plan.tails.map { tail in
      let level = TailLevel(perMille: tail.perMille)
      return TailFigures(
        perMille: tail.perMille, valueAtRisk: level.valueAtRisk(all),
        conditionalValueAtRisk: level.conditionalValueAtRisk(all))
    }
  }
}

/// Rows that blocks fill in any order.
final class FigureRows: Sendable {
  private let rows: Mutex<[[Double]]>

  init(_ count: Int) { rows = Mutex(Array(repeating: [], count: count)) }

  func set(_ range: Range<Int>, _ values: [[Double]]) {
    rows.withLock { $0.replaceSubrange(range, with: values) }
  }

  var all: [[Double]] { rows.withLock { $0 } }
}
