import Advice
import Allocation
import Books
import Interchange
import Kernels
import Market
import Risk

/// What advice for a book is made of: estimates by currency, as of a bar.
struct AdviceMarket: Sendable {
  let session: BookSession
  let policy: AdvicePolicy
  /// Estimates, or why there are none, by currency.
  private let estimates: [String: Result<AdviceEstimates, AllocationError>]
  /// Universes by currency.
  let universes: [String: AdviceUniverse]

  /// Looks at the panel up to an instant.
  ///
  /// - Parameter isEstimating: whether more than prices is needed.
  /// - Throws: `BooksError.beforePrices`.
  init(
    _ session: BookSession, portfolios: [Int], asOf: Int64, policy: AdvicePolicy
  ) throws {
    self.session = session
    self.policy = policy
    guard let bar = session.market.bar(endedBy: asOf) else {
      throw BooksError.beforePrices(
        panel: session.market.panel.name, asOf: asOf,
        first: session.market.panel.barCount > 0 ? session.market.end(of: 0) : .min)
    }
    let (market, dividends) = try session.wholeMarket()
    var universes: [String: AdviceUniverse] = [:]
    var estimates: [String: Result<AdviceEstimates, AllocationError>] = [:]
    let book = session.book
    for currency in Set(portfolios.map { book.portfolios[$0].currency.uppercased() }) {
      let universe = AdviceUniverse(
        market: market, dividends: dividends, currency: currency, bar: bar,
        lookback: policy.lookback, asOf: asOf)
      universes[currency] = universe
      estimates[currency] = Result { () throws(AllocationError) in
        try AdviceEstimates(universe, policy)
      }
    }
    self.universes = universes
    self.estimates = estimates
  }

  /// The solver for a currency.
  func solver(_ currency: String) throws(AdviceError) -> TargetSolver {
    switch estimates[currency] {
    case .success(let found): return TargetSolver(found, policy)
    case .failure(let error): throw .unsolved(error)
    case nil: preconditionFailure("a currency that no portfolio has")
    }
  }

  /// The universe of a portfolio.
  func universe(of portfolio: Int) -> AdviceUniverse {
    guard let found = universes[session.book.portfolios[portfolio].currency.uppercased()] else {
      preconditionFailure("a portfolio that was not asked for")
    }
    return found
  }

  /// Answers every different question once.
  ///
  /// - Returns: questions, their answers, and the place of each portfolio's question.
  func targets(
    _ portfolios: [Int], isCancelled: @escaping @Sendable () -> Bool
  ) throws -> (
    questions: [AdviceQuestion], answers: [Result<TargetAdvice, AdviceError>], places: [Int]
  ) {
    var known: [AdviceQuestion: Int] = [:]
    var questions: [AdviceQuestion] = []
    let places = portfolios.map { portfolio in
      let question = AdviceQuestion(of: portfolio, in: session.book, policy)
      if let place = known[question] { return place }
      known[question] = questions.count
      questions.append(question)
      return questions.count - 1
    }
    let slots = Slots<Result<TargetAdvice, AdviceError>>(count: questions.count)
    let asked = questions
    let isDone = try TileLoop(tiles: asked.count, workers: session.workers).run(
      isCancelled: isCancelled, room: {}
    ) { place, _ in
      slots.set(
        place,
        Result { () throws(AdviceError) in
          try solver(asked[place].currency).solve(asked[place])
        })
    }
    guard isDone else { throw RunInterrupted() }
    return (questions, slots.values, places)
  }
}

extension BookSession {
  /// Raw prices and splits of all symbols of the panel, and their dividends.
  func wholeMarket() throws -> (BookMarket, [[AdviceUniverse.Dividend]]) {
    let panel = market.panel
    let info = try store.info(panel.name)
    var splits: [[BookMarket.Split]] = panel.symbols.names.map { _ in [] }
    var dividends: [[AdviceUniverse.Dividend]] = panel.symbols.names.map { _ in [] }
    let days = DayStarts(info)
    for action in store.actions.rows {
      guard let place = panel.symbols.index(of: store.symbols[action.symbol].symbol) else {
        continue
      }
      let day = days.start(of: action.timeNs)
      switch action.kind {
      case .split where info.adjusted == .none:
        splits[place].append(BookMarket.Split(timeNs: day, ratio: action.value))
      case .dividend where info.adjusted == .none:
        dividends[place].append(AdviceUniverse.Dividend(timeNs: day, amount: action.value))
      default: break
      }
    }
    for place in splits.indices { splits[place].sort { $0.timeNs < $1.timeNs } }
    let instruments = panel.symbols.entries.map {
      Book.Instrument(symbol: $0.symbol, exchange: $0.exchange, currency: $0.currency)
    }
    let whole = try BookMarket(
      panel: panel, instruments: instruments, splits: splits, currency: market.currency,
      rates: market.rates)
    return (whole, dividends)
  }
}
