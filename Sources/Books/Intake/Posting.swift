import Kernels
import Synchronization

/// What became of a batch of transactions.
public struct Posting: Sendable, Equatable {
  /// Transactions that are new.
  public var added = 0
  /// Transactions that the book had.
  public var known = 0
  /// Portfolios whose entries were added to, each replayed from its start.
  public var portfolios = 0
  /// Transfers of units that were there, and whose cost is another now: what came before them has changed, or a split is known.
  public var recosted = 0

  /// An outcome, of nothing unless told.
  public init(added: Int = 0, known: Int = 0, portfolios: Int = 0) {
    self.added = added
    self.known = known
    self.portfolios = portfolios
  }
}

extension Book {
  /// Adds what is new of a batch, and replays every portfolio that it touches.
  ///
  /// Units that are transferred take their cost along, by lots. A transaction with an id is new if the book has none of it; one
  /// without, if the file has more like it than the book.
  ///
  /// - Parameters:
  ///   - batch: with positions of this book's wallets and symbols.
  ///   - market: splits of this book's symbols; nil for none.
  ///   - workers: number of workers; nothing depends on it.
  /// - Throws: `BooksError.badRow`, `BooksError.lacksLater`; then nothing of the book is to be kept.
  public mutating func post(
    _ batch: consuming TransactionBatch, market: BookMarket? = nil, workers: Int = 1
  ) throws(BooksError) -> Posting {
    let portfolioOf = wallets.map { Int32($0.portfolio) }
    var outcome = Posting()
    let (fresh, kept) = try selected(batch, portfolioOf, &outcome, workers)
    if kept.isEmpty {
      // The prices may know a split by now that they did not when the units moved.
      if market != nil { outcome.recosted = costTransfers(portfolioOf, market, known: .max) }
      return outcome
    }
    // Nothing else refers to the columns from here on, so they go one by one as they are merged.
    var new = batch.takeEntries()
    if let fresh { new = fresh }
    guard entries.count + new.count <= Int(Int32.max) else {
      let (file, line) = batch.place(kept[0])
      throw .badRow(
        file: file, line: line, column: "id", reason: "a book holds at most 2,147,483,647 entries")
    }
    let base = (entries.sequence.max() ?? -1) + 1
    for row in new.sequence.indices { new.sequence[row] += base }
    var touched = [Bool](repeating: false, count: portfolios.count)
    for wallet in new.wallet { touched[Int(portfolioOf[Int(wallet)])] = true }
    let old = entries
    entries = EntryTable()
    entries = EntryTable(
      consume old, adding: consume new, portfolioOf: portfolioOf,
      portfolioCount: portfolios.count)
    outcome.recosted = costTransfers(portfolioOf, market, known: base)
    let list = touched.indices.filter { touched[$0] }
    outcome.portfolios = list.count
    if let lack = firstLack(list, market, workers) {
      let reason = text(of: lack)
      let entry = entries[lack.row]
      guard entry.sequence >= base else {
        throw .lacksLater(entry: name(of: entry), reason: reason)
      }
      let (file, line) = batch.place(kept[Int(entry.sequence - base)])
      let column = if case .units = lack.shortfall { "quantity" } else { "wallet" }
      throw .badRow(file: file, line: line, column: column, reason: reason)
    }
    return outcome
  }

  /// The entries of a batch that are new, nil for all of them, and the transactions they are of.
  private func selected(
    _ batch: TransactionBatch, _ portfolioOf: [Int32], _ outcome: inout Posting, _ workers: Int
  ) throws(BooksError) -> (EntryColumns?, [Int]) {
    let isKnown = try KnownTransactions(
      entries, portfolioOf: portfolioOf, batch: batch, workers: workers
    ).isKnown
    let kept = isKnown.indices.filter { !isKnown[$0] }
    outcome.added = kept.count
    outcome.known = isKnown.count - kept.count
    if outcome.known == 0 { return (nil, kept) }
    let all = batch.entries
    var fresh = EntryColumns()
    for (number, transaction) in kept.enumerated() {
      let first = Int(batch.firstEntry[transaction])
      let end =
        transaction + 1 < batch.count ? Int(batch.firstEntry[transaction + 1]) : all.count
      for row in first..<end {
        fresh.append(
          timeNs: all.timeNs[row], sequence: Int64(number), wallet: all.wallet[row],
          kind: all.kind[row], instrument: all.instrument[row], cash: all.cash[row],
          units: all.units[row], price: all.price[row], fee: all.fee[row],
          counter: all.counter[row])
        if !all.id.isEmpty { fresh.id.append(all.id[row]) }
      }
    }
    return (fresh, kept)
  }

  /// Writes the cost of a unit into both sides of each transfer of units, the earliest first, since cost follows from what came
  /// before.
  ///
  /// - Parameter known: the first sequence that is new.
  /// - Returns: how many of those that are not new have another cost.
  private mutating func costTransfers(
    _ portfolioOf: [Int32], _ market: BookMarket?, known first: Int64
  ) -> Int {
    var changed = 0
    var rows = entries.kind.indices.filter {
      entries.kind[$0] == .transferOut && entries.units[$0] != 0
    }
    rows.sort {
      (entries.timeNs[$0], entries.sequence[$0]) < (entries.timeNs[$1], entries.sequence[$1])
    }
    var left: [Int32: Int] = [:]
    for row in rows { left[portfolioOf[Int(entries.wallet[row])], default: 0] += 1 }
    // Each portfolio goes forward once, from one of its transfers to the next.
    var replays: [Int32: LedgerReplay] = [:]
    for row in rows {
      let portfolio = portfolioOf[Int(entries.wallet[row])]
      var replay =
        replays.removeValue(forKey: portfolio) ?? LedgerReplay(of: Int(portfolio), in: self)
      replay.advance(to: row, in: self, market: market)
      // Without the units there is no cost; the replay that follows refuses the transfer.
      let position = replay.ledger.position(Int(entries.instrument[row]))
      let cost = position?.cost(giving: -entries.units[row]) ?? 0
      if entries.price[row] != cost {
        if entries.sequence[row] < first { changed += 1 }
        entries.setPrice(cost, at: row)
        if let other = entries.otherSide(of: row, portfolioOf: portfolioOf) {
          entries.setPrice(cost, at: other)
        }
      }
      left[portfolio, default: 1] -= 1
      if left[portfolio] != 0 { replays[portfolio] = replay }
    }
    return changed
  }

  private struct Lack {
    var row: Int
    var shortfall: BookLedger.Shortfall
  }

  /// What the earliest transaction lacks of all that lack something.
  private func firstLack(_ list: [Int], _ market: BookMarket?, _ workers: Int) -> Lack? {
    let found = Mutex<Lack?>(nil)
    let size = 256
    let loop = TileLoop(tiles: (list.count + size - 1) / size, workers: max(1, workers))
    _ = try? loop.run(isCancelled: { false }, room: { 0 }) { tile, _ in
      for portfolio in list[tile * size..<min((tile + 1) * size, list.count)] {
        var lack: Lack?
        let profile = portfolios[portfolio].profile
        _ = BookLedger(of: portfolio, in: self, market: market) { ledger, entry, row in
          if lack == nil, let shortfall = ledger.shortfall(entry, profile) {
            lack = Lack(row: row, shortfall: shortfall)
          }
        }
        guard let lack else { continue }
        found.withLock { first in
          if first.map({ entries.sequence[lack.row] < entries.sequence[$0.row] }) ?? true {
            first = lack
          }
        }
      }
    }
    return found.withLock { $0 }
  }

  private func text(of lack: Lack) -> String {
    let entry = entries[lack.row]
    let wallet = wallets[entry.wallet]
    switch lack.shortfall {
    case .cash(let available, let needed):
      return
        "wallet \(wallet.id) has \(Self.money(available)) \(wallet.currency) and needs \(Self.money(needed))"
        + ", and the profile of \(portfolios[wallet.portfolio].id) allows no debt for it"
    case .units(let held, let needed):
      let symbol = entry.instrument.map { instruments[$0].symbol } ?? ""
      return
        "portfolio \(portfolios[wallet.portfolio].id) holds \(Self.money(held)) \(symbol) and needs \(Self.money(needed))"
    }
  }

  private func name(of entry: Entry) -> String {
    "the \(entry.kind.name)" + (entry.id.isEmpty ? "" : " \(entry.id)")
      + " of wallet \(wallets[entry.wallet].id)"
  }

  /// With two decimals, or more where they matter.
  private static func money(_ value: Double) -> String {
    let cents = (value * 100).rounded() / 100
    // What sums leave in the last digits is nobody's money.
    return ((cents - value).magnitude < 1e-6 ? cents : (value * 1e6).rounded() / 1e6).shortestText
  }
}
