import Interchange
import Market
import Storage

/// Makes a synthetic market from a seed and stores it.
public struct GenerateJob: Sendable {
  /// What the market looks like.
  public var options: MarketOptions
  /// The store; made if it does not exist.
  public var store: String
  /// Whether a panel of the same name may be replaced.
  public var force = false

  /// A job.
  public init(options: MarketOptions, store: String) {
    self.options = options
    self.store = store
  }

  /// Makes and stores the panel; returns its name.
  ///
  /// - Throws: `ImportError` for options out of range, `StorageError`; then the store is as it was.
  public func run() throws -> String {
    try PriceStore.checkTarget(store)
    let draft = try MarketGenerator.draft(options)
    try PriceStore.add(draft, to: store, force: force)
    return draft.name
  }
}
