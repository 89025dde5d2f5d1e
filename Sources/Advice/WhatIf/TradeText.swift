/// A trade as a person writes it: `buy 10 AAPL`, `sell 5 MSFT @ 85.2`, `sell all KO`.
public struct TradeText: Sendable, Equatable {
  /// Whether units are bought.
  public var isPurchase: Bool
  /// Units, above zero; nil for all that is held.
  public var quantity: Double?
  /// The symbol.
  public var symbol: String
  /// Price of a unit, above zero; nil for the mark.
  public var price: Double?

  private static let form =
    "buy|sell QUANTITY SYMBOL [@ PRICE], such as 'buy 10 AAPL' or 'sell 5 MSFT @ 85.2'"

  /// Reads a trade.
  ///
  /// - Throws: `AdviceError.trade`, which says what is wrong with it.
  public init(_ text: String) throws(AdviceError) {
    func wrong(_ reason: String) -> AdviceError {
      .trade(origin: "'\(text.prefix(80))'", reason: "\(reason); write \(Self.form)")
    }
    let halves = text.split(separator: "@", omittingEmptySubsequences: false)
    guard halves.count <= 2 else { throw wrong("there are two prices") }
    let words = halves[0].split { $0 == " " || $0 == "\t" }.map(String.init)
    guard words.count == 3 else { throw wrong("it has \(words.count) words before a price") }
    switch words[0].lowercased() {
    case "buy": isPurchase = true
    case "sell": isPurchase = false
    default: throw wrong("'\(words[0])' is neither buy nor sell")
    }
    if words[1].lowercased() == "all", !isPurchase {
      quantity = nil
    } else {
      guard let units = Double(words[1]), units > 0, units.isFinite else {
        throw wrong("'\(words[1])' is no number of units above zero")
      }
      quantity = units
    }
    symbol = words[2]
    guard halves.count == 2 else { return }
    let number = halves[1].drop { $0 == " " || $0 == "\t" }
    let digits = String(number.prefix { $0 != " " && $0 != "\t" })
    let rest = number.dropFirst(digits.count).allSatisfy { $0 == " " || $0 == "\t" }
    guard rest, let price = Double(digits), price > 0, price.isFinite else {
      throw wrong("'\(number)' is no price above zero")
    }
    self.price = price
  }
}
