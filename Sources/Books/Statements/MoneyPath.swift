import Market
import Metrics

/// Money under care by bar, from the first bar at which there was any to the last.
///
/// A client's is the sum of portfolios, a symbol's that of positions: metrics are of either.
public struct MoneyPath: Sendable {
  /// Bars of the panel that it covers; empty if there never was money.
  public let bars: Range<Int>
  /// Worth after each bar.
  public let equity: [Double]
  /// Money that was at work in each bar: what was there before, and what came in.
  public let bases: [Double]
  /// What came in less what went out, by bar; the first is what it began with.
  public let flows: [Double]
  /// What came in after the first bar.
  public let added: Double
  /// The flows with their dates, in years since the start of the bars that were asked for.
  public let datedFlows: [DatedFlow]
  /// From that start to the end of the last bar that was asked for, in years of 365 days.
  public let years: Double
  /// Returns by bar: 0 where nothing was at work, NaN where something had no price.
  public let returns: [Double]

  /// The path of accounts.
  ///
  /// The return of a bar is equity after it and what went out, over equity before it and what came in.
  ///
  /// - Parameters:
  ///   - bars: bars of the panel.
  ///   - opening: equity before the first of them.
  ///   - equity: after each bar.
  ///   - paidIn: what came in, by bar.
  ///   - paidOut: what went out, by bar, as positive numbers.
  ///   - datedFlows: the same, and first what there was, in years since the start of the first bar.
  ///   - years: until the end of the last bar.
  public init(
    bars: Range<Int>, opening: Double, equity: [Double], paidIn: [Double], paidOut: [Double],
    datedFlows: [DatedFlow], years: Double
  ) {
    var before = opening
    var bases: [Double] = []
    var gains: [Double] = []
    for place in equity.indices {
      bases.append(before + paidIn[place])
      gains.append(equity[place] + paidOut[place] - before - paidIn[place])
      before = equity[place]
    }
    self.init(
      bars, opening, equity, bases, gains, paidIn, zip(paidIn, paidOut).map { $0 - $1 },
      datedFlows, years)
  }

  /// The path of sums, whose money at work and gains are known; flows have no dates.
  init(
    bars: Range<Int>, opening: Double, equity: [Double], bases: [Double], gains: [Double],
    paidIn: [Double], paidOut: [Double]
  ) {
    self.init(
      bars, opening, equity, bases, gains, paidIn, zip(paidIn, paidOut).map { $0 - $1 }, [], 0)
  }

  /// The path of positions over bars of a panel; flows are of the start of their bars.
  public init(_ series: PositionSeries, bars: Range<Int>, of panel: PricePanel) {
    let start = bars.first.map { panel.time.ns[$0] } ?? 0
    func years(_ ns: Int64) -> Double {
      Double(ns - start) / (DatedFlow.daysPerYear * Double(Calendar.dayNs))
    }
    let opening = bars.lowerBound > 0 ? series.values[bars.lowerBound - 1] : 0
    var before = opening
    let flows = bars.map { bar in
      defer { before = series.values[bar] }
      return series.values[bar] - before - series.gains[bar]
    }
    self.init(
      bars, opening, Array(series.values[bars]), Array(series.bases[bars]),
      Array(series.gains[bars]), Array(series.added[bars]), flows,
      zip(bars, flows).compactMap { bar, amount in
        let whole = bar == bars.lowerBound ? amount + opening : amount
        return whole == 0 ? nil : DatedFlow(years: years(panel.time.ns[bar]), amount: whole)
      }, bars.last.map { years(panel.time.ns[$0] + panel.frequencyNs) } ?? 0)
  }

  private init(
    _ bars: Range<Int>, _ opening: Double, _ equity: [Double], _ bases: [Double],
    _ gains: [Double], _ added: [Double], _ flows: [Double], _ datedFlows: [DatedFlow],
    _ years: Double
  ) {
    self.datedFlows = datedFlows
    self.years = years
    let first = bases.firstIndex { $0 != 0 } ?? 0
    let last = bases.lastIndex { $0 != 0 } ?? -1
    let kept = first..<last + 1
    self.bars = bars.lowerBound + first..<bars.lowerBound + last + 1
    self.equity = Array(equity[kept])
    self.bases = Array(bases[kept])
    var flows = Array(flows[kept])
    if first == 0, !flows.isEmpty { flows[0] += opening }
    self.flows = flows
    self.added = added[kept].dropFirst().reduce(0, +)
    returns = kept.map { place in
      if bases[place] > 0 { return gains[place] / bases[place] }
      return bases[place] == 0 && gains[place] == 0 ? 0 : .nan
    }
  }

  /// Growth of one unit of money over all bars less one, with flows taken out; NaN without bars, or where a return is unknown.
  public var timeWeightedReturn: Double {
    returns.isEmpty ? .nan : returns.reduce(1) { $0 * (1 + $1) } - 1
  }

  /// The annual rate at which what came in and not out would have grown to what is left; NaN if there is none.
  public var moneyWeightedReturn: Double {
    DatedFlow.internalRate(of: datedFlows, final: equity.last ?? .nan, years: years)
  }

  /// What was earned: worth at the end less all that came in and not out.
  public var gain: Double { (equity.last ?? 0) - flows.reduce(0, +) }
}
