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
    prepare: importCSV),
  Scenario(
    "import/csv-files", unit: .bytes,
    limit: "reading the files and finding their line ends, one thread", prepare: importFiles),
]

/// A long CSV file of cents into a panel draft.
///
/// Data: 252,000 rows (100 symbols × 2,520 bars) of time, symbol, open, high, low, close, volume; about 13 MB, in the
/// page cache. Each byte is looked at for delimiters and line ends, five numbers a row are parsed, times and symbols are
/// looked up, and rows are aligned into `[T, N]`; by one worker a processor.
/// Limit: `read` in blocks and a `memchr` for every line end over the same bytes, on one thread. Parsing needs several
/// operations a byte where `memchr` needs a thirty-second of one, so a ratio near 1 is out of reach; it says how far
/// bandwidth is.
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

/// The same table as a file for each symbol, with the symbol in its name.
///
/// Data: 100 files of 2,520 rows, about 12 MB; each worker takes a file at a time. Limit: as for one file.
private func importFiles(_ context: ScenarioContext) throws -> Workload {
  let draft = try Fixture.draft(
    bars: context.size(2520, tiny: 20), symbols: context.size(100, tiny: 2), decimals: 2)
  var paths: [String] = []
  var bytes = 0
  for (column, entry) in draft.symbols.enumerated() {
    let text = csv(draft, column: column)
    bytes += text.utf8.count
    paths.append(context.path("\(entry.symbol).csv"))
    try AtomicFile.write(text, to: paths[column], force: true)
  }
  var options = ImportOptions()
  options.symbol = .fileName
  let panel = try CSVImporter.read(paths: paths, options: options)
  guard panel.draft.fields[3].values == draft.fields[3].values else {
    throw BenchmarkError.disagreement(
      what: "import/csv-files", found: "\(panel.summary.rowsKept) rows, or other closes",
      expected: "\(draft.timeNs.count * draft.symbols.count) rows")
  }
  return Workload(
    work: Double(bytes),
    contestants: [
      Contestant("CSVImporter") {
        blackHole(try CSVImporter.read(paths: paths, options: options).draft)
      }
    ],
    limit: Contestant("read and memchr in C") {
      for path in paths {
        var bytes = 0
        var lines = 0
        guard apus_reference_scan_file(path, &bytes, &lines) else {
          throw BenchmarkError.system(call: "read", path: path, code: errno)
        }
      }
    })
}

/// A table as text: all symbols with a column for them, or one without.
private func csv(_ draft: PanelDraft, column: Int? = nil) -> String {
  var text = column == nil ? "time,symbol," : "time,"
  text += draft.fields.map(\.name).joined(separator: ",") + "\n"
  for (bar, ns) in draft.timeNs.enumerated() {
    let time = Timestamp.text(nanoseconds: ns)
    for (symbol, entry) in draft.symbols.enumerated() where column == nil || column == symbol {
      text += column == nil ? time + "," + entry.symbol : time
      for field in draft.fields {
        text += ",\(field.values[bar * draft.symbols.count + symbol])"
      }
      text += "\n"
    }
  }
  return text
}
