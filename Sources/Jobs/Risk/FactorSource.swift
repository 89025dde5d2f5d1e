import Interchange
import Kernels
import Market
import Risk

/// Files of given factors, as a spec names them.
struct FactorSource: Sendable {
  /// The files, as the spec names them.
  let files: [String]
  private let columns: [String]?
  private let riskFree: String?
  private let isPerCent: Bool?

  /// Reads `file`, `columns`, `risk_free` and `per_cent`; nil without a file.
  init?(_ reader: inout SpecReader) throws(SpecError) {
    let one = "the path of a file of factors, or a list of them"
    let file = reader.optional("file")
    columns = try Self.texts(reader.optional("columns"), reader.at("columns"), "names of columns")
    riskFree = try reader.string("risk_free", "the name of a column, or \"none\"")
    isPerCent = try reader.bool("per_cent")
    guard let file else {
      if let key = ["columns", "risk_free", "per_cent"].first(where: { reader.keys.contains($0) }) {
        throw .missing(path: reader.at("file"), expected: one + ", which \(key) tells of")
      }
      return nil
    }
    if case .string = file.value {
      files =
        try Self.texts(JSON5(value: .array([file]), place: file.place), reader.at("file"), one)
        ?? []
    } else {
      files = try Self.texts(file, reader.at("file"), one) ?? []
    }
    if columns != nil, files.count > 1 {
      throw reader.wrong("columns", file, "one file, whose columns they are")
    }
  }

  /// A list of texts, none of them empty.
  private static func texts(_ json: JSON5?, _ path: String, _ expected: String) throws(SpecError)
    -> [String]?
  {
    guard let json else { return nil }
    func wrong(_ found: JSON5) -> SpecError {
      .value(path: path, line: found.place.line, found: found.kind, expected: expected)
    }
    guard case .array(let list) = json.value, !list.isEmpty else { throw wrong(json) }
    var texts: [String] = []
    for item in list {
      guard case .string(let text) = item.value, !text.isEmpty else { throw wrong(item) }
      texts.append(text)
    }
    return texts
  }

  /// Factors and returns at the bars that both have.
  struct Loaded {
    /// Factors at the joined bars.
    let factors: FactorTable
    /// Returns of the symbols at the same bars: `[T, N]`.
    let returns: ReturnTable
    /// What a reader should know.
    let notes: [String]
  }

  /// Reads the files and joins them to the returns of a run.
  func load(_ input: RiskInput) throws -> Loaded {
    var read: [(path: String, file: FactorFile)] = []
    for name in files {
      let path = input.spec.path(of: name)
      var options = FactorFile.Options(columns: columns, isPerCent: isPerCent)
      options.riskFree = riskFree == "none" ? "" : riskFree
      // A column of the rate stands in one of several files.
      if files.count > 1, riskFree != "none" { options.riskFree = nil }
      let file = try SideFileError.telling(.factors) { () throws(ImportError) in
        try FactorFile.read(path, options: options)
      }
      read.append((path, file))
    }
    let file = try SideFileError.telling(.factors) { () throws(ImportError) in
      try FactorFile.joined(read)
    }
    // The spec's names for files, which are shorter.
    let told = file.notes.map { note in
      zip(read, files).first { note.hasPrefix($0.0.path) }.map { read, name in
        name + note.dropFirst(read.path.count)
      } ?? note
    }
    let table = FactorTable(
      names: file.names, timeNs: file.timeNs,
      values: Matrix(rows: file.timeNs.count, columns: file.names.count, file.values),
      riskFree: file.riskFree)
    let join = try FactorJoin(table, to: input.returns.timeNs, barNs: input.panel.frequencyNs)
    var notes = told
    let all = input.returns.barCount
    if join.unmatchedBars > 0 {
      let share = join.bars.count * 10 < all * 9 ? "only " : ""
      notes.append(
        "\(share)\(join.bars.count) of \(all) bars have factors; the others take no part")
    }
    if join.unusedRows > 0 {
      notes.append("\(join.unusedRows) rows of factors between the bars meet none")
    }
    if join.isCompounded {
      notes.append(
        "factors are compounded over the bars of \(Frequency(ns: input.panel.frequencyNs).label)")
    }
    if file.riskFree == nil {
      notes.append("there is no rate without risk: returns are taken whole")
    }
    return Loaded(
      factors: join.factors, returns: input.returns.taking(join.bars), notes: notes)
  }
}

extension ReturnTable {
  /// Some of the bars, ascending.
  func taking(_ bars: [Int]) -> ReturnTable {
    if bars.count == barCount { return self }
    return ReturnTable(
      symbols: symbols, timeNs: bars.map { timeNs[$0] },
      values: Matrix(rows: bars.count, columns: symbolCount, bars.flatMap { values.row($0) }),
      barsPerYear: barsPerYear, kind: kind)
  }
}
