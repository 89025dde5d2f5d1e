import Dispatch
import FoundationEssentials
import Market
import Synchronization

/// CSV files of any dialect, long, wide or of one symbol each; plain or gzip.
///
/// Encoding, delimiter, header, columns, numbers and times are recognised from the head of each file
/// and the options; see the README of this module. Other columns of numbers than prices become fields
/// of their own. An empty cell is a missing value. Rows may come in any order.
///
/// A row that breaks a rule is left out whole; see `ImportRule`. A file is refused, and with it the
/// import, if it is not what it says: no header, binary or broken gzip, or more than half of its
/// rows bad.
///
/// The columns of the panel are the symbols in the order of their UTF-8 bytes.
public enum CSVImporter: Importer {
  /// The name by which a user asks for it.
  public static let name = "csv"
  /// One line about the format, for help.
  public static let summary =
    "text with columns, in any dialect, long, wide or one symbol a file, plain or gzip"

  /// Bytes that a worker reads at a time: they and what is found in them stay in the second-level cache.
  package static let blockBytes = 256 << 10

  /// Reads files into one panel, with all processors.
  public static func read(paths: [String], options: ImportOptions) throws(ImportError) -> (
    draft: PanelDraft, quarantined: [QuarantinedRow], summary: ImportSummary
  ) {
    try read(
      paths: paths, options: options, workers: ProcessInfo.processInfo.activeProcessorCount,
      blockBytes: blockBytes)
  }

  /// Reads files into one panel; neither the number of workers nor the size of blocks changes the answer.
  package static func read(
    paths: [String], options: ImportOptions, workers: Int, blockBytes: Int
  ) throws(ImportError) -> (
    draft: PanelDraft, quarantined: [QuarantinedRow], summary: ImportSummary
  ) {
    try check(paths, options)
    let known = KnownDialects()
    let readers = paths.map { TableReader($0, options: options, known: known) }
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      var parser = BlockParser()
      var text = TextBlock(capacity: blockBytes)
      func work(on reader: TableReader) {
        while let ticket = reader.next(&text) {
          reader.deliver(
            parser.parse(text, ticket.plan, keepsBadRows: ticket.keepsBadRows), ticket)
        }
      }
      // A file each as long as there are some, then with others at theirs.
      while case let index = next.wrappingAdd(1, ordering: .relaxed).oldValue, index < readers.count
      {
        work(on: readers[index])
      }
      for reader in readers { work(on: reader) }
      parser.finish()
    }
    var tables: [FileTable] = []
    tables.reserveCapacity(paths.count)
    for reader in readers { tables.append(try reader.finish()) }
    return try PanelAssembly.assemble(&tables, options: options, workers: workers)
  }

  private static func check(_ paths: [String], _ options: ImportOptions) throws(ImportError) {
    if paths.isEmpty {
      throw .badOption(
        option: "FILE", value: "", reason: "is missing: name a file, or - for standard input")
    }
    if paths.count(where: { $0 == "-" }) > 1 {
      throw .badOption(option: "FILE", value: "-", reason: "can be read once only")
    }
    if let frequency = options.frequencyNs, frequency <= 0 {
      throw .badOption(option: "--frequency", value: "\(frequency)", reason: "is not above zero")
    }
  }
}

/// The files of LEAN's data folder: CSV without a header, prices of shares in ten-thousandths.
public enum LEANImporter: Importer {
  /// The name by which a user asks for it.
  public static let name = "lean"
  /// One line about the format, for help.
  public static let summary = "CSV of LEAN's data folder, prices in ten-thousandths"

  /// Reads files into one panel, with all processors.
  public static func read(paths: [String], options: ImportOptions) throws(ImportError) -> (
    draft: PanelDraft, quarantined: [QuarantinedRow], summary: ImportSummary
  ) {
    var options = options
    options.hasLEANPrices = true
    return try CSVImporter.read(paths: paths, options: options)
  }
}
