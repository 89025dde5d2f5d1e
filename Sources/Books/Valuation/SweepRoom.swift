import Kernels
import Market
import Metrics

/// What a worker of a sweep keeps from tile to tile.
struct SweepRoom: ~Copyable {
  private let sweep: PortfolioSweep
  private let table: MarkTable
  private var events: EventRoom
  private var tile = SweepTile()
  private let rows = SweepRows()
  /// Returns of eight portfolios.
  private let returns = AlignedBuffer(repeating: 0.0, count: laneWidth * HeldRowBlock.width)
  /// Where they are turned.
  private let turned = AlignedBuffer(repeating: 0.0, count: PortfolioSums.roomCount)
  private let sums = AlignedBuffer(
    repeating: PortfolioSums(), count: PortfolioSweep.tilePortfolios / laneWidth)

  init(_ sweep: PortfolioSweep, _ table: MarkTable) {
    self.sweep = sweep
    self.table = table
    events = EventRoom(sweep.book, sweep.market)
  }

  /// The summaries of a tile.
  mutating func run(_ portfolios: [Int], _ template: LaneSummary) -> [LaneSummary] {
    tile.begin(portfolios[...], sweep, table, &events)
    sums.base.update(repeating: PortfolioSums(), count: sums.count)
    let begin = sweep.market.panel.time.ns[sweep.bars.lowerBound]
    for block in 0..<table.blocks {
      tile.beginBlock()
      for vector in 0..<(portfolios.count + laneWidth - 1) / laneWidth {
        let members = vector * laneWidth..<min(portfolios.count, (vector + 1) * laneWidth)
        fold(block, begin, members, sums.base + vector)
      }
    }
    return portfolios.indices.map {
      summary($0, sums[$0 / laneWidth], $0 % laneWidth, template)
    }
  }

  /// One block of eight portfolios.
  private mutating func fold(
    _ block: Int, _ begin: Int64, _ members: Range<Int>, _ sums: UnsafeMutablePointer<PortfolioSums>
  ) {
    let width = HeldRowBlock.width
    let offset = block * width
    let count = min(width, table.bars.count - offset)
    // The bar before the window tells the equity that it begins with.
    let warm = block == 0 ? sweep.bars.lowerBound - table.bars.lowerBound : 0
    var begins: [(place: Int, lane: Int)] = []
    let equity = rows.equity
    for (lane, member) in members.enumerated() {
      let now = tile.lanes.base + member
      equity[-1] = now.pointee.equity
      let hasFlows = tile.value(member, block, sweep, table, from: begin, rows)
      sweep.kernels.heldReturns(
        equity, hasFlows ? UnsafePointer(rows.flowsIn) : nil,
        hasFlows ? UnsafePointer(rows.flowsOut) : nil, returns.base + lane * width)
      if warm > 0 { now.pointee.initialEquity = equity[0] }
      if now.pointee.firstBar < 0 {
        for place in warm..<count {
          let money = equity[place - 1] + (hasFlows ? rows.flowsIn[place] : 0)
          guard money > 0 else { continue }
          (now.pointee.firstBar, now.pointee.firstMoney) = (offset + place, money)
          begins.append((place, lane))
          break
        }
      }
      now.pointee.equity = equity[count - 1]
    }
    for lane in members.count..<laneWidth {
      (returns.base + lane * width).update(repeating: 0, count: width)
    }
    begins.sort { $0 < $1 }
    var from = warm
    for begin in begins {
      advance(sums, from..<begin.place)
      sums.pointee.restart(begin.lane)
      from = begin.place
    }
    advance(sums, from..<count)
  }

  private func advance(_ sums: UnsafeMutablePointer<PortfolioSums>, _ places: Range<Int>) {
    if places.isEmpty { return }
    sweep.kernels.portfolioPath(
      sums, returns.base + places.lowerBound, HeldRowBlock.width, places.count,
      sweep.minimumAcceptablePerBar, turned.base)
  }

  private func summary(
    _ member: Int, _ sums: PortfolioSums, _ place: Int, _ template: LaneSummary
  ) -> LaneSummary {
    let lane = tile.lanes[member]
    let total = sums.returns[place] + sums.squares[place] + sums.equities[place] + lane.equity
    // What is ruined or lacks marks is seldom, and is told bar by bar.
    if lane.firstBar < 0 || !total.isFinite || sums.least[place] <= -1 {
      var summary =
        (try? PortfolioHistory(
          of: lane.portfolio, in: sweep.book, market: sweep.market, bars: sweep.bars))?.summary(
          riskFreePerBar: sweep.riskFreePerBar,
          minimumAcceptablePerBar: sweep.minimumAcceptablePerBar) ?? template
      summary.returns = nil
      if !sweep.findsMoneyWeightedReturn { summary.moneyWeightedReturn = .nan }
      return summary
    }
    var summary = template
    let panel = sweep.market.panel
    let end = sweep.market.end(of: sweep.bars.upperBound - 1)
    summary.bars = table.bars.count - lane.firstBar
    summary.calendarDays =
      Double(end - panel.time.ns[table.bars.lowerBound + lane.firstBar]) / Double(Calendar.dayNs)
    summary.sumReturns = sums.returns[place]
    summary.sumSquaredReturns = sums.squares[place]
    summary.sumSquaredDownside = sums.downside[place]
    summary.maxDrawdown = sums.drawdown[place]
    summary.sumSquaredDrawdowns = sums.drawdownSquares[place]
    summary.longestDrawdownBars = Int(sums.longestUnderWater[place])
    summary.sumEquity = sums.equities[place]
    summary.timeWeightedGrowth = sums.equity[place]
    summary.initialEquity = lane.firstMoney
    summary.finalEquity = lane.equity
    guard sweep.findsMoneyWeightedReturn else { return summary }
    let initial = DatedFlow(years: 0, amount: lane.initialEquity)
    let begin = panel.time.ns[sweep.bars.lowerBound]
    summary.moneyWeightedReturn = DatedFlow.internalRate(
      of: (lane.initialEquity == 0 ? [] : [initial]) + tile.flows[member], final: lane.equity,
      years: Double(end - begin) / Double(Calendar.dayNs) / DatedFlow.daysPerYear)
    return summary
  }
}

extension PortfolioSums {
  /// Forgets what a portfolio did before its first money.
  fileprivate mutating func restart(_ lane: Int) {
    let new = PortfolioSums()
    returns[lane] = new.returns[lane]
    squares[lane] = new.squares[lane]
    downside[lane] = new.downside[lane]
    least[lane] = new.least[lane]
    equity[lane] = new.equity[lane]
    maximum[lane] = new.maximum[lane]
    drawdown[lane] = new.drawdown[lane]
    drawdownSquares[lane] = new.drawdownSquares[lane]
    underWater[lane] = new.underWater[lane]
    longestUnderWater[lane] = new.longestUnderWater[lane]
    equities[lane] = new.equities[lane]
  }
}
