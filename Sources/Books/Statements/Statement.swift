/// What happened in a wallet over a span of time, what was in it before, and what is left.
///
/// Money is in the wallet's currency. Balances are those that a ledger has, to the last bit.
public struct Statement: Sendable, Equatable {
  /// An entry and what was in the wallet after it.
  public struct Line: Sendable, Equatable {
    /// Place of the entry in the book.
    public var row: Int
    /// Money in the wallet after it.
    public var balance: Double
  }

  /// Position of the wallet.
  public let wallet: Int
  /// Money before the span.
  public let opening: Double
  /// What happened, in order of time.
  public private(set) var lines: [Line] = []
  /// Sum of what came in.
  public private(set) var received = 0.0
  /// Sum of what went out, as a positive number.
  public private(set) var paid = 0.0
  /// What trades and the wallet cost; it is in `paid`, or taken off `received`, already.
  public private(set) var fees = 0.0

  /// Money after the span.
  public var closing: Double { lines.last?.balance ?? opening }

  private init(wallet: Int, opening: Double) {
    self.wallet = wallet
    self.opening = opening
  }

  /// The statements of a portfolio's wallets, in the book's order.
  ///
  /// - Parameters:
  ///   - portfolio: its position.
  ///   - book: the book.
  ///   - span: instants from the first to before the second, nanoseconds UTC.
  /// - Complexity: O(entries of the portfolio).
  public static func of(_ portfolio: Int, in book: Book, span: Range<Int64>) -> [Statement] {
    let wallets = book.wallets(of: portfolio)
    let (rows, table) = (book.entries.range(of: portfolio), book.entries)
    var balances = [Double](repeating: 0, count: wallets.count)
    var row = rows.lowerBound
    while row < rows.upperBound, table.timeNs[row] < span.lowerBound {
      balances[Int(table.wallet[row]) - wallets.lowerBound] += table.cash[row]
      row += 1
    }
    var statements = zip(wallets, balances).map { Statement(wallet: $0, opening: $1) }
    while row < rows.upperBound, table.timeNs[row] < span.upperBound {
      let place = Int(table.wallet[row]) - wallets.lowerBound
      balances[place] += table.cash[row]
      statements[place].add(row, table, balance: balances[place])
      row += 1
    }
    return statements
  }

  private mutating func add(_ row: Int, _ table: EntryTable, balance: Double) {
    lines.append(Line(row: row, balance: balance))
    let cash = table.cash[row]
    if cash < 0 { paid -= cash } else { received += cash }
    fees += table.kind[row] == .fee ? -cash : table.fee[row]
  }
}
