import BenchmarkKit
import BenchmarkReference
import FoundationEssentials
import Interchange
import Market

/// One import that is repeated whenever a line on standard input asks for it, for programs that compare engines.
///
/// `run` imports once, `run N` that many times; the answer holds the seconds of each. `answers` says what was read.
/// Every answer is a line of JSON; the first one, before any question, says what is imported.
struct ImportServer {
  private let paths: [String]
  private let options: ImportOptions
  private let threads: Int

  private struct Greeting: Encodable {
    var files: Int
    var threads: Int
  }
  private struct Times: Encodable { var seconds: [Double] }
  private struct Found: Encodable {
    var rows: Int
    var sums: [String: Double]
  }
  private struct Mistake: Encodable { var error: String }

  /// Files with a column of symbols, or of one symbol each that is in their names.
  init(paths: [String], symbolInFileName: Bool, threads: Int) {
    self.paths = paths
    self.threads = threads
    var options = ImportOptions()
    if symbolInFileName { options.symbol = .fileName }
    self.options = options
  }

  /// Answers until standard input ends.
  ///
  /// What is freed is kept, as the allocators of other readers keep it: new pages on every call cost as much as half of the import.
  func serve(say: (String) throws -> Void) throws {
    apus_reference_keep_memory()
    try say(json(Greeting(files: paths.count, threads: threads)))
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      switch (words.first, words.count > 1 ? Int(words[1]) : 1) {
      case ("run", let count?) where count > 0:
        try say(json(Times(seconds: try (0..<count).map { _ in try seconds() })))
      case ("answers", _):
        let (draft, _, summary) = try read()
        var sums: [String: Double] = [:]
        for field in draft.fields {
          sums[field.name] = field.values.reduce(0) { $1.isNaN ? $0 : $0 + $1 }
        }
        try say(json(Found(rows: summary.rowsKept, sums: sums)))
      default:
        try say(json(Mistake(error: "expected: run, run N or answers; found: \(line)")))
      }
    }
  }

  private func read() throws(ImportError) -> (
    draft: PanelDraft, quarantined: [QuarantinedRow], summary: ImportSummary
  ) {
    try CSVImporter.read(
      paths: paths, options: options, workers: threads, blockBytes: CSVImporter.blockBytes)
  }

  /// One import, from files to a draft that is checked and aligned.
  private func seconds() throws -> Double {
    let begin = monotonicNanoseconds()
    blackHole(try read().draft)
    return Double(monotonicNanoseconds() - begin) * 1e-9
  }

  private func json(_ answer: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(answer), as: UTF8.self) + "\n"
  }
}
