import Kernels

/// Why a file beside the prices, of weights, factors, scores or a contest's entries, was refused: nothing was kept of it.
///
/// It is read as it stands, without the flags that an import has, so that what to do next differs from what `ImportError` says.
public struct SideFileError: Error, Equatable {
  /// What such a file holds.
  public enum Kind: Sendable {
    /// Weights of portfolios: `WeightFile`.
    case weights
    /// Returns of factors: `FactorFile`.
    case factors
    /// Scores that a strategy reads.
    case scores
    /// What participants of a challenge hand in: `EntryFile`.
    case entries
  }

  /// What it should hold.
  public let kind: Kind
  /// What was wrong.
  public let cause: ImportError

  /// An error.
  public init(kind: Kind, cause: ImportError) {
    self.kind = kind
    self.cause = cause
  }

  /// Reads a file; what goes wrong is told in words for such files.
  ///
  /// - Throws: `SideFileError`; `ImportError.badOption` as it is, which names a key of the spec.
  public static func telling<Value>(
    _ kind: Kind, _ body: () throws(ImportError) -> Value
  ) throws -> Value {
    do throws(ImportError) {
      return try body()
    } catch {
      if case .badOption = error { throw error }
      throw SideFileError(kind: kind, cause: error)
    }
  }

  /// A file of weights.
  public static func weights(_ path: String) throws -> WeightFile {
    try telling(.weights) { () throws(ImportError) in try WeightFile.read(path) }
  }
}

extension SideFileError: CustomStringConvertible {
  /// What happened, where, and what to do next.
  public var description: String {
    switch cause {
    case .empty(let path): "\(path) is empty. \(form)"
    case .headerMissing(let path, let found):
      "\(path) has no header: its first line is '\(found)'. \(form)"
    case .columnMissing(let path, let column, let found, let nearest),
      .columnNotThere(let path, let column, let found, let nearest):
      "\(path) has no column for '\(column)' (it has: \(ImportError.listed(found)))."
        + didYouMean(nearest) + " \(form)"
    case .columnRepeated(let path, let column):
      "\(path): more than one column is named '\(column)'. Rename one of them\(choice)."
    case .nothingToImport(let path):
      switch kind {
      case .factors: "\(path): there is no date to take factors from, or none that all files have."
      case .weights: "\(path) has a header but no weight."
      case .scores: "\(path) has a header but no score."
      case .entries: "\(path) has a header but no row."
      }
    case .tooLarge(let rows, let columns, _, let bytes, let limit):
      switch kind {
      case .factors:
        "\(rows) dates × \(columns) factors take \(bytes) bytes; the limit is \(limit). Leave "
          + "dates or columns out."
      case .weights:
        "\(rows) portfolios × \(columns) symbols take \(bytes) bytes; the limit is \(limit). "
          + "Write them as HDF5, which is read in parts, or into several files."
      case .scores:
        "\(rows) times × \(columns) symbols take \(bytes) bytes; the limit is \(limit). Write "
          + "them as a store, or leave times out."
      case .entries: "More than \(rows) rows; write them into several files."
      }
    case .dateOrderUnclear(let path, let column, let found, _),
      .timeUnclear(let path, let column, let found, _):
      "\(path), \(column): '\(found)' can be read in several ways, or in none. Write times in ISO "
        + "8601, such as 2024-01-31 or 2024-01-31T09:30:00Z."
    case .decimalUnclear(let path, let column, let found, _):
      "\(path), \(column): '\(found)' is unclear. Write numbers with a decimal point and nothing "
        + "between thousands."
    case .wideUnclear(let path, let column, let found, _):
      "\(path), \(column): '\(found)' does not fit what the column seems to hold. \(form)"
    default: "\(cause)"
    }
  }

  private var form: String {
    switch kind {
    case .weights:
      "A file of weights has a header: portfolio,symbol,weight, or portfolio and a column for each "
        + "symbol."
    case .factors:
      "A file of factors has a header: date, and a column for each factor, as returns a bar."
    case .scores:
      "A file of scores has a header: a time, a symbol and the score, or a time and a column for each "
        + "symbol."
    case .entries:
      "A file of entries has a header: participant,time,side,symbol,quantity,price of trades, or "
        + "participant,time,symbol,weight."
    }
  }

  private var choice: String {
    kind == .factors ? ", or name those to take: factors: { columns: [ … ] }" : ""
  }
}
