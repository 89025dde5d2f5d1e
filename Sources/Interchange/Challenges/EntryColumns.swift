import Kernels

/// Where each column of an entry file stands.
struct EntryColumns {
  var participant, side, symbol, weight, price, quantity: Int?
  var time = 0

  /// Other names of the columns, first their own.
  private static let names = [
    "participant": ["participant", "portfolio", "player", "user"],
    "time": ["time", "date", "datetime", "timestamp"], "side": ["side", "kind", "action"],
    "symbol": ["symbol", "ticker"], "quantity": ["quantity", "units", "shares"],
    "price": ["price"], "weight": ["weight"],
  ]
  /// What nothing is read from: remarks, and what transactions of books have besides.
  private static let passedOver: Set = [
    "id", "wallet", "amount", "fee", "to", "received", "note", "comment", "currency",
  ]

  init(_ header: [String], _ path: String) throws(ImportError) {
    func wrong(_ column: String, _ reason: String) -> ImportError {
      .badSymbolRow(path: path, line: 1, column: column, reason: reason)
    }
    let columns = header.map(ColumnName.canonical)
    func find(_ role: String) throws(ImportError) -> Int? {
      let found = columns.indices.filter { Self.names[role]?.contains(columns[$0]) ?? false }
      guard found.count < 2 else {
        throw wrong(header[found[1]], "'\(header[found[0]])' says the \(role) already")
      }
      return found.first
    }
    func missing(_ role: String) -> ImportError {
      wrong(
        header.prefix(12).joined(separator: ","),
        "no column is called \(role)." + didYouMean(ColumnName.nearest(role, in: header))
          + " Columns are participant,time,side,symbol,quantity,price of trades, or "
          + "participant,time,symbol,weight")
    }
    guard let time = try find("time") else { throw missing("time") }
    self.time = time
    (participant, symbol) = (try find("participant"), try find("symbol"))
    quantity = try find("quantity")
    guard symbol != nil else {
      // A symbol may be called like any other column of trades.
      if quantity != nil { throw missing("symbol") }
      return
    }
    (side, price, weight) = (try find("side"), try find("price"), try find("weight"))
    guard quantity != nil || weight != nil else { throw missing("quantity") }
    // A column that is passed over by a slip of spelling would change what is bought.
    let used = [participant, side, symbol, weight, price, quantity, time]
    for (place, name) in header.enumerated()
    where !used.contains(place) && !Self.passedOver.contains(columns[place]) {
      throw wrong(
        name.isEmpty ? "column \(place + 1)" : name,
        "there is no such column."
          + didYouMean(ColumnName.nearest(name, in: Self.names.keys.sorted())))
    }
  }
}
