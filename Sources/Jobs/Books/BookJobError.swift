import Market

/// What keeps a verb of books from its work.
public enum BookJobError: Error, Equatable {
  /// The book names no price store, and neither does the command.
  case storeUnknown(book: String)
  /// The store has several panels, and none is named.
  case panelUnclear(book: String, store: String, panels: [String])
  /// A currency of the book has no rate.
  case rateMissing(currency: String, base: String, panel: String, candidates: [String])
  /// The name of a file tells no table of a book.
  case tableUnknown(path: String)
  /// No file of a folder is a table of a book.
  case folderEmpty(path: String)
  /// A price store or a panel that a synthetic book can't be made over.
  case notGenerated(reason: String)
}

extension BookJobError: CustomStringConvertible {
  /// What happened, where, and what to do next.
  public var description: String {
    switch self {
    case .storeUnknown(let book):
      "\(book) names no price store. Name one with --store."
    case .panelUnclear(let book, let store, let panels):
      panels.isEmpty
        ? "\(store) has no panel. Import prices first: apus import FILE --store \(store)."
        : "\(store) has several panels and \(book) names none: choose one of "
          + panels.joined(separator: ", ") + " with --panel."
    case .tableUnknown(let path):
      "the name of \(path) tells no table of a book (firm, advisors, clients, portfolios, wallets, instruments, "
        + "transactions). Say which with --table."
    case .folderEmpty(let path):
      "\(path) has no file of a book, such as transactions.csv or book.json5."
    case .notGenerated(let reason): "a book can't be made: \(reason)."
    case .rateMissing(let currency, let base, let panel, let candidates):
      "panel '\(panel)' has no rate of \(currency) in \(base): import one as symbol \(currency)\(base) or "
        + "\(base)\(currency), or name the panel that has it with --rates"
        + (candidates.isEmpty ? "." : " (the store has: \(candidates.joined(separator: ", "))).")
    }
  }
}
