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
    CSVImporter.self,
    LEANImporter.self,
    JSONImporter.self,
  ]

  /// The importer that files need: JSON if all of them are, else CSV; standard input counts as CSV.
  ///
  /// - Throws: `ImportError` if a file can't be read, or only some of them are JSON.
  public static func recognised(_ paths: [String], options: ImportOptions) throws(ImportError)
    -> any Importer.Type
  {
    var first: (path: String, isJSON: Bool)?
    for path in paths {
      let isJSON = path == "-" ? false : try JSONImporter.recognises(path, options: options)
      if let first, first.isJSON != isJSON {
        throw .badOption(
          option: "FILE", value: path,
          reason:
            "is \(isJSON ? "JSON" : "no JSON"), and \(first.path) is not the same. Import them apart"
        )
      }
      first = first ?? (path, isJSON)
    }
    return first?.isJSON == true ? JSONImporter.self : CSVImporter.self
  }

  /// The importer of a name.
  public static func importer(named name: String) -> (any Importer.Type)? {
    all.first { $0.name == name }
  }
}
