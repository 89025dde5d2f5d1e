import Advice
import Testing

@Suite struct TradeTextTests {
  @Test("trades as people write them")
  func reads() throws {
    let buy = try TradeText("buy 10 AAPL")
    #expect(buy.isPurchase && buy.quantity == 10 && buy.symbol == "AAPL" && buy.price == nil)
    let sell = try TradeText("  Sell  2.5 XNAS:MSFT @ 85.2 ")
    #expect(!sell.isPurchase && sell.quantity == 2.5 && sell.symbol == "XNAS:MSFT")
    #expect(sell.price == 85.2)
    #expect(try TradeText("sell 1 KO @45").price == 45)
    #expect(try TradeText("sell all KO").quantity == nil)
  }

  @Test(
    "all else is refused",
    arguments: [
      "", "buy", "buy 10", "buy AAPL 10", "buy -1 AAPL", "buy 0 AAPL", "buy nan AAPL",
      "buy inf AAPL", "hold 1 AAPL", "buy all AAPL", "buy 1 AAPL 5", "buy 1 AAPL @",
      "buy 1 AAPL @ x",
      "buy 1 AAPL @ -5", "buy 1 AAPL @ 5 USD", "buy 1 AAPL @ 5 @ 6",
    ])
  func refuses(text: String) {
    #expect(throws: AdviceError.self) { try TradeText(text) }
  }
}
