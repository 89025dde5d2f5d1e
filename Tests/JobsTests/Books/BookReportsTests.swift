import Books
import Foundation
import Jobs
import Market
import Metrics
import Storage
import Synchronization
import TestSupport
import Testing

/// Reports of all clients in one batch.
@Suite struct BookReportsTests {
  private func write(
    _ sample: HistoryBook, to name: String, workers: Int = 1,
    _ change: (inout BookReports.Options) -> Void = { _ in }
  ) throws -> BookReports.Outcome {
    let session = try sample.session(workers: workers)
    var options = BookReports.Options()
    change(&options)
    return try BookReports(
      session, portfolios: Array(session.book.portfolios.indices), options: options
    ).write(to: sample.folder.path(name))
  }

  private func contents(_ folder: String) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      found[name] = try Data(contentsOf: URL(filePath: folder + "/" + name))
    }
    return found
  }

  private func json(_ folder: String, _ name: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(filePath: folder + "/" + name))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test("the same files for one, two and seven workers; a repeated run leaves them alone")
  func repeated() throws {
    let sample = try HistoryBook()
    let first = try write(sample, to: "one")
    #expect(first.reports == 5 && first.written == 5 * 6 && first.kept == 0)
    #expect(first.period == "2014-04")
    let files = try contents(first.folder)
    #expect(files.count == 32)
    #expect(files["c%2F1%20%C3%A9.json"] != nil)
    for workers in [2, 7] {
      let other = try write(sample, to: "with\(workers)", workers: workers)
      #expect(try contents(other.folder) == files)
    }
    let again = try write(sample, to: "one", workers: 2)
    #expect(again.written == 0 && again.kept == 30)
    #expect(try contents(again.folder) == files)
  }

  @Test("what a report says of money adds up, and its statement ends in its cash")
  func adds() throws {
    let sample = try HistoryBook()
    let folder = try write(sample, to: "out") { $0.period = ReportPeriod("2014-02") }.folder
    for name in ["c-0.json", "c-2.json", "c-3.json"] {
      let report = try json(folder, name)
      let portfolios = try #require(report["portfolios"] as? [[String: Any]])
      let total = try #require(report["total"] as? [String: Any])
      func number(_ of: [String: Any], _ key: String) -> Double {
        (of[key] as? NSNumber)?.doubleValue ?? .nan
      }
      var ends = 0.0
      for portfolio in portfolios {
        let gain =
          number(portfolio, "end") - number(portfolio, "begin") - number(portfolio, "paid_in")
          + number(portfolio, "paid_out")
        #expect(abs(gain - number(portfolio, "gain")) < 1e-9)
        let wallets = try #require(portfolio["wallets"] as? [[String: Any]])
        let closing = wallets.reduce(0) { $0 + number($1, "closing") }
        #expect(abs(closing - number(portfolio, "cash")) < 1e-9)
        let holdings = try #require(portfolio["holdings"] as? [[String: Any]])
        let value = holdings.reduce(0) { $0 + number($1, "value") }
        #expect(abs(value + closing - number(portfolio, "end")) < 1e-6)
        #expect(holdings.allSatisfy { $0["price_time"] as? String == "2014-02-28" })
        ends += number(portfolio, "end")
      }
      #expect(abs(ends - number(total, "end")) < 1e-6)
    }
    // The client without money: no rate of return, and why.
    let empty = try #require(try json(folder, "c-2.json")["portfolios"] as? [[String: Any]])
    #expect(empty.count == 2)
    let since = try #require(empty[1]["since_inception"] as? [String: Any])
    #expect(since["sharpe"] is NSNull)
    #expect((since["undefined"] as? [String: String])?["sharpe"] == "not_recorded")
    let index = try json(folder, "index.json")
    #expect((index["reports"] as? [Any])?.count == 5)
  }

  @Test("a folder of others is refused; what a killed run left is cleaned up")
  func folders() throws {
    let sample = try HistoryBook()
    let folder = sample.folder.path("out/2014-04")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: URL(filePath: folder + "/notes.txt"))
    #expect(throws: BookMetricsError.foreignFolder(path: folder)) {
      try write(sample, to: "out")
    }
    #expect(try contents(folder).count == 1)
    let staged = sample.folder.path("out/.2014-04.staged")
    try FileManager.default.createDirectory(atPath: staged, withIntermediateDirectories: true)
    try Data("half".utf8).write(to: URL(filePath: staged + "/c-0.json"))
    let outcome = try write(sample, to: "out") { $0.force = true }
    #expect(outcome.written == 30 && !FileManager.default.fileExists(atPath: staged))
    let files = try contents(folder)
    #expect(files["notes.txt"] == Data("mine".utf8) && files.count == 33)
    #expect(files["c-0.json"] != Data("half".utf8))
  }

  @Test("stopped in between, nothing is changed")
  func interrupted() throws {
    let sample = try HistoryBook()
    let session = try sample.session()
    let reports = try BookReports(
      session, portfolios: Array(session.book.portfolios.indices), options: BookReports.Options())
    let before = try sample.folder.names()
    #expect(throws: RunInterrupted.self) {
      try reports.write(to: sample.folder.path("out"), isCancelled: { true })
    }
    #expect(try sample.folder.names() == before)
    try FileManager.default.createDirectory(
      atPath: sample.folder.path("out"), withIntermediateDirectories: false)
    #expect(throws: RunInterrupted.self) {
      try reports.write(to: sample.folder.path("out"), isCancelled: { true })
    }
    // A folder of the user's stays.
    #expect(try contents(sample.folder.path("out")).isEmpty)
    var job = BookExportJob(book: sample.path, folder: sample.folder.path("tables"))
    job.force = true
    // Before each of six tables, and once at the end.
    for limit in 0..<7 {
      let asked = Atomic<Int>(0)
      #expect(throws: RunInterrupted.self, "\(limit)") {
        try job.run(isCancelled: { asked.add(1, ordering: .relaxed).newValue > limit })
      }
      #expect(try sample.folder.names() == (before + ["out"]).sorted())
    }
  }

  @Test("of hourly bars the deepest drawdown is max_drawdown, as of daily ones")
  func hourlyDrawdowns() throws {
    for stepNs in [Calendar.dayNs / 24, Calendar.dayNs] {
      let sample = try HistoryBook(stepNs: stepNs)
      let folder = try write(sample, to: "out") { $0.period = ReportPeriod("2014-01") }.folder
      for name in ["c-0.json", "c-3.json"] {
        let report = try json(folder, name)
        let total = try #require(report["total"] as? [String: Any])
        let since = try #require(total["since_inception"] as? [String: Any])
        let most = try #require(since["max_drawdown"] as? Double)
        let rows = try #require(total["drawdowns"] as? [[String: Any]])
        let depths = rows.compactMap { $0["depth"] as? Double }
        #expect(most < 0 && abs(depths[0] - most) < 1e-12, "\(name), \(stepNs)")
        #expect(depths == depths.sorted())
        for row in rows {
          let (start, valley) = (row["start"] as? String ?? "", row["valley"] as? String ?? "")
          #expect(start.count == 10 && start <= valley)
        }
      }
      let session = try sample.session()
      var options = BookMetrics.Options()
      options.metrics = MetricCatalog.all.filter { $0.name == "max_drawdown" }
      let groups = try BookAsset(
        session, symbol: "AAA", portfolios: [0], asOf: session.market.lastEnd, options: options
      ).groups()
      func values(_ group: String, _ name: String) throws -> [Double] {
        let found = try #require(groups.first { $0.name == group })
        let variable = try #require(found.variables.first { $0.name == name })
        guard case .doubles(let values) = variable.values else { return [] }
        return values
      }
      let (table, metric) = (try values("drawdowns", "depth"), try values("metrics", "value"))
      #expect(table.count == 5 && abs(table[0] - metric[0]) < 1e-12)
    }
  }

  @Test("periods without bars are refused, and whom a report is for is a choice")
  func choices() throws {
    let sample = try HistoryBook()
    for name in ["2013-12", "2015", "2014-06"] {
      #expect(throws: BookMetricsError.self, "\(name)") {
        try write(sample, to: "out") { $0.period = ReportPeriod(name) }
      }
    }
    let outcome = try write(sample, to: "advisors") {
      ($0.level, $0.csv, $0.kind) = (.advisor, false, .year)
    }
    #expect(outcome.period == "2014" && outcome.reports == 2 && outcome.written == 2)
    #expect(try json(outcome.folder, "a-1.json")["advisor"] as? String == "a-1")
  }
}
