/// The money and the units of one portfolio, moved by its entries in their order: the one place where a book's money moves.
public struct BookLedger: Sendable, Equatable {
  /// The portfolio's wallets, by their positions in the book.
  public let wallets: Range<Int>
  /// Money by wallet, in its currency.
  public private(set) var balances: [Double]
  /// Interest less fees that name no symbol, those of transfers of cash among them, by wallet in its currency.
  public private(set) var sundry: [Double]
  /// What is held or was held, in the order of first mention.
  public private(set) var positions: [Position] = []
  private var places: [Int: Int] = [:]
  // Sums of magnitudes, by which rounding is told from a debt.
  private var moved: [Double]

  /// An empty ledger.
  public init(wallets: Range<Int>) {
    self.wallets = wallets
    balances = Array(repeating: 0, count: wallets.count)
    sundry = balances
    moved = balances
  }

  /// The position in a symbol; nil if it was never mentioned.
  public func position(_ instrument: Int) -> Position? { places[instrument].map { positions[$0] } }
  /// Units held of a symbol.
  public func units(_ instrument: Int) -> Double {
    // Not by way of `position`, which is copied with its lots.
    places[instrument].map { positions[$0].units } ?? 0
  }
  /// Money of a wallet, by its position in the book.
  public func balance(_ wallet: Int) -> Double? {
    wallets.contains(wallet) ? balances[wallet - wallets.lowerBound] : nil
  }

  /// What an entry would take that is not there.
  public enum Shortfall: Sendable, Equatable {
    /// Money: what is in the wallet, and what is needed.
    case cash(available: Double, needed: Double)
    /// Units: what is held, and what is needed.
    case units(held: Double, needed: Double)
  }

  /// What an entry lacks before it is posted; nil if nothing.
  ///
  /// A sale of units that are not held is one unless the profile allows shorts; a wallet below zero is one unless it allows
  /// leverage. Rounding in the last digits is neither.
  public func shortfall(_ entry: Entry, _ profile: Profile) -> Shortfall? {
    if let instrument = entry.instrument, entry.units < 0,
      entry.kind == .transferOut || !profile.allowsShort
    {
      let held = units(instrument)
      if -entry.units > held + 1e-9 * max(1, held.magnitude) {
        return .units(held: held, needed: -entry.units)
      }
    }
    guard entry.cash < 0, wallets.contains(entry.wallet) else { return nil }
    let place = entry.wallet - wallets.lowerBound
    let isBorrowing = profile.leverage > 1 && (entry.kind == .buy || entry.kind == .fee)
    let after = balances[place] + entry.cash
    if isBorrowing || after >= -1e-12 * (moved[place] - entry.cash) - 1e-9 { return nil }
    return .cash(available: balances[place], needed: -entry.cash)
  }

  /// Moves money and units as an entry says.
  ///
  /// - Returns: for units that are transferred out the cost of one, by lots; NaN for all else.
  /// - Precondition: the entry's wallet is one of the portfolio's.
  @discardableResult public mutating func post(_ entry: Entry) -> Double {
    precondition(wallets.contains(entry.wallet), "an entry of another portfolio")
    let wallet = entry.wallet - wallets.lowerBound
    balances[wallet] += entry.cash
    moved[wallet] += entry.cash.magnitude
    guard let instrument = entry.instrument else {
      sundry[wallet] += entry.kind == .dividend || entry.kind == .fee ? entry.cash : -entry.fee
      return .nan
    }
    let place = place(of: instrument)
    switch entry.kind {
    case .buy:
      positions[place].buys += 1
      positions[place].bought += entry.units * entry.price
      positions[place].fees += entry.fee
      positions[place].trade(
        entry.units, unitCost: entry.price + entry.fee / entry.units, timeNs: entry.timeNs)
    case .sell:
      positions[place].sells += 1
      positions[place].sold -= entry.units * entry.price
      positions[place].fees += entry.fee
      positions[place].trade(
        entry.units, unitCost: entry.price + entry.fee / entry.units, timeNs: entry.timeNs)
    case .transferIn:
      // Units that come to a short close it.
      positions[place].trade(entry.units, unitCost: entry.price, timeNs: entry.timeNs)
    case .transferOut:
      positions[place].income -= entry.fee
      return positions[place].give(-entry.units)
    case .dividend, .fee: positions[place].income += entry.cash
    case .deposit, .withdrawal: break
    }
    return .nan
  }

  /// A split of a symbol: `ratio` new units for an old one.
  public mutating func split(_ instrument: Int, ratio: Double) {
    if let place = places[instrument] { positions[place].split(ratio) }
  }

  private mutating func place(of instrument: Int) -> Int {
    if let place = places[instrument] { return place }
    places[instrument] = positions.count
    positions.append(Position(instrument: instrument))
    return positions.count - 1
  }
}
