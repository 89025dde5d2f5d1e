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
    let key = Key(
      table: ObjectIdentifier(table.identity), bars: bars, estimator: estimator.name)
    let entry = entry(key, table)
    let result = entry.result.withLock { known in
      if let known { return known }
      shelf.withLock { $0.computed += 1 }
      let found: Result<CovarianceEstimate, RiskError>
      do throws(RiskError) {
        found = .success(try estimator.estimate(table.bars(bars), workers: workers))
      } catch {
        found = .failure(error)
      }
      known = found
      return found
    }
    return try result.get()
  }

  /// Takes estimates that were computed elsewhere, such as a series; later ones replace earlier ones.
  func keep(
    _ estimate: CovarianceEstimate, of table: ReturnTable, bars: Range<Int>, name: String
  ) {
    let key = Key(table: ObjectIdentifier(table.identity), bars: bars, estimator: name)
    entry(key, table).result.withLock { $0 = .success(estimate) }
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
