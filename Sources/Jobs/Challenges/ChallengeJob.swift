import Books
import Kernels
import Market
import Metrics
import Simulation
import Storage

/// Replays all entries of a challenge and ranks them.
public struct ChallengeJob: Sendable {
  /// Rules and prices.
  public let session: ChallengeSession
  /// What was handed in.
  public let entries: ChallengeEntries
  /// Number of workers; no number depends on it.
  public var workers = 1
  /// Instruction set of the engine.
  public var variant = KernelVariant.best

  /// A job.
  public init(_ session: ChallengeSession, _ entries: ChallengeEntries) {
    self.session = session
    self.entries = entries
  }

  /// A participant that is disqualified.
  public struct Finding: Sendable {
    /// Its name.
    public var participant: String
    /// What it handed in.
    public var file: String
    /// Why.
    public var breach: ChallengeBreach
    /// Whether only in the hold-out.
    public var isInHoldOut: Bool
  }

  /// What accounts of one window came to.
  struct Window: Sendable {
    var bars: Range<Int>
    /// Of each participant; nil for those disqualified.
    var summaries: [LaneSummary?]
    var breaches: [ChallengeBreach?]
    var fills: [Int]
    var unfilled: [Int]
    /// When each first traded; nil for those that never did.
    var firstFillNs: [Int64?]
    /// By metric, then participant.
    var values: [[Double]] = []
    var order: [Int] = []
    var ranks: [Int] = []
    var intervals = ChallengeBootstrap.Outcome()
    var significance = ChallengeSignificance(returns: [])

    /// Who broke a rule in the window has no place in the hold-out either.
    mutating func disqualify(as window: Window) {
      for (row, breach) in window.breaches.enumerated() where breach != nil {
        breaches[row] = breach
        summaries[row] = nil
      }
    }
  }

  /// Most bytes that samples of the bootstrap may take.
  static let memoryLimit = 16 << 30

  private func checkMemory() throws(SpecError) {
    let (samples, participants) = (session.spec.bootstrap.samples, entries.participants.count)
    guard samples * participants * 8 > Self.memoryLimit else { return }
    throw .value(
      path: "bootstrap.samples", line: 0,
      found:
        "\(samples) for \(participants) participants, which take \(samples * participants * 8) bytes",
      expected: "at most \(Self.memoryLimit / 8 / participants)")
  }

  /// Replays all entries, and says which are disqualified and why.
  ///
  /// - Returns: in order of participants; nil if it was cancelled.
  public func check(isCancelled: @Sendable () -> Bool = { false }) throws -> [Finding]? {
    var findings: [Finding] = []
    for (index, bars) in windows.enumerated() {
      guard let window = try replay(bars, { _ in }, isCancelled) else { return nil }
      for (row, breach) in window.breaches.enumerated() {
        guard let breach else { continue }
        let participant = entries.participants[row]
        if index > 0, findings.contains(where: { $0.participant == participant.entry.participant })
        {
          continue
        }
        findings.append(
          Finding(
            participant: participant.entry.participant, file: participant.file, breach: breach,
            isInHoldOut: index > 0))
      }
    }
    return findings
  }

  /// The window, and the hold-out where it is revealed.
  var windows: [Range<Int>] { [session.window] + (session.holdOut.map { [$0] } ?? []) }

  /// Replays, measures and ranks.
  ///
  /// - Parameter progress: takes the number of accounts replayed so far.
  /// - Returns: the board; nil if it was cancelled.
  public func score(
    progress: @Sendable (Int) -> Void = { _ in }, isCancelled: @Sendable () -> Bool = { false }
  ) throws -> ChallengeBoard? {
    try checkMemory()
    var scored: [Window] = []
    for bars in windows {
      guard var window = try replay(bars, progress, isCancelled) else { return nil }
      if let first = scored.first { window.disqualify(as: first) }
      guard measure(&window, isCancelled) else { return nil }
      scored.append(window)
    }
    return ChallengeBoard(session, entries, scored)
  }

  private func replay(
    _ scored: Range<Int>, _ progress: @Sendable (Int) -> Void, _ isCancelled: @Sendable () -> Bool
  ) throws -> Window? {
    let participants = entries.participants
    let scale = try session.scale(scored)
    let slots = Slots<(summary: LaneSummary?, curve: ChallengeCurve)>(count: participants.count)
    let isDone = try TileLoop(tiles: (participants.count + 15) / 16, workers: workers).run(
      isCancelled: isCancelled, room: {}
    ) { tile, _ in
      let rows = tile * 16..<min(tile * 16 + 16, participants.count)
      for row in rows {
        var curve = curve(participants[row], scored)
        let summary = curve.breach == nil ? curve.summary(scale) : nil
        curve.equity = []
        slots.set(row, (summary, curve))
      }
      progress(rows.upperBound)
    }
    guard isDone else { return nil }
    let values = slots.values
    return Window(
      bars: scored, summaries: values.map(\.summary), breaches: values.map(\.curve.breach),
      fills: values.map(\.curve.fills), unfilled: values.map(\.curve.unfilled),
      firstFillNs: values.map(\.curve.firstFillNs))
  }

  private func curve(_ participant: ChallengeEntries.Participant, _ scored: Range<Int>)
    -> ChallengeCurve
  {
    if let text = participant.strategy {
      return ChallengeStrategy(text, path: participant.file, session, variant).curve(
        bars: scored.upperBound, scored: scored)
    }
    return ChallengeAccount.replay(
      participant.entry, market: session.market, rules: session.rules, bars: scored.upperBound,
      scored: scored)
  }

  /// Fills in metrics, places, intervals and significance; false if it was cancelled.
  private func measure(_ window: inout Window, _ isCancelled: @Sendable () -> Bool) -> Bool {
    let metrics = session.spec.allMetrics.compactMap { MetricCatalog.metric(named: $0) }
    let summaries = window.summaries
    window.values = metrics.map { metric in
      summaries.map { $0.map { metric.value(of: $0).number } ?? .nan }
    }
    let isRanked = summaries.map { $0 != nil }
    var keys = (0...session.spec.ties.count).map {
      ChallengeRanking.Key(window.values[$0], isLowerBetter: metrics[$0].direction == .lower)
    }
    if session.spec.tie == .earliestEntry {
      keys.append(
        .init(
          window.firstFillNs.map { $0.map { Double($0 - session.market.timeNs[0]) } ?? .nan },
          isLowerBetter: true))
    }
    (window.order, window.ranks) = ChallengeRanking.ranks(keys, isRanked: isRanked)
    let rows = summaries.indices.filter { isRanked[$0] }
    let known = rows.compactMap { summaries[$0] }
    if ChallengeBootstrap.refusal(of: metrics[0]) == nil, session.spec.bootstrap.samples > 0 {
      guard
        let outcome = session.spec.bootstrap.run(
          known, metric: metrics[0], kernels: variant.kernels, workers: workers,
          isCancelled: isCancelled)
      else { return false }
      func spread(_ values: [Double]) -> [Double] {
        var all = [Double](repeating: .nan, count: summaries.count)
        for (row, value) in zip(rows, values) { all[row] = value }
        return all
      }
      window.intervals.low = spread(outcome.low)
      window.intervals.high = spread(outcome.high)
      window.intervals.rankLow = spread(outcome.rankLow)
      window.intervals.rankHigh = spread(outcome.rankHigh)
      window.intervals.firstShare = spread(outcome.firstShare)
    }
    window.significance = ChallengeSignificance(
      returns: summaries.map { $0?.returns ?? [] }, riskFree: known.first?.riskFreePerBar ?? 0,
      workers: workers, isCancelled: isCancelled)
    return !isCancelled()
  }
}
