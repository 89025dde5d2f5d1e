import Kernels

/// Codes of currencies as people write them.
///
/// Three letters as in ISO 4217 (`USD`), or the code of a coin: two to five letters and digits, a letter first (`USDT`). Of
/// which ones there are rates the price store decides.
public enum CurrencyCode {
  /// The code in capitals; nil for a text that is none.
  ///
  /// Small letters are taken for capitals. Both in one word are not: `GBp` is a penny and not a pound.
  public static func reading(_ text: String) -> String? {
    let code = text.uppercased()
    guard code == text || text == text.lowercased(), common[code] == nil else { return nil }
    let bytes = Array(code.utf8)
    guard (2...5).contains(bytes.count), 65...90 ~= bytes[0],
      bytes.allSatisfy({ 65...90 ~= $0 || 48...57 ~= $0 })
    else { return nil }
    return code
  }

  /// Why a text is no code, with the one that was meant if that can be told.
  public static func refusal(_ text: String) -> String {
    let shown = "'\(text.prefix(40))'"
    if let whole = parts[text] {
      return "\(shown) is a hundredth of \(whole), and is not converted; tell prices in \(whole)"
    }
    let code = text.uppercased()
    let meant = common[code] ?? nearestName(to: code, among: known)
    return "\(shown) is no code of a currency"
      + (meant.map { ".\(didYouMean($0))" } ?? ", such as USD")
  }

  /// Hundredths that prices are told in.
  private static let parts = ["GBp": "GBP", "GBX": "GBP", "ZAc": "ZAR", "ILa": "ILS", "USX": "USD"]

  /// Words and signs that are no codes, though some look like them.
  private static let common = [
    "$": "USD", "US$": "USD", "DOLLAR": "USD", "DOLLARS": "USD", "BUCK": "USD", "BUCKS": "USD",
    "€": "EUR", "EURO": "EUR", "EUROS": "EUR", "£": "GBP", "POUND": "GBP", "POUNDS": "GBP",
    "STERLING": "GBP", "STG": "GBP", "UKP": "GBP", "GBX": "GBP", "USX": "USD", "¥": "JPY",
    "YEN": "JPY",
    "RMB": "CNY", "YUAN": "CNY", "FRANC": "CHF", "FRANCS": "CHF", "SFR": "CHF", "RUPEE": "INR",
    "RUPEES": "INR", "WON": "KRW", "REAL": "BRL", "PESO": "MXN", "RAND": "ZAR",
    "BITCOIN": "BTC", "ETHER": "ETH", "ETHEREUM": "ETH", "TETHER": "USDT",
  ]

  private static let known = [
    "USD", "EUR", "GBP", "JPY", "CHF", "CNY", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "HKD",
    "SGD", "INR", "KRW", "BRL", "MXN", "ZAR", "PLN", "CZK", "HUF", "TRY", "ILS", "BTC", "ETH",
    "USDT", "USDC",
  ]
}
