import Kernels

/// Why a file beside the prices, of weights or of factors, was refused: nothing was kept of it.
///
/// It is read as it stands, without the flags that an import has, so that what to do next differs from what `ImportError` says.
public struct SideFileError: Error, Equatable {
  /// What such a file holds.
  public enum Kind: Sendable {
    /// Weights of portfolios: `WeightFile`.
    case weights
    /// Returns of factors: `FactorFile`.
    case factors
  }

  /// What it should hold.
  public let kind: Kind
  /// What was wrong.
  public let cause: ImportError

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
      kind == .factors
        ? "\(path): there is no date to take factors from, or none that all files have."
        : "\(path) has a header but no weight."
    case .tooLarge(let rows, let columns, _, let bytes, let limit):
      kind == .factors
        ? "\(rows) dates × \(columns) factors take \(bytes) bytes; the limit is \(limit). Leave "
          + "dates or columns out."
        : "\(rows) portfolios × \(columns) symbols take \(bytes) bytes; the limit is \(limit). "
          + "Write them as HDF5, which is read in parts, or into several files."
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
    }
  }

  private var choice: String {
    kind == .factors ? ", or name those to take: factors: { columns: [ … ] }" : ""
  }
}
