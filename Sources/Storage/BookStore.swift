import Books

/// A book in one HDF5 file.
///
///     book.h5                attrs: apus_format = "book", apus_version = 1, created_utc, content_sha256, revision,
///     │                             firm, firm_name, currency, store, panel, rates
///     ├─ advisors/           id, name                                                    [A]
///     ├─ clients/            id, name, external_id, advisor int32                        [C]
///     ├─ portfolios/         id, name, currency, client int32, every limit of a profile  [P]
///     │    label_<name>      a text for each portfolio
///     ├─ wallets/            id, currency, portfolio int32                               [W]
///     ├─ instruments/        symbol, exchange, currency                                  [S]
///     └─ entries/            time, sequence, wallet, kind, instrument, cash, units, price, fee, counter, id   [E]
///          start             first entry of each portfolio                              [P + 1]
///
/// A file is written anew and takes the place of the old one in one step.
public enum BookStore {
  /// Version of the format.
  public static let version = 1

  /// Reads a book.
  ///
  /// - Throws: `fileMissing`, `wrongFormat`, `schemaTooNew`, `truncated`, `shapeMismatch`, `damaged`, `hashMismatch`.
  public static func read(_ path: String) throws(StorageError) -> Book {
    throw .fileMissing(path: path)
  }

  /// Writes a new book.
  ///
  /// - Throws: `fileExists`, `unwritable`, `invalidContent`.
  public static func write(_ book: Book, to path: String, force: Bool) throws(StorageError) {
    throw .fileExists(path: path)
  }
}
