import Kernels
import Market

/// Returns of factors as their makers publish them, such as the files of Fama and French.
///
/// A column of dates and columns of numbers, plain or gzip; lines of text before the header and a second table behind the first, as in
/// the files of French's library, are passed over. Per cent become fractions. An empty cell is missing, and so are −99.99 and −999.
public struct FactorFile: Sendable, Equatable {
  /// What a reader may be told.
  public struct Options: Sendable, Equatable {
    /// Columns that are factors, in their order, however they are spelt; nil for all but the rate without risk.
    public var columns: [String]?
    /// Column of the rate without risk; nil for one that is named so, empty for none.
    public var riskFree: String?
    /// Whether numbers are per cent; nil tells it by their size.
    public var isPerCent: Bool?

    /// Options; all may be left out.
    public init(columns: [String]? = nil, riskFree: String? = nil, isPerCent: Bool? = nil) {
      self.columns = columns
      self.riskFree = riskFree
      self.isPerCent = isPerCent
    }
  }

  /// Names of the factors, as in the file: `[K]`.
  public internal(set) var names: [String]
  /// Dates, or instants, nanoseconds UTC, strictly increasing: `[T]`.
  public internal(set) var timeNs: [Int64]
  /// `[T, K]` row-major, fractions; NaN where missing.
  public internal(set) var values: [Double]
  /// The rate without risk, `[T]`, fractions; nil without such a column.
  public internal(set) var riskFree: [Double]?
  /// What was taken for granted, and what was left out; sentences for the user.
  public internal(set) var notes: [String]

  /// Reads a file.
  ///
  /// - Throws: `ImportError` with line and column of what can't be read: a date, a number, a row of another length, a date that
  ///   stands twice; with the nearest name for a column that isn't there; `badOption` where the size of numbers tells neither per
  ///   cent nor fractions.
  public static func read(_ path: String, options: Options = Options()) throws(ImportError)
    -> FactorFile
  {
    var table = try FactorRows(path, delimiter: UInt8(ascii: ","))
    for other in [";", "\t"] as [Unicode.Scalar] where table.header.count == 1 {
      // A table of one column is none: another character may divide it.
      let again = try FactorRows(path, delimiter: UInt8(ascii: other))
      if again.header.count > 1 { table = again }
    }
    let date = try table.dateColumn()
    let rate = try table.rateColumn(options.riskFree, date: date)
    let columns = try table.factorColumns(options.columns, besides: [date, rate ?? date])
    var file = FactorFile(
      names: columns.map { table.header[$0] }, timeNs: [], values: [],
      riskFree: rate.map { _ in [] }, notes: [])
    try table.read(into: &file, date: date, columns: columns, rate: rate)
    let scale = try file.scale(options.isPerCent, path)
    if scale != 1 {
      for index in file.values.indices { file.values[index] /= scale }
      file.riskFree = file.riskFree?.map { $0 / scale }
    }
    return file
  }

  /// What numbers are to be divided by.
  private mutating func scale(_ isPerCent: Bool?, _ path: String) throws(ImportError) -> Double {
    if let isPerCent { return isPerCent ? 100 : 1 }
    var sizes = values.filter { $0.isFinite && $0 != 0 }.map { abs($0) }
    guard !sizes.isEmpty else { return 1 }
    sizes.sort()
    let middle = sizes[sizes.count / 2]
    // Half of all days move factors by some 0.3 %, and longer times by its square root.
    let days = Double(Frequency.infer(timeNs).ns) / Double(Calendar.dayNs)
    let size = middle / max(days, 1 / 390.0).squareRoot()
    let text = "half of the numbers are above \(NumberText.short(middle)) in size"
    if size > 20 {
      throw .badOption(
        option: "factors.file", value: path,
        reason: "holds prices, as it seems: \(text). Factors are returns; say per_cent if they are")
    }
    if size > 0.015, size < 0.06 {
      throw .badOption(
        option: "factors.per_cent", value: path,
        reason: "leaves open whether its numbers are per cent: \(text). Say per_cent: true or false"
      )
    }
    let found = size >= 0.06
    notes.append(
      "\(path): numbers are taken for \(found ? "per cent" : "fractions"), as \(text); "
        + "per_cent: \(!found) says otherwise")
    return found ? 100 : 1
  }

  /// Several files as one, over the dates that all have.
  ///
  /// The rate without risk is that of the first file that has one.
  ///
  /// - Parameter files: with their paths, for messages; not empty.
  /// - Throws: `ImportError.columnRepeated` if two files have a factor of the same name; `nothingToImport` without a common date.
  public static func joined(_ files: [(path: String, file: FactorFile)]) throws(ImportError)
    -> FactorFile
  {
    var (path, whole) = files[0]
    for (other, file) in files.dropFirst() {
      let known = whole.names.map(ColumnName.canonical)
      if let twice = file.names.first(where: { known.contains(ColumnName.canonical($0)) }) {
        throw .columnRepeated(path: "\(path) and \(other)", column: twice)
      }
      var rows: [(Int, Int)] = []
      var right = 0
      for (left, ns) in whole.timeNs.enumerated() {
        while right < file.timeNs.count, file.timeNs[right] < ns { right += 1 }
        if right < file.timeNs.count, file.timeNs[right] == ns { rows.append((left, right)) }
      }
      guard !rows.isEmpty else { throw .nothingToImport(path: "\(path) with \(other)") }
      let lost = whole.timeNs.count + file.timeNs.count - 2 * rows.count
      let (wide, narrow) = (whole.names.count, file.names.count)
      var joined = FactorFile(
        names: whole.names + file.names, timeNs: rows.map { whole.timeNs[$0.0] }, values: [],
        riskFree: nil, notes: whole.notes + file.notes)
      if lost > 0 {
        joined.notes.append("\(path), \(other): \(lost) dates stand in one of them only")
      }
      for (left, right) in rows {
        joined.values += whole.values[left * wide..<(left + 1) * wide]
        joined.values += file.values[right * narrow..<(right + 1) * narrow]
      }
      joined.riskFree =
        whole.riskFree.map { rates in rows.map { rates[$0.0] } }
        ?? file.riskFree.map { rates in rows.map { rates[$0.1] } }
      whole = joined
      path += ", \(other)"
    }
    return whole
  }

  /// Equal in what it says, NaN being NaN.
  public static func == (a: Self, b: Self) -> Bool {
    a.names == b.names && a.timeNs == b.timeNs && a.notes == b.notes
      && a.values.map(\.bitPattern) == b.values.map(\.bitPattern)
      && a.riskFree?.map(\.bitPattern) == b.riskFree?.map(\.bitPattern)
  }
}

/// Numbers for sentences.
private enum NumberText {
  /// Three digits or so.
  static func short(_ value: Double) -> String {
    var unit = 1.0
    while value * unit < 100, unit < 1e12 { unit *= 10 }
    return "\((value * unit).rounded() / unit)"
  }
}
