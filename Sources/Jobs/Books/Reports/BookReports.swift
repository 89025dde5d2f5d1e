import Books
import Interchange
import Kernels
import Market
import Metrics
import Storage
import Synchronization

/// Reports of all clients over a month or a year, written in one batch: a JSON file and a set of CSV tables each.
///
/// Nothing is changed before every report is made. The index is written last; the same book and prices give the same bytes.
public struct BookReports: Sendable {
  /// Whom a report is for.
  public enum Level: String, Sendable, CaseIterable {
    /// A client: all its portfolios.
    case client
    /// A portfolio.
    case portfolio
    /// An advisor: the portfolios of all its clients.
    case advisor
  }

  /// What is written.
  public struct Options: Sendable {
    /// Whom a report is for.
    public var level = Level.client
    /// The period; nil takes the one of `kind` that the last bar lies in.
    public var period: ReportPeriod?
    /// How long it is.
    public var kind = ReportPeriod.Kind.month
    /// The first instant that no longer counts; nil for the end of the last bar.
    public var asOf: Int64?
    /// Whether JSON files are written.
    public var json = true
    /// Whether CSV files are written.
    public var csv = true
    /// Whether a folder may have files that no report wrote.
    public var force = false
    /// Annual rates.
    public var rates = HistoryMetrics.Rates()

    /// All reports of the last month.
    public init() {}
  }

  /// What came out.
  public struct Outcome: Sendable {
    /// Number of reports.
    public let reports: Int
    /// Number of files that are new or other than before.
    public let written: Int
    /// Number of files that were there already.
    public let kept: Int
    /// The folder of the period.
    public let folder: String
    /// Name of the period.
    public let period: String
  }

  private let session: BookSession
  private let market: BookMarket
  private let owners: [(id: String, portfolios: [Int])]
  private let options: Options
  /// The period.
  public let period: ReportPeriod
  private let span: Range<Int64>
  private let bars: Range<Int>

  /// Number of reports.
  public var count: Int { owners.count }

  /// Reports on some portfolios of a book.
  ///
  /// - Throws: `BookMetricsError.noBars` where no bar of the period had ended.
  public init(_ session: BookSession, portfolios: [Int], options: Options) throws {
    self.session = session
    market = session.market.remembering
    self.options = options
    let asOf = options.asOf ?? session.market.lastEnd
    guard let last = session.market.bar(endedBy: asOf),
      let period = options.period
        ?? ReportPeriod(options.kind, containing: session.market.panel.time.ns[last]),
      period.start < asOf
    else {
      throw BookMetricsError.noBars(
        panel: session.market.panel.name, first: session.market.panel.time.ns.first ?? 0,
        last: session.market.panel.time.ns.last ?? 0)
    }
    self.period = period
    // A period is over when its last bar is: what there is of a week-end comes with the bars after it.
    span = period.start..<min(period.end, max(asOf, period.start + 1))
    let found = try session.bars(in: span)
    bars = found
    let book = session.book
    var places: [Int: Int] = [:]
    var owners: [(id: String, portfolios: [Int])] = []
    for portfolio in portfolios {
      let client = book.portfolios[portfolio].client
      let (key, id) =
        switch options.level {
        case .portfolio: (portfolio, book.portfolios[portfolio].id)
        case .client: (client, book.clients[client].id)
        case .advisor:
          (book.clients[client].advisor, book.advisors[book.clients[client].advisor].id)
        }
      if let place = places[key] {
        owners[place].portfolios.append(portfolio)
      } else {
        places[key] = owners.count
        owners.append((id, [portfolio]))
      }
    }
    self.owners = owners
  }

  /// Writes the reports into a folder named after the period, inside another.
  ///
  /// - Parameters:
  ///   - folder: made where it is missing.
  ///   - progress: takes the number of reports made so far; called from workers.
  ///   - isCancelled: asked before each report; then nothing is changed.
  /// - Throws: `StorageError`, `BooksError`, `BookMetricsError.foreignFolder`, `RunInterrupted`.
  public func write(
    to folder: String, progress: @escaping @Sendable (Int) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Outcome {
    let metrics = try session.metrics(benchmark: nil, rates: options.rates)
    let target = Self.subfolder(folder, period.name)
    let batch: FileBatch
    do throws(StorageError) {
      batch = try FileBatch(
        target, .fileByFile, force: options.force, isOurs: { $0.contains("index.json") },
        makesParent: true)
    } catch {
      if case .fileExists = error { throw BookMetricsError.foreignFolder(path: target) }
      throw error
    }
    let rows = Mutex([[UInt8]](repeating: [], count: owners.count))
    let done = Atomic<Int>(0)
    let isWhole = try TileLoop(tiles: owners.count, workers: session.workers).run(
      isCancelled: isCancelled, room: { () }
    ) { place, _ in
      let row = try report(place, metrics, batch)
      rows.withLock { $0[place] = row }
      progress(done.add(1, ordering: .relaxed).newValue)
    }
    guard isWhole else { throw RunInterrupted() }
    let (kept, written) = batch.counts
    try batch.add(rows.withLock { table($0) }, name: "index.csv")
    try batch.add(index, name: "index.json")
    try batch.commit()
    return Outcome(
      reports: owners.count, written: written, kept: kept, folder: target, period: period.name)
  }

  /// Makes one report and its files; returns its row of the index.
  private func report(_ place: Int, _ metrics: HistoryMetrics, _ batch: FileBatch) throws -> [UInt8]
  {
    let owner = owners[place]
    let report = try OwnerReport(
      owner.portfolios, in: session.book, market: market,
      currency: BookParts.currency(of: owner.portfolios, session.book), span: span, period: bars,
      metrics: metrics)
    let text = OwnerReportText(
      report: report, period: period, span: span, book: session.book, market: market,
      level: options.level.rawValue, id: owner.id)
    let name = ReportFileName.of(owner.id)
    if options.json { try batch.add(text.json(origin), name: name + ".json") }
    if options.csv {
      for table in text.tables { try batch.add(table.bytes, name: "\(name)-\(table.name).csv") }
    }
    var row = CSVText()
    row.add(owner.id)
    row.add(name)
    row.add(owner.portfolios.count)
    OwnerReportText.add(report.total, to: &row)
    row.endRow()
    return row.bytes
  }

  /// The index as a table.
  private func table(_ rows: [[UInt8]]) -> [UInt8] {
    let header = CSVText(columns: ["id", "file", "portfolios"] + OwnerReportText.accountColumns)
    return rows.reduce(into: header.bytes) { $0 += $1 }
  }

  private var origin: [(name: String, value: String)] {
    [
      ("engine_version", apusVersion), ("book_sha256", session.contentHash),
      ("panel", session.market.panel.name), ("data_sha256", session.store.contentHash),
    ]
  }

  private var index: [UInt8] {
    var text = JSONText()
    text.object(lines: true) { text in
      text.add("apus_format", "client_reports")
      text.add("apus_version", 1)
      text.object("origin") { text in for (name, value) in origin { text.add(name, value) } }
      text.add("by", options.level.rawValue)
      text.object("period") { text in
        text.add("name", period.name)
        text.add("from", Timestamp.text(nanoseconds: span.lowerBound))
        text.add("to", AsOf.text(span.upperBound))
        text.add("is_complete", span.upperBound >= period.end)
      }
      text.list("reports") { text in
        for owner in owners {
          text.object { text in
            text.add("id", owner.id)
            text.add("file", ReportFileName.of(owner.id))
            text.add("portfolios", owner.portfolios.count)
          }
        }
      }
    }
    text.end()
    return text.bytes
  }

  private static func subfolder(_ folder: String, _ name: String) -> String {
    var path = folder
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path == "/" ? "/\(name)" : "\(path)/\(name)"
  }
}
