extension TransactionBatch {
  /// Cells of a row that say something, in the order in which they are found fault with.
  fileprivate struct Cells: OptionSet {
    let rawValue: UInt8

    static let quantity = Cells(rawValue: 1)
    static let price = Cells(rawValue: 2)
    static let amount = Cells(rawValue: 4)
    static let fee = Cells(rawValue: 8)
    static let received = Cells(rawValue: 16)
    static let to = Cells(rawValue: 32)
    static let symbol = Cells(rawValue: 64)

    static let names = ["quantity", "price", "amount", "fee", "received", "to", "symbol"]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The cells of a row.
    init(of row: Row) {
      self = []
      if !row.quantity.isNaN { insert(.quantity) }
      if !row.price.isNaN { insert(.price) }
      if !row.amount.isNaN { insert(.amount) }
      // A column of zeros is none.
      if !row.fee.isNaN, row.fee != 0 { insert(.fee) }
      if !row.received.isNaN { insert(.received) }
      if row.counter >= 0 { insert(.to) }
      if row.instrument >= 0 { insert(.symbol) }
    }

    /// Those that mean something for a row.
    init(meantFor row: Row) {
      switch row.kind {
      case .deposit, .withdrawal: self = .amount
      case .dividend, .fee: self = [.amount, .symbol]
      case .buy, .sell: self = [.quantity, .price, .amount, .fee, .symbol]
      case .transfer where row.instrument >= 0: self = [.quantity, .fee, .to, .symbol]
      case .transfer: self = [.amount, .fee, .received, .to]
      }
    }
  }

  /// Beyond it doubles lose cents, and sums could leave them.
  fileprivate static let largest = 1e15
}

extension TransactionBatch.Row {
  /// Refuses numbers beyond what a book can count, and cells that mean nothing for the kind, since they may be meant for another.
  func checkCells() throws(TransactionBatch.Fault) {
    // No number is above it if it is NaN; one question for almost all rows.
    let most = TransactionBatch.largest
    if quantity > most || price > most || amount > most || fee > most || received > most
      || quantity * price > most
    {
      throw excess
    }
    let refused = TransactionBatch.Cells(of: self).subtracting(.init(meantFor: self))
    if !refused.isEmpty {
      throw .init(
        TransactionBatch.Cells.names[refused.rawValue.trailingZeroBitCount],
        "it means nothing for a \(kind.rawValue)")
    }
    if kind == .transfer {
      if counter < 0 { throw .init("to", "it is missing") }
      if counter == wallet { throw .init("to", "it is the wallet itself") }
    }
  }

  /// The first number that is too large.
  private var excess: TransactionBatch.Fault {
    let cells = [
      ("quantity", quantity), ("price", price), ("amount", amount), ("fee", fee),
      ("received", received),
    ]
    let (column, value) =
      cells.first { $0.1 > TransactionBatch.largest } ?? ("quantity", quantity * price)
    return .init(column, "\(value) is more than a book can count, 1e15")
  }
}
