import Storage

/// A format into which the lanes of a result are written, one row a lane.
public protocol Exporter: Sendable {
  /// The name by which a user asks for it, for example `csv`.
  static var name: String { get }
  /// One line about the format, for help.
  static var summary: String { get }
  /// The text of some lanes of a result, part by part, lanes in the order given.
  ///
  /// - Parameters:
  ///   - table: the result, or a part of it.
  ///   - rows: positions of lanes in the table.
  ///   - part: whether lanes of the same result were or will be written before and after these.
  ///   - write: takes the parts in order.
  static func export(
    _ table: ResultTable, rows: [Int], part: ExportPart, write: (String) throws -> Void) throws
}

/// Where the lanes of one call stand among all that are exported.
public struct ExportPart: Sendable {
  /// Whether no lanes come before them.
  public var isFirst: Bool
  /// Whether none come after them.
  public var isLast: Bool

  /// All lanes in one call.
  public static let whole = ExportPart(isFirst: true, isLast: true)

  /// A part.
  public init(isFirst: Bool, isLast: Bool) {
    self.isFirst = isFirst
    self.isLast = isLast
  }
}

extension Exporter {
  /// The text of a whole result.
  public static func export(
    _ table: ResultTable, rows: [Int], write: (String) throws -> Void
  ) throws {
    try export(table, rows: rows, part: .whole, write: write)
  }
}

/// The formats that Apus exports.
public enum ExporterCatalog {
  /// All exporters, one a line.
  public static let all: [any Exporter.Type] = [
    CSVExporter.self,
    JSONExporter.self,
  ]

  /// The exporter of a name.
  public static func exporter(named name: String) -> (any Exporter.Type)? {
    all.first { $0.name == name }
  }
}

/// Rows that are joined before they are handed on.
let exportBatch = 4096
