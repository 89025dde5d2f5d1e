import Books
import HDF5

/// A book in one HDF5 file.
///
///     book.h5                attrs: apus_format = "book", apus_version = 1, created_utc, updated_utc, content_sha256, revision,
///     │                             firm, firm_name, currency, store, panel, rates
///     ├─ advisors/           id · name                                                    [A]
///     ├─ clients/            id · name, external_id, advisor int32                        [C]
///     ├─ portfolios/         id · name, currency, client int32, and each limit of a profile: risk_level int32 (0 is
///     │                      none), numbers, lists as texts with semicolons               [P]
///     │    label_<name>      a text for each portfolio
///     ├─ wallets/            id · currency, portfolio int32                               [W]
///     ├─ instruments/        symbol · exchange, currency                                  [S]
///     └─ entries/            row · time, sequence int64 · wallet, instrument, counter int32 · kind int8 · cash, units,
///                            price, fee float64 · id text, if any transaction has one     [E]
///
/// The first column of a table is its dimension scale; numbers that refer to rows of other tables count from 0, −1 is none.
/// Entries are ordered by portfolio, time and sequence; `kind` tells its values by `flag_values` and `flag_meanings`.
/// Columns are contiguous. A file is written anew and takes the place of the old one in one step.
public enum BookStore {
  /// Version of the format that is written, and the last that is read.
  public static let version = 1

  /// A book with what its file tells of it.
  public struct Stored: Sendable {
    /// The book.
    public var book: Book
    /// SHA-256 of the book's content, in hexadecimal.
    public var contentHash: String
    /// 1 for a new book; one more with each change.
    public var revision: Int64
    /// When it was made, in UTC.
    public var createdUTC: String
    /// When it was changed last, in UTC.
    public var updatedUTC: String
  }

  /// Reads a book.
  ///
  /// - Throws: as `open`.
  public static func read(_ path: String) throws(StorageError) -> Book { try open(path).book }

  /// Reads a book with what its file tells of it, and holds it to its hash and to `BookCheck`.
  ///
  /// - Throws: `fileMissing`, `unreadable`, `wrongFormat`, `schemaTooNew`, `truncated`, `shapeMismatch`, `damaged`,
  ///   `hashMismatch`.
  public static func open(_ path: String) throws(StorageError) -> Stored {
    let file = try Header.open(path, format: "book", called: "book", supported: version)
    let root = try reading(path) { () throws(HDF5Error) in try file.root() }
    let stored = try BookReader(root, PartReader(path: path)).stored
    do throws(BookCheck.Fault) { try BookCheck.check(stored.book) } catch {
      throw .damaged(path: path, part: error.part, reason: error.reason)
    }
    let found = BookHash.hash(stored.book)
    guard found == stored.contentHash else {
      throw .hashMismatch(
        path: path, part: "the book", stored: stored.contentHash, found: found)
    }
    return stored
  }

  /// Writes a new book.
  ///
  /// - Throws: `fileExists`, `unwritable`, `invalidContent`; then nothing has changed.
  public static func write(_ book: Book, to path: String, force: Bool = false) throws(StorageError)
  {
    let now = Header.now()
    try write(
      Stored(book: book, contentHash: "", revision: 1, createdUTC: now, updatedUTC: now), to: path,
      force: force)
  }

  /// Changes a book in one step, with no other writer between reading and writing.
  ///
  /// - Parameters:
  ///   - path: the book, which must be there.
  ///   - patience: seconds to wait for another writer.
  ///   - change: gets the book as it is; nothing is written if it returns false or throws.
  /// - Returns: whether it was written.
  /// - Throws: what `open` and `write` throw, `storeInUse`, and what `change` throws; then nothing has changed.
  @discardableResult public static func update(
    _ path: String, patience: Double = PriceStore.defaultPatience,
    _ change: (inout Book) throws -> Bool
  ) throws -> Bool {
    // Before the lock makes a file where no book is.
    _ = try Header.open(path, format: "book", called: "book", supported: version)
    let lock = try StoreLock(of: path, patience: patience)
    defer { lock.release() }
    var stored = try open(path)
    guard try change(&stored.book) else { return false }
    stored.revision += 1
    stored.updatedUTC = Header.now()
    try write(stored, to: path, force: true)
    return true
  }

  private static func write(_ stored: Stored, to path: String, force: Bool) throws(StorageError) {
    do throws(BookCheck.Fault) { try BookCheck.check(stored.book) } catch {
      throw .invalidContent(part: error.part, reason: error.reason)
    }
    var stored = stored
    stored.contentHash = BookHash.hash(stored.book)
    try AtomicFile.write(to: path, force: force) { temporary throws(StorageError) in
      let file = try writing(path) { () throws(HDF5Error) in try File.create(temporary) }
      do throws(HDF5Error) {
        try BookWriter.write(stored, to: try file.root())
      } catch {
        throw unwritable(path, file.reason(of: error))
      }
      do throws(HDF5Error) { try file.close() } catch { throw unwritable(path, error) }
    }
  }
}
