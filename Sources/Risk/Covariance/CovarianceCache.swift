import Kernels
import Synchronization

/// Covariances that are estimated once and shared by all who ask for them, from any thread.
///
/// An estimate is known by its table (copies of a table are the same table), its bars and its estimator's name. Who asks for one that
/// is being computed waits for it. Beyond a limit of memory those that were asked for longest ago are forgotten.
public final class CovarianceCache: Sendable {
  private struct Key: Hashable {
    let table: ObjectIdentifier
    let bars: Range<Int>
    let estimator: String

    init(_ table: ReturnTable, _ bars: Range<Int>, _ estimator: any CovarianceEstimator) {
      self.table = ObjectIdentifier(table.identity)
      self.bars = bars
      self.estimator = estimator.name
    }
  }

  /// One estimate, or the wait for it.
  private final class Entry: Sendable {
    /// Kept, so that no other table takes its identity.
    let table: ReturnTable.Identity
    let result = Mutex<Result<CovarianceEstimate, RiskError>?>(nil)

    init(_ table: ReturnTable.Identity) { self.table = table }
  }

  private struct Shelf {
    var entries: [Key: (entry: Entry, bytes: Int, lastUse: Int)] = [:]
    var bytes = 0
    var uses = 0
    var computed = 0
  }

  private let shelf = Mutex(Shelf())
  private let limitBytes: Int

  /// An empty cache.
  ///
  /// - Parameter limitMiB: memory that estimates may take; one of them is always kept.
  public init(limitMiB: Int = 256) { limitBytes = limitMiB << 20 }

  /// Number of estimates that were computed so far.
  public var computedCount: Int { shelf.withLock { $0.computed } }

  /// The estimate from some bars of a table.
  ///
  /// - Parameters:
  ///   - workers: that compute it if it is not known; the bits don't depend on them.
  /// - Throws: `RiskError` of the estimator, which is remembered too.
  public func estimate(
    _ table: ReturnTable, bars: Range<Int>, by estimator: any CovarianceEstimator, workers: Int = 1
  ) throws(RiskError) -> CovarianceEstimate {
    precondition(bars.lowerBound >= 0 && bars.upperBound <= table.barCount, "bars of the table")
    let entry = entry(Key(table, bars, estimator), table)
    let result = entry.result.withLock { known in
      if let known { return known }
      shelf.withLock { $0.computed += 1 }
      let found = Result { () throws(RiskError) in
        try estimator.estimate(table.bars(bars), workers: workers)
      }
      known = found
      return found
    }
    return try result.get()
  }

  /// Estimates over many windows at once, for those who will ask for them: by some workers, and from window to window where the
  /// estimator can.
  ///
  /// Windows are best in order of time. The bits don't depend on the workers, but those that follow from each other differ from
  /// estimates of their own by rounding. Errors are kept for whoever asks.
  ///
  /// - Parameter isCancelled: asked from time to time; when it answers true, the rest is left to whoever asks.
  public func prepare(
    _ table: ReturnTable, windows: [Range<Int>], by estimator: any CovarianceEstimator,
    workers: Int, isCancelled: @Sendable () -> Bool = { false }
  ) {
    let rolling = try? estimator.rolling(table)
    // Each run of windows begins anew, so that its bits are its own.
    let length = rolling == nil ? 1 : 32
    // Errors are kept, not thrown.
    _ = try? TileLoop(tiles: (windows.count + length - 1) / length, workers: workers).run(
      isCancelled: isCancelled, room: {}
    ) { tile, _ in
      let run = windows[tile * length..<min((tile + 1) * length, windows.count)]
      guard var rolling else {
        for window in run { _ = try? estimate(table, bars: window, by: estimator) }
        return
      }
      let entries = run.map { entry(Key(table, $0, estimator), table) }
      // All or nothing: an estimate's bits come from those before it.
      if entries.allSatisfy({ $0.result.withLock { $0 != nil } }) { return }
      for (window, entry) in zip(run, entries) {
        let found = Result { () throws(RiskError) in try rolling.estimate(window) }
        shelf.withLock { $0.computed += 1 }
        entry.result.withLock { $0 = $0 ?? found }
      }
    }
  }

  /// The place of an estimate, which begins if there is none.
  private func entry(_ key: Key, _ table: ReturnTable) -> Entry {
    shelf.withLock { shelf in
      shelf.uses += 1
      if let known = shelf.entries[key] {
        shelf.entries[key] = (known.entry, known.bytes, shelf.uses)
        return known.entry
      }
      let bytes = 8 * table.symbolCount * table.symbolCount + 1024
      let entry = Entry(table.identity)
      shelf.entries[key] = (entry, bytes, shelf.uses)
      shelf.bytes += bytes
      while shelf.bytes > limitBytes, shelf.entries.count > 1,
        let oldest = shelf.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
      {
        shelf.bytes -= oldest.value.bytes
        shelf.entries[oldest.key] = nil
      }
      return entry
    }
  }
}
