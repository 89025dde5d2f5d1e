import Market

/// A table of instruments, for the symbol master of a store: see `SymbolMasterReader`.
public enum SymbolsImporter: FactsImporter {
  /// The name by which a user asks for it.
  public static let name = "symbols"
  /// One line about the format, for help.
  public static let summary =
    "names, sectors, industries, exchanges, currencies, lots and ticks, as CSV or JSON"

  /// Reads files one after another; what a later one says goes before what an earlier one does.
  public static func read(paths: [String], options: ImportOptions, days: ExchangeDays)
    throws(ImportError) -> FactsDraft
  {
    var draft = FactsDraft()
    for path in paths {
      let entries = try SymbolMasterReader.read(path)
      draft.rowsRead += entries.count
      draft.symbols += entries
    }
    return draft
  }
}
