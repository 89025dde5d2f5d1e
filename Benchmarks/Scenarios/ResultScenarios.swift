import BenchmarkKit
import BenchmarkReference
import Glibc
import Interchange
import Jobs
import Metrics
import Storage

/// From lanes to files and leaderboards.
let resultScenarios: [Scenario] = [
  Scenario("result/rank", unit: .rows, limit: "a radix sort in C", prepare: rankRows),
  Scenario(
    "result/write", unit: .rows, limit: "writing and syncing the same bytes", prepare: writeRows),
  Scenario(
    "result/export-csv", unit: .rows, limit: "printing the same numbers alone", prepare: exportRows),
]

/// A leaderboard of a million rows by another metric.
///
/// Data: 1,000,000 lanes with a parameter and two metrics of random numbers. Ranking reads the column and how lanes
/// ended, sorts by radix, and then reads every column of the table.
/// Limit: sorting the same keys with their positions by radix in C: eight passes over 12 MB, bound by scattered writes.
private func rankRows(_ context: ScenarioContext) throws -> Workload {
  let table = resultTable(
    lanes: context.size(1_000_000, tiny: 1000), metrics: ["sharpe", "trades"])
  let path = context.path("rank.h5")
  try ResultStore.write(table, to: path, force: true)
  let job = try RankJob(path: path)
  let order = RadixRank(table.metrics[0].values)
  order.run()
  let ranked = try job.ranked(by: "sharpe").table.leaderboard
  guard ranked.elementsEqual(order.positions.map(Int64.init)) else {
    throw BenchmarkError.disagreement(
      what: "result/rank", found: "another order", expected: "that of the radix sort")
  }
  return Workload(
    work: Double(table.lanes.count),
    contestants: [
      Contestant("RankJob") { blackHole(try job.ranked(by: "sharpe").table.leaderboard) }
    ],
    limit: Contestant("radix sort in C") { order.run() })
}

/// A result of 100,000 lanes with two parameters and the default metrics into a file.
///
/// Data: 14 columns of numbers, lane ids, ranks and three columns of texts: 24 MB. Texts are stored one by one,
/// numbers as they lie in memory; then the file is synced and renamed.
/// Limit: `write`, `fsync` and `rename` of as many bytes. Both wait for the disk, so their rounds vary with it.
private func writeRows(_ context: ScenarioContext) throws -> Workload {
  let table = resultTable(
    lanes: context.size(100_000, tiny: 100), metrics: MetricCatalog.defaultNames)
  let path = context.path("result.h5")
  try ResultStore.write(table, to: path, force: true)
  guard try ResultStore.read(path).metrics[0].values == table.metrics[0].values else {
    throw BenchmarkError.disagreement(
      what: "result/write", found: "other values on reading back", expected: "those written")
  }
  var status = stat()
  guard stat(path, &status) == 0 else {
    throw BenchmarkError.system(call: "stat", path: path, code: errno)
  }
  let bytes = [UInt8](repeating: 1, count: Int(status.st_size))
  let other = context.path("bytes")
  return Workload(
    work: Double(table.lanes.count),
    contestants: [
      Contestant("ResultStore.write") { try ResultStore.write(table, to: path, force: true) }
    ],
    limit: Contestant("write and fsync in C") {
      guard apus_reference_write_file(other, bytes, bytes.count) else {
        throw BenchmarkError.system(call: "write", path: other, code: errno)
      }
    })
}

/// The same lanes as comma-separated text.
///
/// Data: as `result/write`; 1.4 million numbers of about twenty characters, the shortest text that reads back as the same
/// number. Limit: printing each number alone, without cells, rows and commas.
private func exportRows(_ context: ScenarioContext) throws -> Workload {
  let table = resultTable(
    lanes: context.size(100_000, tiny: 100), metrics: MetricCatalog.defaultNames)
  let rows = Array(table.lanes.indices)
  func export() throws -> (lines: Int, bytes: Int) {
    var lines = 0
    var bytes = 0
    try CSVExporter.export(table, rows: rows) { part in
      bytes += part.utf8.count
      lines += part.utf8.count { $0 == 10 }
    }
    return (lines, bytes)
  }
  let lines = try export().lines
  guard lines == rows.count + 1 else {
    throw BenchmarkError.disagreement(
      what: "result/export-csv, lines", found: "\(lines)", expected: "\(rows.count + 1)")
  }
  let columns = (table.parameters + table.metrics).map(\.values)
  return Workload(
    work: Double(rows.count),
    contestants: [
      Contestant("CSVExporter") {
        var bytes = 0
        try CSVExporter.export(table, rows: rows) { bytes += $0.utf8.count }
        blackHole(bytes)
      }
    ],
    limit: Contestant("Double.description") {
      var bytes = 0
      for column in columns {
        for value in column { bytes += value.description.utf8.count }
      }
      blackHole(bytes)
    })
}

/// A result of random numbers.
private func resultTable(lanes: Int, metrics: [String]) -> ResultTable {
  func column(_ name: String, _ stream: Int, _ attributes: [ResultTable.Attribute] = [])
    -> ResultTable.Column
  {
    ResultTable.Column(
      name: name, values: Fixture.noise(lanes, stream: UInt32(stream)), attributes: attributes)
  }
  let ids = (0..<lanes).map(Int64.init)
  return ResultTable(
    attributes: ResultAttributes(), lanes: ids, symbols: ["S0000", "S0001"],
    symbolIndex: (0..<lanes).map { Int32($0 % 2) },
    parameters: [column("fast", 1000), column("slow", 1001)],
    status: Array(repeating: .ok, count: lanes), reason: Array(repeating: "", count: lanes),
    metrics: metrics.enumerated().map { index, name in
      column(
        name, index,
        [.init("unit", "ratio"), .init("direction", "higher"), .init("definition", "")]
      )
    },
    leaderboard: ids, leaderboardBy: metrics[0], leaderboardDirection: "higher")
}

/// Positions of values in descending order, by the reference's radix sort.
private final class RadixRank {
  private let values: [Double]
  private let keys: Scratch<UInt64>
  private let order: Scratch<UInt32>

  init(_ values: [Double]) {
    self.values = values
    keys = Scratch(.allocate(capacity: values.count * 2))
    order = Scratch(.allocate(capacity: values.count * 2))
  }

  func run() {
    apus_reference_rank(
      values, UInt32(values.count), keys.base, keys.base + values.count, order.base,
      order.base + values.count)
  }

  var positions: [UInt32] { Array(UnsafeBufferPointer(start: order.base, count: values.count)) }
}
