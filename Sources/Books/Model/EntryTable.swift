/// The entries of a book as columns `[E]`, ordered by portfolio, then time, then sequence.
///
/// The entries of a portfolio are neighbours, so that portfolios are worked through side by side: portfolio `p` has
/// `starts[p] ..< starts[p + 1]`.
public struct EntryTable: Sendable, Equatable {
  /// First entry of each portfolio, and the number of entries at the end: `[P + 1]`.
  public private(set) var starts: [Int]
  /// As `Entry.timeNs`.
  public private(set) var timeNs: [Int64]
  /// As `Entry.sequence`.
  public private(set) var sequence: [Int64]
  /// As `Entry.wallet`.
  public private(set) var wallet: [Int32]
  /// As `Entry.kind`.
  public private(set) var kind: [Entry.Kind]
  /// As `Entry.instrument`; −1 for none.
  public private(set) var instrument: [Int32]
  /// As `Entry.cash`.
  public private(set) var cash: [Double]
  /// As `Entry.units`.
  public private(set) var units: [Double]
  /// As `Entry.price`.
  public private(set) var price: [Double]
  /// As `Entry.fee`.
  public private(set) var fee: [Double]
  /// As `Entry.counter`; −1 for none.
  public private(set) var counter: [Int32]
  /// As `Entry.id`; no elements at all if no transaction has one.
  public private(set) var id: [String]

  /// No entries of no portfolios.
  public init() { self.init(sorted: [], starts: [0]) }

  /// Takes entries in any order.
  ///
  /// - Parameters:
  ///   - entries: the entries.
  ///   - wallets: portfolio of each wallet.
  ///   - portfolioCount: number of portfolios.
  /// - Precondition: wallets of entries and their portfolios are in range.
  public init(_ entries: [Entry], portfolioOf wallets: [Int], portfolioCount: Int) {
    let sorted = entries.sorted {
      (wallets[$0.wallet], $0.timeNs, $0.sequence, $0.kind.rawValue)
        < (wallets[$1.wallet], $1.timeNs, $1.sequence, $1.kind.rawValue)
    }
    var starts = [Int](repeating: 0, count: portfolioCount + 1)
    for entry in sorted { starts[wallets[entry.wallet] + 1] += 1 }
    for portfolio in 0..<portfolioCount { starts[portfolio + 1] += starts[portfolio] }
    self.init(sorted: sorted, starts: starts)
  }

  /// Takes columns as they are stored.
  ///
  /// - Precondition: columns are of one length, `id` may be empty; `starts` ascends from 0 to that length.
  public init(
    starts: [Int], timeNs: [Int64], sequence: [Int64], wallet: [Int32], kind: [Entry.Kind],
    instrument: [Int32], cash: [Double], units: [Double], price: [Double], fee: [Double],
    counter: [Int32], id: [String]
  ) {
    self.starts = starts
    self.timeNs = timeNs
    self.sequence = sequence
    self.wallet = wallet
    self.kind = kind
    self.instrument = instrument
    self.cash = cash
    self.units = units
    self.price = price
    self.fee = fee
    self.counter = counter
    self.id = id
    let count = timeNs.count
    precondition(
      sequence.count == count && wallet.count == count && kind.count == count
        && instrument.count == count && cash.count == count && units.count == count
        && price.count == count && fee.count == count && counter.count == count
        && (id.isEmpty || id.count == count), "columns of one length")
    precondition(starts.first == 0 && starts.last == count, "starts cover the entries")
  }

  /// Sets what a unit that was transferred cost.
  mutating func setPrice(_ cost: Double, at row: Int) { price[row] = cost }

  /// Follows wallets to their new places, which have the same order within portfolios; later portfolios are new.
  mutating func refer(wallets places: [Int32], portfolioCount: Int) {
    while starts.count <= portfolioCount { starts.append(count) }
    if places.enumerated().allSatisfy({ $0 == Int($1) }) { return }
    for row in wallet.indices {
      wallet[row] = places[Int(wallet[row])]
      if counter[row] >= 0 { counter[row] = places[Int(counter[row])] }
    }
  }

  private init(sorted entries: [Entry], starts: [Int]) {
    self.init(
      starts: starts, timeNs: entries.map(\.timeNs), sequence: entries.map(\.sequence),
      wallet: entries.map { Int32($0.wallet) }, kind: entries.map(\.kind),
      instrument: entries.map { Int32($0.instrument ?? -1) }, cash: entries.map(\.cash),
      units: entries.map(\.units), price: entries.map(\.price), fee: entries.map(\.fee),
      counter: entries.map { Int32($0.counter ?? -1) },
      id: entries.contains { !$0.id.isEmpty } ? entries.map(\.id) : [])
  }

  /// Equal where both prices are NaN too.
  public static func == (left: Self, right: Self) -> Bool {
    left.starts == right.starts && left.timeNs == right.timeNs && left.sequence == right.sequence
      && left.wallet == right.wallet && left.kind == right.kind
      && left.instrument == right.instrument && left.cash == right.cash
      && left.units == right.units && left.fee == right.fee && left.counter == right.counter
      && left.id == right.id
      && left.price.elementsEqual(right.price) { $0 == $1 || $0.isNaN && $1.isNaN }
  }

  /// Number of entries.
  public var count: Int { timeNs.count }

  /// The entries of a portfolio.
  public func range(of portfolio: Int) -> Range<Int> { starts[portfolio]..<starts[portfolio + 1] }

  /// One entry.
  public subscript(index: Int) -> Entry {
    Entry(
      timeNs: timeNs[index], sequence: sequence[index], wallet: Int(wallet[index]),
      kind: kind[index], instrument: instrument[index] < 0 ? nil : Int(instrument[index]),
      cash: cash[index], units: units[index], price: price[index], fee: fee[index],
      counter: counter[index] < 0 ? nil : Int(counter[index]), id: id.isEmpty ? "" : id[index])
  }
}
