import Books
import HDF5

/// Reads the tables of a book; whether they fit together is for `BookCheck`.
struct BookReader {
  let stored: BookStore.Stored

  init(_ root: borrowing Group, _ part: PartReader) throws(StorageError) {
    let path = part.path
    func text(_ name: String) throws(StorageError) -> String {
      try reading(path) { () throws(HDF5Error) in try root.textAttribute(name) }
    }
    var book = Book(
      firm: Book.Firm(
        id: try text("firm"), name: try text("firm_name"), currency: try text("currency")))
    book.prices.store = try text("store")
    book.prices.panel = try text("panel")
    book.prices.rates = try text("rates")

    let advisors = try part.group(root, "advisors")
    let advisorIDs = try part.texts(advisors, "id", nil)
    book.advisors = zip(advisorIDs, try part.shared(advisors, "name", advisorIDs.count)).map {
      Book.Advisor(id: $0, name: $1)
    }

    let clients = try part.group(root, "clients")
    let clientIDs = try part.texts(clients, "id", nil)
    let clientNames = try part.shared(clients, "name", clientIDs.count)
    let externalIDs = try part.shared(clients, "external_id", clientIDs.count)
    let advisorOf = try part.numbers(clients, "advisor", clientIDs.count, of: Int32.self)
    book.clients = clientIDs.indices.map {
      Book.Client(
        id: clientIDs[$0], name: clientNames[$0], advisor: Int(advisorOf[$0]),
        externalID: externalIDs[$0])
    }

    let portfolios = try part.group(root, "portfolios")
    book.portfolios = try Self.portfolios(portfolios, part)
    for name in try part.names(portfolios, of: .dataset) where name.hasPrefix("label_") {
      book.labels.append(
        Book.Label(
          name: String(name.dropFirst(6)),
          texts: try part.shared(portfolios, name, book.portfolios.count)))
    }

    let wallets = try part.group(root, "wallets")
    let walletIDs = try part.texts(wallets, "id", nil)
    let walletCurrencies = try part.shared(wallets, "currency", walletIDs.count)
    let portfolioOf = try part.numbers(wallets, "portfolio", walletIDs.count, of: Int32.self)
    book.wallets = walletIDs.indices.map {
      Book.Wallet(
        id: walletIDs[$0], portfolio: Int(portfolioOf[$0]), currency: walletCurrencies[$0])
    }

    let instruments = try part.group(root, "instruments")
    let symbols = try part.texts(instruments, "symbol", nil)
    let exchanges = try part.shared(instruments, "exchange", symbols.count)
    let currencies = try part.shared(instruments, "currency", symbols.count)
    book.instruments = symbols.indices.map {
      Book.Instrument(symbol: symbols[$0], exchange: exchanges[$0], currency: currencies[$0])
    }
    book.entries = try Self.entries(
      try part.group(root, "entries"), portfolioOf, book.portfolios.count, part)
    stored = BookStore.Stored(
      book: book, contentHash: try text("content_sha256"),
      revision: try reading(path) { () throws(HDF5Error) in
        try root.numberAttribute("revision", of: Int64.self)
      }, createdUTC: try text("created_utc"), updatedUTC: try text("updated_utc"))
  }

  private static func portfolios(_ group: borrowing Group, _ part: PartReader)
    throws(StorageError) -> [Book.Portfolio]
  {
    let ids = try part.texts(group, "id", nil)
    let names = try part.shared(group, "name", ids.count)
    let currencies = try part.shared(group, "currency", ids.count)
    let clients = try part.numbers(group, "client", ids.count, of: Int32.self)
    let levels = try part.numbers(group, "risk_level", ids.count, of: Int32.self)
    let shorts = try part.numbers(group, "allows_short", ids.count, of: Int8.self)
    var portfolios = ids.indices.map { row in
      var profile = Profile()
      profile.riskLevel = levels[row] == 0 ? nil : Int(levels[row])
      profile.allowsShort = shorts[row] != 0
      return Book.Portfolio(
        id: ids[row], name: names[row], client: Int(clients[row]), currency: currencies[row],
        profile: profile)
    }
    for (name, path) in Profile.numberColumns {
      let values = try part.numbers(group, name, ids.count, of: Double.self)
      for row in ids.indices { portfolios[row].profile[keyPath: path] = values[row] }
    }
    for (name, path) in Profile.listColumns {
      let column = try part.places(group, name, ids.count)
      let lists = column.texts.map { $0.isEmpty ? [] : $0.split(separator: ";").map(String.init) }
      for row in ids.indices {
        portfolios[row].profile[keyPath: path] = lists[Int(column.rows[row])]
      }
    }
    return portfolios
  }

  private static func entries(
    _ group: borrowing Group, _ portfolioOf: [Int32], _ portfolioCount: Int, _ part: PartReader
  ) throws(StorageError) -> EntryTable {
    func damaged(_ name: String, _ row: Int, _ reason: String) -> StorageError {
      .damaged(path: part.path, part: "/entries/\(name)", reason: "row \(row): \(reason)")
    }
    let timeNs = try part.numbers(group, "time", nil, of: Int64.self)
    let count = timeNs.count
    guard count <= Int(Int32.max) else {
      throw damaged("time", count, "more entries than a book can have")
    }
    let wallet = try part.numbers(group, "wallet", count, of: Int32.self)
    var starts = [Int](repeating: 0, count: portfolioCount + 1)
    for (row, wallet) in wallet.enumerated() {
      guard portfolioOf.indices.contains(Int(wallet)),
        (0..<portfolioCount).contains(Int(portfolioOf[Int(wallet)]))
      else { throw damaged("wallet", row, "there is no wallet \(wallet) of any portfolio") }
      starts[Int(portfolioOf[Int(wallet)]) + 1] += 1
    }
    for portfolio in 0..<portfolioCount { starts[portfolio + 1] += starts[portfolio] }
    var kinds: [Entry.Kind] = []
    kinds.reserveCapacity(count)
    for value in try part.numbers(group, "kind", count, of: Int8.self) {
      guard let kind = Entry.Kind(rawValue: UInt8(bitPattern: value)) else {
        throw damaged("kind", kinds.count, "there is no kind \(value)")
      }
      kinds.append(kind)
    }
    return EntryTable(
      starts: starts, timeNs: timeNs,
      sequence: try part.numbers(group, "sequence", count, of: Int64.self), wallet: wallet,
      kind: kinds, instrument: try part.numbers(group, "instrument", count, of: Int32.self),
      cash: try part.numbers(group, "cash", count), units: try part.numbers(group, "units", count),
      price: try part.numbers(group, "price", count), fee: try part.numbers(group, "fee", count),
      counter: try part.numbers(group, "counter", count, of: Int32.self),
      id: group.kind(of: "id") == nil ? [] : try part.texts(group, "id", count))
  }
}

extension PartReader {
  /// A column of texts that repeat: equal ones share their memory.
  fileprivate func shared(_ parent: borrowing Group, _ name: String, _ count: Int)
    throws(StorageError) -> [String]
  {
    let column = try places(parent, name, count)
    return column.rows.map { column.texts[Int($0)] }
  }
}
