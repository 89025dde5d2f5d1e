import Market

/// Why facts were refused.
public enum FactsError: Error, Equatable, CustomStringConvertible {
  /// The store has actions of the same symbol, kind and day with other values.
  case actionsDiffer(
    store: String, count: Int, symbol: String, kind: String, timeNs: Int64, old: String,
    new: String)
  /// Panels of a folder can't be rewritten in one step.
  case folder(store: String, panel: String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .actionsDiffer(let store, let count, let symbol, let kind, let timeNs, let old, let new):
      "\(store) has \(count) of these actions with another value, first the \(kind) of \(symbol) on "
        + "\(Timestamp.text(nanoseconds: timeNs)): \(old) there, \(new) here. To replace them: --force."
    case .folder(let store, let panel):
      "\(store) is a folder, and a map changes all files of panel \(panel), which is not one step. "
        + "Import its prices again with --map."
    }
  }
}
