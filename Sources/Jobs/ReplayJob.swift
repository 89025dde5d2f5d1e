import Metrics
import Simulation
import Storage

/// Simulates one lane of a result again, with its full trace, and holds it against its row.
///
/// Of a result with many lanes only the row of that lane is read.
public struct ReplayJob {
  /// The result.
  public let result: ResultFile
  /// The run as it was planned.
  public let plan: RunPlan
  private let path: String

  /// What a replay found.
  public struct Outcome: Sendable {
    /// The lane's record.
    public var record: LaneRecord
    /// Symbol of the lane.
    public var symbol: String
    /// Wallet and bound, where there are several.
    public var labels: [(name: String, value: String)]
    /// Parameter values, in order.
    public var parameters: [(name: String, value: Double)]
    /// Metrics as recomputed, in the order of the result.
    public var metrics: [(metric: any Metric, value: MetricValue)]
    /// Metrics whose bits differ from the result's row: none, unless the file was changed by hand.
    public var differing: [String]
  }

  /// Reads a result, its spec and its store.
  ///
  /// - Parameters:
  ///   - path: the result.
  ///   - store: path of the store; nil for where the result says it was.
  /// - Throws: `StorageError`, `SpecError`, `ReplayError` if the store has changed since.
  public init(path: String, store: String? = nil) throws {
    self.path = path
    result = try ResultFile(path)
    var spec = try Spec(text: result.attributes.spec)
    spec.folder = result.attributes.folder
    plan = try RunPlan(spec: spec, storePath: store ?? result.attributes.store)
    guard plan.dataHash == result.attributes.dataSHA256 else {
      throw ReplayError.dataChanged(
        store: plan.storePath, recorded: result.attributes.dataSHA256,
        found: plan.dataHash)
    }
  }

  /// Replays a lane.
  ///
  /// - Throws: `ReplayError.noLane` for a lane that the result does not have.
  public func replay(lane: Int, variant: KernelVariant = .best) throws -> Outcome {
    guard lane < plan.laneCount, let table = try row(lane) else {
      throw ReplayError.noLane(lane, lanes: result.rowCount)
    }
    let record = try plan.simulator(variant: variant, workers: 1).replay(lane: lane)
    let metrics = plan.metrics.map { ($0, $0.value(of: record.summary)) }
    let differing = metrics.filter { metric, value in
      guard let column = table.metrics.first(where: { $0.name == metric.name }) else { return true }
      let stored = column.values[0]
      if table.status[0] == .failed { return !stored.isNaN }
      return stored.isNaN
        ? !value.number.isNaN : stored.bitPattern != value.number.bitPattern
    }
    let place = plan.layout.place(of: lane)
    let values = plan.grid.values(set: place.set)
    return Outcome(
      record: record, symbol: plan.symbol(lane: lane),
      labels: plan.labels.map { ($0.name, $0.texts[Int($0.index(place.variant))]) },
      parameters: zip(plan.grid.axes.map(\.name), values).map { ($0, $1) }, metrics: metrics,
      differing: differing.map { $0.0.name })
  }

  /// Writes the lane as a result of its own, with its trace.
  ///
  /// - Throws: `StorageError`; also for a path that would replace the result or its store.
  public func write(_ outcome: Outcome, lane: Int, to path: String, force: Bool) throws {
    try checkApart(path, from: [self.path, plan.storePath])
    guard var single = try row(lane) else { return }
    let job = RunJob(plan: plan, options: RunJob.Options(output: path))
    single.attributes.lanesOK = single.status[0] == .failed ? 0 : 1
    single.attributes.lanesFailed = 1 - single.attributes.lanesOK
    single.traces = [job.trace(outcome.record, lane: Int64(lane))]
    try ResultStore.write(single, to: path, force: force)
  }

  /// The row of a lane as a table; nil if the result doesn't have it.
  private func row(_ lane: Int) throws(StorageError) -> ResultTable? {
    guard let row = try result.row(of: Int64(lane)) else { return nil }
    return try result.table(
      rows: [row], order: [0], by: result.leaderboardBy, direction: result.leaderboardDirection)
  }
}

/// Why a lane cannot be replayed.
public enum ReplayError: Error, Equatable, CustomStringConvertible {
  /// The result has no such lane.
  case noLane(Int, lanes: Int)
  /// The store is not what the run saw.
  case dataChanged(store: String, recorded: String, found: String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .noLane(let lane, let lanes):
      "--lane: the result has no lane \(lane); it has \(lanes) lanes: apus rank lists them"
    case .dataChanged(let store, let recorded, let found):
      "\(store) has changed since the run: its content hash is \(found.prefix(12))…, the run's was "
        + "\(recorded.prefix(12))…. Name the store of the run with --store, or run the sweep again."
    }
  }
}
