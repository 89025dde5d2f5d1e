import Kernels
import Market

/// Makes a book of any size over a market: for measurements and trials, not for looks.
///
/// Each portfolio deposits, buys its symbols, and then trades, earns and pays at closes of days in order; no money or units
/// are ever missing. A portfolio's transactions depend on the seed, its number and the options alone.
public struct BookGenerator: Sendable {
  /// Number of portfolios.
  public var portfolios: Int
  /// Symbols of each portfolio; at most those of the market.
  public var holdings: Int
  /// Number of transactions; each portfolio has at least a deposit and a purchase of each symbol.
  public var transactions: Int
  /// Decides everything.
  public var seed: UInt64 = 1
  /// Clients of one advisor.
  public var clientsPerAdvisor = 100
  /// Whether transactions have ids.
  public var hasIDs = false

  /// A generator.
  public init(portfolios: Int, holdings: Int, transactions: Int) {
    self.portfolios = portfolios
    self.holdings = holdings
    self.transactions = transactions
  }

  /// A book over a market.
  ///
  /// - Parameters:
  ///   - firm: its owner, with the currency of everything.
  ///   - market: prices of `instruments`.
  ///   - instruments: symbols to choose from.
  /// - Precondition: there are portfolios, symbols and bars; a portfolio has one transaction more than symbols.
  public func make(firm: Book.Firm, market: BookMarket, instruments: [Book.Instrument]) -> Book {
    precondition(portfolios > 0 && holdings > 0 && holdings <= instruments.count)
    precondition(transactions / portfolios > holdings && market.panel.barCount > 0)
    var book = Book(firm: firm)
    let clients = portfolios
    book.advisors = (0...(clients - 1) / clientsPerAdvisor).map { Book.Advisor(id: "a-\($0 + 1)") }
    book.clients = (0..<clients).map {
      Book.Client(id: "c-\($0 + 1)", advisor: $0 / clientsPerAdvisor)
    }
    book.instruments = instruments
    book.portfolios.reserveCapacity(portfolios)
    book.wallets.reserveCapacity(portfolios)
    for number in 0..<portfolios {
      var draws = Draws(PhiloxStream(seed: seed, stream: UInt32(number), symbol: 1))
      var profile = Profile()
      let level = 1 + draws.next(10)
      profile.riskLevel = level
      profile.maxVolatility = 0.05 + 0.03 * Double(level)
      profile.maxWeight = 0.2 + 0.05 * Double(level)
      book.portfolios.append(
        Book.Portfolio(
          id: "p-\(number + 1)", client: number, currency: firm.currency, profile: profile))
      book.wallets.append(
        Book.Wallet(id: "w-\(number + 1)", portfolio: number, currency: firm.currency))
    }
    var columns = EntryColumns()
    columns.reserve(transactions)
    var chosen = Array(instruments.indices)
    for number in 0..<portfolios {
      let count =
        transactions / portfolios + (number < transactions % portfolios ? 1 : 0)
      add(count, to: &columns, wallet: number, market, &chosen)
    }
    if hasIDs { columns.id = (0..<columns.count).map { "t-\($0 + 1)" } }
    book.entries = EntryTable(
      EntryTable(), adding: columns, portfolioOf: book.wallets.map { Int32($0.portfolio) },
      portfolioCount: portfolios)
    return book
  }

  private func add(
    _ count: Int, to columns: inout EntryColumns, wallet: Int, _ market: BookMarket,
    _ chosen: inout [Int]
  ) {
    var draws = Draws(PhiloxStream(seed: seed, stream: UInt32(wallet)))
    func draw(_ limit: Int) -> Int { draws.next(limit) }
    // The first few of a shuffle that starts in order, so that portfolios don't depend on each other.
    var swaps: [(Int, Int)] = []
    for place in 0..<holdings {
      let other = place + draw(chosen.count - place)
      chosen.swapAt(place, other)
      swaps.append((place, other))
    }
    let held = Array(chosen[..<holdings])
    for (place, other) in swaps.reversed() { chosen.swapAt(place, other) }
    var units = [Double](repeating: 0, count: holdings)
    var since = [Int64](repeating: 0, count: holdings)
    var cash = 0.0
    let bars = market.panel.barCount
    let start = draw(max(1, bars / 4))
    for step in 0..<count {
      // Steps share the bars that are left evenly; a draw moves each within its share.
      let share = Double(bars - start) / Double(count)
      let bar = min(bars - 1, start + Int((Double(step) + Double(draw(1000)) / 1000) * share))
      let timeNs = market.panel.time.ns[bar] + market.panel.frequencyNs - 1
      let sequence = Int64(columns.count)
      func add(
        _ kind: Entry.Kind, cash: Double, _ symbol: Int = -1, units: Double = 0,
        price: Double = .nan, fee: Double = 0
      ) {
        columns.append(
          timeNs: timeNs, sequence: sequence, wallet: Int32(wallet), kind: kind,
          instrument: Int32(symbol), cash: cash, units: units, price: price, fee: fee)
      }
      let isOpening = step > 0 && step <= holdings
      let place = isOpening ? step - 1 : draw(holdings)
      let symbol = held[place]
      if units[place] > 0 {
        units[place] *= market.splitRatio(symbol, after: since[place], upTo: timeNs)
      }
      since[place] = timeNs
      let price = market.mark(symbol, at: bar)?.price ?? .nan
      let choice = isOpening ? 0 : draw(100)
      if step > 0, choice < 45, price > 0 {
        let wanted = max(
          1, (cash * (isOpening ? 0.9 / Double(holdings) : 0.05) / price).rounded(.down))
        let cost = wanted * price + 1
        if cost <= cash {
          add(.buy, cash: -(wanted * price) - 1, symbol, units: wanted, price: price, fee: 1)
          units[place] += wanted
          cash -= cost
          continue
        }
      } else if step > 0, choice < 80, price > 0, units[place] >= 2 {
        let sold = (units[place] / 2).rounded(.down)
        add(.sell, cash: sold * price - 1, symbol, units: -sold, price: price, fee: 1)
        units[place] -= sold
        cash += sold * price - 1
        continue
      } else if step > 0, choice < 92, units[place] > 0 {
        let amount = max(0.01, (units[place] * 25).rounded() / 100)
        add(.dividend, cash: amount, symbol)
        cash += amount
        continue
      } else if step > 0, choice < 96, cash > 100 {
        add(.fee, cash: -5)
        cash -= 5
        continue
      }
      let amount =
        step == 0 ? Double(10_000 + 1000 * draw(90)) * Double(max(1, holdings / 5)) : 1000
      add(.deposit, cash: amount)
      cash += amount
    }
  }
}

/// Numbers of a stream, one after the other.
private struct Draws {
  private let stream: PhiloxStream
  private var block = SIMD4<UInt32>()
  private var step: UInt32 = 0
  private var used = 4

  init(_ stream: PhiloxStream) { self.stream = stream }

  /// A whole number from 0, below a limit of at most 2³².
  mutating func next(_ limit: Int) -> Int {
    if used == 4 {
      block = stream.block(step: step)
      step += 1
      used = 0
    }
    defer { used += 1 }
    // A shift binds closer than a product.
    return Int((UInt64(block[used]) * UInt64(limit)) >> 32)
  }
}
