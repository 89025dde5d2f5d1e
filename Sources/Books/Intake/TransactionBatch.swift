/// Transactions as they are read from files, row by row, before they are posted.
public struct TransactionBatch: Sendable {
  /// Entries in the order of rows; `sequence` counts transactions.
  private(set) var entries = EntryColumns()
  /// First entry of each transaction.
  private(set) var firstEntry: [Int32] = []
  /// Line of each transaction in its file.
  private(set) var lines: [Int32] = []
  /// The files, and how many transactions came before each.
  private(set) var files: [(name: String, first: Int)] = []

  /// No transactions.
  public init() {}

  /// Number of transactions.
  public var count: Int { lines.count }

  /// Begins with the rows of a file.
  public mutating func begin(_ file: String) { files.append((file, count)) }

  /// Makes room for more rows, where they are more than there are: else room that doubles by itself is as good.
  public mutating func reserve(_ rows: Int) {
    if rows <= count { return }
    entries.reserve(entries.count + rows)
    firstEntry.reserveCapacity(count + rows)
    lines.reserveCapacity(count + rows)
  }

  /// Gives the entries away; places of transactions stay.
  mutating func takeEntries() -> EntryColumns {
    let taken = entries
    entries = EntryColumns()
    return taken
  }

  /// File and line of a transaction.
  func place(_ transaction: Int) -> (file: String, line: Int) {
    let file = files.last { $0.first <= transaction }?.name ?? ""
    return (file, Int(lines[transaction]))
  }

  /// A row as a file has it: positions for names, NaN for empty numbers, −1 for no position.
  public struct Row: Sendable {
    /// Line of the file.
    public var line = 0
    /// The transaction's id; may be empty.
    public var id = ""
    /// When.
    public var timeNs: Int64 = 0
    /// Position of the wallet.
    public var wallet: Int32 = -1
    /// What happened.
    public var kind = Kind.deposit
    /// Position of the symbol.
    public var instrument: Int32 = -1
    /// Units, above zero.
    public var quantity = Double.nan
    /// Price of a unit, from zero.
    public var price = Double.nan
    /// Money, above zero, fees left out.
    public var amount = Double.nan
    /// Fee, from zero.
    public var fee = Double.nan
    /// The other wallet of a transfer.
    public var counter: Int32 = -1
    /// What reaches the other wallet, in its currency.
    public var received = Double.nan

    /// A row without anything.
    public init() {}
  }

  /// Kinds of transactions, as files name them.
  public enum Kind: String, Sendable, CaseIterable {
    /// Money from outside.
    case deposit
    /// Money to outside.
    case withdrawal
    /// Units for money.
    case buy
    /// Money for units.
    case sell
    /// Income.
    case dividend
    /// A cost.
    case fee
    /// Money or units to another wallet.
    case transfer
  }

  /// Which column of a row breaks which rule; the caller knows file and line.
  public struct Fault: Error, Sendable, Equatable {
    /// Name of the column.
    public var column: String
    /// Which rule, with the value.
    public var reason: String

    /// A fault.
    public init(_ column: String, _ reason: String) {
      self.column = column
      self.reason = reason
    }
  }

  /// Adds a row whose positions are valid.
  ///
  /// - Parameter isSameCurrency: whether both wallets of a transfer have one currency.
  /// - Throws: `Fault` if a number is missing, out of range, or means nothing for the kind.
  public mutating func append(_ row: Row, isSameCurrency: Bool = true) throws(Fault) {
    let fee = try Self.fee(row)
    try row.checkCells()
    let sequence = Int64(count)
    let first = Int32(entries.count)
    func add(
      _ wallet: Int32, _ kind: Entry.Kind, cash: Double, units: Double = 0, price: Double = .nan,
      fee: Double = 0, counter: Int32 = -1
    ) {
      entries.append(
        timeNs: row.timeNs, sequence: sequence, wallet: wallet, kind: kind,
        instrument: row.instrument, cash: cash, units: units, price: price, fee: fee,
        counter: counter)
    }
    switch row.kind {
    case .deposit: add(row.wallet, .deposit, cash: try Self.amount(row))
    case .withdrawal: add(row.wallet, .withdrawal, cash: -(try Self.amount(row)))
    case .dividend: add(row.wallet, .dividend, cash: try Self.amount(row))
    case .fee: add(row.wallet, .fee, cash: -(try Self.amount(row)))
    case .buy:
      let (units, price) = try Self.trade(row)
      add(row.wallet, .buy, cash: -(units * price) - fee, units: units, price: price, fee: fee)
    case .sell:
      let (units, price) = try Self.trade(row)
      add(row.wallet, .sell, cash: units * price - fee, units: -units, price: price, fee: fee)
    case .transfer where row.instrument >= 0:
      guard row.quantity > 0 else { throw Self.wanted("quantity", row.quantity) }
      add(
        row.wallet, .transferOut, cash: -fee, units: -row.quantity, fee: fee, counter: row.counter)
      add(row.counter, .transferIn, cash: 0, units: row.quantity, counter: row.wallet)
    case .transfer:
      let amount = try Self.amount(row)
      var received = row.received
      if received.isNaN {
        guard isSameCurrency else {
          throw Fault("received", "it is missing, and the wallets have two currencies")
        }
        received = amount
      }
      guard received > 0 else { throw Self.wanted("received", received) }
      guard !isSameCurrency || received == amount else {
        throw Fault("received", "\(received) is not the amount, and the wallets have one currency")
      }
      add(row.wallet, .transferOut, cash: -amount - fee, fee: fee, counter: row.counter)
      add(row.counter, .transferIn, cash: received, counter: row.wallet)
    }
    let added = entries.count - Int(first)
    if !row.id.isEmpty, entries.id.isEmpty {
      entries.id = [String](repeating: "", count: Int(first))
    }
    if !row.id.isEmpty || !entries.id.isEmpty {
      for _ in 0..<added { entries.id.append(row.id) }
    }
    firstEntry.append(first)
    lines.append(Int32(clamping: row.line))
  }

  private static func wanted(_ column: String, _ value: Double) -> Fault {
    Fault(column, value.isNaN ? "it is missing" : "\(value) is not above zero")
  }

  private static func amount(_ row: Row) throws(Fault) -> Double {
    guard row.amount > 0 else { throw wanted("amount", row.amount) }
    return row.amount
  }

  private static func fee(_ row: Row) throws(Fault) -> Double {
    if row.fee.isNaN { return 0 }
    guard row.fee >= 0 else { throw Fault("fee", "\(row.fee) is below zero") }
    return row.fee
  }

  private static func trade(_ row: Row) throws(Fault) -> (units: Double, price: Double) {
    guard row.instrument >= 0 else { throw Fault("symbol", "it is missing") }
    guard row.quantity > 0 else { throw wanted("quantity", row.quantity) }
    var price = row.price
    if price.isNaN {
      guard row.amount >= 0 else { throw Fault("price", "neither price nor amount is given") }
      price = row.amount / row.quantity
    } else if !row.amount.isNaN {
      // Statements round money to cents.
      let told = row.quantity * price
      guard (told - row.amount).magnitude <= 0.01 + 1e-6 * told.magnitude else {
        throw Fault(
          "amount", "\(row.amount) is not quantity × price, \(told); leave one of them out")
      }
    }
    guard price >= 0, price.isFinite, (row.quantity * price).isFinite else {
      throw Fault("price", "\(price) is no price from zero")
    }
    return (row.quantity, price)
  }
}
