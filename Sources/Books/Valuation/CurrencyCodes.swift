/// Currencies of portfolios and of all wallets as numbers, so that none is compared as text once for each.
struct CurrencyCodes: Sendable {
  /// The currencies, in upper case.
  private(set) var names: [String] = []
  /// Of each portfolio asked for.
  private(set) var portfolios: [Int32] = []
  /// Of each wallet of the book.
  private(set) var wallets: [Int32] = []

  init(of portfolios: [Int], in book: Book) {
    var known: [String: Int32] = [:]
    var last: (text: String, code: Int32)?
    func code(_ text: String) -> Int32 {
      if let last, last.text == text { return last.code }
      let code = known[text.uppercased()] ?? Int32(names.count)
      if Int(code) == names.count {
        names.append(text.uppercased())
        known[text.uppercased()] = code
      }
      last = (text, code)
      return code
    }
    let own = portfolios.map { code(book.portfolios[$0].currency) }
    let wallets = book.wallets.map { code($0.currency) }
    (self.portfolios, self.wallets) = (own, wallets)
  }
}
