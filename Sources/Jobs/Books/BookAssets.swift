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

  /// Takes the holdings of every portfolio, tile by tile; of large books they don't fit into memory at once.
  ///
  /// - Parameter body: takes a tile and what its portfolios hold; called by workers at the same time.
  /// - Throws: `BooksError.beforePrices`, `RunInterrupted`.
  func forEachTile(
    isCancelled: @Sendable () -> Bool,
    _ body: @Sendable (_ tile: Int, _ holdings: [Holdings]) -> Void
  ) throws {
    let tiles = PortfolioTiles(count: portfolios.count)
    let isDone = try TileLoop(tiles: tiles.tiles, workers: max(1, session.workers)).run(
      isCancelled: isCancelled, room: {}
    ) { tile, _ in
      body(
        tile,
        try tiles[tile].map {
          try Holdings(of: portfolios[$0], in: session.book, market: session.market, asOf: asOf)
        })
    }
    guard isDone else { throw RunInterrupted() }
  }

  /// Symbols of a portfolio that have no value, a list each.
  func unmarked(_ holdings: Holdings) -> [[String]] {
    holdings.rows.filter(\.value.isNaN).map { [session.book.instruments[$0.instrument].symbol] }
  }

  /// Rows of assets as columns.
  private struct Rows: Sendable {
    var owners: [Int32] = []
    var instruments: [Int32] = []
    var currencies = ResultGroup.TextBuilder()
    var counts: (buys: [Int64], sells: [Int64]) = ([], [])
    var columns = [[Double]](repeating: [], count: BookAssets.columns.count)
    var unmarked: [[String]] = []

    mutating func add(_ tile: Rows) {
      owners += tile.owners
      instruments += tile.instruments
      for currency in tile.currencies.texts { currencies.append(currency) }
      counts.buys += tile.counts.buys
      counts.sells += tile.counts.sells
      for column in columns.indices { columns[column] += tile.columns[column] }
      unmarked += tile.unmarked
    }
  }

  /// The table, and a warning that names what has no price.
  ///
  /// - Throws: `BooksError.beforePrices`, `RunInterrupted`.
  public func report(isCancelled: @Sendable () -> Bool = { false }) throws -> BookReport {
    let rows = try rows(isCancelled)
    return BookReport(
      verb: "book assets", session: session, asOf: asOf, groups: groups(rows),
      warnings: RunWarning.unmarked(rows.unmarked, asOf: asOf).map { [$0] } ?? [])
  }

  /// One table: a row a portfolio and symbol.
  public func groups(isCancelled: @Sendable () -> Bool = { false }) throws -> [ResultGroup] {
    groups(try rows(isCancelled))
  }

  private func rows(_ isCancelled: @Sendable () -> Bool) throws -> Rows {
    let found = InOrder<Rows, Rows>(Rows()) { $0.add($1) }
    try forEachTile(isCancelled: isCancelled) { tile, holdings in
      var rows = Rows()
      for holdings in holdings { add(holdings, to: &rows) }
      found.add(tile, rows)
    }
    return found.take(leaving: Rows())
  }

  private func add(_ holdings: Holdings, to all: inout Rows) {
    all.unmarked += unmarked(holdings)
    let rows = Dictionary(uniqueKeysWithValues: holdings.rows.map { ($0.instrument, $0) })
    for position in holdings.ledger.positions {
      let row = rows[position.instrument]
      all.owners.append(Int32(holdings.portfolio))
      all.instruments.append(Int32(position.instrument))
      all.currencies.append(
        session.market.currency(
          of: position.instrument, for: holdings.portfolio, in: session.book))
      all.counts.buys.append(Int64(position.buys))
      all.counts.sells.append(Int64(position.sells))
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
      for (column, value) in values.enumerated() { all.columns[column].append(value) }
    }
  }

  private func groups(_ rows: Rows) -> [ResultGroup] {
    let book = session.book
    let owners = ResultGroup.Texts(book.portfolios.map(\.id), places: rows.owners)
    let symbols = ResultGroup.Texts(book.instruments.map(\.symbol), places: rows.instruments)
    let names =
      portfolios.count == 1 ? Array(symbols) : zip(owners, symbols).map { "\($0) \($1)" }
    let texts: [ResultGroup.Variable] = [
      ResultGroup.Variable("portfolio", ["asset"], .texts(owners)).inFile,
      ResultGroup.Variable("symbol", ["asset"], .texts(symbols)).inFile,
      ResultGroup.Variable("currency", ["asset"], .texts(rows.currencies.texts)),
      ResultGroup.Variable("buys", ["asset"], .integers(rows.counts.buys)),
      ResultGroup.Variable("sells", ["asset"], .integers(rows.counts.sells)),
    ]
    let numbers = zip(Self.columns, rows.columns).map { column, values in
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
