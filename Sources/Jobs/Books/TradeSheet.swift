import Advice
import Books
import Interchange
import Market

/// Planned trades as transactions that `apus book import` takes.
struct TradeSheet {
  private var text = CSVText(
    columns: BookTable.transactions.columns.filter { $0 != "portfolio" })
  /// The last instant that counts, as text; trades come after all that was known.
  private let time: String

  init(instant: Int64) { time = Timestamp.text(nanoseconds: instant) }

  /// The table.
  var bytes: [UInt8] { text.bytes }

  /// Adds the rows of a plan, in its order: sales, transfers, purchases.
  mutating func add(_ plan: TradePlan) {
    for trade in plan.sales { add(trade, plan) }
    for move in plan.moves { add(move, plan) }
    for trade in plan.purchases { add(trade, plan) }
  }

  private mutating func add(_ trade: PlannedTrade, _ plan: TradePlan) {
    let line = plan.after.lines[trade.line]
    begin(trade.wallet, trade.units < 0 ? "sell" : "buy", plan)
    text.add(line.symbol)
    text.add(trade.units.magnitude)
    text.add(trade.price)
    text.add("")
    text.add(trade.fee)
    end(to: "", received: .nan, plan)
  }

  private mutating func add(_ move: PlannedMove, _ plan: TradePlan) {
    let (from, to) = (plan.after.wallets[move.from], plan.after.wallets[move.to])
    begin(move.from, "transfer", plan)
    for _ in ["symbol", "quantity", "price"] { text.add("") }
    text.add(move.amount)
    text.add("")
    end(to: to.id, received: from.currency == to.currency ? .nan : move.received, plan)
  }

  private mutating func begin(_ wallet: Int, _ kind: String, _ plan: TradePlan) {
    text.add("")
    text.add(time)
    text.add(plan.after.wallets[wallet].id)
    text.add(kind)
  }

  private mutating func end(to wallet: String, received: Double, _ plan: TradePlan) {
    text.add(wallet)
    text.add(received)
    text.add("switch \(plan.kind.rawValue)")
    text.endRow()
  }
}
