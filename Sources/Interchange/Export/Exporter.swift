import Storage

/// A format into which the lanes of a result are written, one row a lane.
public protocol Exporter: Sendable {
  /// The name by which a user asks for it, for example `csv`.
  static var name: String { get }
  /// One line about the format, for help.
  static var summary: String { get }
  /// The text, part by part, lanes in the order given.
  ///
  /// - Parameters:
  ///   - table: the result.
  ///   - rows: positions of lanes in the table.
  ///   - write: takes the parts in order.
  static func export(_ table: ResultTable, rows: [Int], write: (String) throws -> Void) throws
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

extension Double {
  /// Whether this is the zero whose sign a whole number would lose.
  var isNegativeZero: Bool { self == 0 && sign == .minus }
}

/// The shortest text that reads back as the same number.
func shortest(_ value: Double) -> String {
  let isWhole = value == value.rounded() && value.magnitude < 1e15 && !value.isNegativeZero
  return isWhole ? "\(Int64(value))" : "\(value)"
}
