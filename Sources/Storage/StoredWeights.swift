import Glibc
import HDF5

/// Weights of portfolios in an HDF5 file of any program, read row by row: they are never in memory as a whole.
///
///     weights.h5
///     ├─ w                  numbers [P, N]   the only table of numbers, or the one that is named
///     ├─ portfolio          texts or whole numbers [P]   names, or `date`, `time`; without it portfolios are numbered from 1
///     └─ symbol             texts [N]        without it columns are the symbols of the run, in its order
///
/// What xarray and pandas write of a labelled array has this form. Rows may be read from any thread.
public final class StoredWeights {
  /// Path as given.
  public let path: String
  /// Name of the table in the file.
  public let dataset: String
  /// Number of portfolios, at least 1.
  public let portfolioCount: Int
  /// Number of columns, at least 1.
  public let columnCount: Int
  /// Names of the columns; nil if the file has none.
  public let symbols: [String]?
  /// Names of the portfolios; nil if the file has none.
  private let names: [String]?
  /// What whole numbers that name portfolios count, such as `days since 2017-01-03`; nil if the file doesn't say.
  public let nameUnits: String?
  private let file: File
  private let values: Dataset
  /// First byte of the table where it lies in the file as it does in memory.
  private let offset: Int?

  private static let rowNames = ["portfolio", "name", "date", "time"]

  /// Names of tables that need not be chosen.
  private static let usual = ["w", "weights", "weight"]

  /// Opens a file.
  ///
  /// - Parameter dataset: the table; nil for the only one, or one called `w` or `weights`.
  /// - Throws: `fileMissing`, `unreadable`, `truncated`, `damaged`; `weightsMissing`, `weightsMisshapen`.
  public init(_ path: String, dataset name: String? = nil) throws(StorageError) {
    let file = try Header.openForeign(path, called: "file of weights")
    let root = try reading(path) { () throws(HDF5Error) in try file.root() }
    let part = PartReader(path: path)
    let tables = try Self.tables(root, path)
    let usual = Self.usual.first { tables.contains($0) }
    guard let chosen = name ?? usual ?? (tables.count == 1 ? tables[0] : nil),
      tables.contains(chosen)
    else { throw .weightsMissing(path: path, wanted: name, tables: tables) }
    values = try part.dataset(root, chosen, [nil, nil])
    (portfolioCount, columnCount) = (values.shape[0], values.shape[1])
    guard portfolioCount > 0, columnCount > 0 else {
      throw .weightsMisshapen(
        path: path, part: chosen, reason: "it has \(portfolioCount) rows of \(columnCount) columns")
    }
    do throws(HDF5Error) { try values.checkStored() } catch {
      throw .damaged(path: path, part: chosen, reason: error.cause)
    }
    symbols = try Self.labels(
      root, ["symbol", "asset", "ticker"], columnCount, path, "a name for each column of \(chosen)")
    names = try Self.labels(
      root, Self.rowNames, portfolioCount, path,
      "a name for each row of \(chosen)")
    nameUnits = try? Self.rowNames.first { root.kind(of: $0) == .dataset }
      .map { name throws(HDF5Error) in try root.dataset(name).textAttribute("units") }
    offset = values.mappableOffset(as: Double.self)
    self.path = path
    self.dataset = chosen
    self.file = file
  }

  /// Whether a file is of HDF5, by its first bytes.
  public static func recognises(_ path: String) -> Bool {
    var status = stat()
    // Whatever isn't a plain file could block, and is left to who reads streams.
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var magic = [UInt8](repeating: 0, count: 8)
    return Glibc.read(descriptor, &magic, 8) == 8
      && magic == [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
  }

  /// Name of a portfolio.
  public func name(_ portfolio: Int) -> String { names?[portfolio] ?? "\(portfolio + 1)" }

  /// Copies rows: `[rows, columns]`, NaN where the file has it.
  ///
  /// - Throws: `truncated`, `unreadable`, `damaged`.
  public func read(_ rows: Range<Int>, into output: UnsafeMutablePointer<Double>)
    throws(StorageError)
  {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= portfolioCount, "rows of the table")
    guard let offset else {
      do throws(HDF5Error) { try values.readRows(rows, into: output) } catch {
        throw .damaged(path: path, part: dataset, reason: error.cause)
      }
      return
    }
    // Past the library, which serves one caller at a time.
    let width = columnCount * MemoryLayout<Double>.stride
    let (start, bytes) = (offset + rows.lowerBound * width, rows.count * width)
    var done = 0
    while done < bytes {
      let count = pread(
        file.descriptor, UnsafeMutableRawPointer(output) + done, bytes - done, off_t(start + done))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(path: path, reason: systemReason()) }
      guard count > 0 else {
        throw .truncated(path: path, needed: start + bytes, found: start + done)
      }
      done += count
    }
  }

  /// Names of the two-dimensional datasets of numbers.
  private static func tables(_ root: borrowing Group, _ path: String) throws(StorageError)
    -> [String]
  {
    try reading(path) { () throws(HDF5Error) in
      var names: [String] = []
      for name in try root.names() where root.kind(of: name) == .dataset {
        let dataset = try root.dataset(name)
        if dataset.shape.count == 2 && dataset.holdsNumbers { names.append(name) }
      }
      return names
    }
  }

  /// Labels of a dimension, if one of the names has any.
  private static func labels(
    _ root: borrowing Group, _ names: [String], _ count: Int, _ path: String, _ what: String
  ) throws(StorageError) -> [String]? {
    guard let name = names.first(where: { root.kind(of: $0) == .dataset }) else { return nil }
    let (labels, shape) = try reading(path) { () throws(HDF5Error) -> ([String], [Int]) in
      let dataset = try root.dataset(name)
      guard dataset.shape == [count] else { return ([], dataset.shape) }
      if dataset.holdsText { return (try dataset.readStrings(), dataset.shape) }
      guard dataset.holdsIntegers else { return ([], dataset.shape) }
      return (try dataset.read(Int64.self).map { "\($0)" }, dataset.shape)
    }
    guard labels.count == count else {
      throw .weightsMisshapen(
        path: path, part: name,
        reason: "it is of shape \(shape), where \(what) is expected: \(count) texts")
    }
    var seen: Set<String> = []
    for (place, label) in labels.enumerated() {
      guard !label.isEmpty, seen.insert(label).inserted else {
        throw .weightsMisshapen(
          path: path, part: name,
          reason: label.isEmpty
            ? "element \(place) is empty" : "element \(place), \(label), stands there before")
      }
    }
    return labels
  }
}

// Nothing changes once the file is open; the library serves one caller at a time, and `pread` any number.
extension StoredWeights: @unchecked Sendable {}
