import Books
import Kernels
import Storage

/// What there is to tell of a symbol: its quote, how its price moved, the metrics of its returns, and who holds it.
public struct BookAsset: Sendable {
  let session: BookSession
  let symbol: String
  let portfolios: [Int]
  let asOf: Int64
  let options: BookMetrics.Options

  /// A symbol as of an instant.
  ///
  /// - Parameters:
  ///   - session: the book and its prices.
  ///   - symbol: in the book or the panel.
  ///   - portfolios: whose holdings are told of.
  ///   - asOf: the first instant that no longer counts.
  ///   - options: metrics, benchmark, rates; prices from `span.lowerBound` on count.
  public init(
    _ session: BookSession, symbol: String, portfolios: [Int], asOf: Int64,
    options: BookMetrics.Options
  ) {
    self.session = session
    self.symbol = symbol
    self.portfolios = portfolios
    self.asOf = asOf
    self.options = options
  }

  /// The tables `quote`, `returns`, `metrics`, `holders` and `book_totals`.
  ///
  /// - Throws: `BookMetricsError`, `BooksError`, `StorageError`.
  public func groups() throws -> [ResultGroup] {
    let panel = session.market.panel
    let instrument = session.book.instruments.firstIndex { $0.symbol == symbol }
    guard let column = panel.symbols.index(of: symbol) else {
      throw BookMetricsError.notInBook(
        symbol, nearest: nearestName(to: symbol, among: panel.symbols.names))
    }
    let bars = try session.bars(
      in: min(options.span.lowerBound, asOf)..<min(asOf, options.span.upperBound))
    let closes = try SymbolCloses(session.splitAdjusted, column, bars)
    let metrics = try session.metrics(
      benchmark: options.benchmark, in: panel.symbols[column].currency.uppercased(),
      rates: options.rates)
    let lane = closes.path.flatMap { metrics.summary(of: $0) }
    var groups = [quote(column, closes), trailing(closes)]
    groups.append(metricTable(lane))
    groups += lane.map { tables($0, closes) } ?? []
    guard let instrument else { return groups }
    return groups + (try holders(instrument, bars))
  }
}
