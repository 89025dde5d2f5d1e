import Market

/// A format from which prices can be read.
public protocol Importer: Sendable {
  /// The name by which a user asks for it, for example `csv`.
  static var name: String { get }
  /// One line about the format, for help.
  static var summary: String { get }
  /// Reads files into one panel that is not stored yet; nothing is changed on disk.
  ///
  /// - Parameters:
  ///   - paths: files in order; `-` is standard input.
  ///   - options: how to read them.
  /// - Returns: the panel, the rows left out in the order of files and lines, and a summary.
  static func read(paths: [String], options: ImportOptions) throws(ImportError) -> (
    draft: PanelDraft, quarantined: [QuarantinedRow], summary: ImportSummary
  )
}

/// The formats that Apus imports.
public enum ImporterCatalog {
  /// All importers, one a line.
  public static let all: [any Importer.Type] = [
    CSVImporter.self
  ]

  /// The importer of a name.
  public static func importer(named name: String) -> (any Importer.Type)? {
    all.first { $0.name == name }
  }
}
