import Advice
import Simulation

/// Costs and lots of trades, as a file has them: the keys of a spec's `execution` that matter.
public struct TradeRules: Sendable, Equatable {
  /// Commission, slippage and exchange of currencies.
  public var costs = TradeCosts()
  /// Units traded at once; nil for the store's, and any part of one where it has none.
  public var lot: Double?

  /// No costs; the store's lots.
  public init() {}

  /// Reads a file: `{ commission: { bps: 10, minimum: 1 }, slippage: { bps: 5 }, exchange_bps: 20, lot: 1 }`.
  ///
  /// - Throws: `SpecError`.
  public static func read(_ path: String) throws -> TradeRules {
    var reader = try SpecReader(try Spec.parse(try SpecFile.read(path)), path: "")
    var rules = TradeRules()
    if let commission = try reader.object("commission") {
      rules.costs.commission = try Spec.readCommission(commission)
    }
    if let slippage = try reader.object("slippage") {
      rules.costs.slippage = try Spec.readSlippage(slippage)
      if rules.costs.slippage.readsBar {
        throw SpecError.value(
          path: "slippage", line: slippage.place.line, found: "parts that look into a bar",
          expected: "bps, or half_spread in money: trades of books are at marks")
      }
    }
    rules.costs.exchangeRate =
      (try reader.number("exchange_bps", "basis points from 0, below 10000") {
        $0 >= 0 && $0 < 10_000
      } ?? 0) / 10_000
    rules.lot = try reader.number("lot", "a number from 0") { $0 >= 0 }
    try reader.finish()
    return rules
  }
}
