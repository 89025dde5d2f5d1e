import Books
import Testing

/// Codes of currencies as people write them.
@Suite struct CurrencyCodeTests {
  @Test(
    arguments: [
      ("USD", "USD"), ("usd", "USD"), ("BTC", "BTC"), ("USDT", "USDT"), ("1INCH", nil),
      ("DAI2", "DAI2"), ("dollars", nil), ("Dollar", nil), ("EURO", nil), ("euro", nil),
      ("yen", nil),
      ("$", nil), ("US$", nil), ("GBp", nil), ("GBX", nil), ("Usd", nil), ("U", nil),
      ("USDUSD", nil),
      ("US D", nil), ("", nil), ("ÉUR", nil),
    ] as [(String, String?)])
  func reading(text: String, code: String?) {
    #expect(CurrencyCode.reading(text) == code)
  }

  @Test(
    arguments: [
      ("dollars", "'dollars' is no code of a currency. Did you mean 'USD'?"),
      ("EURO", "'EURO' is no code of a currency. Did you mean 'EUR'?"),
      ("Usd", "'Usd' is no code of a currency. Did you mean 'USD'?"),
      ("GBp", "'GBp' is a hundredth of GBP, and is not converted; tell prices in GBP"),
      ("GBX", "'GBX' is a hundredth of GBP, and is not converted; tell prices in GBP"),
    ])
  func refusal(text: String, reason: String) {
    #expect(CurrencyCode.refusal(text) == reason)
  }
}
