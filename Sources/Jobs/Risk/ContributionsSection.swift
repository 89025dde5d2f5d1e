import Kernels
import Risk
import Storage

/// What each symbol or sector adds to VaR and expected shortfall: `risk.contributions`.
///
/// `{ levels: [0.95], by: "symbol", method: "historical", window: 1000 }`.
struct ContributionsSection: RiskSection {
  static let key = "contributions"
  static let summary = "component, marginal and incremental VaR by symbol or sector"

  private let levels: [ConfidenceLevel]
  private let bySector: Bool
  private let method: RiskContributions.Method
  private let window: Int

  init(_ reader: inout SpecReader) throws(SpecError) {
    levels = try reader.confidences("levels", [0.95])
    bySector = try reader.choice("by", "part", of: ["symbol", "sector"]) == "sector"
    let name = try reader.choice(
      "method", "method", of: RiskContributions.Method.allCases.map(\.rawValue))
    method = name.flatMap(RiskContributions.Method.init) ?? .historical
    window = try reader.integer("window", "20 returns or more", in: 20...10_000_000) ?? 1_000
  }

  func run(_ input: RiskInput) throws -> [ResultGroup] {
    let all = input.portfolios.weights
    // Symbols that nobody holds add nothing, and would fill the tables.
    let held = input.portfolios.held
    let returns = input.returns.symbols(held)
    // Returns as VaR takes them: bars before a portfolio's first are none.
    let known = try input.portfolioReturns().map { series in
      Array(series.indices.filter { series[$0].isFinite }.suffix(window))
    }
    let weights = (0..<all.rows).map { row in held.map { all[row, $0] } }
    let sectors = held.map { input.sectors[$0] }
    let parts = bySector ? sectors.uniqued() : returns.symbols
    let slots = Slots<[Result<RiskContributions, RiskError>]>(count: weights.count)
    let isDone = try TileLoop(tiles: weights.count, workers: max(input.workers, 1))
      .run(isCancelled: input.isCancelled, room: {}) { portfolio, _ in
        let symbols = RiskParts(
          weights: weights[portfolio], returns: returns.taking(known[portfolio]))
        let split = bySector ? symbols.grouped(by: sectors) : symbols
        slots.set(
          portfolio,
          levels.map { level in
            Result { () throws(RiskError) in
              try RiskContributions(split, level: level, method: method)
            }
          })
      }
    guard isDone else { throw RunInterrupted() }
    return [group(slots.values, parts, weights, sectors, input.portfolios.names)]
  }

  private func group(
    _ found: [[Result<RiskContributions, RiskError>]], _ parts: [String], _ weights: [[Double]],
    _ sectors: [String], _ portfolios: [String]
  ) -> ResultGroup {
    func cube(_ value: (RiskContributions, Int) -> [Double]) -> [Double] {
      levels.indices.flatMap { level in
        found.indices.flatMap { portfolio in
          guard case .success(let one) = found[portfolio][level] else {
            return Array(repeating: Double.nan, count: parts.count)
          }
          return value(one, portfolio)
        }
      }
    }
    func total(_ value: (RiskContributions) -> Double) -> [Double] {
      levels.indices.flatMap { level in
        found.map { row in
          guard case .success(let one) = row[level] else { return .nan }
          return value(one)
        }
      }
    }
    let part = bySector ? "sector" : "symbol"
    let names = ["level", "portfolio", part]
    // A sector's weight is the sum of its symbols', which may cancel; a derivative by it has a meaning all the same.
    let sizes = weights.map { row in
      bySector
        ? parts.map { sector in
          zip(row, sectors).reduce(0) { $0 + ($1.1 == sector ? $1.0 : 0) }
        } : row
    }
    return ResultGroup(
      "contributions", title: "Contributions to VaR and expected shortfall by \(part)",
      dimensions: [
        .init("level", .numbers(levels.map(\.confidence))),
        .init("portfolio", .texts(portfolios)), .init(part, .texts(parts)),
      ],
      variables: [
        .init(
          "component_var", names, cube { one, _ in one.componentVaR }, unit: "fraction",
          definition: "part of VaR; parts add up to value_at_risk"),
        .init(
          "component_es", names, cube { one, _ in one.componentES }, unit: "fraction",
          definition: "part of expected shortfall; parts add up to expected_shortfall"),
        .init(
          "marginal_var", names,
          cube { one, portfolio in one.marginalVaR(weights: sizes[portfolio]) },
          unit: "ratio", definition: "component_var over weight: change of VaR with the weight"),
        .init(
          "marginal_es", names,
          cube { one, portfolio in one.marginalES(weights: sizes[portfolio]) },
          unit: "ratio", definition: "component_es over weight"),
        .init(
          "incremental_var", names, cube { one, _ in one.incrementalVaR }, unit: "fraction",
          definition: "VaR less that of the portfolio without the part, which goes to cash"),
        .init(
          "incremental_es", names, cube { one, _ in one.incrementalES }, unit: "fraction",
          definition: "expected shortfall less that without the part"),
        .init(
          "value_at_risk", ["level", "portfolio"], total(\.total.valueAtRisk), unit: "fraction"),
        .init(
          "expected_shortfall", ["level", "portfolio"], total(\.total.expectedShortfall),
          unit: "fraction"),
      ]
        + reasons(
          ["level", "portfolio"],
          levels.indices.flatMap { level in
            found.map { row in
              guard case .failure(let error) = row[level] else { return "" }
              return "\(error)"
            }
          }),
      attributes: [
        ResultTable.Attribute("method", method.rawValue),
        ResultTable.Attribute("window", "the last \(window) returns at most"),
      ])
  }
}

extension [String] {
  fileprivate func uniqued() -> [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}

extension ReturnTable {
  /// Some of the symbols.
  fileprivate func symbols(_ columns: [Int]) -> ReturnTable {
    var chosen = Matrix(rows: barCount, columns: columns.count)
    for bar in 0..<barCount {
      for (place, column) in columns.enumerated() { chosen[bar, place] = values[bar, column] }
    }
    return ReturnTable(
      symbols: columns.map { symbols[$0] }, timeNs: timeNs, values: chosen,
      barsPerYear: barsPerYear, kind: kind)
  }
}
