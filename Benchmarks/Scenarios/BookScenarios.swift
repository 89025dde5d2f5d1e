import BenchmarkKit
import BenchmarkReference
import Books
import Kernels
import Market
import Metrics
import Simulation

/// Books of very many portfolios.
let bookScenarios: [Scenario] = [
  Scenario(
    "books/value", unit: .rows, limit: "a gather in C over the same rows, same threads",
    prepare: value),
  Scenario(
    "books/equity", unit: .rows, limit: "units × closes alone in C, same threads",
    prepare: { try equity($0, holdings: 50, transactionsEach: 51) }),
  Scenario(
    "books/equity-traded", unit: .rows, limit: "units × closes alone in C, same threads",
    prepare: { try equity($0, holdings: 20, transactionsEach: 100) }),
  Scenario(
    "books/post", unit: .rows, limit: "memory bandwidth of one thread, columns once", prepare: post),
]

/// A synthetic book over 500 symbols and ten years of days.
struct BookFixture {
  let book: Book
  let market: BookMarket

  init(_ context: ScenarioContext, portfolios: Int, holdings: Int, transactionsEach: Int) throws {
    let symbols = context.size(500, tiny: 60)
    let panel = Fixture.panel(
      try Fixture.draft(bars: context.size(2520, tiny: 300), symbols: symbols))
    let instruments = (0..<symbols).map {
      Book.Instrument(symbol: panel.symbols[$0].symbol)
    }
    market = try BookMarket(panel: panel, instruments: instruments)
    let count = context.size(portfolios, tiny: 300)
    book = BookGenerator(
      portfolios: count, holdings: holdings, transactions: count * transactionsEach
    ).make(firm: Book.Firm(id: "bench"), market: market, instruments: instruments)
  }

  /// What is held as of the last bar.
  func positions(workers: Int) throws -> PositionTable {
    try PositionTable(in: book, market: market, asOf: market.lastEnd, workers: workers)
  }
}

/// 100,000 portfolios of 50 of 500 symbols, worth as of the last bar.
///
/// Data: 5,000,000 holdings, 60 MB as rows of a sparse matrix. A row of work is a holding: a product and a gather from a table
/// of 4 kB. The second contestant first rebuilds the holdings from 5,100,000 transactions.
/// Limit: `apus_reference_gather`, in four sums a portfolio; Apus adds in the order of holdings, to have the bits of `Holdings`.
private func value(_ context: ScenarioContext) throws -> Workload {
  let fixture = try BookFixture(
    context, portfolios: 100_000, holdings: 50, transactionsEach: 51)
  let (book, market, threads) = (fixture.book, fixture.market, context.threads)
  let positions = try fixture.positions(workers: threads)
  let prices = book.instruments.indices.map {
    market.mark($0, at: market.panel.barCount - 1)?.price ?? .nan
  }
  let count = book.portfolios.count
  let out = Scratch<Double>(.allocate(capacity: count))
  out.base.initialize(repeating: 0, count: count)
  let gather = {
    apus_reference_gather(
      positions.starts, positions.instruments, positions.units, prices, count, Int32(threads),
      out.base)
  }
  gather()
  for (portfolio, found) in positions.equity(in: book, market: market, workers: threads)
    .enumerated()
  {
    try check(found, out.base[portfolio] + positions.balances[portfolio], "portfolio \(portfolio)")
  }
  return Workload(
    work: Double(positions.units.count),
    contestants: [
      Contestant("PositionTable.equity") {
        _ = positions.equity(in: book, market: market, workers: threads)
      },
      Contestant("from transactions") {
        _ = try fixture.positions(workers: threads)
          .equity(in: book, market: market, workers: threads)
      },
    ],
    limit: Contestant("C gather") { gather() })
}

private func check(_ found: Double, _ expected: Double, _ what: String) throws {
  guard (found - expected).magnitude <= 1e-9 * expected.magnitude else {
    throw BenchmarkError.disagreement(what: what, found: "\(found)", expected: "\(expected)")
  }
}

/// Daily equity over ten years of all portfolios, folded into summaries: returns, drawdowns, time- and money-weighted growth.
///
/// Data: 5,100,000 transactions of 100,000 portfolios that buy 50 symbols one by one; or 100 of each of 50,000 with 20, which also
/// sell, pay in, earn and pay fees. A row of work is a transaction; each has 50 to 130 bars of some 10 to 25 holdings to pay for.
/// Limit: `apus_reference_held`: what is held at the end times closes, from the block of bars in which it was first bought, summed.
/// It knows no returns, no drawdowns, and no purchases within a block.
private func equity(_ context: ScenarioContext, holdings: Int, transactionsEach: Int) throws
  -> Workload
{
  let fixture = try BookFixture(
    context, portfolios: 5_000_000 / transactionsEach / 1000 * 1000 + (holdings == 50 ? 2000 : 0),
    holdings: holdings, transactionsEach: transactionsEach)
  let (book, market, threads) = (fixture.book, fixture.market, context.threads)
  let bars = market.panel.barCount
  let positions = try fixture.positions(workers: threads)
  let kernels = KernelVariant.best.kernels
  let sweep = PortfolioSweep(book: book, market: market, bars: 0..<bars, kernels: kernels)
  let plain = PortfolioSweep(
    book: book, market: market, bars: 0..<bars, kernels: kernels, findsMoneyWeightedReturn: false)
  let own = { sweep.summaries(workers: threads) ?? [] }
  let last = positions.equity(in: book, market: market, workers: threads)
  for (portfolio, lane) in own().enumerated() {
    try check(lane.finalEquity, last[portfolio], "portfolio \(portfolio)")
  }
  let (firsts, prices) = (firstBars(positions, fixture), ClosesByBlock(market))
  let out = Scratch<Double>(.allocate(capacity: positions.portfolios.count))
  return Workload(
    work: Double(book.entries.count),
    contestants: [
      Contestant("PortfolioSweep \(kernels.name)") { _ = own() },
      Contestant("without money-weighted") { _ = plain.summaries(workers: threads) },
    ],
    limit: Contestant("C, units × closes") {
      apus_reference_held(
        positions.starts, positions.instruments, positions.units, firsts,
        positions.portfolios.count, prices.values.base, Int32(book.instruments.count), Int32(bars),
        Int32(threads), out.base)
    })
}

/// The bar in which each holding was first bought.
private func firstBars(_ positions: PositionTable, _ fixture: BookFixture) -> [Int32] {
  let (book, market) = (fixture.book, fixture.market)
  var firsts = [Int32](repeating: 0, count: positions.units.count)
  var seen: [Int32: Int32] = [:]
  for portfolio in positions.portfolios {
    seen.removeAll(keepingCapacity: true)
    for row in book.entries.range(of: portfolio) where book.entries.units[row] > 0 {
      let instrument = book.entries.instrument[row]
      if seen[instrument] == nil {
        seen[instrument] = Int32(market.bar(endingAfter: book.entries.timeNs[row]))
      }
    }
    for place in positions.starts[portfolio]..<positions.starts[portfolio + 1] {
      firsts[place] = seen[positions.instruments[place]] ?? 0
    }
  }
  return firsts
}

/// Closes in blocks of 128 bars: `[blocks][symbols][128]`, on pages as large as those that Apus reads.
private final class ClosesByBlock {
  let values: AlignedBuffer<Double>

  init(_ market: BookMarket) {
    let (bars, symbols) = (market.panel.barCount, market.columns.count)
    values = AlignedBuffer(repeating: 0, count: (bars + 127) / 128 * symbols * 128)
    for symbol in 0..<symbols {
      for (bar, price) in Fixture.column(market.panel, field: "close", symbol: symbol).enumerated()
      {
        values[(bar / 128 * symbols + symbol) * 128 + bar % 128] = price
      }
    }
  }
}

/// 5,000,000 transactions posted to a book of 50,000 portfolios without any: rows taken, sorted, and replayed for lacks.
///
/// Data: rows as files have them, 100 a portfolio of 20 symbols.
/// Limit: a read of memory as large as the columns of entries.
private func post(_ context: ScenarioContext) throws -> Workload {
  let fixture = try BookFixture(context, portfolios: 50_000, holdings: 20, transactionsEach: 100)
  let (full, market, threads) = (fixture.book, fixture.market, context.threads)
  var empty = full
  empty.entries = EntryTable([], portfolioOf: [], portfolioCount: full.portfolios.count)
  let base = empty
  let own = { () throws -> Int in
    var batch = TransactionBatch()
    batch.begin("bench")
    // As readers do, who know the size of their file.
    batch.reserve(full.entries.count)
    for row in full.entries.timeNs.indices { try batch.append(fileRow(full.entries, row)) }
    var book = base
    return try book.post(batch, market: market, workers: threads).added
  }
  guard try own() == full.entries.count else {
    throw BenchmarkError.disagreement(
      what: "posted", found: "fewer", expected: "\(full.entries.count)")
  }
  // Eight columns of 8 and 4 bytes and one of 1: 57 bytes an entry.
  let columns = [Double](repeating: 1, count: full.entries.count * 57 / 8)
  return Workload(
    work: Double(full.entries.count),
    contestants: [Contestant("rows and Book.post") { _ = try own() }],
    limit: Contestant("C, one pass") { _ = apus_reference_sum(columns, columns.count) })
}

/// An entry as the row of a file that it comes from.
private func fileRow(_ entries: EntryTable, _ place: Int) -> TransactionBatch.Row {
  var row = TransactionBatch.Row()
  row.line = place + 1
  row.timeNs = entries.timeNs[place]
  row.wallet = entries.wallet[place]
  row.instrument = entries.instrument[place]
  switch entries.kind[place] {
  case .buy, .sell:
    row.kind = entries.kind[place] == .buy ? .buy : .sell
    row.quantity = entries.units[place].magnitude
    row.price = entries.price[place]
    row.fee = entries.fee[place]
  case .dividend: row.kind = .dividend
  case .fee: row.kind = .fee
  case .withdrawal: row.kind = .withdrawal
  default: row.kind = .deposit
  }
  if row.kind != .buy, row.kind != .sell { row.amount = entries.cash[place].magnitude }
  return row
}
