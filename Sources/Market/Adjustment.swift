/// How prices are made comparable over corporate actions.
public enum Adjustment: String, Sendable, CaseIterable {
  /// As they were quoted.
  case none
  /// In today's shares.
  case splits
  /// In today's shares, as if each dividend had bought more of them before it was paid.
  case totalReturn = "total_return"
}

/// How a field changes with the number of shares, told by its name.
public enum FieldScale: Sendable, Equatable {
  /// Money for a share: multiplied by the factor.
  case price
  /// Shares: divided by the factor of splits.
  case shares
  /// Anything else, such as money, counts and rates: left as it is.
  case fixed

  /// The rule: parts of a name are what underscores separate.
  ///
  /// A name with the part `adj` or `adjusted` is left as it is, as its source has adjusted it. Else a name that ends in
  /// `volume`, `size`, `shares` or `shares_outstanding` counts shares, unless the part before says another unit
  /// (`quote_volume`, `dollar_volume`). Else a name with one of the parts `open`, `high`, `low`, `close`, `price`, `bid`,
  /// `ask`, `mid`, `last`, `vwap` or `dividend` is a price, unless it has the part `interest` or `count`.
  public init(field name: String) {
    let parts = name.lowercased().split(separator: "_").map(String.init)
    func has(_ words: Set<String>) -> Bool { parts.contains(where: words.contains) }
    if has(["adj", "adjusted", "adjclose"]) {
      self = .fixed
    } else if let last = parts.last,
      ["volume", "size", "shares", "vol"].contains(last) || name.hasSuffix("shares_outstanding")
    {
      self = has(["quote", "dollar", "usd", "notional", "money"]) ? .fixed : .shares
    } else if has(["interest", "count", "trades", "volume"]) {
      self = .fixed
    } else {
      let words: Set<String> = [
        "open", "high", "low", "close", "price", "bid", "ask", "mid", "last", "vwap", "dividend",
      ]
      self = has(words) ? .price : .fixed
    }
  }
}
