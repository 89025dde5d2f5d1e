import Kernels

/// Scores of symbols by somebody's model, for all clients or for each.
///
/// A row for each symbol, `symbol,score`, or for each client and symbol, `client,symbol,score`, where a client is named by its id in the
/// model's system; an empty client means all others. An empty score is none.
public struct ScoreFile: Sendable, Equatable {
  /// Scores by symbol for clients without their own.
  public private(set) var common: [String: Double] = [:]
  /// Scores by symbol, by client.
  public private(set) var byClient: [String: [String: Double]] = [:]
  /// All symbols that are named.
  public private(set) var symbols: Set<String> = []

  /// Reads a file, plain or gzip.
  public static func read(_ path: String) throws(ImportError) -> ScoreFile {
    var reader = RecordReader(
      HeadSource(try ByteSources.open(path, options: ImportOptions())), path: path)
    guard try reader.next() else { throw .empty(path: path) }
    var header: [String] = []
    for index in 0..<reader.count {
      guard let name = reader.validText(index) else { throw .headerNotUTF8(path: path) }
      header.append(name.trimmingSpaces)
    }
    let names = header.map(ColumnName.canonical)
    func column(_ wanted: [String]) -> Int? { names.firstIndex { wanted.contains($0) } }
    func needed(_ wanted: [String]) throws(ImportError) -> Int {
      guard let index = column(wanted) else {
        throw .columnMissing(
          path: path, column: wanted[0], found: header,
          nearest: ColumnName.nearest(wanted[0], in: header))
      }
      return index
    }
    let symbol = try needed(["symbol", "ticker"])
    let score = try needed(["score", "weight"])
    let client = column(["client", "external_id", "client_external_id", "uuid"])
    var file = ScoreFile()
    while try reader.next() {
      func refuse(_ index: Int, _ reason: String) -> ImportError {
        .badSymbolRow(path: path, line: reader.line, column: header[index], reason: reason)
      }
      guard reader.count == header.count else {
        throw refuse(0, "\(reader.count) fields, where the header has \(header.count)")
      }
      let ticker = reader.text(symbol).trimmingSpaces
      guard !ticker.isEmpty else { throw refuse(symbol, "it is empty") }
      let owner = client.map { reader.text($0).trimmingSpaces } ?? ""
      let known = owner.isEmpty ? file.common[ticker] : file.byClient[owner]?[ticker]
      guard known == nil else { throw refuse(symbol, "\(ticker) has a score already") }
      file.symbols.insert(ticker)
      let (outcome, value) = NumberParser.parse(reader[score])
      switch outcome {
      case .empty: continue
      case .number where value.isFinite:
        if owner.isEmpty {
          file.common[ticker] = value
        } else {
          file.byClient[owner, default: [:]][ticker] = value
        }
      default: throw refuse(score, "'\(reader.text(score).prefix(40))' is not a score")
      }
    }
    guard !file.symbols.isEmpty else { throw .nothingToImport(path: path) }
    return file
  }
}
