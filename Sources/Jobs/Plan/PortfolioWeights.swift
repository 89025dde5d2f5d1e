import Expressions
import Interchange
import Kernels
import Market
import Simulation
import Storage
import Strategies

/// The target weights of a plan's portfolios: an expression or an estimate for each parameter set, or the rows of a file.
struct PortfolioWeights: Sendable {
  /// Weights by set and bar.
  var source: any WeightSource
  /// Names of portfolios for the column `symbol`.
  let names: [String]
  /// Parameter sets of each name.
  let setsPerName: Int
  /// Hash of the file's weights; nil for an expression.
  let fileHash: String?

  /// Number of portfolios, over all names and parameter sets.
  var setCount: Int { names.count * setsPerName }

  init(
    _ spec: Spec, _ grid: ParameterGrid, _ panel: PricePanel, _ symbols: [Int],
    window: Range<Int>, zone: ZoneOffsets
  ) throws {
    if case .allocated(let text) = spec.weights {
      self.init(
        source: try AllocatedWeights(text, spec, grid, panel, symbols, window).source,
        names: ["portfolio"], setsPerName: grid.count, fileHash: nil)
      return
    }
    guard case .file(let name) = spec.weights else {
      self.init(
        source: try Self.expression(spec, grid, panel, symbols, window, zone),
        names: ["portfolio"], setsPerName: grid.count, fileHash: nil)
      return
    }
    guard grid.axes.isEmpty else {
      throw SpecError.value(
        path: "parameters", line: 0, found: "parameters beside weights from a file",
        expected: "no parameters: each row of the file is a portfolio")
    }
    let path = spec.path(of: name)
    let file = try SideFileError.weights(path)
    let places = Dictionary(
      symbols.enumerated().map { (panel.symbols[$1].symbol, $0) },
      uniquingKeysWith: { first, _ in first })
    // What never has a weight is never held: none is 0, and leaves the way by matrices open.
    var values = [Double](repeating: 0, count: file.portfolios.count * symbols.count)
    for (column, symbol) in file.symbols.enumerated() {
      guard let place = places[symbol] else {
        throw SpecError.unknownName(
          path: "strategy.weights.file", line: 0, kind: "symbol", name: symbol,
          nearest: nearestName(to: symbol, among: Array(places.keys).sorted()),
          hint: "\(path) has a weight for it, and the run does not trade it: see data.symbols")
      }
      for row in file.portfolios.indices {
        let weight = file.values[row * file.symbols.count + column]
        if !weight.isNaN { values[row * symbols.count + place] = weight }
      }
    }
    let text = "\(file.portfolios) \(file.symbols) \(file.values.map(\.bitPattern))"
    self.init(
      source: FixedWeights(values, symbolCount: symbols.count), names: file.portfolios,
      setsPerName: 1, fileHash: SHA256.hash(text))
  }

  private init(source: any WeightSource, names: [String], setsPerName: Int, fileHash: String?) {
    self.source = source
    self.names = names
    self.setsPerName = setsPerName
    self.fileHash = fileHash
  }

  private static func expression(
    _ spec: Spec, _ grid: ParameterGrid, _ panel: PricePanel, _ symbols: [Int],
    _ window: Range<Int>, _ zone: ZoneOffsets
  ) throws -> any WeightSource {
    let bars = RebalanceBars(
      spec.rebalance, panel: panel, window: window, zone: ZoneOffsets.rules(of: panel) ?? .utc)
    do throws(StrategyError) {
      return try ExpressionWeights(
        source: spec.strategy, grid: grid, panel: panel, symbols: symbols, window: window,
        historyStart: spec.warmsOnHistory ? 0 : window.lowerBound,
        bars: bars.bars.map { $0 + window.lowerBound }, kernels: KernelVariant.best.kernels,
        zoneOffset: { zone.offset(at: $0) })
    } catch {
      throw SpecError.strategy(error)
    }
  }
}
