import Kernels
import Risk
import TestSupport
import Testing

@testable import Allocation

struct HierarchicalTests {
  @Test func riskParityIsThatOfPyPortfolioOpt() throws {
    let golden = try ClusterGolden.read.get()
    let problem = try ClusterGolden.problem()
    for linkage in Linkage.allCases {
      let mine = try HierarchicalRiskParity(clusters: ClusterSettings(linkage: linkage))
        .allocate(problem)
      let theirs = try #require(golden.hrp["pypfopt \(linkage.rawValue)"])
      #expect(distance(mine.weights, theirs) < 1e-12, "\(linkage)")
    }
  }

  @Test func riskParityIsThatOfSkfolioWithItsDefaults() throws {
    let golden = try ClusterGolden.read.get()
    var problem = try ClusterGolden.problem()
    var clusters = ClusterSettings(linkage: .ward)
    clusters.ordersLeaves = true
    let mine = try HierarchicalRiskParity(clusters: clusters).allocate(problem)
    #expect(distance(mine.weights, golden.hrp["skfolio default"] ?? []) < 1e-9)
    var deviations = clusters
    deviations.risk = .standardDeviation
    let deviation = try HierarchicalRiskParity(clusters: deviations).allocate(problem)
    #expect(distance(deviation.weights, golden.hrp["skfolio deviation"] ?? []) < 1e-9)
    for index in 0..<problem.symbols.count {
      problem.constraints.lower[index] = 0.03
      problem.constraints.upper[index] = 0.07
    }
    let bounded = try HierarchicalRiskParity(clusters: clusters).allocate(problem)
    #expect(distance(bounded.weights, golden.hrp["skfolio bounded"] ?? []) < 1e-9)
    #expect(!bounded.binding.isEmpty)
  }

  @Test func profilesAreWhatDePradoPrinted() throws {
    let golden = try ClusterGolden.read.get()
    var clusters = ClusterSettings(linkage: .single)
    clusters.distance = .profile
    let mine = try HierarchicalRiskParity(clusters: clusters).allocate(ClusterGolden.problem())
    #expect(distance(mine.weights, golden.hrp["de prado"] ?? []) < 1e-12)
  }

  @Test func equalRiskIsThatOfSkfolio() throws {
    let herc = try ClusterGolden.read.get().herc
    let problem = try ClusterGolden.problem()
    for linkage in Linkage.allCases {
      let mine = try HierarchicalEqualRisk(clusters: ClusterSettings(linkage: linkage))
        .allocate(problem)
      // The library sends its weights through a solver, which leaves them within 1e-7.
      #expect(distance(mine.weights, herc[linkage.rawValue]?.weights ?? []) < 1e-7)
      #expect(mine.notes == ["\(herc[linkage.rawValue]?.clusters ?? 0) clusters"])
    }
    var clusters = ClusterSettings(linkage: .ward)
    clusters.count = .given(6)
    clusters.risk = .standardDeviation
    let mine = try HierarchicalEqualRisk(clusters: clusters).allocate(problem)
    #expect(distance(mine.weights, herc["ward 6 deviation"]?.weights ?? []) < 1e-7)
  }

  @Test func nestedClustersNestLeastVariances() throws {
    let least = ClosedForm()
    let mine = try NestedClusters(inner: least, outer: least).allocate(Self.free())
    #expect(distance(mine.weights, try ClusterGolden.read.get().nco) < 1e-12)
  }

  @Test(arguments: 0..<20) func weightsFollowSymbols(seed: UInt64) throws {
    print("weightsFollowSymbols: seed \(seed)")
    var random = TestRandom(seed: seed)
    let problem = Self.random(&random, count: 2 + Int(seed))
    let order = problem.symbols.indices.shuffled(using: &random)
    var moved = problem
    moved.symbols = order.map { problem.symbols[$0] }
    moved.covariance = problem.covariance.symmetric(order)
    moved.expectedReturns = order.map { problem.expectedReturns[$0] }
    for linkage in Linkage.allCases {
      // Halving an odd order depends on which end is the first: that is a tie, which numbers of symbols break.
      var methods: [any Allocator] = [
        HierarchicalEqualRisk(clusters: ClusterSettings(linkage: linkage)),
        NestedClusters(
          inner: InverseVolatility(), outer: InverseVolatility(),
          clusters: ClusterSettings(linkage: linkage)),
      ]
      if problem.symbols.count == 2 {
        methods.append(HierarchicalRiskParity(clusters: ClusterSettings(linkage: linkage)))
      }
      for method in methods {
        let before = try method.allocate(problem).weights
        let after = try method.allocate(moved).weights
        #expect(distance(order.map { before[$0] }, after) < 1e-12, "\(method.name) \(linkage)")
      }
    }
  }

  @Test(arguments: 0..<20) func weightsAreLongAndWhole(seed: UInt64) throws {
    print("weightsAreLongAndWhole: seed \(seed)")
    var random = TestRandom(seed: seed)
    var problem = Self.random(&random, count: 1 + Int(seed) * 3)
    let count = Double(problem.symbols.count)
    for bounded in [false, true] {
      if bounded {
        for index in problem.symbols.indices {
          problem.constraints.lower[index] = 0.5 / count
          problem.constraints.upper[index] = 1.5 / count
        }
      }
      for method in AllocatorCatalog.all where ["hrp", "herc", "nco"].contains(method.name) {
        let weights = try method.make(AllocatorSettings()).allocate(problem).weights
        #expect(abs(weights.reduce(0, +) - 1) < 1e-12, "\(method.name)")
        for (index, weight) in weights.enumerated() {
          #expect(weight >= problem.constraints.lower[index] - 1e-12)
          #expect(weight <= problem.constraints.upper[index] + 1e-12)
        }
      }
    }
  }

  @Test func whatCantBeKeptIsSaid() throws {
    var problem = try ClusterGolden.problem()
    let method = HierarchicalRiskParity()
    problem.constraints.upper = Array(repeating: 0.03125, count: problem.symbols.count)
    #expect(
      throws: AllocationError.infeasible(conflict: [
        "max_weight: at most 0.625 in all", "weights add up to 1.0",
      ])
    ) { try method.allocate(problem) }
    problem.constraints = WeightConstraints(count: problem.symbols.count)
    problem.constraints.groups = [.init(name: "sector X", members: [0, 1], least: 0.5, most: 1)]
    #expect(
      throws: AllocationError.unsupported(method: "hrp", constraint: "sector X at least 0.5")
    ) { try method.allocate(problem) }
  }

  @Test func settingsAreReadByName() throws {
    let settings = AllocatorSettings(["linkage": .text("average"), "clusters": .number(3)])
    #expect(throws: AllocationError.self) {
      try AllocatorCatalog.allocator(named: "hrp", settings: settings)
    }
    let herc = try AllocatorCatalog.allocator(named: "herc", settings: settings)
    #expect((herc as? HierarchicalEqualRisk)?.clusters.count == .given(3))
    #expect((herc as? HierarchicalEqualRisk)?.clusters.linkage == .average)
  }

  static func free() throws -> AllocationProblem {
    var problem = try ClusterGolden.problem()
    let count = problem.symbols.count
    problem.constraints.lower = Array(repeating: -.infinity, count: count)
    problem.constraints.upper = Array(repeating: .infinity, count: count)
    return problem
  }

  static func random(_ random: inout TestRandom, count: Int) -> AllocationProblem {
    let rows = 2 * count + 10
    var values = Matrix(rows: rows, columns: count)
    for row in 0..<rows {
      let market = Double.random(in: -0.02...0.02, using: &random)
      for column in 0..<count {
        let own = Double.random(in: -0.02...0.02, using: &random)
        values[row, column] = market * Double(column % 3) + own
      }
    }
    var covariance = Matrix(rows: count, columns: count)
    for a in 0..<count {
      for b in 0..<count {
        for row in 0..<rows { covariance[a, b] += values[row, a] * values[row, b] / Double(rows) }
      }
    }
    return AllocationProblem(
      symbols: (0..<count).map { "S\($0)" }, covariance: covariance,
      expectedReturns: Array(repeating: 0, count: count))
  }
}

/// Σ⁻¹1 / 1ᵀΣ⁻¹1, whatever the constraints.
private struct ClosedForm: Allocator {
  var name: String { "closed_form" }
  var definition: String { "least variance" }
  func allocate(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    let ones = [Double](repeating: 1, count: problem.symbols.count)
    let solved = try AllocationError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.solve(problem.covariance, ones)
    }
    let total = solved.reduce(0, +)
    return Allocation(weights: solved.map { $0 / total }, objective: 1 / total)
  }
}
