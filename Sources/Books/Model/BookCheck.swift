/// Holds a book to the rules of its form: ids, references, order and signs.
///
/// What it passes can be replayed without a trap; whether money and units suffice is for `BookLedger.shortfall`.
public enum BookCheck {
  /// The first rule that is broken.
  public struct Fault: Error, Sendable, Equatable {
    /// The table and the row, such as `wallets row 7`.
    public var part: String
    /// What is wrong with it.
    public var reason: String

    init(_ table: String, _ row: Int? = nil, _ reason: String) {
      part = row.map { "\(table) row \($0)" } ?? table
      self.reason = reason
    }
  }

  /// Throws unless all rules hold.
  ///
  /// - Complexity: O(everything in the book).
  public static func check(_ book: Book) throws(Fault) {
    try checkCurrency(book.firm.currency, "firm", nil)
    try checkID(book.firm.id, "firm", nil)
    try checkTexts([book.firm.name], "firm")
    try checkTexts([book.prices.store, book.prices.panel, book.prices.rates], "firm")
    try checkIDs(book.advisors.map(\.id), "advisors")
    try checkIDs(book.clients.map(\.id), "clients")
    try checkIDs(book.portfolios.map(\.id), "portfolios")
    try checkIDs(book.wallets.map(\.id), "wallets")
    try checkIDs(book.instruments.map(\.symbol), "instruments")
    try checkTexts(book.advisors.map(\.name), "advisors")
    try checkTexts(book.clients.map(\.name) + book.clients.map(\.externalID), "clients")
    try checkTexts(book.portfolios.map(\.name), "portfolios")
    try checkTexts(book.instruments.map(\.exchange), "instruments")
    for (row, client) in book.clients.enumerated() {
      guard book.advisors.indices.contains(client.advisor) else {
        throw Fault("clients", row, "there is no advisor \(client.advisor)")
      }
    }
    for (row, portfolio) in book.portfolios.enumerated() {
      guard book.clients.indices.contains(portfolio.client) else {
        throw Fault("portfolios", row, "there is no client \(portfolio.client)")
      }
      try checkCurrency(portfolio.currency, "portfolios", row)
      if let fault = portfolio.profile.fault {
        throw Fault("portfolios", row, "\(fault.limit) \(fault.reason)")
      }
      try checkTexts(portfolio.profile.names, "portfolios")
    }
    var last = 0
    for (row, wallet) in book.wallets.enumerated() {
      guard book.portfolios.indices.contains(wallet.portfolio) else {
        throw Fault("wallets", row, "there is no portfolio \(wallet.portfolio)")
      }
      guard wallet.portfolio >= last else {
        throw Fault("wallets", row, "it is not in the order of portfolios")
      }
      last = wallet.portfolio
      try checkCurrency(wallet.currency, "wallets", row)
    }
    for (row, instrument) in book.instruments.enumerated() where !instrument.currency.isEmpty {
      try checkCurrency(instrument.currency, "instruments", row)
    }
    try checkIDs(book.labels.map(\.name), "labels")
    for label in book.labels {
      guard isLabelName(label.name) else {
        throw Fault("labels", nil, "'\(label.name)' is no name for a label")
      }
      guard label.texts.count == book.portfolios.count else {
        throw Fault("label \(label.name)", nil, "it has not one text for each portfolio")
      }
      try checkTexts(label.texts, "label \(label.name)")
    }
    try checkEntries(book)
  }

  /// Whether a text can be an id: 1 to 255 bytes without control characters, and no space at its ends.
  public static func isID(_ text: String) -> Bool {
    let bytes = text.utf8
    return !bytes.isEmpty && bytes.count <= 255 && bytes.allSatisfy { $0 >= 32 && $0 != 127 }
      && bytes.first != 32 && bytes.last != 32
  }

  /// Whether a text can name a currency: 1 to 12 capitals and digits.
  public static func isCurrency(_ text: String) -> Bool {
    (1...12).contains(text.utf8.count)
      && text.utf8.allSatisfy { 65...90 ~= $0 || 48...57 ~= $0 }
  }

  /// Whether a text can name a label: 1 to 64 small letters, digits and underscores.
  public static func isLabelName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { 97...122 ~= $0 || 48...57 ~= $0 || $0 == 95 }
  }

  private static func checkID(_ id: String, _ table: String, _ row: Int?) throws(Fault) {
    guard isID(id) else {
      throw Fault(
        table, row,
        "'\(id.prefix(40))' is no id: 1 to 255 bytes, no control characters or spaces at its ends")
    }
  }

  private static func checkIDs(_ ids: [String], _ table: String) throws(Fault) {
    var seen: Set<String> = []
    seen.reserveCapacity(ids.count)
    for (row, id) in ids.enumerated() {
      try checkID(id, table, row)
      guard seen.insert(id).inserted else { throw Fault(table, row, "'\(id)' stands twice") }
    }
  }

  private static func checkTexts(_ texts: [String], _ table: String) throws(Fault) {
    for text in texts where text.utf8.contains(0) || text.utf8.count > 4096 {
      throw Fault(table, nil, "a text has a NUL, or more than 4,096 bytes")
    }
  }

  private static func checkCurrency(_ text: String, _ table: String, _ row: Int?) throws(Fault) {
    guard isCurrency(text) else {
      throw Fault(table, row, "'\(text.prefix(40))' is no currency: up to 12 capitals and digits")
    }
  }

  private static func checkEntries(_ book: Book) throws(Fault) {
    let entries = book.entries
    guard entries.starts.count == book.portfolios.count + 1 else {
      throw Fault("entries", nil, "they are of \(entries.starts.count - 1) portfolios")
    }
    let (wallets, instruments) = (book.wallets.count, book.instruments.count)
    var wallet = 0
    for portfolio in book.portfolios.indices {
      let first = wallet
      while wallet < wallets, book.wallets[wallet].portfolio == portfolio { wallet += 1 }
      guard entries.starts[portfolio] <= entries.starts[portfolio + 1] else {
        throw Fault("entries", nil, "portfolio \(portfolio) has less than none")
      }
      for row in entries.range(of: portfolio) {
        guard first <= Int(entries.wallet[row]), Int(entries.wallet[row]) < wallet else {
          throw Fault("entries", row, "its wallet is not of portfolio \(portfolio)")
        }
        if row > entries.starts[portfolio] {
          let (now, before) = (row, row - 1)
          guard
            (entries.timeNs[before], entries.sequence[before], entries.kind[before].rawValue)
              < (entries.timeNs[now], entries.sequence[now], entries.kind[now].rawValue)
          else { throw Fault("entries", row, "it is not in order of time and sequence") }
        }
        let (instrument, counter) = (Int(entries.instrument[row]), Int(entries.counter[row]))
        guard instrument >= -1, instrument < instruments, counter >= -1, counter < wallets else {
          throw Fault("entries", row, "it refers to what is not there")
        }
        if let reason = fault(in: entries, at: row, hasInstrument: instrument >= 0) {
          throw Fault("entries", row, "as a \(entries.kind[row].name), \(reason)")
        }
        if !entries.id.isEmpty, !entries.id[row].isEmpty, !isID(entries.id[row]) {
          throw Fault("entries", row, "its id is no id")
        }
      }
    }
  }

  /// Why the amounts of an entry are none of its kind; nil if they are.
  private static func fault(in entries: EntryTable, at row: Int, hasInstrument: Bool) -> String? {
    let (cash, units) = (entries.cash[row], entries.units[row])
    let (price, fee) = (entries.price[row], entries.fee[row])
    guard cash.isFinite, units.isFinite, fee >= 0, fee.isFinite, !price.isInfinite,
      entries.sequence[row] >= 0
    else { return "it has a number that is none" }
    let hasPrice = price >= 0
    let isTransfer = entries.kind[row] == .transferOut || entries.kind[row] == .transferIn
    guard isTransfer || entries.counter[row] < 0 else { return "it has another wallet" }
    if units != 0 && !(hasInstrument && hasPrice) { return "units need a symbol and a price" }
    let fits: Bool
    switch entries.kind[row] {
    case .deposit: fits = cash > 0 && units == 0 && !hasInstrument
    case .withdrawal: fits = cash < 0 && units == 0 && !hasInstrument
    case .buy: fits = units > 0 && cash <= 0
    case .sell: fits = units < 0
    case .dividend: fits = cash > 0 && units == 0
    case .fee: fits = cash < 0 && units == 0
    case .transferOut: fits = units < 0 ? cash == -fee : units == 0 && cash < 0 && !hasInstrument
    case .transferIn: fits = units > 0 ? cash == 0 : units == 0 && cash > 0 && !hasInstrument
    }
    return fits ? nil : "it moves \(cash) of money and \(units) units"
  }
}

extension Entry.Kind {
  /// The name that files and tables have for it.
  public var name: String {
    switch self {
    case .deposit: "deposit"
    case .withdrawal: "withdrawal"
    case .buy: "buy"
    case .sell: "sell"
    case .dividend: "dividend"
    case .fee: "fee"
    case .transferOut: "transfer_out"
    case .transferIn: "transfer_in"
    }
  }
}
