import Foundation
import Jobs
import Market
import Storage
import TestSupport
import Testing

private typealias Calendar = Market.Calendar

@Suite struct ResampleJobTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden")

  /// A store of the golden bars.
  private func store(_ bars: String, _ calendar: Calendar, in scratch: ScratchFolder) throws
    -> String
  {
    let path = scratch.path("\(bars).h5")
    var job = ImportJob(files: [Self.folder.appending(path: "bars_\(bars).csv").path], store: path)
    job.options.calendar = calendar
    let outcome = try job.run()
    #expect(outcome.quarantined.isEmpty)
    return path
  }

  /// Rows of a case as pandas made them.
  private static let expected: [String: [[String]]] = {
    let lines = (try? Golden.lines("resampled.csv")) ?? []
    let rows = lines.dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return Dictionary(grouping: rows) { $0[0] }
  }()

  @Test(
    arguments: [
      "us_equity 30m open regular", "us_equity 30m midnight regular", "us_equity 1h open regular",
      "us_equity 1h midnight regular", "us_equity 2h open regular", "us_equity 2h midnight regular",
      "us_equity 1d open regular", "us_equity 1w open regular", "us_equity 1mo open regular",
      "us_equity_hours 1h open all", "us_equity_hours 1d open all",
      "us_equity_daily 1w open regular", "us_equity_daily 1mo open regular",
      "us_equity_daily 3mo open regular", "crypto 2h open regular", "crypto 6h open regular",
      "crypto 1d open regular", "crypto 1w open regular", "fx 4h open regular",
      "fx 1d open regular", "fx 1w open regular",
    ], [1, 2, 7])
  func barsAreThoseOfPandas(name: String, workers: Int) throws {
    let scratch = try ScratchFolder()
    let words = name.split(separator: " ").map(String.init)
    let calendar: Calendar =
      words[0] == "crypto" ? .crypto : words[0] == "fx" ? .fx : .usEquity
    let path = try store(words[0], calendar, in: scratch)
    var job = ResampleJob(store: path, target: try #require(Frequency(label: words[1])))
    job.name = "made"
    job.anchor = try #require(BinPlan.Anchor(rawValue: words[2]))
    job.sessions = try #require(BinPlan.Sessions(rawValue: words[3]))
    job.workers = workers
    let outcome = try job.run()
    let panel = try PriceStore.open(path).loadPanel("made", verifyHash: true)
    #expect(panel.calendar == calendar && panel.frequencyNs == job.target.ns)
    #expect(outcome.bars == panel.barCount && outcome.straddling == 0)

    let rows = try #require(Self.expected[name])
    var wanted: [String: [Double]] = [:]
    var stamps: Set<Int64> = []
    for row in rows {
      let time = try Timestamp.nanoseconds(parsing: row[1])
      stamps.insert(time)
      wanted["\(time) \(row[2])"] = row[3...].map { Double($0) ?? .nan }
    }
    #expect(panel.time.ns == stamps.sorted())
    #expect(panel.fields == ["open", "high", "low", "close", "volume", "bid"])
    for bar in 0..<panel.barCount {
      for symbol in 0..<panel.symbolCount {
        let found = panel.fields.indices.map { panel.value(field: $0, bar: bar, symbol: symbol) }
        let key = "\(panel.time.ns[bar]) \(panel.symbols[symbol].symbol)"
        let row = wanted[key] ?? [Double](repeating: .nan, count: 6)
        #expect(found.map { $0.isNaN ? -1 : $0 } == row.map { $0.isNaN ? -1 : $0 }, "\(key)")
      }
    }
  }

  @Test func foldsAndNamesAreTheUsersChoice() throws {
    let scratch = try ScratchFolder()
    let path = try store("crypto", .crypto, in: scratch)
    var job = ResampleJob(store: path, target: .day)
    job.how = ["bid": "mean", "volume": "max"]
    job.output = scratch.path("other.h5")
    let plan = try job.run(dryRun: true)
    #expect(plan.panel == "crypto_1d" && plan.from.label == "1h")
    #expect(try scratch.names() == ["crypto.h5"])
    _ = try job.run()
    let source = try PriceStore.open(path).loadPanel("crypto_1h")
    let made = try PriceStore.open(scratch.path("other.h5")).loadPanel("crypto_1d")
    let (bid, volume) = (5, 4)
    let bars = source.time.ns.indices.filter {
      source.time.ns[$0] / Calendar.dayNs == made.time.ns[1] / Calendar.dayNs
    }
    for symbol in 0..<2 {
      let bids = bars.map { source.value(field: bid, bar: $0, symbol: symbol) }.filter { !$0.isNaN }
      let mean = bids.dropFirst().reduce(bids[0], +) / Double(bids.count)
      #expect(made.value(field: bid, bar: 1, symbol: symbol) == mean)
      let most = bars.map { source.value(field: volume, bar: $0, symbol: symbol) }.filter {
        !$0.isNaN
      }.max()
      #expect(made.value(field: volume, bar: 1, symbol: symbol) == most)
    }
    // Twice into one store needs a word more.
    #expect(throws: StorageError.panelExists(panel: "crypto_1d", path: scratch.path("other.h5"))) {
      try job.run()
    }
    job.force = true
    _ = try job.run()
  }

  @Test func mistakesAreRefusedBeforeTheStoreIsTouched() throws {
    let scratch = try ScratchFolder()
    let path = try store("crypto", .crypto, in: scratch)
    let before = try Data(contentsOf: URL(filePath: path))
    func refused(_ change: (inout ResampleJob) -> Void) -> String {
      var job = ResampleJob(store: path, target: .day)
      change(&job)
      do { return "\(try job.run())" } catch { return "\(error)" }
    }
    #expect(refused { $0.how = ["close": "median"] }.contains("is not one of first"))
    #expect(refused { $0.how = ["clos": "last"] }.contains("Did you mean 'close'?"))
    #expect(refused { $0.target = Frequency(label: "90m") ?? .day }.contains("no multiple"))
    #expect(refused { $0.target = Frequency(label: "30m") ?? .day }.contains("not longer"))
    #expect(refused { $0.panel = "cryptoo_1h" }.contains("Did you mean 'crypto_1h'?"))
    #expect(refused { $0.output = scratch.url.path }.contains("is a folder"))
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
  }
}
