import Kernels
import Market
import Risk
import Simulation
import TestSupport
import Testing

@Suite struct MonteCarloTests {
  private static func table(_ seed: UInt64, symbols: [String], bars: Int) -> ReturnTable {
    var values = Matrix(rows: bars, columns: symbols.count)
    for bar in 0..<bars {
      let common = PhiloxStream(seed: seed, stream: 99).normal(step: UInt32(bar))
      for (column, name) in symbols.enumerated() {
        // A symbol's returns follow from its name, so that columns can be exchanged.
        let own = PhiloxStream(seed: seed, stream: UInt32(name.utf8.first ?? 0))
          .normal(step: UInt32(bar))
        values[bar, column] = 0.0004 + 0.006 * common + 0.008 * own
      }
    }
    return ReturnTable(
      symbols: symbols, timeNs: (0..<bars).map(Int64.init), values: values, barsPerYear: 252)
  }

  private static func covariance(_ table: ReturnTable) -> (CovarianceEstimate, [Double]) {
    let (bars, count) = (Double(table.barCount), table.symbolCount)
    let mean = (0..<count).map { table.values.column($0).reduce(0, +) / bars }
    var matrix = Matrix(rows: count, columns: count)
    for row in 0..<count {
      for column in 0..<count {
        var sum = 0.0
        for bar in 0..<table.barCount {
          sum += (table.values[bar, row] - mean[row]) * (table.values[bar, column] - mean[column])
        }
        matrix[row, column] = sum / (bars - 1)
      }
    }
    return (
      CovarianceEstimate(
        symbols: table.symbols, matrix: matrix, estimator: "sample",
        observationCount: table.barCount), mean
    )
  }

  private static func models(_ table: ReturnTable) throws -> [(String, PathModel)] {
    let (estimate, mean) = covariance(table)
    return [
      ("log", .gaussian(try GaussianPaths(estimate, mean: mean, kind: .log))),
      ("simple", .gaussian(try GaussianPaths(estimate, mean: mean, kind: .simple, drift: .zero))),
      ("t", .gaussian(try GaussianPaths(estimate, mean: mean, kind: .simple, freedom: 4))),
      ("bars", .bootstrap(try BootstrapPaths(table))),
      ("blocks", .bootstrap(try BootstrapPaths(table, meanBlock: 8, drift: .zero))),
    ]
  }

  private static func run(
    _ model: PathModel, _ settings: MonteCarloSettings, _ weights: Matrix, workers: Int = 2,
    variant: KernelVariant = .best
  ) throws -> [PathSample] {
    var samples: [PathSample] = []
    let done = try MonteCarlo(model, settings, kernels: variant.pathKernels).run(
      weights: weights, workers: workers, isCancelled: { false },
      { index, sample in
        #expect(index == samples.count)
        samples.append(sample)
      })
    #expect(done)
    return samples
  }

  @Test func workersAndInstructionSetsDecideNothing() throws {
    let symbols = ["C", "A", "E", "B", "D"]
    let weights = Matrix(
      rows: 3, columns: 5, [0.2, 0.2, 0.2, 0.2, 0.2, 1, 0, 0, 0, 0, 0.9, -0.5, 0.3, 0.4, 0.1])
    for (name, model) in try Self.models(Self.table(1, symbols: symbols, bars: 300)) {
      for (every, watches) in [(0, true), (1, true), (5, true), (0, false), (1, false)] {
        let settings = MonteCarloSettings(
          paths: 203, bars: 19, seed: 8, every: every, watchesPaths: watches, barrier: 0.9,
          goal: 1.05)
        let expected = try Self.run(model, settings, weights, workers: 1)
        #expect(expected.allSatisfy { $0.terminal.count == 203 })
        let others = KernelVariant.available.dropLast().map { (2, $0) }
        for (workers, variant) in [(2, KernelVariant.best), (7, .best)] + others {
          let found = try Self.run(model, settings, weights, workers: workers, variant: variant)
          #expect(found == expected, "\(name), every \(every), \(workers) workers, \(variant)")
        }
      }
    }
  }

  @Test func aPathAloneIsThatOfTheBatch() throws {
    let symbols = ["C", "A", "B"]
    let weights = Matrix(rows: 2, columns: 3, [0.5, 0.25, 0.25, 0.7, -0.4, 0.2])
    for (name, model) in try Self.models(Self.table(2, symbols: symbols, bars: 200)) {
      for every in [0, 1, 7] {
        let settings = MonteCarloSettings(paths: 500, bars: 41, seed: 77, every: every)
        let samples = try Self.run(model, settings, weights)
        let source = MonteCarlo(model, settings, kernels: KernelVariant.best.pathKernels)
        for path in [0, 3, 8, 250, 499] {
          let growths = source.growths(path: UInt32(path))
          for portfolio in 0..<2 {
            let values = source.values(of: weights.row(portfolio), growths: growths)
            let sample = samples[portfolio]
            #expect(values.last == sample.terminal[path], "\(name), every \(every), path \(path)")
            var (peak, depth, run, longest) = (1.0, 1.0, 0, 0)
            for value in values {
              peak = max(peak, value)
              depth = min(depth, value / peak)
              run = value >= peak ? 0 : run + 1
              longest = max(longest, run)
            }
            #expect(sample.drawdown[path] == depth - 1)
            #expect(sample.underWater[path] == Int32(longest))
          }
        }
      }
    }
  }

  @Test func theOrderOfSymbolsDecidesNothing() throws {
    let (one, other) = (["A", "B", "C", "D"], ["C", "A", "D", "B"])
    let weights = Matrix(rows: 1, columns: 4, [0.4, 0.3, 0.2, 0.1])
    let shuffled = Matrix(rows: 1, columns: 4, [0.2, 0.4, 0.1, 0.3])
    let settings = MonteCarloSettings(paths: 800, bars: 20, seed: 5, every: 3)
    let pairs = zip(
      try Self.models(Self.table(3, symbols: one, bars: 150)),
      try Self.models(Self.table(3, symbols: other, bars: 150)))
    for (first, second) in pairs {
      #expect(
        try Self.run(first.1, settings, weights) == Self.run(second.1, settings, shuffled),
        "\(first.0)")
    }
  }

  @Test func valuesAtTheEndAreThoseOfWatchedPaths() throws {
    let table = Self.table(4, symbols: ["A", "B", "C"], bars: 250)
    let weights = Matrix(rows: 1, columns: 3, [0.5, 0.3, 0.2])
    for (name, model) in try Self.models(table) {
      for every in [0, 1] {
        var settings = MonteCarloSettings(paths: 300, bars: 63, seed: 6, every: every)
        let watched = try Self.run(model, settings, weights)[0].terminal
        settings.watchesPaths = false
        let short = try Self.run(model, settings, weights)[0].terminal
        for (a, b) in zip(watched, short) { #expect(abs(a - b) < 1e-12 * a, "\(name)") }
      }
    }
  }

  @Test func aNormalModelRecoversItsMeanAndCovariance() throws {
    for seed in [11, 12] as [UInt64] {
      let table = Self.table(seed, symbols: ["A", "B", "C"], bars: 400)
      let (estimate, mean) = Self.covariance(table)
      for freedom in [nil, 6] as [Double?] {
        let model = PathModel.gaussian(
          try GaussianPaths(estimate, mean: mean, kind: .simple, freedom: freedom))
        let (paths, bars) = (150, 100)
        let source = MonteCarlo(
          model, MonteCarloSettings(paths: paths, bars: bars, seed: seed),
          kernels: KernelVariant.best.pathKernels)
        var drawn = Matrix(rows: paths * bars, columns: 3)
        for path in 0..<paths {
          let growths = source.growths(path: UInt32(path))
          for place in growths.values.indices {
            drawn.values[path * bars * 3 + place] = growths.values[place] - 1
          }
        }
        let (found, means) = Self.covariance(
          ReturnTable(
            symbols: table.symbols, timeNs: (0..<paths * bars).map(Int64.init), values: drawn,
            barsPerYear: 252))
        let n = Double(paths * bars)
        // Fourth moments of t with six degrees of freedom are twice those of a normal.
        let wide = freedom == nil ? 1.0 : 2.5
        for row in 0..<3 {
          let s = estimate.matrix[row, row].squareRoot()
          #expect(abs(means[row] - mean[row]) < 5 * s / n.squareRoot(), "seed \(seed)")
          for column in 0..<3 {
            let other = estimate.matrix[column, column].squareRoot()
            let distance = abs(found.matrix[row, column] - estimate.matrix[row, column])
            #expect(distance < 5 * wide * s * other * (2 / n).squareRoot(), "seed \(seed)")
          }
        }
      }
    }
  }

  @Test func studentTendsToNormal() throws {
    let table = Self.table(13, symbols: ["A", "B"], bars: 300)
    let (estimate, mean) = Self.covariance(table)
    let weights = Matrix(rows: 1, columns: 2, [0.5, 0.5])
    let settings = MonteCarloSettings(paths: 4_000, bars: 10, seed: 3)
    func terminal(_ freedom: Double?) throws -> [Double] {
      try Self.run(
        .gaussian(try GaussianPaths(estimate, mean: mean, kind: .simple, freedom: freedom)),
        settings, weights)[0].terminal
    }
    let normal = try terminal(nil)
    var last = Double.infinity
    for freedom in [3.0, 30, 3_000, 3e8] {
      // The same normal numbers: what differs is the common scale alone.
      let distance = zip(normal, try terminal(freedom)).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(distance < last)
      last = distance
    }
    #expect(last < 1e-4)
  }

  @Test func aBootstrapRecoversTheMomentsOfItsBars() throws {
    let table = Self.table(14, symbols: ["A"], bars: 500)
    let returns = table.values.column(0)
    let n = Double(returns.count)
    let mean = returns.reduce(0, +) / n
    let variance = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    for block in [1.0, 10] {
      let model = PathModel.bootstrap(try BootstrapPaths(table, meanBlock: block))
      let source = MonteCarlo(
        model, MonteCarloSettings(paths: 200, bars: 250, seed: 21),
        kernels: KernelVariant.best.pathKernels)
      var (sum, squares, follows) = (0.0, 0.0, 0)
      for path in 0..<200 {
        let growths = source.growths(path: UInt32(path)).values.map { $0 - 1 }
        for value in growths {
          sum += value
          squares += (value - mean) * (value - mean)
        }
        if path < 20 {
          let rows = growths.map { value in
            returns.indices.min { abs(returns[$0] - value) < abs(returns[$1] - value) } ?? 0
          }
          follows += zip(rows, rows.dropFirst()).count { ($0 + 1) % returns.count == $1 }
        }
      }
      let count = 50_000.0
      // Blocks of an independent series are as good as bars: their sums vary with the sample's own correlations alone.
      #expect(abs(sum / count - mean) < 6 * (variance / count).squareRoot() * 1.3)
      #expect(abs(squares / count / variance - 1) < 0.05)
      let share = Double(follows) / (20 * 249)
      #expect(abs(share - (1 - 1 / block) - 1 / n / block) < 0.02, "block \(block): \(share)")
    }
  }

  @Test func standardErrorsCoverTheTruth() throws {
    // One normal bar: every figure has a closed form.
    let estimate = CovarianceEstimate(
      symbols: ["A"], matrix: Matrix(rows: 1, columns: 1, [0.0004]), estimator: "given",
      observationCount: 1)
    let model = PathModel.gaussian(
      try GaussianPaths(estimate, mean: [0.001], kind: .simple))
    let (mean, s) = (0.001, 0.02)
    let z95 = 1.6448536269514722
    let truths = [
      "mean_return": mean, "deviation": s, "return_50": mean, "var_95": s * z95 - mean,
      "es_95": s * Distribution.normalDensity(z95) / 0.05 - mean,
      "probability_of_loss": Distribution.normalCDF(-mean / s),
    ]
    var covered: [String: Int] = [:]
    let runs = 200
    for seed in 0..<UInt64(runs) {
      let settings = MonteCarloSettings(paths: 1_000, bars: 1, seed: seed)
      let sample = try Self.run(model, settings, Matrix(rows: 1, columns: 1, [1]))[0]
      for figure in PathOutlook(sample, settings, levels: [0.95]).figures {
        guard let truth = truths[figure.name] else { continue }
        if abs(figure.value - truth) <= 1.96 * figure.standardError {
          covered[figure.name, default: 0] += 1
        }
      }
    }
    for (name, _) in truths {
      let share = Double(covered[name] ?? 0) / Double(runs)
      // Four binomial deviations around 95 %, and what the errors' own errors take.
      #expect(share > 0.88, "\(name): \(share)")
    }
  }

  @Test func figuresByHand() {
    var sample = PathSample(
      terminal: (1...100).map { 0.5 + 0.01 * Double($0) })
    sample.terminal.reverse()
    let settings = MonteCarloSettings(paths: 100, bars: 5, seed: 0, watchesPaths: false, goal: 1.4)
    let outlook = PathOutlook(sample, settings, levels: [0.95, 0.975])
    let values = Dictionary(uniqueKeysWithValues: outlook.figures.map { ($0.name, $0.value) })
    func near(_ name: String, _ expected: Double) {
      #expect(abs((values[name] ?? .nan) - expected) < 1e-12, "\(name)")
    }
    // Returns are -0.49, -0.48 … 0.50.
    near("mean_return", 0.005)
    near("var_95", 0.45)
    near("es_95", 0.47)
    // Two and a half of the worst: -0.49, -0.48 and half of -0.47.
    near("var_97.5", 0.47)
    near("es_97.5", (0.49 + 0.48 + 0.235) / 2.5)
    near("probability_of_loss", 0.49)
    near("goal_at_end", 0.11)
    #expect(outlook.convergence.map(\.paths) == [12, 25, 50, 100])
    #expect(outlook.figures.map(\.name) == PathOutlook.names(settings, levels: [0.95, 0.975]))
  }

  @Test func ruinIsForEver() throws {
    // Ten times short: a rise of a tenth is the end.
    let table = Self.table(15, symbols: ["A"], bars: 300)
    let settings = MonteCarloSettings(paths: 200, bars: 400, seed: 1, every: 1, barrier: 0)
    var steep = table.values
    for place in steep.values.indices { steep.values[place] *= 10 }
    let wild = ReturnTable(
      symbols: ["A"], timeNs: table.timeNs, values: steep, barsPerYear: 252)
    let sample = try Self.run(
      .bootstrap(try BootstrapPaths(wild)), settings, Matrix(rows: 1, columns: 1, [-10]))[0]
    #expect(sample.hitBarrier.contains(true))
    for path in 0..<200 where sample.hitBarrier[path] {
      #expect(sample.terminal[path] == 0 && sample.drawdown[path] == -1)
    }
  }

  @Test func whatCannotBeDrawnIsRefused() throws {
    let table = Self.table(16, symbols: ["A", "B"], bars: 50)
    let (estimate, mean) = Self.covariance(table)
    #expect(throws: RiskError.self) {
      try GaussianPaths(estimate, mean: mean, kind: .log, freedom: 2)
    }
    #expect(throws: RiskError.self) { try BootstrapPaths(table, meanBlock: 0.5) }
    var indefinite = estimate
    indefinite.matrix = Matrix(rows: 2, columns: 2, [1, 2, 2, 1])
    #expect(throws: RiskError.self) { try GaussianPaths(indefinite, mean: mean, kind: .log) }
    // Two names for one series: no inverse, but a factor.
    indefinite.matrix = Matrix(rows: 2, columns: 2, [1, 1, 1, 1])
    _ = try GaussianPaths(indefinite, mean: mean, kind: .log)
    #expect(throws: RiskError.self) {
      try GaussianPaths(estimate, mean: mean, kind: .log, drift: .given([0, -2]))
    }
    let none = ReturnTable(
      symbols: ["A"], timeNs: [0], values: Matrix(rows: 1, columns: 1, [.nan]), barsPerYear: 252)
    #expect(throws: RiskError.self) { try BootstrapPaths(none) }
  }

  @Test func freedomIsFoundAgain() throws {
    let table = Self.table(17, symbols: ["A", "B"], bars: 300)
    let (estimate, mean) = Self.covariance(table)
    let model = try GaussianPaths(estimate, mean: mean, kind: .simple, freedom: 5)
    let growths = MonteCarlo(
      .gaussian(model), MonteCarloSettings(paths: 1, bars: 3_000, seed: 4),
      kernels: KernelVariant.best.pathKernels
    ).growths(path: 0)
    let drawn = ReturnTable(
      symbols: ["A", "B"], timeNs: (0..<3_000).map(Int64.init),
      values: Matrix(rows: 3_000, columns: 2, growths.values.map { $0 - 1 }), barsPerYear: 252)
    let found = try model.fittedFreedom(of: drawn)
    #expect(found > 4.1 && found < 6.2, "\(found)")
  }

  @Test func blocksAreAsLongAsTheSeriesRemembers() {
    func series(_ memory: Double) -> [Double] {
      var last = 0.0
      return (0..<3_000).map {
        last = memory * last + PhiloxStream(seed: 8, stream: 0).normal(step: UInt32($0))
        return last
      }
    }
    // For an AR(1) the optimum is (2a/(1 − a²))^(2/3) · n^(1/3), up to sampling.
    for memory in [0.3, 0.6] {
      let expected = DeterministicMath.exp(
        (2 * DeterministicMath.log(2 * memory / (1 - memory * memory))
          + DeterministicMath.log(3_000)) / 3)
      let found = BlockLength.automatic(series(memory))
      #expect(found > 0.6 * expected && found < 1.6 * expected, "\(found) for \(expected)")
    }
    #expect(BlockLength.automatic(series(0)) < 8)
    #expect(BlockLength.automatic([1, 2]) == 1)
    #expect(BlockLength.automatic([Double](repeating: 3, count: 100)) == 1)
  }
}
