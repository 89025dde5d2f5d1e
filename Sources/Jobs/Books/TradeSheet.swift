import Advice
import Books
import Interchange
import Market

/// Planned trades as transactions that `apus book import` takes.
enum TradeSheet {
  /// The columns.
  static let header = "id,time,wallet,kind,symbol,quantity,price,amount,fee,to,received,note\n"

  /// Rows of a plan, in its order: sales, transfers, purchases.
  ///
  /// - Parameter instant: the last one that counts; trades come after all that was known.
  static func rows(_ plan: TradePlan, instant: Int64) -> String {
    let time = Timestamp.text(nanoseconds: instant)
    let note = "switch \(plan.kind.rawValue)"
    func quoted(_ text: String) -> String {
      text.contains { ",\"\n\r".contains($0) }
        ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
    func trade(_ trade: PlannedTrade) -> String {
      let (wallet, line) = (plan.after.wallets[trade.wallet], plan.after.lines[trade.line])
      return [
        "", time, quoted(wallet.id), trade.units < 0 ? "sell" : "buy", quoted(line.symbol),
        "\(trade.units.magnitude)", "\(trade.price)", "", "\(trade.fee)", "", "", note,
      ].joined(separator: ",") + "\n"
    }
    func move(_ move: PlannedMove) -> String {
      let (from, to) = (plan.after.wallets[move.from], plan.after.wallets[move.to])
      return [
        "", time, quoted(from.id), "transfer", "", "", "", "\(move.amount)", "", quoted(to.id),
        from.currency == to.currency ? "" : "\(move.received)", note,
      ].joined(separator: ",") + "\n"
    }
    return (plan.sales.map(trade) + plan.moves.map(move) + plan.purchases.map(trade)).joined()
  }
}
