import Books
import Kernels
import Market
import Metrics
import Storage

/// What there is to tell of a symbol: its quote, how its price moved, the metrics of its returns, and who holds it.
public struct BookAsset: Sendable {
  private let session: BookSession
  private let symbol: String
  private let portfolios: [Int]
  private let asOf: Int64
  private let options: BookMetrics.Options

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
    let closes = try Closes(session.splitAdjusted, column, bars)
    let metrics = try session.metrics(benchmark: options.benchmark, rates: options.rates)
    let lane = closes.path.flatMap { metrics.summary(of: $0) }
    var groups = [quote(column, closes), trailing(closes)]
    groups.append(metricTable(lane))
    groups += lane.map { tables($0, closes) } ?? []
    guard let instrument else { return groups }
    return groups + (try holders(instrument, bars))
  }

  // MARK: - Prices

  /// Closes of a symbol, splits taken out, in units as of the last bar.
  private struct Closes {
    let bars: Range<Int>
    /// Bars that have a close, and the closes.
    let known: [(bar: Int, price: Double)]
    let volume: [Double]
    let high: Double
    let low: Double
    let timeNs: [Int64]
    let path: MoneyPath?

    init(_ panel: PricePanel, _ column: Int, _ bars: Range<Int>) {
      self.bars = bars
      timeNs = panel.time.ns
      func value(_ field: String, _ bar: Int) -> Double {
        panel.fieldIndex(field).map { panel.value(field: $0, bar: bar, symbol: column) } ?? .nan
      }
      known = bars.compactMap { bar in
        let price = value("close", bar)
        return price.isFinite ? (bar, price) : nil
      }
      let end = panel.time.ns[bars.upperBound - 1] + panel.frequencyNs
      let year = bars.filter { panel.time.ns[$0] >= end - 365 * Calendar.dayNs }
      func extreme(_ field: String, _ pick: ([Double]) -> Double?) -> Double {
        let field = panel.fieldIndex(field) == nil ? "close" : field
        return pick(year.map { value(field, $0) }.filter(\.isFinite)) ?? .nan
      }
      high = extreme("high") { $0.max() }
      low = extreme("low") { $0.min() }
      volume = year.suffix(63).map { value("volume", $0) }.filter(\.isFinite)
      path = MoneyPath(closes: known, timeNs: panel.time.ns, frequencyNs: panel.frequencyNs)
    }
  }

  private func quote(_ column: Int, _ closes: Closes) -> ResultGroup {
    let entry = session.market.panel.symbols[column]
    let last = closes.known.last
    let before = closes.known.dropLast().last
    func single(_ name: String, _ value: Double, unit: String, _ definition: String = "")
      -> ResultGroup.Variable
    { .init(name, [], [value], unit: unit, definition: definition) }
    func text(_ name: String, _ value: String) -> ResultGroup.Variable {
      .init(name, [], .texts([value]))
    }
    let price = last?.price ?? .nan
    return ResultGroup(
      "quote", title: "\(symbol)\(entry.name.isEmpty ? "" : ", \(entry.name)")", dimensions: [],
      variables: [
        text("symbol", symbol), text("name", entry.name), text("sector", entry.sector),
        text("industry", entry.industry), text("exchange", entry.exchange),
        text("currency", entry.currency),
        single("close", price, unit: "price", "the last"),
        .init("time", [], .times([last.map { closes.timeNs[$0.bar] } ?? .min])),
        single("previous_close", before?.price ?? .nan, unit: "price"),
        single("change", price / (before?.price ?? .nan) - 1, unit: "fraction"),
        single(
          "high_52_weeks", closes.high, unit: "price", "of the last 365 days, splits taken out"),
        single("low_52_weeks", closes.low, unit: "price", "of the last 365 days, splits taken out"),
        single(
          "average_volume",
          closes.volume.isEmpty
            ? .nan : closes.volume.reduce(0, +) / Double(closes.volume.count), unit: "count",
          "mean of the last 63 bars"),
        .init("first", [], .times([closes.known.first.map { closes.timeNs[$0.bar] } ?? .min])),
        single("bars", Double(closes.known.count), unit: "bars", "with a close"),
      ])
  }

  private func trailing(_ closes: Closes) -> ResultGroup {
    let spans: [(String, Int64)] = [
      ("1 week", 7), ("1 month", 30), ("3 months", 91), ("6 months", 182), ("1 year", 365),
      ("3 years", 1_096), ("5 years", 1_826),
    ]
    let last = closes.known.last
    func grown(since instant: Int64) -> Double {
      guard let last, let base = closes.known.last(where: { closes.timeNs[$0.bar] <= instant })
      else { return .nan }
      return last.price / base.price - 1
    }
    let end = last.map { closes.timeNs[$0.bar] } ?? 0
    let year = CivilDate(daysSinceEpoch: Timestamp.split(end).day).year
    let newYear =
      (CivilDate(year: year, month: 1, day: 1)?.daysSinceEpoch ?? 0) * Calendar.dayNs - 1
    return ResultGroup(
      "returns", title: "Returns to the last close",
      dimensions: [.init("span", .texts(spans.map { $0.0 } + ["year to date", "all"]))],
      variables: [
        .init(
          "return", ["span"],
          spans.map { grown(since: end - $0.1 * Calendar.dayNs) } + [
            grown(since: newYear),
            (last?.price ?? .nan) / (closes.known.first?.price ?? .nan) - 1,
          ], unit: "fraction",
          definition: "last close over the last one at least that much earlier, less one")
      ])
  }

  private func metricTable(_ lane: LaneSummary?) -> ResultGroup {
    let shown = options.metrics
    let values = shown.map { metric -> MetricValue in
      // A price is no account: nothing was deposited, traded or paid for.
      if !metric.needs.isDisjoint(with: [.tradeSums, .history]) { return .undefined(.notRecorded) }
      return HistoryMetrics.value(metric, of: lane)
    }
    var attributes = [ResultTable.Attribute("convention", options.convention.name)]
    if let benchmark = options.benchmark { attributes.append(.init("benchmark", benchmark)) }
    return ResultGroup(
      "metrics", title: "Metrics of its returns",
      dimensions: [.init("metric", .texts(shown.map(\.name)))],
      variables: [
        .init("value", ["metric"], values.map(\.number)),
        .init("unit", ["metric"], .texts(shown.map(\.unit.rawValue))),
        .init(
          "reason", ["metric"],
          .texts(
            values.map { if case .undefined(let reason) = $0 { reason.rawValue } else { "" } })),
      ], attributes: attributes)
  }

  private func tables(_ lane: LaneSummary, _ closes: Closes) -> [ResultGroup] {
    guard let path = closes.path else { return [] }
    var spec = Spec.Tables()
    (spec.drawdowns, spec.monthly, spec.rolling) = (5, true, nil)
    return BacktestTables(
      spec, of: lane, barTimes: path.bars.map { closes.timeNs[$0] }, attributes: [])?.groups ?? []
  }

  // MARK: - The book

  private func holders(_ instrument: Int, _ bars: Range<Int>) throws -> [ResultGroup] {
    let (book, market) = (session.book, session.market)
    let concerned = portfolios.filter { portfolio in
      book.entries.range(of: portfolio).contains {
        book.entries.instrument[$0] == instrument && book.entries.timeNs[$0] < asOf
      }
    }
    let found = try concerned.map {
      try Holdings(of: $0, in: book, market: market, asOf: asOf)
    }
    let rows = found.map { holdings in holdings.rows.first { $0.instrument == instrument } }
    let positions = found.map { $0.ledger.position(instrument) }
    let currencies = found.map { book.portfolios[$0.portfolio].currency.uppercased() }
    let base = BookParts.currency(of: concerned, book)
    let rates = found.indices.map { place in
      market.rate(
        from: market.currencies[instrument], to: currencies[place], at: found[place].bar)
    }
    let holder = "portfolio"
    func money(_ name: String, _ definition: String, _ body: (Int) -> Double)
      -> ResultGroup.Variable
    {
      .init(name, [holder], found.indices.map(body), unit: "currency", definition: definition)
    }
    func gain(_ part: KeyPath<Position, Double>) -> (Int) -> Double {
      { place in (positions[place]?[keyPath: part] ?? 0) * rates[place] }
    }
    let table = ResultGroup(
      "holders", title: "Who holds it, or did",
      dimensions: [
        .init(holder, .texts(found.map { book.portfolios[$0.portfolio].id }))
      ],
      variables: [
        .init(
          "client", [holder],
          .texts(found.map { book.clients[book.portfolios[$0.portfolio].client].id })),
        .init("currency", [holder], .texts(currencies)),
        .init("units", [holder], rows.map { $0?.units ?? 0 }, unit: "ratio"),
        money("value", "units × last close, in the portfolio's currency") {
          rows[$0]?.value ?? 0
        },
        .init(
          "share", [holder],
          found.indices.map { place in rows[place].map { found[place].weight(of: $0) } ?? 0 },
          unit: "fraction", definition: "of the portfolio's equity"),
        money("cost", "by lots, first in first out") { rows[$0]?.cost ?? 0 },
        money("unrealised", "value - cost") { rows[$0]?.unrealised ?? 0 },
        money("realised", "of what was sold, by lots", gain(\.realised)),
        money("income", "dividends less fees of the symbol", gain(\.income)),
        .init(
          "buys", [holder], positions.map { Double($0?.buys ?? 0) }, unit: "count"),
        .init(
          "sells", [holder], positions.map { Double($0?.sells ?? 0) }, unit: "count"),
      ])
    func total(_ body: (Int) -> Double) -> Double {
      found.indices.reduce(0) { sum, place in
        sum + body(place) * market.rate(from: currencies[place], to: base, at: found[place].bar)
      }
    }
    func single(_ name: String, _ value: Double, unit: String = "currency")
      -> ResultGroup.Variable
    { .init(name, [], [value], unit: unit) }
    let value = total { rows[$0]?.value ?? 0 }
    let totals = ResultGroup(
      "book_totals", title: "In the whole book", dimensions: [],
      variables: [
        .init("currency", [], .texts([base])),
        single("holders", Double(rows.count { $0 != nil }), unit: "count"),
        single("units", rows.reduce(0) { $0 + ($1?.units ?? 0) }, unit: "ratio"),
        single("value", value),
        single("share_of_holders", value / total { found[$0].equity }, unit: "fraction"),
        single("unrealised", total { rows[$0]?.unrealised ?? 0 }),
        single("realised", total(gain(\.realised))), single("income", total(gain(\.income))),
        single("fees", total(gain(\.fees))),
      ])
    return [table, totals]
  }
}

extension MoneyPath {
  /// One unit of money in a price, from its first close on; nil without two closes.
  fileprivate init?(closes: [(bar: Int, price: Double)], timeNs: [Int64], frequencyNs: Int64) {
    guard let first = closes.first, let last = closes.last, first.bar < last.bar else { return nil }
    let bars = first.bar + 1..<last.bar + 1
    var (price, next) = (first.price, 1)
    let equity = bars.map { bar in
      if closes[next].bar == bar {
        price = closes[next].price
        next += 1
      }
      return price
    }
    let none = bars.map { _ in 0.0 }
    let span = timeNs[last.bar] + frequencyNs - timeNs[first.bar + 1]
    self.init(
      bars: bars, opening: first.price, equity: equity, paidIn: none, paidOut: none,
      datedFlows: [DatedFlow(years: 0, amount: first.price)],
      years: Double(span) / (DatedFlow.daysPerYear * Double(Calendar.dayNs)))
  }
}
