import Dispatch
import Kernels
import Market
import Simulation
import Synchronization

/// Shows that no order of a strategy depends on what came after it, and that accounts add up.
///
/// Lanes are run again on data that ends earlier, and on data that goes on otherwise; what they did before must be the same to
/// the bit. A strategy made of formulas can't look ahead; Swift code can, and so can data that somebody else made.
public struct AuditJob: Sendable {
  /// How much is looked at.
  public struct Options: Sendable {
    /// Most lanes, spread over the plan.
    public var lanes = 20
    /// Number of instants after which the future is changed, half of them right after fills.
    public var cuts = 10
    /// Number of workers.
    public var workers = 1
    /// Seed of the poison.
    public var seed: UInt64 = 1

    /// The usual measure.
    public init() {}
  }

  private let subject: AuditSubject
  private let options: Options

  /// An audit of a plan.
  public init(plan: RunPlan, options: Options = Options(), variant: KernelVariant = .best) {
    self.init(AuditSubject(plan, variant: variant), options: options)
  }

  /// An audit of lanes of any kind.
  public init(_ subject: AuditSubject, options: Options = Options()) {
    self.subject = subject
    self.options = options
  }

  /// Runs the audit.
  ///
  /// - Parameters:
  ///   - isCancelled: asked before each run.
  ///   - progress: takes the number of runs done, of those in all; called by one thread.
  /// - Throws: what planning and simulating throw; `RunInterrupted`.
  public func run(
    isCancelled: () -> Bool = { false }, progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> AuditReport {
    var report = AuditReport()
    let begin = try subject.trial(nil)
    let whole = begin.simulator
    let lanes = Self.spread(options.lanes, over: 0..<whole.laneCount)
    report.laneCount = whole.laneCount
    report.lanes = lanes.count
    let steps = 2 * options.cuts + 1
    let records = try replay(whole, lanes)
    for (lane, record) in zip(lanes, records) {
      report.add(LaneAudit(subject, lane: lane, record: record).report)
    }
    try compareSweep(whole, lanes, records, &report)
    for field in subject.scores { checkScore(field, &report) }
    let known = try begin.exact.map { try replay($0, lanes) } ?? records
    progress(1, steps)
    var done = 1
    for cut in cuts(records) {
      report.cuts.append(subject.time(cut))
      let next = subject.window.lowerBound + cut + 1
      let instant = subject.panel.time.ns[next]
      for (question, kind) in [
        (AuditReport.Question.prefix, Hindsight.Kind.absent),
        (.poison, .poisoned(seed: options.seed &+ UInt64(cut))),
      ] {
        if isCancelled() { throw RunInterrupted() }
        let changed = try subject.trial(Hindsight(instant: instant, kind: kind))
        let isPortfolio = begin.weights != nil
        for ((lane, before), after) in zip(
          zip(lanes, known), try replay(changed.exact ?? changed.simulator, lanes))
        {
          report[question].checked += 1
          var what = before.difference(after, through: cut, settledOnly: isPortfolio)
          if what == nil, let old = begin.weights, let new = changed.weights {
            what = difference(old, new, of: lane, at: cut).map { (cut, $0) }
          }
          guard let what else { continue }
          let isSame = what.bar == cut
          report[question].add(
            .init(
              lane: lane, time: subject.time(what.bar),
              what: isSame
                ? what.text : "\(what.text), and the data changed after \(subject.time(cut))"))
        }
        done += 1
        progress(done, steps)
      }
    }
    return report
  }

  // MARK: - Choosing

  /// Numbers of a range, evenly spread, the first and last among them.
  static func spread(_ count: Int, over range: Range<Int>) -> [Int] {
    if range.count <= count { return Array(range) }
    if count < 2 { return range.first.map { [$0] } ?? [] }
    return (0..<count).map { range.lowerBound + $0 * (range.count - 1) / (count - 1) }
  }

  /// Bars after which the future is changed: some of them spread over the window, the others right at fills.
  private func cuts(_ records: [LaneRecord]) -> [Int] {
    let last = subject.window.count - 2
    guard last >= 0, options.cuts > 0 else { return [] }
    let bars = 0..<last + 1
    // Not the very first and last bars, at which little has happened or is left.
    var cuts = Set(Self.spread(options.cuts / 2 + 2, over: bars).dropFirst().dropLast())
    let events = Set(records.flatMap { $0.fills.flatMap { [$0.bar - 1, $0.bar] } })
      .filter { bars.contains($0) && !cuts.contains($0) }.sorted()
    cuts.formUnion(Self.spread(options.cuts - cuts.count, over: events.indices).map { events[$0] })
    for bar in Self.spread(options.cuts, over: bars) where cuts.count < options.cuts {
      cuts.insert(bar)
    }
    return cuts.sorted()
  }

  /// How the weights of a lane at a bar differ; nil if they don't.
  private func difference(
    _ old: any WeightSource, _ new: any WeightSource, of lane: Int, at cut: Int
  ) -> String? {
    func weights(_ source: any WeightSource) -> [Double] {
      var values = [Double](repeating: .nan, count: source.symbolCount)
      values.withUnsafeMutableBufferPointer {
        guard let base = $0.baseAddress else { return }
        source.makeEvaluator().weights(
          set: subject.weightSet(lane), bar: subject.window.lowerBound + cut, into: base)
      }
      return values
    }
    for (a, b) in zip(weights(old), weights(new)) {
      if a.bitPattern != b.bitPattern, !(a.isNaN && b.isNaN) { return "weight \(a) became \(b)" }
    }
    return nil
  }

  // MARK: - Running

  private func replay(_ simulator: any LaneSimulator, _ lanes: [Int]) throws -> [LaneRecord] {
    let found = Mutex<[Int: LaneRecord]>([:])
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: min(options.workers, max(1, lanes.count))) {
      worker in
      for place in stride(from: worker, to: lanes.count, by: options.workers) {
        do {
          let record = try simulator.replay(lane: lanes[place])
          found.withLock { $0[place] = record }
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return found.withLock { found in lanes.indices.compactMap { found[$0] } }
  }

  /// Holds the lanes against the same lanes of a sweep.
  private func compareSweep(
    _ simulator: any LaneSimulator, _ lanes: [Int], _ records: [LaneRecord],
    _ report: inout AuditReport
  ) throws {
    let others = RangeSet(0..<simulator.laneCount).subtracting(
      RangeSet(lanes.map { $0..<$0 + 1 }))
    let swept = Mutex<[Int: (Double, Double, Int)]>([:])
    _ = try simulator.simulateTiles(
      without: others, isCancelled: { false }, begin: { _ in },
      take: { _, lane, summary in
        swept.withLock {
          $0[lane] = (summary.finalEquity, summary.sumReturns, summary.trades)
        }
      }, end: { _ in })
    let found = swept.withLock { $0 }
    for (lane, record) in zip(lanes, records) {
      report[.replay].checked += 1
      let summary = record.summary
      let isSame = found[lane].map {
        $0.0.bitPattern == summary.finalEquity.bitPattern
          && $0.1.bitPattern == summary.sumReturns.bitPattern && $0.2 == summary.trades
      }
      if isSame != true {
        report[.replay].add(
          .init(
            lane: lane, time: "",
            what: "equity \(summary.finalEquity) alone, "
              + "\(found[lane].map { "\($0.0)" } ?? "nothing") in a sweep"))
      }
    }
  }

  // MARK: - Scores

  /// A rank correlation with the next return that no honest field has.
  static let impossible = 0.5

  /// Compares a field, as it is seen at the close of a bar, with the return of the bar after it.
  private func checkScore(_ field: String, _ report: inout AuditReport) {
    let panel = subject.panel
    guard let score = panel.fieldIndex(field), let close = panel.fieldIndex("close") else { return }
    var pairs: [(Double, Double)] = []
    for bar in subject.window.dropLast() {
      for symbol in 0..<panel.symbolCount {
        let value = panel.value(field: score, bar: bar, symbol: symbol)
        let next =
          panel.value(field: close, bar: bar + 1, symbol: symbol)
          / panel.value(field: close, bar: bar, symbol: symbol)
        if value.isFinite && next.isFinite { pairs.append((value, next)) }
      }
    }
    report[.scores].checked += pairs.count
    guard pairs.count >= 50 else { return }
    let correlation = Self.rankCorrelation(pairs)
    guard correlation.magnitude >= Self.impossible else { return }
    let percent = Int((correlation * 100).rounded())
    report[.scores].add(
      .init(
        lane: nil, time: "",
        what: "\(field) has a rank correlation of \(percent) % with the return of the bar after it "
          + "is seen (\(pairs.count) values): it was made with later prices, or needs a longer lag")
    )
  }

  /// Spearman's; ties have their mean rank.
  static func rankCorrelation(_ pairs: [(Double, Double)]) -> Double {
    func ranks(_ values: [Double]) -> [Double] {
      let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
      var ranks = [Double](repeating: 0, count: values.count)
      var first = 0
      while first < order.count {
        var end = first + 1
        while end < order.count && values[order[end]] == values[order[first]] { end += 1 }
        for place in first..<end { ranks[order[place]] = Double(first + end - 1) / 2 }
        first = end
      }
      return ranks
    }
    let (x, y) = (ranks(pairs.map(\.0)), ranks(pairs.map(\.1)))
    let mean = Double(pairs.count - 1) / 2
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for (a, b) in zip(x, y) {
      xx += (a - mean) * (a - mean)
      yy += (b - mean) * (b - mean)
      xy += (a - mean) * (b - mean)
    }
    return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : 0
  }
}
