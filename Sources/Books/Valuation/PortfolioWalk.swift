/// One portfolio bar by bar: its units and money, and what they are worth.
struct PortfolioWalk {
  /// What is known after a bar, in the portfolio's currency.
  struct Step {
    var equity, cash, flowIn, flowOut: Double
  }
  /// Money or units that crossed the portfolio's border.
  struct Flow {
    var bar: Int
    var timeNs: Int64
    var amount: Double
  }

  /// All flows so far.
  private(set) var flows: [Flow] = []
  /// Units by symbol, in the order of first mention.
  private(set) var units: [Double]
  /// Money by wallet.
  private(set) var balances: [Double]
  let events: PortfolioEvents
  private let book: Book
  private let first: Int
  private var bar: Int
  private var next = 0
  /// Marks in the portfolio's currency, by symbol; rates by wallet.
  private let marks: [[Double]]
  private let rates: [[Double]]

  init(
    of portfolio: Int, in book: Book, market: BookMarket, bars: Range<Int>, before: Int64,
    together: [Bool]? = nil
  ) {
    var room = EventRoom(book, market, together: together)
    events = PortfolioEvents(of: portfolio, in: book, before: before, &room)
    let currency = book.portfolios[portfolio].currency.uppercased()
    marks = events.instruments.map { symbol in
      let instrument = Int(symbol)
      let own = market.currencies[instrument]
      let prices = market.marks(instrument, bars: bars)
      if own.isEmpty || own == currency { return prices }
      return zip(prices, market.rates(from: own, to: currency, bars: bars)).map { $0 * $1 }
    }
    let wallets = book.wallets[book.wallets(of: portfolio)]
    rates = wallets.map {
      market.rates(from: $0.currency.uppercased(), to: currency, bars: bars)
    }
    units = Array(repeating: 0, count: marks.count)
    balances = Array(repeating: 0, count: rates.count)
    self.book = book
    first = bars.lowerBound
    bar = first
  }

  /// Goes one bar on.
  mutating func step() -> Step {
    let place = bar - first
    var (flowIn, flowOut) = (0.0, 0.0)
    while next < events.events.count, events.events[next].bar <= bar {
      let event = events.events[next]
      let slot = Int(event.slot)
      next += 1
      if slot >= 0 {
        units[slot] = Position.moved(units[slot] * event.ratio, by: event.units)
      }
      if event.isSplit { continue }
      balances[event.wallet] += event.cash
      let flow = event.flow(in: book)
      if flow == 0 && event.flowUnits == 0 { continue }
      var amount = flow == 0 ? 0 : flow * rates[event.wallet][place]
      if event.flowUnits != 0 { amount += event.flowUnits * marks[slot][place] }
      flows.append(
        Flow(
          bar: Int(event.bar), timeNs: book.entries.timeNs[Int(event.row)], amount: amount))
      // What has no mark is neither in nor out, and the sum must say so.
      if !(amount <= 0) { flowIn += amount }
      if !(amount >= 0) { flowOut -= amount }
    }
    var value = 0.0
    for slot in units.indices where units[slot] != 0 { value += units[slot] * marks[slot][place] }
    var cash = 0.0
    for wallet in balances.indices where balances[wallet] != 0 {
      cash += balances[wallet] * rates[wallet][place]
    }
    bar += 1
    return Step(equity: value + cash, cash: cash, flowIn: flowIn, flowOut: flowOut)
  }
}
