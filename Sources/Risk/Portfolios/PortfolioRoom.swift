import Kernels
import Metrics

/// What a worker keeps from block to block: weights and returns of a block's portfolios, and room to select in.
struct PortfolioRoom {
  private let plan: PortfolioRisk
  private let memory: Memory
  /// Why a row has no figures, and bars at which what it holds had no return.
  private var rows: [(fault: PortfolioFault?, stale: Int)] = []
  private var first = 0
  /// Vector of portfolios whose sums are there.
  private var summed = -1
  /// Standard deviations below the mean at which tails are looked for.
  private let reach: Double

  private final class Memory {
    let weights, returns, selection, figures: AlignedBuffer<Double>
    let levels: AlignedBuffer<TailSearch.Level>
    let sums = AlignedBuffer(repeating: PortfolioSums(), count: 1)
    let turned = AlignedBuffer(repeating: 0.0, count: PortfolioSums.roomCount)

    init(_ plan: PortfolioRisk) {
      weights = AlignedBuffer(repeating: 0, count: plan.blockPortfolios * plan.symbols.count)
      returns = AlignedBuffer(repeating: 0, count: plan.blockPortfolios * plan.table.stride)
      selection = AlignedBuffer(repeating: 0, count: 3 * (plan.barCount + laneWidth))
      figures = AlignedBuffer(repeating: 0, count: 2 * max(1, plan.tails.count))
      levels = AlignedBuffer(
        repeating: TailSearch.Level(rank: 1, size: 1), count: max(1, plan.tails.count))
      for (place, tail) in plan.tails.enumerated() { levels[place] = tail.level }
    }
  }

  init(_ plan: PortfolioRisk) {
    self.plan = plan
    memory = Memory(plan)
    // Half as many again as are needed, if returns are about normal.
    let share = Double(plan.tails.first?.level.rank ?? 1) / Double(plan.barCount)
    reach = share < 0.25 ? -Distribution.normalQuantile(1.5 * share) : 0
  }

  /// Reads the weights of a block.
  mutating func load(_ portfolios: Range<Int>, of source: some WeightRows) throws {
    let width = plan.symbols.count
    (first, summed) = (portfolios.lowerBound, -1)
    try source.read(portfolios, into: memory.weights.base)
    rows.removeAll(keepingCapacity: true)
    for row in 0..<portfolios.count { rows.append(check(memory.weights.base + row * width)) }
    // Products have whole vectors of rows.
    let end = padded * width
    let place = portfolios.count * width
    (memory.weights.base + place).update(repeating: 0, count: end - place)
  }

  private var padded: Int { (rows.count + laneWidth - 1) / laneWidth * laneWidth }

  /// Makes a row fit for a product: no weight is 0, and a row that has no figures is empty.
  private func check(_ weights: UnsafeMutablePointer<Double>) -> (
    fault: PortfolioFault?, stale: Int
  ) {
    let missing = plan.table.missing
    if !plan.table.hasMissing && Self.areFinite(weights, missing.count) { return (nil, 0) }
    var (fault, stale) = (PortfolioFault?.none, 0)
    for column in missing.indices {
      let weight = weights[column]
      if weight.isNaN {
        weights[column] = 0
      } else if weight != 0 {
        stale += missing[column]
        if missing[column] > 0 && plan.missing == .refuse && fault == nil {
          fault = .missingReturns(symbol: plan.symbols[column], bars: missing[column])
        }
        if !weight.isFinite { fault = .weight(symbol: plan.symbols[column]) }
      }
    }
    // 0 · infinity would spread over the block.
    if fault != nil { weights.update(repeating: 0, count: missing.count) }
    return (fault, stale)
  }

  private static func areFinite(_ values: UnsafePointer<Double>, _ count: Int) -> Bool {
    var (sum, place) = (Vector.zero, 0)
    while place + laneWidth <= count {
      sum += UnsafeRawPointer(values + place).loadUnaligned(as: Vector.self) * Vector.zero
      place += laneWidth
    }
    var rest = sum.sum()
    for place in place..<count { rest += values[place] * 0 }
    return rest == 0
  }

  /// Returns of the block's portfolios.
  func multiply() {
    let (width, stride) = (plan.symbols.count, plan.table.stride)
    plan.product.multiply(
      rows: padded, columns: plan.barCount, inner: width,
      .init(memory.weights.base, stride: width), .init(plan.table.values, stride: stride),
      into: memory.returns.base, stride: stride)
  }

  /// What is known of a portfolio of the block.
  mutating func outcome(of portfolio: Int) -> PortfolioRisk.Outcome {
    let row = portfolio - first
    let (fault, stale) = rows[row]
    if let fault { return .failed(fault) }
    let (vector, place) = (row / laneWidth, row % laneWidth)
    let sums = memory.sums.base
    if vector != summed {
      sums.pointee = PortfolioSums()
      plan.kernels.portfolioPath(
        sums, memory.returns.base + vector * laneWidth * plan.table.stride, plan.table.stride,
        plan.barCount, plan.template.minimumAcceptablePerBar, memory.turned.base)
      summed = vector
    }
    let (total, squares) = (sums.pointee.returns[place], sums.pointee.squares[place])
    let (equity, equities) = (sums.pointee.equity[place], sums.pointee.equities[place])
    guard (total + squares + equity + equities).isFinite else { return .failed(.overflow) }
    let values = UnsafeBufferPointer(
      start: memory.returns.base + row * plan.table.stride, count: plan.barCount)
    if sums.pointee.least[place] <= -1 { return .summary(ruined(values, stale)) }
    var lane = plan.template
    lane.staleMarks = stale
    lane.finalEquity = equity
    lane.sumReturns = total
    lane.sumSquaredReturns = squares
    lane.sumSquaredDownside = sums.pointee.downside[place]
    lane.maxDrawdown = sums.pointee.drawdown[place]
    lane.sumSquaredDrawdowns = sums.pointee.drawdownSquares[place]
    lane.longestDrawdownBars = Int(sums.pointee.longestUnderWater[place])
    lane.sumEquity = equities
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
    // Constant returns have no deviation, and a threshold must pass them all the same.
    let least = max(deviation, mean.magnitude * 1e-9, .leastNormalMagnitude)
    let search = TailSearch(
      levels: memory.levels.base, levelCount: plan.tails.count,
      threshold: mean - reach * deviation, step: 0.4 * least)
    let figures = memory.figures.base
    if plan.kernels.rowTail(base, values.count, search, memory.selection.base, figures) {
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
