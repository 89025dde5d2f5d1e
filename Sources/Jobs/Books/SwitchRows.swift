import Advice
import Storage

/// Trades of many portfolios as columns: what tables and transactions are made of, and no more.
struct SwitchRows: Sendable {
  /// Texts that rows refer to by their places.
  struct Names: Sendable {
    /// Symbols of the panel, then those of the book that it lacks.
    let symbols: [String]
    /// Currencies of symbols.
    let currencies: [String]
    private let symbolPlaces: [String: Int32]
    private let currencyPlaces: [String: Int32]

    init(_ session: BookSession, _ market: AdviceMarket) {
      func unique(_ texts: [String]) -> (list: [String], places: [String: Int32]) {
        var (list, places): ([String], [String: Int32]) = ([], [:])
        for text in texts where places[text] == nil {
          places[text] = Int32(list.count)
          list.append(text)
        }
        return (list, places)
      }
      let book = session.book
      (symbols, symbolPlaces) = unique(
        session.market.panel.symbols.names + book.instruments.map(\.symbol))
      // A symbol without one is in the portfolio's.
      (currencies, currencyPlaces) = unique(
        session.market.currencies + (market.universes.values.first?.market.currencies ?? [])
          + book.portfolios.map { $0.currency.uppercased() })
    }

    func symbol(_ text: String) -> Int32 { symbolPlaces[text] ?? -1 }
    func currency(_ text: String) -> Int32 { currencyPlaces[text] ?? -1 }
  }

  // MARK: - By portfolio

  /// Positions in the book.
  private(set) var portfolios: [Int32] = []
  private(set) var equity: [Double] = []
  private(set) var costs = [[Double]](repeating: [], count: TradePlan.Kind.allCases.count)
  private(set) var counts = [[Int64]](repeating: [], count: TradePlan.Kind.allCases.count)
  private(set) var turnover: [Double] = []
  private(set) var commission: [Double] = []
  private(set) var slippage: [Double] = []
  private(set) var exchange: [Double] = []
  private(set) var cashAfter: [Double] = []
  private(set) var equityAfter: [Double] = []
  private(set) var notes = ResultGroup.TextBuilder()
  private(set) var failedCount = 0
  /// Symbols that are held without a price or a rate.
  private(set) var unmarked: Set<String> = []

  // MARK: - Trades, sales of a portfolio first

  /// Positions of portfolios in the book.
  private(set) var holders: [Int32] = []
  /// Positions of wallets in the book.
  private(set) var wallets: [Int32] = []
  /// 0 for a purchase, 1 for a sale.
  private(set) var kinds: [Int32] = []
  private(set) var symbols: [Int32] = []
  private(set) var currencies: [Int32] = []
  private(set) var quantities: [Double] = []
  private(set) var prices: [Double] = []
  private(set) var fees: [Double] = []
  private(set) var amounts: [Double] = []
  private(set) var weights: [Double] = []

  // MARK: - Money between wallets

  /// A transfer.
  struct Move: Sendable {
    /// Position of the portfolio in the book.
    let holder: Int32
    /// Positions of wallets in the book.
    let (from, to): (Int32, Int32)
    let (amount, received): (Double, Double)
    let isExchange: Bool
  }
  private(set) var moves: [Move] = []

  /// Adds a portfolio.
  ///
  /// - Parameter owned: positions of its wallets in the book, in the order of the account.
  mutating func add(
    _ portfolio: Int, _ standing: PortfolioStanding, owned: [Int], _ kind: TradePlan.Kind,
    _ found: Result<SwitchChoice, AdviceError>, _ names: Names
  ) {
    portfolios.append(Int32(portfolio))
    equity.append(standing.equity)
    unmarked.formUnion(standing.unmarked)
    let choice = try? found.get()
    for (place, kind) in TradePlan.Kind.allCases.enumerated() {
      costs[place].append(choice.map { $0[kind].cost } ?? .nan)
      counts[place].append(choice.map { Int64($0[kind].tradeCount) } ?? 0)
    }
    let plan = choice?[kind]
    turnover.append(plan?.turnover ?? .nan)
    commission.append(plan?.commission ?? .nan)
    slippage.append(plan?.slippage ?? .nan)
    exchange.append(plan?.exchange ?? .nan)
    cashAfter.append(plan?.after.cash ?? .nan)
    equityAfter.append(plan?.after.equity ?? .nan)
    guard let plan else {
      if case .failure(let error) = found { notes.append("\(error)") }
      failedCount += 1
      return
    }
    notes.append(plan.notes.joined(separator: "; "))
    let after = plan.weights
    for trade in plan.sales + plan.purchases {
      let line = plan.after.lines[trade.line]
      holders.append(Int32(portfolio))
      wallets.append(Int32(owned[trade.wallet]))
      kinds.append(trade.units < 0 ? 1 : 0)
      symbols.append(names.symbol(line.symbol))
      currencies.append(names.currency(line.currency))
      quantities.append(trade.units.magnitude)
      prices.append(trade.price)
      fees.append(trade.fee)
      amounts.append(trade.cash)
      weights.append(after[trade.line])
    }
    for move in plan.moves {
      let wallets = plan.after.wallets
      moves.append(
        Move(
          holder: Int32(portfolio), from: Int32(owned[move.from]), to: Int32(owned[move.to]),
          amount: move.amount, received: move.received,
          isExchange: wallets[move.from].currency != wallets[move.to].currency))
    }
  }

  /// Adds the rows of a tile.
  mutating func add(_ tile: SwitchRows) {
    portfolios += tile.portfolios
    equity += tile.equity
    for place in costs.indices { costs[place] += tile.costs[place] }
    for place in counts.indices { counts[place] += tile.counts[place] }
    turnover += tile.turnover
    commission += tile.commission
    slippage += tile.slippage
    exchange += tile.exchange
    cashAfter += tile.cashAfter
    equityAfter += tile.equityAfter
    for text in tile.notes.texts { notes.append(text) }
    failedCount += tile.failedCount
    unmarked.formUnion(tile.unmarked)
    holders += tile.holders
    wallets += tile.wallets
    kinds += tile.kinds
    symbols += tile.symbols
    currencies += tile.currencies
    quantities += tile.quantities
    prices += tile.prices
    fees += tile.fees
    amounts += tile.amounts
    weights += tile.weights
    moves += tile.moves
  }
}
