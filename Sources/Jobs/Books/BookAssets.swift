import Books
import Kernels
import Metrics
import Storage

/// What portfolios hold, and what came of every symbol that they ever traded.
public struct BookAssets: Sendable {
  /// The book.
  public let session: BookSession
  /// Positions of the portfolios.
  public let portfolios: [Int]
  /// The first instant that doesn't count.
  public let asOf: Int64

  /// Holdings of portfolios.
  ///
  /// - Parameter asOf: nil for the end of the last bar.
  public init(_ session: BookSession, portfolios: [Int], asOf: Int64? = nil) {
    self.session = session
    self.portfolios = portfolios
    self.asOf = asOf ?? session.market.lastEnd
  }

  /// Holdings of every portfolio.
  ///
  /// - Throws: `BooksError.beforePrices`, `RunInterrupted`.
  func holdings(isCancelled: @Sendable () -> Bool) throws -> [Holdings] {
    let found = Slots<Holdings>(count: portfolios.count)
    try forEach(isCancelled: isCancelled) { place, holdings in found.set(place, holdings) }
    return found.values
  }

  /// Takes the holdings of every portfolio, tile by tile; of large books they don't fit into memory at once.
  ///
  /// - Parameter body: takes a place among the portfolios and what is held; called by workers at the same time.
  /// - Throws: `BooksError.beforePrices`, `RunInterrupted`.
  func forEach(
    isCancelled: @Sendable () -> Bool,
    _ body: @Sendable (_ place: Int, Holdings) -> Void
  ) throws {
    let tiles = PortfolioTiles(count: portfolios.count)
    let isDone = try TileLoop(tiles: tiles.tiles, workers: max(1, session.workers)).run(
      isCancelled: isCancelled, room: {}
    ) { tile, _ in
      for place in tiles[tile] {
        body(
          place,
          try Holdings(of: portfolios[place], in: session.book, market: session.market, asOf: asOf))
      }
    }
    guard isDone else { throw RunInterrupted() }
  }

  /// The table, and a warning that names what has no price.
  ///
  /// - Throws: `BooksError.beforePrices`, `RunInterrupted`.
  public func report(isCancelled: @Sendable () -> Bool = { false }) throws -> BookReport {
    let holdings = try holdings(isCancelled: isCancelled)
    return BookReport(
      verb: "book assets", session: session, asOf: asOf, groups: groups(holdings),
      warnings: warnings(holdings))
  }

  /// What is held without a price or a rate.
  private func warnings(_ holdings: [Holdings]) -> [RunWarning] {
    RunWarning.unmarked(holdings.flatMap(unmarked), asOf: asOf).map { [$0] } ?? []
  }

  /// Symbols of a portfolio that have no value, a list each.
  func unmarked(_ holdings: Holdings) -> [[String]] {
    holdings.rows.filter(\.value.isNaN).map { [session.book.instruments[$0.instrument].symbol] }
  }

  /// One table: a row a portfolio and symbol.
  public func groups(isCancelled: @Sendable () -> Bool = { false }) throws -> [ResultGroup] {
    groups(try holdings(isCancelled: isCancelled))
  }

  private func groups(_ found: [Holdings]) -> [ResultGroup] {
    let book = session.book
    var (names, owners, symbols, currencies): ([String], [String], [String], [String]) = (
      [], [], [], []
    )
    var counts: [(buys: Int64, sells: Int64)] = []
    var columns = [[Double]](repeating: [], count: Self.columns.count)
    for holdings in found {
      let owner = book.portfolios[holdings.portfolio].id
      let rows = Dictionary(uniqueKeysWithValues: holdings.rows.map { ($0.instrument, $0) })
      for position in holdings.ledger.positions {
        let symbol = book.instruments[position.instrument].symbol
        let row = rows[position.instrument]
        names.append(portfolios.count == 1 ? symbol : "\(owner) \(symbol)")
        owners.append(owner)
        symbols.append(symbol)
        currencies.append(
          session.market.currency(of: position.instrument, for: holdings.portfolio, in: book))
        counts.append((Int64(position.buys), Int64(position.sells)))
        let price =
          row?.price
          ?? session.market.mark(position.instrument, at: holdings.bar, before: asOf)?.price ?? .nan
        let worth = position.units == 0 ? 0 : position.units * price
        let unrealised = position.units == 0 ? 0 : worth - position.cost
        let unrealisedAverage = position.units == 0 ? 0 : worth - position.averageCost
        let gain = position.realised + unrealised + position.income
        let weight = row.map { holdings.weight(of: $0) } ?? (position.units == 0 ? 0 : .nan)
        let values: [Double] = [
          position.units, position.averagePrice, price, worth,
          weight, position.cost, position.averageCost,
          unrealised, position.realised, position.income,
          unrealisedAverage, position.realisedAverage, position.fees, gain,
          position.share(of: gain),
        ]
        for (column, value) in values.enumerated() { columns[column].append(value) }
      }
    }
    let texts: [ResultGroup.Variable] = [
      ResultGroup.Variable("portfolio", ["asset"], .texts(owners)).inFile,
      ResultGroup.Variable("symbol", ["asset"], .texts(symbols)).inFile,
      ResultGroup.Variable("currency", ["asset"], .texts(currencies)),
      ResultGroup.Variable("buys", ["asset"], .integers(counts.map(\.buys))),
      ResultGroup.Variable("sells", ["asset"], .integers(counts.map(\.sells))),
    ]
    let numbers = zip(Self.columns, columns).map { column, values in
      let variable = ResultGroup.Variable(
        column.name, ["asset"], values, unit: column.unit, definition: column.definition)
      return column.isInFile ? variable.inFile : variable
    }
    return [
      ResultGroup(
        "assets", title: "Assets as of \(AsOf.text(asOf)), each in its currency",
        dimensions: [ResultGroup.Dimension("asset", .texts(names))], variables: texts + numbers)
    ]
  }

  private static let columns: [(name: String, unit: String, definition: String, isInFile: Bool)] = [
    ("quantity", "", "units held; below 0 if short", false),
    ("average_cost", "", "of a unit held, fees included", false),
    ("price", "", "the last close", false),
    ("value", "currency", "quantity * price", false),
    ("weight", "fraction", "of the portfolio's equity", false),
    ("cost", "currency", "of what is held, by lots, first in first out, fees included", false),
    ("cost_average", "currency", "quantity * average_cost", true),
    ("unrealised", "currency", "value - cost", false),
    ("realised", "currency", "of what was sold, by lots", false),
    ("income", "currency", "dividends less fees that name the symbol", false),
    ("unrealised_average", "currency", "value - cost_average", true),
    ("realised_average", "currency", "of what was sold, by average cost", true),
    ("fees", "currency", "of trades, in cost and gain already", true),
    ("gain", "currency", "realised + unrealised + income", false),
    (
      "gain_share", "fraction",
      "gain over what purchases cost with their fees, what received units had cost, and what short sales brought",
      false
    ),
  ]
}
