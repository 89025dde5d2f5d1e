import Interchange
import Kernels
import Market
import Risk
import Simulation
import Storage
import Synchronization

/// Portfolios as a spec gives them: `portfolios`.
enum PortfolioSpec: Sendable {
  /// One that holds all symbols alike.
  case equal
  /// One for each symbol.
  case each
  /// Those of a file, and the table of it if it is named.
  case file(String, dataset: String?)
  /// What the strategy's own weights are at the last bar, for each parameter set.
  case strategy
  /// Those that stand in the spec: name, and symbol and weight.
  case given([(name: String, weights: [(symbol: String, weight: Double, line: Int)])])

  private static let expected =
    "\"equal\", \"each\", \"strategy\", { file: \"weights.h5\" } or { weights: { NAME: { AAPL: 0.5, … } } }"

  init(_ json: JSON5?, path: String = "portfolios") throws(SpecError) {
    guard let json else {
      self = .equal
      return
    }
    switch json.value {
    case .string("equal"): self = .equal
    case .string("each"): self = .each
    case .string("strategy"): self = .strategy
    case .object:
      var reader = try SpecReader(json, path: path)
      let file = try reader.string("file", "the path of a file of portfolios")
      let dataset = try reader.string("dataset", "the name of a table in an HDF5 file")
      let given = try reader.object("weights")
      try reader.finish()
      switch (file, given) {
      case (let file?, nil) where !file.isEmpty: self = .file(file, dataset: dataset)
      case (nil, let given?): self = .given(try Self.portfolios(given))
      default:
        throw .value(
          path: path, line: json.place.line, found: "neither or both of file and weights",
          expected: Self.expected)
      }
    default:
      throw .value(
        path: path, line: json.place.line, found: json.kind, expected: Self.expected)
    }
  }

  private static func portfolios(_ reader: SpecReader) throws(SpecError)
    -> [(name: String, weights: [(symbol: String, weight: Double, line: Int)])]
  {
    var all: [(name: String, weights: [(symbol: String, weight: Double, line: Int)])] = []
    for portfolio in reader.all {
      let inner = try SpecReader(portfolio.value, path: reader.at(portfolio.key))
      var weights: [(symbol: String, weight: Double, line: Int)] = []
      for member in inner.all {
        guard case .number(let weight) = member.value.value, weight.isFinite else {
          throw inner.wrong(member.key, member.value, "a weight such as 0.25")
        }
        weights.append((member.key, weight, member.value.place.line))
      }
      all.append((portfolio.key, weights))
    }
    guard !all.isEmpty else {
      throw .missing(path: reader.path, expected: "a portfolio: { NAME: { AAPL: 0.5, … } }")
    }
    return all
  }

  /// The portfolios over symbols of a run, in its order unless a file has another.
  ///
  /// - Throws: `SpecError`, `SideFileError`, `StorageError`.
  func rows(
    _ spec: Spec, symbols: [String], strategy: () throws -> WeightsInMemory
  ) throws -> any WeightRows {
    switch self {
    case .equal:
      let weight = 1 / Double(symbols.count)
      return WeightsInMemory(
        WeightTable(
          names: ["equal"], weights: Matrix(rows: 1, columns: symbols.count, repeating: weight)),
        symbols: symbols)
    case .each:
      return WeightsInMemory(
        WeightTable(names: symbols, weights: .identity(symbols.count)), symbols: symbols)
    case .strategy: return try strategy()
    case .file(let name, let dataset):
      let path = spec.path(of: name)
      if StoredWeights.recognises(path) {
        return try Self.stored(try StoredWeights(path, dataset: dataset), symbols)
      }
      if let dataset {
        throw SpecError.value(
          path: "portfolios.dataset", line: 0, found: "'\(dataset)' of \(path)",
          expected: "an HDF5 file, where tables have names")
      }
      let file = try SideFileError.weights(path)
      try Self.check(file.symbols, symbols, path)
      return WeightsInMemory(
        WeightTable(
          names: file.portfolios,
          weights: Matrix(
            rows: file.portfolios.count, columns: file.symbols.count, file.values)),
        symbols: file.symbols)
    case .given(let portfolios):
      var weights = Matrix(rows: portfolios.count, columns: symbols.count)
      let places = Dictionary(uniqueKeysWithValues: symbols.enumerated().map { ($1, $0) })
      for (row, portfolio) in portfolios.enumerated() {
        for entry in portfolio.weights {
          guard let place = places[entry.symbol] else {
            throw Self.unknown(
              entry.symbol, symbols, "portfolios.weights.\(portfolio.name)", entry.line, "")
          }
          weights[row, place] = entry.weight
        }
      }
      return WeightsInMemory(
        WeightTable(names: portfolios.map(\.name), weights: weights), symbols: symbols)
    }
  }

  /// Files that are read.
  var files: [String] { if case .file(let name, _) = self { [name] } else { [] } }

  private static func stored(_ file: StoredWeights, _ symbols: [String]) throws -> any WeightRows {
    if let named = file.symbols {
      try check(named, symbols, file.path)
      return RowsOfFile(file: file, symbols: named)
    }
    guard file.columnCount == symbols.count else {
      throw SpecError.value(
        path: "portfolios.file", line: 0,
        found: "\(file.columnCount) columns without names in \(file.path), \(file.dataset)",
        expected: "one for each of the \(symbols.count) symbols of the run, or their names in a "
          + "dataset 'symbol' of the file; see data.symbols")
    }
    return RowsOfFile(file: file, symbols: symbols)
  }

  private static func check(_ named: [String], _ symbols: [String], _ path: String)
    throws(SpecError)
  {
    let known = Set(symbols)
    for symbol in named where !known.contains(symbol) {
      throw unknown(symbol, symbols, "portfolios.file", 0, "\(path) has a weight for it, and ")
    }
  }

  private static func unknown(
    _ symbol: String, _ symbols: [String], _ path: String, _ line: Int, _ origin: String
  ) -> SpecError {
    .unknownName(
      path: path, line: line, kind: "symbol", name: symbol,
      nearest: nearestName(to: symbol, among: symbols),
      hint: origin + "the run does not know it: see data.symbols")
  }
}

/// The rows of a file, whose columns have names.
private struct RowsOfFile: WeightRows {
  let file: StoredWeights
  let symbols: [String]

  var portfolioCount: Int { file.portfolioCount }
  func name(_ portfolio: Int) -> String { file.name(portfolio) }
  func read(_ rows: Range<Int>, into output: UnsafeMutablePointer<Double>) throws {
    try file.read(rows, into: output)
  }
}

extension WeightRows {
  /// Hash of all weights and names, block by block.
  ///
  /// O(1) memory.
  func contentHash(workers: Int, isCancelled: @escaping @Sendable () -> Bool) throws -> String {
    let rows = max(1, (1 << 20) / (8 * max(1, symbols.count)))
    let blocks = (portfolioCount + rows - 1) / rows
    let hashes = BlockHashes(count: blocks)
    let loop = TileLoop(tiles: blocks, workers: workers)
    let isWhole = try loop.run(
      isCancelled: isCancelled, room: { BlockRoom(count: rows * symbols.count) }
    ) { block, room in
      let range = block * rows..<min(portfolioCount, (block + 1) * rows)
      try read(range, into: room.values.base)
      var hash = SHA256()
      hash.update(
        UnsafeRawBufferPointer(start: room.values.base, count: range.count * symbols.count * 8))
      for portfolio in range {
        var name = name(portfolio) + "\n"
        name.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
      }
      hashes.set(block, hash.hexDigest())
    }
    guard isWhole else { throw RunInterrupted() }
    return SHA256.hash(symbols.joined(separator: "\n") + "\n" + hashes.joined)
  }
}

private final class BlockRoom {
  let values: AlignedBuffer<Double>
  init(count: Int) { values = AlignedBuffer(repeating: 0, count: count) }
}

private final class BlockHashes: Sendable {
  private let hashes: Mutex<[String]>
  init(count: Int) { hashes = Mutex(Array(repeating: "", count: count)) }
  func set(_ block: Int, _ hash: String) { hashes.withLock { $0[block] = hash } }
  var joined: String { hashes.withLock { $0.joined(separator: "\n") } }
}
