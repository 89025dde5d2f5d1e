import Interchange
import Kernels
import Market
import Risk

/// Portfolios as a spec gives them: `portfolios`.
enum PortfolioSpec: Sendable {
  /// One that holds all symbols alike.
  case equal
  /// One for each symbol.
  case each
  /// Those of a file.
  case file(String)
  /// Those that stand in the spec: name, and symbol and weight.
  case given([(name: String, weights: [(symbol: String, weight: Double, line: Int)])])

  private static let expected =
    "\"equal\", \"each\", { file: \"weights.csv\" } or { weights: { NAME: { AAPL: 0.5, … } } }"

  init(_ json: JSON5?, path: String = "portfolios") throws(SpecError) {
    guard let json else {
      self = .equal
      return
    }
    switch json.value {
    case .string("equal"): self = .equal
    case .string("each"): self = .each
    case .object:
      var reader = try SpecReader(json, path: path)
      let file = try reader.string("file", "the path of a file of portfolios")
      let given = try reader.object("weights")
      try reader.finish()
      switch (file, given) {
      case (let file?, nil) where !file.isEmpty: self = .file(file)
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

  /// The portfolios over symbols of a run.
  func table(_ spec: Spec, symbols: [String]) throws -> WeightTable {
    switch self {
    case .equal:
      let weight = 1 / Double(symbols.count)
      return WeightTable(
        names: ["equal"], weights: Matrix(rows: 1, columns: symbols.count, repeating: weight))
    case .each: return WeightTable(names: symbols, weights: .identity(symbols.count))
    case .file(let name):
      let path = spec.path(of: name)
      let file = try WeightFile.read(path)
      var weights = Matrix(rows: file.portfolios.count, columns: symbols.count)
      for (column, symbol) in file.symbols.enumerated() {
        let place = try Self.place(
          of: symbol, in: symbols, path: "portfolios.file", line: 0,
          "\(path) has a weight for it, and the run does not know it: see data.symbols")
        for row in file.portfolios.indices {
          let weight = file.values[row * file.symbols.count + column]
          if !weight.isNaN { weights[row, place] = weight }
        }
      }
      return WeightTable(names: file.portfolios, weights: weights)
    case .given(let portfolios):
      var weights = Matrix(rows: portfolios.count, columns: symbols.count)
      for (row, portfolio) in portfolios.enumerated() {
        for entry in portfolio.weights {
          let place = try Self.place(
            of: entry.symbol, in: symbols, path: "portfolios.weights.\(portfolio.name)",
            line: entry.line, "the run does not know it: see data.symbols")
          weights[row, place] += entry.weight
        }
      }
      return WeightTable(names: portfolios.map(\.name), weights: weights)
    }
  }

  /// Files that are read.
  var files: [String] { if case .file(let name) = self { [name] } else { [] } }

  private static func place(
    of symbol: String, in symbols: [String], path: String, line: Int, _ hint: String
  ) throws(SpecError) -> Int {
    if let place = symbols.firstIndex(of: symbol) { return place }
    throw .unknownName(
      path: path, line: line, kind: "symbol", name: symbol,
      nearest: nearestName(to: symbol, among: symbols), hint: hint)
  }
}
