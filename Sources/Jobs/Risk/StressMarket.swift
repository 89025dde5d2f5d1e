import Kernels
import Market
import Risk

/// What scenarios of a run share: the whole past of its symbols, their covariances, factors.
struct StressMarket {
  private let input: RiskInput
  private var past: ReturnTable?
  private var model: FactorModel?

  init(_ input: RiskInput) { self.input = input }

  private var weights: [[Double]] {
    (0..<input.portfolios.count).map { input.portfolios.weights.row($0) }
  }

  // MARK: The past

  /// Windows may lie anywhere in the store, also outside the bars of the run.
  mutating func window(
    _ scenario: StressScenario, _ from: Int64?, _ to: Int64?, _ holding: StressWindow.Holding
  ) throws -> StressSection.Moved {
    let returns = wholePast()
    let first =
      from.map { from in returns.timeNs.firstIndex { $0 >= from } ?? returns.barCount } ?? 0
    let end =
      to.map { to in returns.timeNs.firstIndex { $0 > to } ?? returns.barCount }
      ?? returns.barCount
    guard first < end else {
      let ends = [returns.timeNs.first, returns.timeNs.last].map { $0.map(Self.text) ?? "?" }
      throw SpecError.value(
        path: scenario.path, line: scenario.line, found: "a window without a bar",
        expected: "dates between \(ends[0]) and \(ends[1]), where the store has returns")
    }
    let window = first..<end
    var found: [StressWindow] = []
    for row in weights {
      try input.checkCancelled()
      found.append(StressWindow(window, of: returns, weights: row, holding: holding))
    }
    let inside = returns.bars(window)
    let symbols = (0..<returns.symbolCount).map { symbol -> Double in
      let known = inside.values.column(symbol).filter(\.isFinite)
      return known.isEmpty ? .nan : known.reduce(1) { $0 * (1 + $1) } - 1
    }
    let gone = symbols.indices.filter { symbols[$0].isNaN }.map { returns.symbols[$0] }
    let partial = Set(found.flatMap(\.partial)).sorted().map { returns.symbols[$0] }
    return StressSection.Moved(
      name: scenario.name, kind: "window, \(holding.rawValue)",
      from: Self.text(inside.timeNs.first ?? 0), to: Self.text(inside.timeNs.last ?? 0),
      note: [
        gone.isEmpty ? nil : "without data, earning 0: \(Self.listed(gone))",
        partial.isEmpty ? nil : "with gaps, earning 0 in them: \(Self.listed(partial))",
      ].compactMap { $0 }.joined(separator: "; "),
      symbols: symbols, returns: found.map(\.total), drawdowns: found.map(\.worstDrawdown),
      missing: zip(found, weights).map { window, row in
        window.missing.reduce(0) { $0 + abs(row[$1]) }
      }, contributions: found.flatMap(\.contributions))
  }

  private mutating func wholePast() -> ReturnTable {
    if let past { return past }
    let all = ReturnTable(
      panel: input.panel, symbols: input.symbols, window: 0..<input.panel.barCount,
      barsPerYear: input.returns.barsPerYear)
    past = all
    return all
  }

  /// The worst stretches of the run's bars, of each portfolio.
  func worst(_ scenario: StressScenario, _ bars: Int, _ count: Int) throws
    -> [StressSection.Worst]
  {
    var rows: [StressSection.Worst] = []
    let series = input.portfolios.returns(input.returns)
    for (place, (name, row)) in zip(input.portfolios.names, weights).enumerated() {
      try input.checkCancelled()
      let found = try WorstWindows(of: bars, count: count, in: series.column(place))
      for (rank, window) in found.windows.enumerated() {
        let path = StressWindow(window.bars, of: input.returns, weights: row)
        rows.append(
          StressSection.Worst(
            scenario: scenario.name, portfolio: name, rank: rank + 1,
            from: Self.text(input.returns.timeNs[window.bars.lowerBound]),
            to: Self.text(input.returns.timeNs[window.bars.upperBound - 1]), total: window.total,
            drawdown: path.worstDrawdown))
      }
    }
    return rows
  }

  // MARK: Shocks

  mutating func shock(
    _ scenario: StressScenario, _ symbols: [String: Double], _ sectors: [String: Double],
    _ factors: [String: Double], _ propagates: Bool, _ estimator: any CovarianceEstimator
  ) throws -> StressSection.Moved {
    var shock = Shock(propagates: propagates)
    for (symbol, move) in symbols {
      let place = try place(of: symbol, "symbol", in: input.returns.symbols, scenario, "shock")
      shock.symbols[place] = move
    }
    let labels = input.sectors
    let known = Set(labels).sorted()
    for (sector, move) in sectors.sorted(by: { $0.key < $1.key }) {
      _ = try place(of: sector, "sector", in: known, scenario, "sector")
      shock.groups.append(
        Shock.Group(symbols: labels.indices.filter { labels[$0] == sector }, move: move))
    }
    let model = factors.isEmpty ? nil : try factorModel(scenario)
    for (factor, move) in factors {
      let place = try place(of: factor, "factor", in: model?.factors ?? [], scenario, "factor")
      shock.factors[place] = move
    }
    let covariance = propagates ? try input.covariance(by: estimator).matrix : nil
    let moves = try shock.moves(
      symbolCount: labels.count, covariance: covariance, model: model)
    let contributions = weights.flatMap { row in zip(row, moves).map { $0 * $1 } }
    let width = moves.count
    return StressSection.Moved(
      name: scenario.name, kind: propagates ? "shock, propagated" : "shock", from: "", to: "",
      note: propagates ? "what is not named moves by \(estimator.name)" : "", symbols: moves,
      returns: (0..<input.portfolios.count).map {
        contributions[$0 * width..<($0 + 1) * width].reduce(0, +)
      }, drawdowns: input.portfolios.names.map { _ in .nan },
      missing: input.portfolios.names.map { _ in 0 }, contributions: contributions)
  }

  private func place(
    of name: String, _ kind: String, in names: [String], _ scenario: StressScenario, _ key: String
  ) throws(SpecError) -> Int {
    if let place = names.firstIndex(of: name) { return place }
    throw .unknownName(
      path: "\(scenario.path).\(key)", line: scenario.line, kind: kind, name: name,
      nearest: nearestName(to: name, among: names), hint: "known: \(Self.listed(names))")
  }

  /// Exposures of the symbols to the factors of `risk.factors`.
  private mutating func factorModel(_ scenario: StressScenario) throws -> FactorModel {
    if let model { return model }
    let needed = SpecError.missing(
      path: "risk.factors.file",
      expected: "a file of factors, of which \(scenario.path).factor names some")
    guard let json = input.spec.risk else { throw needed }
    var reader = try SpecReader(json, path: "risk")
    guard var inner = try reader.object("factors"), let source = try FactorSource(&inner) else {
      throw needed
    }
    let loaded = try source.load(input)
    let fits = try FactorRegression.all(
      of: loaded.returns.values, names: loaded.returns.symbols, on: loaded.factors)
    let found = try FactorModel(fits, symbols: loaded.returns.symbols, factors: loaded.factors)
    model = found
    return found
  }

  // MARK: Risk

  func scaled(
    _ scenario: StressScenario, _ stress: CovarianceStress, _ estimator: any CovarianceEstimator
  ) throws -> StressSection.Scaled {
    let before = try input.covariance(by: estimator).matrix
    let after = stress.applied(to: before)
    let year = input.returns.barsPerYear.squareRoot()
    var volatility = [[Double]](repeating: [], count: 2)
    var losses = [[Double]](repeating: [], count: 4)
    let quantiles = [0.95, 0.99].map { Distribution.normalQuantile($0) }
    let series = input.portfolios.returns(input.returns)
    for (portfolio, row) in weights.enumerated() {
      let mean = series.column(portfolio).reduce(0, +) / Double(series.rows)
      for (place, matrix) in [before, after].enumerated() {
        let deviation = max(try LinearAlgebra.quadratic(matrix, row), 0).squareRoot()
        volatility[place].append(deviation * year)
        for (level, quantile) in quantiles.enumerated() {
          losses[2 * level + place].append(quantile * deviation - mean)
        }
      }
    }
    return StressSection.Scaled(
      name: scenario.name, estimator: estimator.name, volatility: volatility, valueAtRisk: losses)
  }

  // MARK: Texts

  private static func text(_ ns: Int64) -> String { Timestamp.text(nanoseconds: ns) }

  private static func listed(_ names: [String]) -> String {
    names.prefix(20).joined(separator: ", ")
      + (names.count > 20 ? ", … \(names.count) in all" : "")
  }
}
