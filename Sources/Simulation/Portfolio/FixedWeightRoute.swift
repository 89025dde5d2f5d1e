import Dispatch
import Kernels
import Market

/// Portfolios of fixed weights by products of matrices: what a unit of each symbol, bought at a rebalance, is worth at each
/// bar until the next, for all portfolios at once.
///
/// Between rebalances equity is V' · (Σ w · growth + 1 − Σ w), so portfolios differ by their weights and the scalar V' alone; a
/// rebalance takes Σ |w| · |V' − V'₀ · growth| besides. Holds for prices without gaps, longs, and costs in proportion;
/// everything else goes through the ledger, to which this is equal up to rounding.
struct FixedWeightRoute: Sendable {
  /// From one fill to the next.
  struct Segment: Sendable {
    /// Bar of the fill.
    var bar: Int
    /// Rows of growth: one for each close, then one for the next fill's price unless it is the last.
    var rows: Range<Int>
    /// Whether the last row is the price of the next fill.
    var hasNext: Bool
  }

  /// Lanes that a worker takes together; blocks begin at multiples, so that a lane has its place whatever else is run.
  static let blockLanes = 128
  /// Rows of growth that are multiplied at a time.
  static let chunkRows = 1024

  // A table of growths beyond this is no gain.
  private static let mostBytes = 1 << 30

  let run: PortfolioRun
  let weights: FixedWeights
  let cost: ProportionalCost
  let paysByOrder: Bool
  let product = MatrixProduct.best
  let segments: [Segment]
  /// Return per bar below which the downside counts.
  let minimumAcceptable: Double
  /// Vectors in a row of growths or weights, which are padded with zeros.
  let vectors: Int
  private let growth: Growth

  /// The route for a run; nil if the run asks for anything that it can't do.
  init?(run: PortfolioRun, decisions: [Int], actions: LedgerActions, workers: Int) {
    guard let weights = run.weights as? FixedWeights, let cost = ProportionalCost(run.rules),
      Self.isPlain(run), actions.rows.isEmpty,
      weights.values.allSatisfy({ $0 >= 0 && $0 < .infinity })
    else { return nil }
    let bars = run.window.count
    var fills = Set(decisions)
    if run.rebalance.startsAtOnce { fills.insert(0) }
    let wait = run.rules.fill == .sameClose ? 0 : 1
    let ordered = fills.map { $0 + wait }.filter { $0 < bars }.sorted()
    var segments: [Segment] = []
    var row = 0
    for (index, fill) in ordered.enumerated() {
      let hasNext = index + 1 < ordered.count
      let count = (hasNext ? ordered[index + 1] + 1 : bars) - fill
      segments.append(Segment(bar: fill, rows: row..<row + count, hasNext: hasNext))
      row += count
    }
    vectors = (run.symbols.count + laneWidth - 1) / laneWidth
    guard !segments.isEmpty, row * vectors <= Self.mostBytes / MemoryLayout<Vector>.size else {
      return nil
    }
    guard
      let growth = Growth(run: run, segments: segments, rows: row, vectors, workers: workers)
    else { return nil }
    self.run = run
    self.weights = weights
    self.cost = cost
    self.segments = segments
    self.growth = growth
    minimumAcceptable = run.perBar(run.minimumAcceptable)
    paysByOrder = run.rebalance.costBasis == .orders && cost.slippage == 0
  }

  /// Row of growths, `vectors` long.
  func growth(row: Int) -> UnsafePointer<Double> {
    UnsafePointer(growth.values.base + row * vectors * laneWidth)
  }

  /// Whether a run moves straight to its weights, and nothing but prices and costs moves its money.
  private static func isPlain(_ run: PortfolioRun) -> Bool {
    let (rules, rebalance) = (run.rules, run.rebalance)
    return rebalance.drift == 0 && rebalance.gradualBars <= 1 && rebalance.band == 0
      && rebalance.maxTurnover == .infinity && rules.lot <= 0 && rules.minNotional <= 0
      && rules.maxVolumeShare == .infinity && rules.leverage == 1 && rules.financing.isFree
      && run.flows.isEmpty && run.currencies == nil && run.cash > 0
  }

  /// The growths, which nothing changes once they are there.
  private final class Growth: @unchecked Sendable {
    let values: AlignedBuffer<Double>

    /// Divides prices by those of the fill before; nil if one of them is missing.
    init?(run: PortfolioRun, segments: [Segment], rows: Int, _ vectors: Int, workers: Int) {
      guard let close = run.panel.fieldIndex("close"),
        let fill = run.panel.fieldIndex(run.rules.fill == .nextOpen ? "open" : "close")
      else { return nil }
      let width = vectors * laneWidth
      values = AlignedBuffer(repeating: 0, count: rows * width)
      // Each part writes rows of its own, and a flag of its own.
      nonisolated(unsafe) let output = values.base
      let parts = min(segments.count, workers * 4)
      let isComplete = AlignedBuffer(repeating: false, count: parts)
      nonisolated(unsafe) let flags = isComplete.base
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        let mine = segments.count * part / parts..<segments.count * (part + 1) / parts
        flags[part] = segments[mine].allSatisfy {
          Self.divide(run, $0, close: close, fill: fill, into: output, width)
        }
      }
      for part in 0..<parts where !flags[part] { return nil }
    }

    private static func divide(
      _ run: PortfolioRun, _ segment: Segment, close: Int, fill: Int,
      into output: UnsafeMutablePointer<Double>, _ width: Int
    ) -> Bool {
      let columns = run.panel.symbolCount
      func row(_ field: Int, _ bar: Int) -> UnsafePointer<Double> {
        run.panel.field(field) + (run.window.lowerBound + bar) * columns
      }
      let base = row(fill, segment.bar)
      let inverse = run.symbols.map { 1 / base[$0] }
      var isComplete = true
      for (place, target) in segment.rows.enumerated() {
        let isFill = segment.hasNext && place == segment.rows.count - 1
        let prices = row(isFill ? fill : close, segment.bar + place)
        let output = output + target * width
        for (index, column) in run.symbols.enumerated() {
          let growth = prices[column] * inverse[index]
          output[index] = growth
          if !(growth > 0 && growth < .infinity) { isComplete = false }
        }
      }
      return isComplete
    }
  }
}
