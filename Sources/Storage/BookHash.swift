import Books

/// SHA-256 of what a book says, whatever its file looks like.
///
/// The text `apus-book-1`; id, name and currency of the firm, store, panel and rates; then each table column by column as
/// `BookStore` names and orders them, profiles as their numbers, lists and switches; labels by name and texts; entries column by
/// column, ids last. How texts, numbers and lists are written stands at `SHA256.add`; positions are lists of 64-bit integers,
/// but for those of entries, which are 32-bit.
enum BookHash {
  static func hash(_ book: Book) -> String {
    var hash = SHA256()
    hash.add("apus-book-1")
    for text in [
      book.firm.id, book.firm.name, book.firm.currency, book.prices.store, book.prices.panel,
      book.prices.rates,
    ] { hash.add(text) }
    hash.add(book.advisors.map(\.id))
    hash.add(book.advisors.map(\.name))
    hash.add(book.clients.map(\.id))
    hash.add(book.clients.map(\.name))
    hash.add(book.clients.map(\.externalID))
    hash.add(book.clients.map { Int64($0.advisor) })
    hash.add(book.portfolios.map(\.id))
    hash.add(book.portfolios.map(\.name))
    hash.add(book.portfolios.map(\.currency))
    hash.add(book.portfolios.map { Int64($0.client) })
    hash.add(book.portfolios.map { Int64($0.profile.riskLevel ?? 0) })
    for (_, path) in Profile.numberColumns {
      hash.add(book.portfolios.map { $0.profile[keyPath: path] })
    }
    for (_, path) in Profile.listColumns {
      hash.add(book.portfolios.map { $0.profile[keyPath: path].joined(separator: ";") })
    }
    hash.add(book.portfolios.map { $0.profile.allowsShort ? Int64(1) : 0 })
    hash.add(book.wallets.map(\.id))
    hash.add(book.wallets.map(\.currency))
    hash.add(book.wallets.map { Int64($0.portfolio) })
    hash.add(book.instruments.map(\.symbol))
    hash.add(book.instruments.map(\.exchange))
    hash.add(book.instruments.map(\.currency))
    hash.add(book.labels.map(\.name))
    for label in book.labels { hash.add(label.texts) }
    add(book.entries, to: &hash)
    return hash.hexDigest()
  }

  private static func add(_ entries: EntryTable, to hash: inout SHA256) {
    hash.add(entries.timeNs)
    hash.add(entries.sequence)
    hash.add(entries.wallet)
    hash.add(entries.kind.map { Int32($0.rawValue) })
    hash.add(entries.instrument)
    hash.add(entries.cash)
    hash.add(entries.units)
    hash.add(entries.price)
    hash.add(entries.fee)
    hash.add(entries.counter)
    hash.add(entries.id)
  }
}

extension SHA256 {
  /// A list of 32-bit integers: its length, and each in four bytes.
  mutating func add(_ values: [Int32]) {
    add(Int64(values.count))
    values.withUnsafeBytes { update($0) }
  }
}
