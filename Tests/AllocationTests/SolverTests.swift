import Kernels
import Risk
import Synchronization
import TestSupport
import Testing

@testable import Allocation

@Suite struct SolverTests {
  @Test func linearProgram() throws {
    // max 3x + 2y where x + y ≤ 4, x + 3y ≤ 7, x ≤ 3: 11 at (3, 1), prices 2 and 0.
    var program = LinearProgram(cost: [-3, -2], lower: [0, 0], upper: [3, .infinity])
    program.addRow(.init([0, 1], [1, 1], lower: -.infinity, upper: 4))
    program.addRow(.init([0, 1], [1, 3], lower: -.infinity, upper: 7))
    for byPrimal in [false, true] {
      guard case .solved(let x, let duals, _) = try program.solve(byPrimal: byPrimal) else {
        Issue.record("not solved")
        continue
      }
      #expect(x == [3, 1])
      #expect(duals == [-2, 0])
    }
    var open = LinearProgram(cost: [-1], lower: [0], upper: [.infinity])
    #expect(try open.solve() == .unbounded)
    open.addRow(.init([0], [1], lower: -.infinity, upper: -1))
    #expect(try open.solve() == .infeasible)
  }

  @Test func programsGrow() throws {
    var program = LinearProgram(cost: [1], lower: [-.infinity], upper: [.infinity])
    program.addRow(.init([0], [1], lower: 2, upper: .infinity))
    var model = try LinearModel(program)
    #expect(model.solve(.dual) == .solved(x: [2], duals: [1], steps: 0))
    // x + y ≥ 5 at a cost of 0.5 for y.
    model.grow(columns: 1, cost: 0.5, rows: [.init([0, 1], [1, 1], lower: 5, upper: .infinity)])
    guard case .solved(let x, let duals, _) = model.solve(.again) else {
      Issue.record("not solved")
      return
    }
    #expect(x == [2, 3])
    #expect(duals == [0.5, 0.5])
  }

  /// Both methods for quadratic programs, each alone.
  @Test(arguments: 0..<25) func methodsAgree(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    func uniform() -> Double { Double(random.int(-1000...1000)) / 1000 }
    let count = random.int(2...30)
    let root = Matrix(
      rows: count + 2, columns: count, (0..<(count + 2) * count).map { _ in uniform() })
    var program = QuadraticProgram(
      quadratic: try LinearAlgebra.gram(root, scale: 1 / Double(count)),
      linear: (0..<count).map { _ in uniform() },
      lower: (0..<count).map { _ in random.one(in: 5) ? -.infinity : -abs(uniform()) - 0.01 },
      upper: (0..<count).map { _ in random.one(in: 5) ? .infinity : abs(uniform()) + 0.01 })
    let all = Array(0..<count)
    program.rows.append(.init(all, all.map { _ in 1 }, lower: 0.01, upper: 0.01))
    program.rows.append(.init(all, all.map { _ in uniform() }, lower: -0.5, upper: 0.1))
    program.rows.append(.init([0, 1], [1, -1], lower: -0.05, upper: .infinity))
    var interior = InteriorPoint(program)
    let inner = try interior.solve()
    let start = ActiveSet(variables: all.map { _ in 0 }, rows: [0, 0, 0])
    let exchange = ActiveSetExchange(program)
    let outer =
      try exchange.run(from: start, limit: 60)
      ?? exchange.run(
        from: try #require(inner.active), limit: 10)
    let found = try #require(outer, "seed \(seed)")
    for (a, b) in zip(inner.x, found.x) { #expect(abs(a - b) < 1e-6, "seed \(seed)") }
    for (a, b) in zip(inner.rowDuals, found.rowDuals) { #expect(abs(a - b) < 1e-6, "seed \(seed)") }
    let (a, b) = (try program.objective(inner.x), try program.objective(found.x))
    #expect(abs(a - b) < 1e-10, "seed \(seed)")
  }

  @Test func programsThatCannotEndAreReported() throws {
    var program = QuadraticProgram(
      quadratic: .identity(2), linear: [0, 0], lower: [0, 0], upper: [1, 1])
    program.rows = [.init([0, 1], [1, 1], lower: 3, upper: 3)]
    #expect(throws: QuadraticProgram.Failure.self) { try program.solve() }
    let free = QuadraticProgram(
      quadratic: Matrix(rows: 1, columns: 1), linear: [-1], lower: [0], upper: [.infinity])
    #expect(throws: QuadraticProgram.Failure.self) { try free.solve() }
  }

  /// Solvers share nothing, so that any number of them may run at once.
  @Test(arguments: ["min_variance", "max_sharpe", "min_cvar", "kelly"])
  func workersGiveTheSameBits(name: String) throws {
    var problem = try Sample.problem()
    problem.constraints.upper = problem.symbols.map { _ in 0.15 }
    let method = try AllocatorCatalog.allocator(named: name)
    let caps = [0.15, 0.2, 0.3]
    let solve: @Sendable (Int) throws -> [Double] = { [problem] index in
      var changed = problem
      changed.constraints.upper = problem.symbols.map { _ in caps[index % caps.count] }
      return try method.allocate(changed).weights
    }
    let alone = try (0..<7).map { try solve($0) }
    for workers in [2, 7] {
      let found = Mutex<[Int: [Double]]>([:])
      _ = try TileLoop(tiles: 7, workers: workers).run(isCancelled: { false }, room: { 0 }) {
        tile, _ in
        let weights = try solve(tile)
        found.withLock { $0[tile] = weights }
      }
      for index in 0..<7 { #expect(found.withLock { $0[index] } == alone[index]) }
    }
  }
}
