import Kernels
import Metrics
import Simulation
import Synchronization
import TestSupport
import Testing

@testable import Risk

@Suite struct PortfolioRiskTests {
  /// Metrics of returns alone; the others count trades.
  static let metrics = MetricCatalog.all.filter {
    !$0.needs.contains(.tradeSums) && $0.name != "stale_marks"
  }

  /// What the catalogue says of a series of returns, summed up by plain loops.
  static func expected(_ returns: [Double], _ metrics: [any Metric] = metrics) -> [MetricValue] {
    let lane = LaneSummary(returns: returns, barsPerYear: 252)
    return metrics.map { $0.value(of: lane) }
  }

  static func plan(
    _ returns: ReturnTable, _ metrics: [any Metric] = metrics,
    missing: PortfolioRisk.Missing = .flat, variant: KernelVariant = .best
  ) throws -> PortfolioRisk {
    try PortfolioRisk(
      returns: returns, symbols: returns.symbols, metrics: metrics, missing: missing,
      kernels: variant.kernels, product: .plain)
  }

  /// Values and reasons of every portfolio.
  static func values(_ plan: PortfolioRisk, _ weights: WeightsInMemory, workers: Int = 1) throws
    -> [[MetricValue]]
  {
    let rows = Collected(weights.portfolioCount)
    try plan.run(
      weights, workers: workers, begin: { ($0, [[MetricValue]]()) },
      take: { block, _, outcome in
        if case .summary(let lane) = outcome {
          block.1.append(plan.metrics.map { $0.value(of: lane) })
        } else {
          block.1.append([])
        }
      },
      end: { rows.set($0.0, $0.1) })
    return rows.all
  }

  /// Each return of a portfolio as the product makes it: a sum in the order of symbols.
  static func returns(_ table: ReturnTable, _ weights: WeightsInMemory, _ portfolio: Int)
    -> [Double]
  {
    (0..<table.barCount).map { bar in
      var sum = 0.0
      for symbol in table.symbols.indices {
        let value = table.values[bar, symbol]
        sum += weights.table.weights[portfolio, symbol] * (value.isNaN ? 0 : value)
      }
      return sum
    }
  }

  @Test(arguments: KernelVariant.available)
  func everyMetricIsThatOfTheReturns(_ variant: KernelVariant) throws {
    var random = TestRandom(seed: 11)
    for bars in [1, 2, 3, 7, 8, 9, 63, 64, 65, 252, 1001] {
      let symbols = random.int(1...20)
      let table = Self.table(bars: bars, symbols: symbols, &random)
      let weights = Self.weights(random.int(1...50), symbols, &random)
      let plan = try Self.plan(table, variant: variant)
      for (row, found) in try Self.values(plan, weights).enumerated() {
        let expected = Self.expected(Self.returns(table, weights, row))
        let differ = zip(plan.metrics, zip(found, expected)).compactMap { metric, values in
          values.0 == values.1 ? nil : "\(metric.name) \(values)"
        }
        #expect(differ == [], "\(bars) bars, row \(row)")
      }
    }
  }

  @Test func anyLevelOfTail() throws {
    var random = TestRandom(seed: 5)
    let levels = [0, 1, 300, 500, 750, 900, 950, 975, 990, 999].map { TailLevel(perMille: $0) }
    for bars in [1, 2, 20, 100, 777] {
      for shape in 0..<5 {
        // Ties, trends and constants are what selections stumble over.
        let row = (0..<bars).map { bar -> Double in
          switch shape {
          case 0: Double.random(in: -0.1...0.1, using: &random)
          case 1: Double(random.int(-2...2)) / 100
          case 2: 0.01
          case 3: Double(bar) / 1000 - 0.2
          default: bar % 50 == 7 ? -0.4 : 0.001
          }
        }
        let plans = levels.sorted { $0.perMille < $1.perMille }.map { level in
          TailSearch.Level(
            rank: ((1000 - level.perMille) * bars + 999) / 1000,
            size: Double((1000 - level.perMille) * bars) / 1000)
        }
        for variant in KernelVariant.available {
          for threshold in [-0.5, -0.05, 0, 0.5] {
            var room = [Double](repeating: .nan, count: 3 * (bars + 8))
            var figures = [Double](repeating: .nan, count: 2 * levels.count)
            let isExact = plans.withUnsafeBufferPointer { plans in
              variant.kernels.rowTail(
                row, bars,
                TailSearch(
                  levels: plans.baseAddress!, levelCount: plans.count, threshold: threshold,
                  step: 0.02), &room, &figures)
            }
            #expect(isExact)
            for (place, level) in levels.enumerated() {
              #expect(figures[2 * place] == level.valueAtRisk(row))
              #expect(figures[2 * place + 1] == level.conditionalValueAtRisk(row))
            }
          }
        }
      }
    }
  }

  @Test func workersAndVariantsGiveTheSameBits() throws {
    var random = TestRandom(seed: 3)
    let table = Self.table(bars: 300, symbols: 30, &random)
    let weights = Self.weights(700, 30, &random)
    let expected = try Self.values(try Self.plan(table, variant: .baseline), weights)
    for variant in KernelVariant.available {
      let plan = try Self.plan(table, variant: variant)
      for workers in [1, 2, 7] {
        #expect(try Self.values(plan, weights, workers: workers) == expected)
      }
    }
    // BLAS has bits of its own, but not by the number of workers.
    let plan = try PortfolioRisk(
      returns: table, symbols: table.symbols, metrics: Self.metrics,
      kernels: KernelVariant.best.kernels)
    let alone = try Self.values(plan, weights)
    for workers in [2, 7] {
      #expect(try Self.values(plan, weights, workers: workers) == alone)
    }
    for (found, wanted) in zip(alone.joined(), expected.joined()) {
      let (a, b) = (found.number, wanted.number)
      #expect(a.isNaN == b.isNaN)
      if !a.isNaN { #expect((a - b).magnitude <= 1e-9 * max(1, b.magnitude)) }
    }
  }

  @Test func whatIsMissingEarnsNothingAndIsCounted() throws {
    let table = ReturnTable(
      symbols: ["A", "B"], timeNs: [1, 2, 3, 4],
      values: Matrix(rows: 4, columns: 2, [0.1, .nan, 0.1, .nan, -0.1, 0.2, 0, 0.1]),
      barsPerYear: 252)
    let weights = WeightsInMemory(
      WeightTable(
        names: ["a", "b", "both", "none"],
        weights: Matrix(rows: 4, columns: 2, [1, 0, .nan, 1, 0.5, 0.5, 0, 0])),
      symbols: ["A", "B"])
    let metrics = ["total_return", "stale_marks"].compactMap(MetricCatalog.metric(named:))
    let flat = try Self.values(try Self.plan(table, metrics), weights)
    #expect(flat.map { $0[1] } == [.defined(0), .defined(2), .defined(2), .defined(0)])
    #expect((flat[1][0].number - (1.2 * 1.1 - 1)).magnitude < 1e-15)
    let refused = try Self.values(try Self.plan(table, metrics, missing: .refuse), weights)
    #expect(refused.map(\.count) == [2, 0, 0, 2])
  }

  @Test func aBadPortfolioSpoilsNoOther() throws {
    var random = TestRandom(seed: 8)
    let table = Self.table(bars: 40, symbols: 3, &random)
    let good = Self.weights(9, 3, &random)
    var spoilt = good.table.weights
    spoilt[4, 1] = .infinity
    spoilt[6, 0] = 1e300
    let plan = try Self.plan(table)
    let found = try Self.values(
      plan,
      WeightsInMemory(
        WeightTable(names: good.table.names, weights: spoilt), symbols: good.symbols))
    let expected = try Self.values(plan, good)
    for row in 0..<9 where row != 4 && row != 6 { #expect(found[row] == expected[row]) }
    #expect(found[4].isEmpty)
    #expect(throws: RiskError.self) {
      try PortfolioRisk(
        returns: table, symbols: ["S0", "S11"], metrics: [],
        kernels: KernelVariant.best.kernels)
    }
  }

  static func table(bars: Int, symbols: Int, _ random: inout TestRandom) -> ReturnTable {
    let values = (0..<bars * symbols).map { _ -> Double in
      if random.one(in: 50) { return .nan }
      let sum = (0..<4).reduce(0) { sum, _ in sum + Double.random(in: -0.02...0.02, using: &random)
      }
      return random.one(in: 100) ? 5 * sum : sum + 0.0005
    }
    return ReturnTable(
      symbols: (0..<symbols).map { "S\($0)" }, timeNs: (0..<bars).map { Int64($0) },
      values: Matrix(rows: bars, columns: symbols, values), barsPerYear: 252)
  }

  /// Portfolios that are long, short, leveraged beyond ruin, concentrated or empty.
  static func weights(_ portfolios: Int, _ symbols: Int, _ random: inout TestRandom)
    -> WeightsInMemory
  {
    var values: [Double] = []
    for row in 0..<portfolios {
      var weights = (0..<symbols).map { _ in Double.random(in: -0.2...1, using: &random) }
      let sum = weights.reduce(0, +)
      let scale = row % 7 == 3 ? 30 : row % 11 == 5 ? 0 : 1 / max(0.1, sum)
      for index in weights.indices { weights[index] *= scale }
      values += weights
    }
    return WeightsInMemory(
      WeightTable(
        names: (0..<portfolios).map { "p\($0)" },
        weights: Matrix(rows: portfolios, columns: symbols, values)),
      symbols: (0..<symbols).map { "S\($0)" })
  }
}

/// Rows that blocks fill in any order.
private final class Collected: Sendable {
  private let rows: Mutex<[[MetricValue]]>
  init(_ count: Int) { rows = Mutex(Array(repeating: [], count: count)) }
  func set(_ range: Range<Int>, _ values: [[MetricValue]]) {
    rows.withLock { $0.replaceSubrange(range, with: values) }
  }
  var all: [[MetricValue]] { rows.withLock { $0 } }
}
