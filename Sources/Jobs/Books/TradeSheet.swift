import Advice
import Books
import Interchange
import Market

/// Planned trades as transactions that `apus book import` takes.
public struct TradeSheet: Sendable {
  private let book: Book
  private let rows: SwitchRows
  private let names: SwitchRows.Names
  private let comment: String
  /// The last instant that counts, as text; trades come after all that was known.
  private let time: String

  init(
    _ book: Book, _ rows: SwitchRows, _ names: SwitchRows.Names, _ kind: TradePlan.Kind,
    instant: Int64
  ) {
    self.book = book
    self.rows = rows
    self.names = names
    comment = "switch \(kind.rawValue)"
    time = Timestamp.text(nanoseconds: instant)
  }

  /// The table as one text.
  public var text: String {
    var text = ""
    write { text += String(decoding: $0, as: UTF8.self) }
    return text
  }

  /// Hands on the table part by part: of each portfolio sales, transfers, purchases.
  public func write<Failure>(_ write: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    var text = CSVText(columns: BookTable.transactions.columns.filter { $0 != "portfolio" })
    var (trade, move) = (0, 0)
    for portfolio in rows.portfolios {
      func isOwn(_ trade: Int) -> Bool {
        trade < rows.holders.count && rows.holders[trade] == portfolio
      }
      while isOwn(trade), rows.kinds[trade] == 1 {
        add(trade: trade, to: &text)
        trade += 1
      }
      while move < rows.moves.count, rows.moves[move].holder == portfolio {
        add(rows.moves[move], to: &text)
        move += 1
      }
      while isOwn(trade) {
        add(trade: trade, to: &text)
        trade += 1
      }
      if text.bytes.count >= 1 << 18 { try write(text.take()) }
    }
    try write(text.take())
  }

  private func add(trade: Int, to text: inout CSVText) {
    begin(rows.wallets[trade], rows.kinds[trade] == 1 ? "sell" : "buy", &text)
    text.add(names.symbols[Int(rows.symbols[trade])])
    text.add(rows.quantities[trade])
    text.add(rows.prices[trade])
    text.add("")
    text.add(rows.fees[trade])
    end(to: "", received: .nan, &text)
  }

  private func add(_ move: SwitchRows.Move, to text: inout CSVText) {
    begin(move.from, "transfer", &text)
    for _ in ["symbol", "quantity", "price"] { text.add("") }
    text.add(move.amount)
    text.add("")
    end(
      to: book.wallets[Int(move.to)].id, received: move.isExchange ? move.received : .nan, &text)
  }

  private func begin(_ wallet: Int32, _ kind: String, _ text: inout CSVText) {
    text.add("")
    text.add(time)
    text.add(book.wallets[Int(wallet)].id)
    text.add(kind)
  }

  private func end(to wallet: String, received: Double, _ text: inout CSVText) {
    text.add(wallet)
    text.add(received)
    text.add(comment)
    text.endRow()
  }
}
