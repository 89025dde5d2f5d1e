import Allocation
import Expressions
import Market
import Simulation

/// Weights of a plan that are estimated again at each rebalance: a recipe for each parameter set.
struct AllocatedWeights {
  /// The weights.
  let source: AllocationWeights

  /// Bars that are looked at where the spec does not say how many: a year of days.
  static let usualLookback = 252

  /// Most numbers that are kept: sets × rebalances × symbols.
  static let sizeLimit = 1 << 28

  init(
    _ text: Spec.AllocationText, _ spec: Spec, _ grid: ParameterGrid, _ panel: PricePanel,
    _ symbols: [Int], _ window: Range<Int>
  ) throws {
    let path = "strategy.weights"
    guard panel.fieldIndex("close") != nil else {
      throw SpecError.panel(
        reason: "panel \(panel.name) has no field 'close' (it has: "
          + "\(panel.fields.joined(separator: ", "))); \(path) looks at returns of closes")
    }
    let bars = RebalanceBars(
      spec.rebalance, panel: panel, window: window, zone: ZoneOffsets.rules(of: panel) ?? .utc
    ).bars.map { $0 + window.lowerBound }
    let size = Double(grid.count) * Double(bars.count) * Double(symbols.count)
    guard size <= Double(Self.sizeLimit) else {
      throw SpecError.value(
        path: path, line: 0,
        found: "\(grid.count) sets × \(bars.count) rebalances × \(symbols.count) symbols",
        expected: "at most \(Self.sizeLimit) weights: fewer parameters, or rarer rebalances")
    }
    let entries = symbols.map { (panel.symbols[$0].symbol, panel.symbols[$0].sector) }
    var numbers = ParameterNumbers(grid.axes)
    let recipes = try (0..<grid.count).map { set in
      let json = numbers.resolve(text.json, grid.values(set: set))
      let given = try AllocationSpec(weights: json, path: path)
        .resolved(entries, path: path)
      return given.recipe(given.methods[0], lookback: Self.usualLookback, riskFree: spec.riskFree)
    }
    source = AllocationWeights(
      recipes: recipes, panel: panel, symbols: symbols, window: window,
      historyStart: spec.warmsOnHistory ? 0 : window.lowerBound, bars: bars,
      startsAtOnce: spec.rebalance.startsAtOnce)
  }
}

extension AllocationSpec {
  /// Reads `strategy.weights`.
  init(weights json: JSON5, path: String) throws(SpecError) {
    var reader = try SpecReader(json, path: path)
    try self.init(&reader, methods: "allocate")
    try reader.finish()
  }
}

extension RunPlan {
  /// Weights that are estimated again at each rebalance; nil where there are none.
  var allocation: AllocationWeights? { weights?.source as? AllocationWeights }

  /// What the reader should know of weights that the account can't hold, and of estimates that failed.
  func allocationWarnings() -> [RunWarning] {
    guard let allocation else { return [] }
    let beyond = RunWarning.beyondLeverage(
      allocation.recipes.map(\.constraints), spec.execution, path: "strategy.weights")
    let told = beyond + RunWarning.usualLookback(spec.weights)
    let failures = allocation.failures
    guard let first = failures.first else { return told }
    var counts: [(reason: String, count: Int)] = []
    for failure in failures {
      let reason = "\(failure.error)"
      if let place = counts.firstIndex(where: { $0.reason == reason }) {
        counts[place].count += 1
      } else {
        counts.append((reason, 1))
      }
    }
    let most = counts.max { $0.count < $1.count } ?? (reason: "", count: 0)
    let others = counts.count - 1
    return told + [
      RunWarning(
        code: "allocation_failed", severity: .warning,
        message: "\(failures.count) of \(allocation.estimateCount) estimates of weights failed and "
          + "left positions as they were, first at "
          + "\(Timestamp.text(nanoseconds: run.panel.time.ns[first.bar])): \(most.reason)"
          + (others > 0 ? " (and \(others) other reasons)" : ""))
    ]
  }
}

extension RunWarning {
  /// What is taken for a lookback that the spec leaves out.
  fileprivate static func usualLookback(_ weights: Spec.Weights?) -> [RunWarning] {
    guard case .allocated(let text)? = weights, case .object(let members) = text.json.value,
      !members.contains(where: { $0.key == "lookback" && $0.value.value != .null })
    else { return [] }
    return [
      RunWarning(
        code: "usual_lookback", severity: .info,
        message: "strategy.weights has no lookback: each estimate is of the last "
          + "\(AllocatedWeights.usualLookback) bars")
    ]
  }

  /// A warning where constraints let weights be larger than what an account can hold.
  static func beyondLeverage(
    _ constraints: [ConstraintSettings], _ rules: ExecutionRules, path: String
  ) -> [RunWarning] {
    let gross = constraints.reduce(0) { max($0, $1.largestGross) }
    guard gross > rules.leverage * (1 + 1e-9) else { return [] }
    let size =
      gross < .infinity ? "add up to \(gross) of equity" : "add up to any multiple of equity"
    return [
      RunWarning(
        code: "beyond_leverage", severity: .warning,
        message:
          "\(path): weights, shorts counted as positive, may \(size), and account.leverage is "
          + "\(rules.leverage): orders beyond it are scaled down; set account: { leverage } to at "
          + "least \(path).leverage")
    ]
  }
}

extension ConstraintSettings {
  /// The largest sum of absolute weights that is allowed; ∞ without a limit.
  fileprivate var largestGross: Double {
    let least = minWeight.map { ([$0.common] + $0.named.values).min() ?? 0 }
    let isLongOnly = least.map { $0 >= 0 } ?? !allowsShort
    return min(leverage, isLongOnly ? budget.map { abs($0) } ?? .infinity : .infinity)
  }
}
