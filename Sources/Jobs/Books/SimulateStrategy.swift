import Advice
import Kernels
import Storage

/// Portfolios under a strategy spec: who is, over which symbols, and what becomes of their money on each path.
///
/// A portfolio's worth is the account of the strategy, at its own costs. Where costs and sizes are in proportion, one account tells
/// what becomes of everybody with the same symbols; otherwise each different sum of money has an account of its own.
struct SimulateStrategy: ForwardCurves {
  /// Accounts that one plan runs: over the same symbols, in the same currency.
  struct Group: Sendable {
    /// What is traded; nil for all that the spec names.
    var symbols: [String]?
    var currency: String
    /// Parts that each account is divided into: symbols, or 1 where it holds all of them.
    var lanes = 1
    /// Money of each account.
    var cash: [Double] = []
    /// Number of the first account's curve.
    var first = 0
  }

  /// Most accounts of a plan: indicators are computed once for all of them, and a worker takes a plan.
  static let most = 64

  let spec: Spec
  let session: BookSession
  let market: SimulateMarket
  let drawn: SimulatePanel?
  var groups: [Group] = []
  /// The plan of each group, for all drawn paths; nil for one that must be made for each.
  var plans: [PathPlan?] = []
  /// Growths by path `[bars, C]`, where bars are the panel's.
  var known: [Matrix] = []
  /// The curve of each account; nil for those that stay as they are.
  var curves: [Int?]
  /// Why they do; empty for the others.
  var reasons: [String]
  /// What the reader should know.
  var warnings: [RunWarning] = []
  private(set) var facts: [ResultTable.Attribute] = []

  var count: Int { groups.reduce(0) { $0 + $1.cash.count } }

  /// Sees who may be under the strategy, and runs it where bars are known.
  ///
  /// - Parameters:
  ///   - accounts: before they set out.
  ///   - factors: whose symbols have all that the spec trades and names, if paths are drawn.
  /// - Throws: `SpecError` if the spec can't be run at all; `RunInterrupted`.
  init(
    _ spec: Spec, _ accounts: [ForwardAccount], _ factors: ForwardFactors, _ market: SimulateMarket,
    session: BookSession, isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    let spec = spec.asPolicy(session)
    (self.spec, self.session, self.market) = (spec, session, market)
    curves = Array(repeating: nil, count: accounts.count)
    reasons = Array(repeating: "", count: accounts.count)
    drawn = try market.drawn.map { try SimulatePanel(spec, factors, market, $0, session) }
    let members = try sort(accounts, factors)
    let lanes = try check(members)
    settle(accounts, members, lanes)
    if let drawn { plans = try compile(drawn) } else { known = try run(isCancelled) }
    let route = spec.weights == nil ? "an account for each symbol, of equal parts" : "one account"
    facts = [
      .init("spec", spec.name), .init("spec_sha256", SHA256.hash(spec.text)),
      .init("accounts", "\(route); \(count) a path for \(curves.count { $0 != nil }) portfolios"),
      .init("fill", spec.fillName),
    ]
  }
}
