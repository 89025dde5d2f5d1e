import Glibc
import Interchange
import Market
import Storage

/// What a verb of books or challenges found: tables, and where they come from.
///
/// One value is printed, and written to JSON, CSV or HDF5.
public struct BookReport: Sendable {
  /// The verb, such as `book value`.
  public var verb: String
  /// What is said of the whole: the book and its hash, the store, as of when.
  public var origin: [ResultTable.Attribute]
  /// The tables.
  public var groups: [ResultGroup]
  /// What the reader should know.
  public var warnings: [RunWarning]

  /// A report.
  ///
  /// - Parameters:
  ///   - session: the book that it is of.
  ///   - asOf: the exclusive instant that values are of; nil if there is none.
  public init(
    verb: String, session: BookSession?, asOf: Int64? = nil, groups: [ResultGroup],
    warnings: [RunWarning] = []
  ) {
    self.verb = verb
    self.groups = groups
    self.warnings = (session?.warnings ?? []) + warnings
    origin = [
      ResultTable.Attribute("verb", verb), ResultTable.Attribute("engine_version", apusVersion),
    ]
    if let session {
      origin += [
        ResultTable.Attribute("book", session.path),
        ResultTable.Attribute("book_sha256", session.contentHash),
        ResultTable.Attribute("store", session.storePath),
        ResultTable.Attribute("panel", session.market.panel.name),
        ResultTable.Attribute("data_sha256", session.store.contentHash),
      ]
    }
    if let asOf {
      // The last instant that counts: of a day its end.
      origin.append(ResultTable.Attribute("as_of", Timestamp.text(nanoseconds: asOf - 1)))
    }
  }

  private struct Document: Encodable {
    let apusFormat = "report"
    let apusVersion = ReportStore.version
    let origin: [String: String]
    let warnings: [RunWarning]
    let sections: [String: ResultGroup]

    enum CodingKeys: String, CodingKey {
      case apusFormat = "apus_format"
      case apusVersion = "apus_version"
      case origin, warnings, sections
    }
  }

  /// The report as JSON; its schema is `notebooks-export/schema/report.schema.json`.
  public func json() throws -> String {
    var text = ""
    try writeJSON { text += String(decoding: $0, as: UTF8.self) }
    return text
  }

  /// The same, handed on part by part: a table of a large book has millions of rows.
  public func writeJSON(_ write: ([UInt8]) throws -> Void) throws {
    let parts = try JSONDocument.parts(document)
    try parts.write(write)
    try write([0x0A])
  }

  private var document: Document {
    Document(
      origin: Dictionary(origin.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }),
      warnings: warnings,
      sections: Dictionary(groups.map { ($0.name, $0) }, uniquingKeysWith: { $1 }))
  }

  /// Writes the report by the ending of the path: `.h5`, `.csv`, and JSON for all else.
  ///
  /// As CSV each table is a file: the first at `path`, others at `<path without .csv>-<table>.csv`.
  ///
  /// - Returns: the files that were written.
  /// - Throws: `StorageError`.
  @discardableResult public func write(to path: String, force: Bool) throws -> [String] {
    if path.hasSuffix(".h5") {
      try ReportStore.write(groups, attributes: origin, to: path, force: force)
      return [path]
    }
    guard path.hasSuffix(".csv") else {
      let parts = try JSONDocument.parts(document)
      try AtomicFile.writeParts(to: path, force: force) { write throws(StorageError) in
        try parts.write(write)
        try write([0x0A])
      }
      return [path]
    }
    let files = csv(path)
    for file in files { try AtomicFile.checkTarget(file.path, force: force) }
    var written: [String] = []
    do {
      for file in files {
        try AtomicFile.writeParts(to: file.path, force: force) { write throws(StorageError) in
          try file.table.write(write)
        }
        written.append(file.path)
      }
    } catch {
      // A part of the tables would look like all of them. What was replaced can't come back.
      if !force { for path in written { unlink(path) } }
      throw error
    }
    return written
  }

  private func csv(_ path: String) -> [(path: String, table: GroupCSV)] {
    let stem = path.dropLast(4)
    var files: [(path: String, table: GroupCSV)] = []
    for group in groups {
      for table in GroupCSV.tables(of: group) {
        var name = "\(stem)-\(group.name).csv"
        if files.contains(where: { $0.path == name }) || table.dimensions.isEmpty {
          name =
            "\(stem)-\(group.name)-"
            + (table.dimensions.isEmpty ? "totals" : table.dimensions.joined(separator: "-"))
            + ".csv"
        }
        files.append((files.isEmpty ? path : name, table))
      }
    }
    return files
  }
}
