import Books
import Kernels
import Metrics
import Storage
import Synchronization

/// A consolidated view of portfolios by sector: how many investments, what they are worth, and how they did.
public struct BookSectors: Sendable {
  private let assets: BookAssets

  /// Sectors of portfolios.
  ///
  /// - Parameter asOf: nil for the end of the last bar.
  public init(_ session: BookSession, portfolios: [Int], asOf: Int64? = nil) {
    assets = BookAssets(session, portfolios: portfolios, asOf: asOf)
  }

  /// The instant that values are of.
  public var asOf: Int64 { assets.asOf }

  /// What is held by anybody.
  private struct Held: Sendable {
    var instruments: Set<Int> = []
    var unmarked: [[String]] = []
  }

  /// The table, and a warning that names what has no price.
  ///
  /// - Throws: `BooksError.beforePrices`, `RunInterrupted`.
  public func report(isCancelled: @Sendable () -> Bool = { false }) throws -> BookReport {
    let held = try held(isCancelled)
    return BookReport(
      verb: "book sectors", session: assets.session, asOf: asOf,
      groups: try groups(held, isCancelled),
      warnings: RunWarning.unmarked(held.unmarked, asOf: asOf).map { [$0] } ?? [])
  }

  /// One table: a row a sector that is or was held, cash last.
  ///
  /// - Throws: `BooksError.beforePrices`, `RunInterrupted`.
  public func groups(isCancelled: @Sendable () -> Bool = { false }) throws -> [ResultGroup] {
    try groups(try held(isCancelled), isCancelled)
  }

  private func held(_ isCancelled: @Sendable () -> Bool) throws -> Held {
    let all = Mutex(Held())
    try assets.forEachTile(isCancelled: isCancelled) { _, holdings in
      let unmarked = holdings.flatMap(assets.unmarked)
      let instruments = Set(holdings.flatMap { $0.rows.map(\.instrument) })
      all.withLock { all in
        all.instruments.formUnion(instruments)
        all.unmarked += unmarked
      }
    }
    return all.withLock { $0 }
  }

  private func groups(_ held: Held, _ isCancelled: @Sendable () -> Bool) throws
    -> [ResultGroup]
  {
    let (session, book) = (assets.session, assets.session.book)
    let own = Set(assets.portfolios.map { book.portfolios[$0].currency.uppercased() })
    let currency = own.count == 1 ? own.first ?? book.firm.currency : book.firm.currency
    var options = BookValue.Options()
    (options.key, options.asOf) = (.sector, asOf)
    let bars = try BookValue(session, portfolios: assets.portfolios, options: options).bars()
    let sums = BookSums(
      by: .sector, in: book, market: session.market, portfolios: assets.portfolios, bars: bars,
      before: asOf, currency: currency)
    let metrics = try session.metrics(benchmark: nil, rates: HistoryMetrics.Rates())
    let histories = sums.run(workers: session.workers, isCancelled: isCancelled) { group in
      let path = group.path
      let lane = metrics.summary(of: path)
      return (
        name: group.name, value: group.equity.last ?? 0, gain: group.gain,
        growth: path.timeWeightedReturn,
        volatility: MetricCatalog.metric(named: "volatility").map {
          HistoryMetrics.value($0, of: lane).number
        } ?? .nan,
        isTouched: group.flowsIn.contains { $0 != 0 } || group.flowsOut.contains { $0 != 0 }
      )
    }
    guard let histories else { throw RunInterrupted() }
    var investments: [String: Set<Int>] = [:]
    for instrument in held.instruments {
      investments[session.market.sectors[instrument], default: []].insert(instrument)
    }
    let rows = histories.filter { $0.isTouched || $0.name == "cash" }
    let equity = rows.reduce(0) { $0 + $1.value }
    let names = rows.map(\.name)
    return [
      ResultGroup(
        "sectors", title: "Sectors as of \(AsOf.text(asOf)), \(currency)",
        dimensions: [ResultGroup.Dimension("sector", .texts(names))],
        variables: [
          ResultGroup.Variable(
            "investments", ["sector"], .integers(names.map { Int64(investments[$0]?.count ?? 0) })),
          ResultGroup.Variable("value", ["sector"], rows.map(\.value), unit: currency),
          ResultGroup.Variable(
            "weight", ["sector"], rows.map { equity > 0 ? $0.value / equity : .nan },
            unit: "fraction", definition: "of the equity of the portfolios"),
          ResultGroup.Variable(
            "gain", ["sector"], rows.map(\.gain), unit: currency,
            definition: "value and what came back less what was put in"),
          ResultGroup.Variable(
            "return", ["sector"], rows.map(\.growth), unit: "fraction",
            definition: "time-weighted, since the first purchase"),
          ResultGroup.Variable(
            "volatility", ["sector"], rows.map(\.volatility), unit: "fraction",
            definition: "annual"),
          ResultGroup.Variable(
            "symbols", ["sector"],
            .texts(
              names.map { name in
                (investments[name] ?? []).map { book.instruments[$0].symbol }.sorted().joined(
                  separator: " ")
              })),
        ])
    ]
  }
}
