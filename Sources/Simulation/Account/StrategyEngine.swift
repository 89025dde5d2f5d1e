import Metrics

/// Runs a Swift strategy through the rule book, over one symbol or over many that share one account.
///
/// The loop over bars is compiled for the strategy, in whichever package it lives.
public struct StrategyEngine<S: Strategy>: Sendable {
  /// What to run it on.
  public let run: AccountRun
  /// The strategy before its first bar.
  public let strategy: S

  /// An engine for a strategy.
  public init(run: AccountRun, strategy: S) {
    self.run = run
    self.strategy = strategy
  }

  /// Simulates and keeps sums only.
  @inlinable
  public func simulate() -> LaneSummary { trade(keepsRecord: false).summary }

  /// Simulates and keeps everything; every number equals those of `simulate`.
  @inlinable
  public func record() -> LaneRecord { trade(keepsRecord: true) }

  /// The same, and proves after each bar that the books add up.
  ///
  /// - Throws: what does not add up.
  @inlinable
  public func audit() throws(LedgerIdentity.Fault) -> LaneRecord {
    var strategy = strategy
    var account = Account(run, warmupBars: strategy.warmupBars, keepsRecord: true)
    var desk = OrderDesk(symbolCount: run.symbols.count)
    account.beginAudit()
    strategy.begin(account.listing)
    account.trade(&strategy, &desk, upTo: run.window.upperBound)
    try account.endAudit()
    return account.finish()
  }

  @inlinable
  func trade(keepsRecord: Bool) -> LaneRecord {
    var strategy = strategy
    var account = Account(run, warmupBars: strategy.warmupBars, keepsRecord: keepsRecord)
    var desk = OrderDesk(symbolCount: run.symbols.count)
    strategy.begin(account.listing)
    account.trade(&strategy, &desk, upTo: run.window.upperBound)
    return account.finish()
  }
}
