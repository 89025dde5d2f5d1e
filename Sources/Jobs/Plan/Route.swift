import Simulation

/// The engine that a lane goes through.
///
/// All of them follow the same rules, and give the same answers where more than one applies.
public enum Route: String, Sendable, CaseIterable {
  /// Very many lanes at once: market orders, fractional stops and targets, costs in proportion and per unit or order.
  case vector
  /// One account after the other, with everything that the rules know.
  case ruleBook = "rule_book"
  /// One account over all symbols, moved towards target weights.
  case portfolio
}

/// Which engine a spec's lanes go through, and why.
struct RouteTable: Sendable {
  /// A rule that the vector kernel doesn't know.
  private struct Need: Sendable {
    var what: String
    var holds: @Sendable (Spec) -> Bool
  }

  /// The route of each symbol of the run; of the portfolio, if it is one.
  var routes: [Route]
  /// Why not the vector kernel, for all symbols; empty if it is, or is for some.
  var reasons: [String]
  /// Why not the vector kernel, for some symbols: how many, and the reason.
  var exceptions: [(count: Int, reason: String)]

  private static let needs: [Need] = [
    Need(what: "strategy.time_in_force") { $0.waiting != .untilCancelled },
    Need(what: "account.leverage") { $0.execution.leverage != 1 },
    Need(what: "account.initial_margin") { $0.entersShort && $0.execution.initialMargin > 2 },
    Need(what: "account.short") { $0.entersShort && !$0.execution.allowsShort },
    Need(what: "account.borrow, cash_rate, margin_rate") { $0.execution.financing != Financing() },
    Need(what: "account.flows") { $0.wallets.contains { !$0.flows.isEmpty } },
    Need(what: "execution.lot") { $0.execution.lot > 0 },
    Need(what: "execution.tick") { $0.execution.tick > 0 },
    Need(what: "execution.min_notional") { $0.execution.minNotional > 0 },
    Need(what: "execution.max_volume_share") { $0.execution.maxVolumeShare < .infinity },
    Need(what: "execution.limit_touch") {
      $0.execution.limitTouch && $0.strategy.takeProfit != nil
    },
    Need(what: "execution.intrabar 'finer'") { $0.execution.intrabar == .finer },
    Need(what: "execution.commission.tiers") { !$0.execution.commission.tiers.isEmpty },
    Need(what: "execution.slippage") {
      var plain = $0.execution.slippage
      plain.rate = 0
      return plain != Slippage()
    },
  ]

  /// Decides.
  ///
  /// - Parameters:
  ///   - spec: the job.
  ///   - needsRuleBook: whether the strategy asks for more than market orders of a fixed fraction.
  ///   - acting: for each symbol, whether corporate actions reach its account.
  ///   - ending: for each symbol, whether it ends within the run.
  init(_ spec: Spec, needsRuleBook: Bool, acting: [Bool], ending: [Bool]) {
    exceptions = []
    if spec.weights != nil {
      routes = [.portfolio]
      reasons = ["strategy.weights"]
      return
    }
    reasons = Self.needs.filter { $0.holds(spec) }.map(\.what)
    if needsRuleBook { reasons.insert("strategy: orders or sizes of its own", at: 0) }
    let isPlain = reasons.isEmpty
    routes = zip(acting, ending).map { isPlain && !$0 && !$1 ? .vector : .ruleBook }
    guard reasons.isEmpty else { return }
    let counts = [
      (acting.count { $0 }, "corporate actions reach the account"),
      (zip(ending, acting).count { $0 && !$1 }, "the symbol ends within the run"),
    ]
    exceptions = counts.filter { $0.0 > 0 }.map { (count: $0.0, reason: $0.1) }
  }

  /// The routes in words: `vector`, or `vector; rule_book for 3 of 40 symbols (the symbol ends within the run)`.
  var text: String {
    if let route = routes.first, !reasons.isEmpty {
      return "\(route.rawValue) (\(reasons.joined(separator: ", ")))"
    }
    if exceptions.isEmpty { return Route.vector.rawValue }
    let others = exceptions.map { "\($0.count) of \(routes.count) symbols (\($0.reason))" }
    let isMixed = routes.contains(.vector)
    return (isMixed ? "vector; " : "") + "rule_book for " + others.joined(separator: ", ")
  }
}

extension Spec {
  /// Whether the strategy has a short entry.
  var entersShort: Bool { strategy.shortEntry != nil }
}
