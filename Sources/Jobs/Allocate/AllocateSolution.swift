import Allocation
import Interchange
import Kernels
import Market
import Metrics
import Risk
import Simulation
import Storage
import Synchronization

/// What the methods of a plan choose at its last bar.
struct AllocateSolution: Sendable {
  /// A method's weights, or why it has none.
  enum Row: Sendable {
    case solved(AllocationRecipe.Estimate)
    case failed(String)

    var estimate: AllocationRecipe.Estimate? {
      if case .solved(let found) = self { found } else { nil }
    }
  }

  /// `[M]`.
  let rows: [Row]
  /// Simple returns of the bars that were looked at: `[T, N]`.
  let returns: ReturnTable
  /// Least variance at each of some returns; nil if none was asked for, or it failed.
  let frontier: Frontier?
  private(set) var warnings: [RunWarning] = []
  private(set) var groups: [ResultGroup] = []

  var failedCount: Int { rows.count { $0.estimate == nil } }

  init(_ plan: AllocatePlan, workers: Int, isCancelled: @escaping @Sendable () -> Bool) throws {
    let end = plan.window.upperBound
    let returns = ReturnTable(
      panel: plan.panel, symbols: plan.symbols, window: end - plan.lookback..<end,
      barsPerYear: plan.barsPerYear)
    self.returns = returns
    let cache = CovarianceCache()
    let spec = plan.allocation
    let bars = 0..<returns.barCount
    let recipes = spec.methods.map {
      spec.recipe($0, lookback: plan.lookback, riskFree: plan.spec.riskFree)
    }
    var members = recipes[0].members(returns, bars: bars)
    if let field = plan.panel.fieldIndex(Universe.field) {
      members = members.filter {
        plan.panel.value(field: field, bar: end - 1, symbol: plan.symbols[$0]) > 0
      }
    }
    let sample = AllocationRecipe.Sample(members, bars, of: returns)
    let found = Mutex<[Int: Row]>([:])
    let loop = TileLoop(tiles: recipes.count, workers: workers)
    let isDone = try loop.run(isCancelled: isCancelled, room: { () }) { tile, _ in
      let row: Row
      do throws(AllocationError) {
        row = .solved(try recipes[tile].estimate(sample, cache: cache))
      } catch {
        row = .failed("\(error)")
      }
      found.withLock { $0[tile] = row }
    }
    guard isDone else { throw RunInterrupted() }
    let rows = found.withLock { found in recipes.indices.map { found[$0] ?? .failed("") } }
    self.rows = rows
    for (method, row) in zip(spec.methods, rows) {
      guard case .failed(let reason) = row else { continue }
      warnings.append(
        RunWarning(
          code: "allocation_failed", severity: .warning, message: "\(method.label): \(reason)"))
    }
    if members.count < plan.symbols.count {
      let names = plan.names
      let out = Set(plan.symbols.indices).subtracting(members).sorted().map { names[$0] }
      warnings.append(
        RunWarning(
          code: "symbols_left_out", severity: .warning,
          message: "\(out.count) of \(names.count) symbols have too few returns in the last "
            + "\(plan.lookback) bars, or are not in the universe: "
            + out.prefix(5).joined(separator: ", ") + (out.count > 5 ? ", …" : "")))
    }
    var frontier: Frontier?
    if plan.frontierPoints > 0 {
      do throws(AllocationError) {
        // Beliefs and constraints are the same for all methods; what is solved for them is the frontier's own.
        var plain = recipes[0]
        plain.allocator = Unsolved()
        frontier = try Frontier(
          try plain.estimate(sample, cache: cache), points: plan.frontierPoints,
          symbols: plan.names)
      } catch {
        warnings.append(
          RunWarning(
            code: "no_frontier", severity: .warning,
            message: "the efficient frontier was not found: \(error)"))
      }
    }
    self.frontier = frontier
    if isCancelled() { throw RunInterrupted() }
    groups = [weightGroup(plan)]
    if let frontier { groups.append(frontier.group) }
    if let discrete = plan.discrete { groups.append(try shareGroup(plan, discrete)) }
  }

  /// Weights of all symbols, NaN for a method without any: `[N]`.
  func weights(_ method: Int) -> [Double] {
    rows[method].estimate?.weights(count: returns.symbolCount)
      ?? [Double](repeating: .nan, count: returns.symbolCount)
  }

  /// Expected return and volatility a year of a method's weights.
  func beliefs(_ method: Int) -> (expected: Double, volatility: Double) {
    guard let estimate = rows[method].estimate else { return (.nan, .nan) }
    let problem = estimate.problem
    let weights = estimate.allocation.weights
    let gain = LinearAlgebra.dot(problem.expectedReturns, weights)
    let variance = (try? LinearAlgebra.quadratic(problem.covariance, weights)) ?? .nan
    return (
      gain * problem.barsPerYear, (max(variance, 0) * problem.barsPerYear).squareRoot()
    )
  }

  // MARK: - Results

  private func weightGroup(_ plan: AllocatePlan) -> ResultGroup {
    let methods = rows.indices
    func texts(_ list: (Allocation) -> [String]) -> ResultGroup.Values {
      .texts(rows.map { $0.estimate.map { list($0.allocation).joined(separator: "; ") } ?? "" })
    }
    let first = rows.lazy.compactMap(\.estimate).first
    var attributes: [ResultTable.Attribute] = [
      .init("lookback", "\(plan.lookback) bars"),
      .init("covariance", plan.allocation.covariance.name),
      .init("expected", plan.allocation.beliefs.name),
    ]
    if let repair = first?.covariance.repair {
      attributes.append(
        .init("repair", "\(repair.raisedCount) eigenvalues were raised to make it semi-definite"))
    }
    return ResultGroup(
      "weights", title: "Weights by method",
      dimensions: [
        .init("method", .texts(plan.methods)), .init("symbol", .texts(plan.names)),
      ],
      variables: [
        .init(
          "weight", ["method", "symbol"], methods.flatMap { weights($0) }, unit: "fraction",
          definition: "of equity; negative for a short position"),
        .init(
          "expected_return", ["method"], methods.map { beliefs($0).expected }, unit: "fraction",
          definition: "believed, a year: that of a bar times bars a year"),
        .init(
          "expected_volatility", ["method"], methods.map { beliefs($0).volatility },
          unit: "fraction", definition: "estimated, a year"),
        .init(
          "objective", ["method"], rows.map { $0.estimate?.allocation.objective ?? .nan },
          definition: "the method's own, a bar"),
        .init("binding", ["method"], texts(\.binding)),
        .init("notes", ["method"], texts(\.notes)),
      ], attributes: attributes)
  }

  private func shareGroup(_ plan: AllocatePlan, _ discrete: AllocatePlan.Discrete) throws(SpecError)
    -> ResultGroup
  {
    let names = plan.names
    let close = plan.panel.fieldIndex("close") ?? 0
    let prices = plan.symbols.map { symbol in
      // The last that is known, as positions are marked.
      plan.window.reversed().lazy
        .map { plan.panel.value(field: close, bar: $0, symbol: symbol) }
        .first { !$0.isNaN } ?? .nan
    }
    let lots = plan.symbols.map { symbol in
      let own = plan.panel.symbols[symbol].lot
      return discrete.lot ?? (own > 0 ? own : 1)
    }
    var (shares, weights, cash, off, exact) = (
      [Double](), [Double](), [Double](), [Double](), [Int64]()
    )
    for method in rows.indices {
      let wanted = self.weights(method)
      guard !wanted.contains(where: \.isNaN) else {
        shares += wanted
        weights += wanted
        (cash, off, exact) = (cash + [.nan], off + [.nan], exact + [0])
        continue
      }
      let found = try AllocationSpec.checked("allocate.discrete", 0) {
        () throws(AllocationError) in
        try ShareAllocation(
          weights: wanted, prices: prices, lots: lots, capital: discrete.capital, symbols: names,
          method: discrete.method)
      }
      shares += found.shares
      weights += found.weights
      cash.append(found.cash)
      off.append(found.deviation)
      exact.append(found.isExact ? 1 : 0)
    }
    return ResultGroup(
      "shares", title: "Whole shares for \(discrete.capital.shortestText) \(plan.spec.currency)",
      dimensions: [.init("method", .texts(plan.methods)), .init("symbol", .texts(names))],
      variables: [
        .init("shares", ["method", "symbol"], shares, unit: "count"),
        .init("share_weight", ["method", "symbol"], weights, unit: "fraction"),
        .init("cash", ["method"], cash, unit: "currency", definition: "what is left"),
        .init(
          "deviation", ["method"], off, unit: "fraction",
          definition: "sum of what positions are off their weights"),
        .init("is_exact", ["method"], .integers(exact)),
      ], attributes: [.init("found", discrete.method.rawValue)])
  }

  /// The weights as a file that `strategy.weights` and `portfolios` read: `portfolio,symbol,weight`.
  func csv(_ plan: AllocatePlan) -> [UInt8] {
    var text = CSVText(columns: ["portfolio", "symbol", "weight"])
    for (method, label) in plan.methods.enumerated() where rows[method].estimate != nil {
      for (name, weight) in zip(plan.names, weights(method)) {
        text.add(label)
        text.add(name)
        text.add(weight)
        text.endRow()
      }
    }
    return text.bytes
  }

  /// A row a method, with the figures of its weights over the bars that they were made of.
  func table(_ plan: AllocatePlan) -> ResultTable {
    let values = rows.indices.map { method -> [MetricValue] in
      guard rows[method].estimate != nil else {
        return plan.metrics.map { _ in .undefined(.tooFewBars) }
      }
      let summary = LaneSummary(
        returns: earned(weights(method)), barsPerYear: plan.barsPerYear,
        calendarDays: days(plan), riskFreePerBar: perBar(plan.spec.riskFree, plan),
        minimumAcceptablePerBar: perBar(plan.spec.minimumAcceptable, plan),
        initialEquity: plan.spec.cash)
      return plan.metrics.map { $0.value(of: summary) }
    }
    let rank = plan.metrics[plan.rankMetric]
    let sign = rank.direction == .lower ? -1.0 : 1
    let keys = values.map { row in
      let value = row[plan.rankMetric].number
      return value.isNaN ? -Double.infinity : sign * value
    }
    let order = rows.indices.sorted { (keys[$1], $0) < (keys[$0], $1) }
    return ResultTable(
      attributes: ResultAttributes(), lanes: rows.indices.map { Int64($0) },
      symbols: plan.methods, symbolIndex: rows.indices.map { Int32($0) }, parameters: [],
      status: rows.map { $0.estimate == nil ? .failed : .ok },
      reason: zip(rows, values).map { row, values in
        if case .failed(let reason) = row { return reason }
        return zip(plan.metrics, values).compactMap { metric, value in
          guard case .undefined(let reason) = value else { return nil }
          return "\(metric.name): \(reason.rawValue)"
        }.joined(separator: "; ")
      },
      metrics: plan.metrics.enumerated().map { position, metric in
        ResultTable.Column(metric, values.map { $0[position].number }, by: plan.spec.convention)
      }, leaderboard: order.map { Int64($0) }, leaderboardBy: rank.name,
      leaderboardDirection: rank.direction.rawValue)
  }

  /// Returns of weights that are restored at each bar; a symbol without a return earned nothing.
  private func earned(_ weights: [Double]) -> [Double] {
    (0..<returns.barCount).map { bar in
      var sum = 0.0
      for symbol in weights.indices where weights[symbol] != 0 {
        let value = returns.values[bar, symbol]
        if !value.isNaN { sum += weights[symbol] * value }
      }
      return sum
    }
  }

  private func perBar(_ annual: Double, _ plan: AllocatePlan) -> Double {
    LaneSummary.ratePerBar(annual: annual, barsPerYear: plan.barsPerYear)
  }

  private func days(_ plan: AllocatePlan) -> Double {
    guard let first = returns.timeNs.first, let last = returns.timeNs.last else { return 0 }
    return Double(last - first + plan.panel.frequencyNs) / 86_400e9
  }
}

/// Stands where only the problem is asked for.
private struct Unsolved: Allocator {
  var name: String { "unsolved" }
  var definition: String { "no weights" }
  func allocate(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    Allocation(weights: problem.symbols.map { _ in .nan }, objective: .nan)
  }
}
