import Books
import HDF5

/// Writes the tables of a book.
enum BookWriter {
  static let timeUnits = "nanoseconds since 1970-01-01"

  static func write(_ stored: BookStore.Stored, to root: borrowing Group) throws(HDF5Error) {
    let book = stored.book
    try Header.write(root, format: "book", version: BookStore.version)
    for (name, text) in [
      ("created_utc", stored.createdUTC), ("updated_utc", stored.updatedUTC),
      ("content_sha256", stored.contentHash), ("firm", book.firm.id),
      ("firm_name", book.firm.name), ("currency", book.firm.currency),
      ("store", book.prices.store), ("panel", book.prices.panel), ("rates", book.prices.rates),
    ] { try root.setAttribute(name, text) }
    try root.setAttribute("revision", stored.revision)

    let advisors = try root.createGroup("advisors")
    let advisor = try advisors.writeScale("id", book.advisors.map(\.id))
    try advisors.writeShared("name", book.advisors.map(\.name), along: advisor)

    let clients = try root.createGroup("clients")
    let client = try clients.writeScale("id", book.clients.map(\.id))
    try clients.writeShared("name", book.clients.map(\.name), along: client)
    try clients.writeShared("external_id", book.clients.map(\.externalID), along: client)
    try clients.writeColumn("advisor", book.clients.map { Int32($0.advisor) }, along: client)

    try write(book.portfolios, book.labels, to: try root.createGroup("portfolios"))

    let wallets = try root.createGroup("wallets")
    let wallet = try wallets.writeScale("id", book.wallets.map(\.id))
    try wallets.writeShared("currency", book.wallets.map(\.currency), along: wallet)
    try wallets.writeColumn("portfolio", book.wallets.map { Int32($0.portfolio) }, along: wallet)

    let instruments = try root.createGroup("instruments")
    let symbol = try instruments.writeScale("symbol", book.instruments.map(\.symbol))
    try instruments.writeShared("exchange", book.instruments.map(\.exchange), along: symbol)
    try instruments.writeShared("currency", book.instruments.map(\.currency), along: symbol)

    try write(book.entries, to: try root.createGroup("entries"))
  }

  private static func write(
    _ portfolios: [Book.Portfolio], _ labels: [Book.Label], to group: borrowing Group
  ) throws(HDF5Error) {
    let scale = try group.writeScale("id", portfolios.map(\.id))
    try group.writeShared("name", portfolios.map(\.name), along: scale)
    try group.writeShared("currency", portfolios.map(\.currency), along: scale)
    try group.writeColumn("client", portfolios.map { Int32($0.client) }, along: scale)
    try group.writeColumn(
      "risk_level", portfolios.map { Int32($0.profile.riskLevel ?? 0) }, along: scale)
    for (name, path) in Profile.numberColumns {
      try group.writeColumn(name, portfolios.map { $0.profile[keyPath: path] }, along: scale)
    }
    for (name, path) in Profile.listColumns {
      try group.writeShared(
        name, portfolios.map { $0.profile[keyPath: path].joined(separator: ";") }, along: scale)
    }
    try group.writeColumn(
      "allows_short", portfolios.map { $0.profile.allowsShort ? Int8(1) : 0 }, along: scale)
    for label in labels {
      try group.writeShared("label_\(label.name)", label.texts, along: scale)
    }
  }

  private static func write(_ entries: EntryTable, to group: borrowing Group) throws(HDF5Error) {
    let row = try group.write("row", (0..<entries.count).map { Int32($0) })
    try row.makeScale("row")
    let time = try group.write("time", entries.timeNs)
    try time.setAttribute("units", timeUnits)
    try time.attach(row, dimension: 0)
    try group.writeColumn("sequence", entries.sequence, along: row)
    try group.writeColumn("wallet", entries.wallet, along: row)
    let kind = try group.write("kind", entries.kind.map { Int8(bitPattern: $0.rawValue) })
    try kind.setAttribute("flag_values", Entry.Kind.allCases.map { Int8(bitPattern: $0.rawValue) })
    try kind.setAttribute(
      "flag_meanings", Entry.Kind.allCases.map(\.name).joined(separator: " "))
    try kind.attach(row, dimension: 0)
    try group.writeColumn("instrument", entries.instrument, along: row)
    try group.writeColumn("cash", entries.cash, along: row)
    try group.writeColumn("units", entries.units, along: row)
    try group.writeColumn("price", entries.price, along: row)
    try group.writeColumn("fee", entries.fee, along: row)
    try group.writeColumn("counter", entries.counter, along: row)
    if !entries.id.isEmpty { try group.writeFixed("id", entries.id).attach(row, dimension: 0) }
  }
}

extension Group {
  fileprivate func writeScale(_ name: String, _ texts: [String]) throws(HDF5Error) -> Dataset {
    let scale = try write(name, texts)
    try scale.makeScale(name)
    return scale
  }

  /// Writes a column whose texts repeat; each is stored once.
  fileprivate func writeShared(
    _ name: String, _ texts: [String], along scale: borrowing Dataset
  ) throws(HDF5Error) {
    var shared = SharedTexts()
    var known: [String: Int32] = [:]
    var places: [Int32] = []
    places.reserveCapacity(texts.count)
    for text in texts {
      let place = known[text] ?? shared.append(text)
      known[text] = place
      places.append(place)
    }
    let dataset = try createTextDataset(name, shape: [texts.count])
    try dataset.write(places, of: &shared, at: 0)
    try dataset.attach(scale, dimension: 0)
  }
}
