/// The fewest and smallest trades that bring an account within limits.
///
/// For an account without short positions, by sums of weights over symbols, sectors and the whole, which lie within each other:
///
/// 1. a line above its largest weight is sold down to it; one below its least, which only a band gives, is bought up to it;
/// 2. of a sector that is still too large more is sold: first of lines that are sold anyway, then of the largest ones;
/// 3. if the whole is still too large, the same over all lines;
/// 4. if the account is still too risky, of the line with the largest marginal risk, as much as is needed, again and again.
///
/// **What is certain.** Without a band and a limit of risk, before lots, and where costs are a part of what is traded and a sum for
/// each order: no trades that keep the limits are fewer, none trade less money, none cost less. A limit asks for a sum of sales
/// that lies within the next, so each step sells no more than any answer must; and of sales that are as many, those of the largest lines
/// leave the most room for the next step. Bands, risk, lots and least commissions make it a heuristic.
/// It never costs more than the switch to the target by differences: where it would, or where it does not keep the limits, that is the answer.
struct MinimalTrades {
  let account: SwitchAccount
  let limits: TradeLimits
  let costs: TradeCosts
  /// Marginal risks of weights by line, if they are too risky; nil if they are not.
  let riskiest: (_ weights: [Double]) -> [Double]?

  /// The trades; nil if they don't keep the limits, or if there are short positions.
  func plan() -> TradePlan? {
    let equity = account.equity
    let hasShorts = account.lines.contains { $0.units < 0 }
    guard equity > 0, !hasShorts, limits.invested >= 0, limits.sector >= 0 else { return nil }
    let plan = SwitchPlan.settled(equity, trades)
    let weights = plan.weights
    let slack = account.lines.map { $0.lot * $0.unitValue / equity }
    guard limits.excess(weights, account, slack: slack) <= 1e-9, riskiest(weights) == nil else {
      return nil
    }
    return plan
  }

  /// Trades after which the rest of the equity is within limits.
  private func trades(_ rest: Double) -> TradePlan {
    var values = account.lines.map { $0.isTradable ? max(0, $0.value) : 0 }
    let before = values
    var traded = [Bool](repeating: false, count: values.count)
    for line in values.indices where account.lines[line].isTradable {
      let (least, most) = (limits.least(line) * rest, limits.most(line) * rest)
      if values[line] > most * (1 + 1e-12) {
        (values[line], traded[line]) = (most, true)
      } else if values[line] < least * (1 - 1e-12) {
        (values[line], traded[line]) = (least, true)
      }
    }
    let sectors = Dictionary(grouping: values.indices) { account.lines[$0].sector }
    for sector in sectors.keys.sorted() {
      lower(sectors[sector] ?? [], to: limits.sector * rest, rest, &values, &traded)
    }
    lower(Array(values.indices), to: limits.invested * rest, rest, &values, &traded)
    lowerRisk(rest, &values)
    return execute(before, values)
  }

  /// Sells of some lines until they are worth a sum: those that are traded anyway first, then the largest.
  private func lower(
    _ lines: [Int], to most: Double, _ rest: Double, _ values: inout [Double],
    _ traded: inout [Bool]
  ) {
    var excess = lines.reduce(0) { $0 + values[$1] } - most
    func room(_ line: Int) -> Double { max(0, values[line] - limits.least(line) * rest) }
    guard excess > 1e-12 * rest else { return }
    let order = lines.filter { room($0) > 0 }.sorted { a, b in
      if traded[a] != traded[b] { return traded[a] }
      return room(a) != room(b) ? room(a) > room(b) : a < b
    }
    for line in order where excess > 0 {
      let sold = min(excess, room(line))
      values[line] -= sold
      excess -= sold
      traded[line] = true
    }
  }

  /// Sells of what adds most to risk, until the account is not too risky.
  private func lowerRisk(_ rest: Double, _ values: inout [Double]) {
    guard rest > 0 else { return }
    func weights(_ values: [Double]) -> [Double] { values.map { $0 / rest } }
    for _ in values.indices {
      guard let marginal = riskiest(weights(values)) else { return }
      let floors = values.indices.map { limits.least($0) * rest }
      let open = values.indices.filter { values[$0] > floors[$0] && marginal[$0] > 0 }
      guard let line = open.max(by: { (marginal[$0], $1) < (marginal[$1], $0) }) else { return }
      var (low, high) = (floors[line], values[line])
      values[line] = low
      if riskiest(weights(values)) != nil { continue }
      for _ in 0..<60 {
        values[line] = (low + high) / 2
        if riskiest(weights(values)) == nil { low = values[line] } else { high = values[line] }
      }
      values[line] = low
    }
  }

  private func execute(_ before: [Double], _ values: [Double]) -> TradePlan {
    var plan = TradePlan(.minimal, account)
    var sold = [Double](repeating: 0, count: values.count)
    var bought = sold
    for (place, line) in account.lines.enumerated() where values[place] != before[place] {
      let wanted = values[place] / line.unitValue
      (sold[place], bought[place]) = SwitchPlan.orders(from: line.units, to: wanted, line)
    }
    plan.execute(sold: sold, bought: bought, costs)
    return plan
  }
}

/// The three ways from what is held to a target, with their costs.
public struct SwitchChoice: Sendable {
  /// All sold, the target bought.
  public let full: TradePlan
  /// Differences.
  public let net: TradePlan
  /// As little as limits ask; the trades of `net` where that costs no more or nothing smaller was found.
  public let minimal: TradePlan

  /// Plans for an account.
  ///
  /// - Parameters:
  ///   - weights: targets by line.
  ///   - limits: of `minimal`.
  ///   - riskiest: marginal risks of weights by line if they are too risky, nil if not.
  public init(
    _ account: SwitchAccount, weights: [Double], limits: TradeLimits, costs: TradeCosts,
    riskiest: (_ weights: [Double]) -> [Double]? = { _ in nil }
  ) {
    full = SwitchPlan.make(account, weights: weights, costs: costs, kind: .full)
    net = SwitchPlan.make(account, weights: weights, costs: costs, kind: .net)
    let found = withoutActuallyEscaping(riskiest) {
      MinimalTrades(account: account, limits: limits, costs: costs, riskiest: $0).plan()
    }
    if let found, found.cost <= net.cost {
      minimal = found
    } else {
      var same = net
      same.kind = .minimal
      same.notes.append(
        found == nil
          ? "nothing smaller than the differences was found that keeps all limits"
          : "the differences cost less than what limits alone ask for")
      minimal = same
    }
  }

  /// The plan of a kind.
  public subscript(kind: TradePlan.Kind) -> TradePlan {
    switch kind {
    case .full: full
    case .net: net
    case .minimal: minimal
    }
  }
}
