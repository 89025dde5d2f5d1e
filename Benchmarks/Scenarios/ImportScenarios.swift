import BenchmarkKit
import BenchmarkReference
import Glibc
import Interchange
import Market
import Storage

/// From files of others into panels.
let importScenarios: [Scenario] = [
  Scenario(
    "import/csv", unit: .bytes, limit: "reading the file and finding its line ends, one thread",
    prepare: importCSV)
]

/// A long CSV file of cents into a panel draft.
///
/// Data: 252,000 rows (100 symbols × 2,520 bars) of time, symbol, open, high, low, close, volume; about 13 MB, in the
/// page cache. Each byte is looked at by the record reader, five numbers and a time a row are parsed, and rows are
/// aligned into `[T, N]`. One file is read by one thread.
/// Limit: `read` in blocks and a `memchr` for every line end over the same bytes. Parsing needs several operations a
/// byte where `memchr` needs a thirty-second of one, so a ratio near 1 is out of reach; it says how far bandwidth is.
private func importCSV(_ context: ScenarioContext) throws -> Workload {
  let draft = try Fixture.draft(
    bars: context.size(2520, tiny: 20), symbols: context.size(100, tiny: 2), decimals: 2)
  let path = context.path("prices.csv")
  let text = csv(draft)
  try AtomicFile.write(text, to: path, force: true)
  let rows = draft.timeNs.count * draft.symbols.count
  func read() throws {
    let panel = try CSVImporter.read(paths: [path], options: ImportOptions())
    guard panel.summary.rowsKept == rows, panel.draft.fields[3].values == draft.fields[3].values
    else {
      throw BenchmarkError.disagreement(
        what: "import/csv", found: "\(panel.summary.rowsKept) rows, or other closes",
        expected: "\(rows) rows")
    }
  }
  try read()
  return Workload(
    work: Double(text.utf8.count),
    contestants: [
      Contestant("CSVImporter") {
        blackHole(try CSVImporter.read(paths: [path], options: ImportOptions()).draft)
      }
    ],
    limit: Contestant("read and memchr in C") {
      var bytes = 0
      var lines = 0
      guard apus_reference_scan_file(path, &bytes, &lines) else {
        throw BenchmarkError.system(call: "read", path: path, code: errno)
      }
      guard lines == rows + 1 else {
        throw BenchmarkError.disagreement(
          what: "import/csv", found: "\(lines) lines", expected: "\(rows + 1)")
      }
    })
}

private func csv(_ draft: PanelDraft) -> String {
  var text = "time,symbol," + draft.fields.map(\.name).joined(separator: ",") + "\n"
  for (bar, ns) in draft.timeNs.enumerated() {
    let time = Timestamp.text(nanoseconds: ns)
    for (symbol, entry) in draft.symbols.enumerated() {
      text += time + "," + entry.symbol
      for field in draft.fields {
        text += ",\(field.values[bar * draft.symbols.count + symbol])"
      }
      text += "\n"
    }
  }
  return text
}
