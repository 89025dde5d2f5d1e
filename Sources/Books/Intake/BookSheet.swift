/// What a file of a book can be.
public enum BookTable: String, Sendable, CaseIterable {
  /// The firm: one row.
  case firm
  /// Its advisors.
  case advisors
  /// Their clients.
  case clients
  /// The clients' portfolios with their profiles.
  case portfolios
  /// The portfolios' wallets.
  case wallets
  /// Symbols, with exchange and currency.
  case instruments
  /// What happened.
  case transactions

  /// Names of its columns; `portfolios` may have `label_<name>` too.
  public var columns: [String] {
    switch self {
    case .firm: ["id", "name", "currency", "store", "panel", "rates"]
    case .advisors: ["id", "name"]
    case .clients: ["id", "name", "advisor", "external_id"]
    case .portfolios:
      ["id", "name", "client", "currency", "risk_level"] + Profile.numberColumns.map(\.name)
        + Profile.listColumns.map(\.name) + ["allows_short"]
    case .wallets: ["id", "portfolio", "currency"]
    case .instruments: ["symbol", "exchange", "currency"]
    case .transactions:
      [
        "id", "time", "wallet", "portfolio", "kind", "symbol", "quantity", "price", "amount", "fee",
        "to", "received", "note",
      ]
    }
  }

  /// Whether a column can be in it.
  public func has(_ column: String) -> Bool {
    columns.contains(column)
      || self == .portfolios && column.hasPrefix("label_")
        && BookCheck.isLabelName(String(column.dropFirst(6)))
  }
}

/// Rows of a table of a book as texts, from whatever kind of file.
public struct BookSheet: Sendable {
  /// A row.
  public struct Row: Sendable {
    /// Line of the file on which it begins.
    public var line: Int
    /// A text for each column; empty where there is none.
    public var cells: [String]

    /// A row.
    public init(line: Int, cells: [String]) {
      self.line = line
      self.cells = cells
    }
  }

  /// Path of the file.
  public var file: String
  /// What it is.
  public var table: BookTable
  /// Names of its columns.
  public var columns: [String]
  /// Its rows, each with a cell for each column.
  public var rows: [Row]

  /// A sheet.
  public init(file: String, table: BookTable, columns: [String], rows: [Row]) {
    self.file = file
    self.table = table
    self.columns = columns
    self.rows = rows
  }
}
