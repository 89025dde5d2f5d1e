import Kernels
import Market
import Metrics

/// Runs the lanes of a signal strategy through the rule book: one account of one symbol a lane.
///
/// Lanes count symbols slowest and parameter sets fastest, as those of `LaneRun` do; with `bounds` each is run twice, by the worst
/// and by the best order of events inside bars, as neighbours: lane 2k is the worst of what lane 2k + 1 is the best.
public struct AccountEngine: LaneSimulator {
  /// Prices, rules and cash; each lane trades one of its symbols.
  public let run: AccountRun
  /// Signals, levels and terms.
  public let strategy: any LaneStrategy
  /// Loops for signals.
  public let kernels: KernelTable
  /// Number of workers.
  public let workers: Int
  /// Whether each lane is run by the worst and by the best order of events.
  public let bounds: Bool
  /// How long entries with a limit or stop price live.
  public let timeInForce: Order.TimeInForce
  let tileLanes: Int?

  /// An engine for lanes; `tileLanes` is chosen from the size of the run unless given.
  public init(
    run: AccountRun, strategy: any LaneStrategy, kernels: KernelTable, workers: Int,
    bounds: Bool = false, timeInForce: Order.TimeInForce = .gtc, tileLanes: Int? = nil
  ) {
    precondition(workers > 0, "at least one worker")
    self.run = run
    self.strategy = strategy
    self.kernels = kernels
    self.workers = workers
    self.bounds = bounds
    self.timeInForce = timeInForce
    self.tileLanes = tileLanes
  }

  /// Number of lanes.
  public var laneCount: Int { run.symbols.count * strategy.setCount * (bounds ? 2 : 1) }

  /// Symbol position, parameter set and order of events of a lane.
  public func place(of lane: Int) -> (symbol: Int, set: Int, intrabar: Intrabar) {
    let pair = bounds ? lane / 2 : lane
    return (
      pair / strategy.setCount, pair % strategy.setCount,
      bounds ? (lane % 2 == 0 ? .worst : .best) : run.rules.intrabar
    )
  }
}

extension AccountEngine {
  public func simulateTiles<Tile>(
    without done: RangeSet<Int>, isCancelled: @Sendable () -> Bool,
    begin: @Sendable (Range<Int>) -> Tile, take: @Sendable (Tile, Int, LaneSummary) -> Void,
    end: @Sendable (Tile) throws -> Void
  ) throws -> Bool { preconditionFailure("to come") }

  public func replay(lane: Int) throws -> LaneRecord { preconditionFailure("to come") }
}
