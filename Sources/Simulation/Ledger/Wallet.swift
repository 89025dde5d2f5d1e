import Metrics

/// One of several cash accounts of the same owner that are invested together.
///
/// The account trades all the money as one. A wallet owns shares of it, as of a fund: what comes into a wallet buys shares
/// at the equity of a share before the bar's fills, what goes out sells them. So wallets always add up to the account, earn
/// the same time-weighted return, and differ by when their money came and went.
public struct Wallet: Sendable, Equatable {
  /// Name in specs and results.
  public var name: String
  /// Money before the first bar, in account currency.
  public var cash: Double

  /// A wallet.
  public init(name: String, cash: Double) {
    self.name = name
    self.cash = cash
  }
}

/// What became of a wallet.
public struct WalletOutcome: Sendable, Equatable {
  /// Name in specs and results.
  public var name: String
  /// Money before the first bar.
  public var initial: Double
  /// What it is worth after the last bar.
  public var final: Double
  /// Deposits less withdrawals after the first equity.
  public var netFlows: Double
  /// Annual internal rate of return; NaN if there is none.
  public var moneyWeightedReturn: Double
  /// Worth after each bar, if a record is kept.
  public var equity: [Double]

  /// An outcome.
  public init(
    name: String, initial: Double, final: Double, netFlows: Double, moneyWeightedReturn: Double,
    equity: [Double]
  ) {
    self.name = name
    self.initial = initial
    self.final = final
    self.netFlows = netFlows
    self.moneyWeightedReturn = moneyWeightedReturn
    self.equity = equity
  }
}

/// Who owns which part of an account.
struct WalletShares: Sendable {
  let wallets: [Wallet]
  private(set) var shares: [Double]
  private var flows: [[DatedFlow]]
  private var curves: [[Double]]
  private let keepsCurves: Bool

  init(_ wallets: [Wallet], keepsCurves: Bool) {
    self.wallets = wallets
    self.keepsCurves = keepsCurves
    shares = wallets.map(\.cash)
    flows = Array(repeating: [], count: wallets.count)
    curves = flows.map { _ in [] }
  }

  /// Equity of a share; 1 while nobody has any.
  private func price(_ equity: Double) -> Double {
    let total = shares.reduce(0, +)
    return total > 0 ? equity / total : 1
  }

  /// What a wallet is worth.
  func worth(_ wallet: Int, equity: Double) -> Double { shares[wallet] * price(equity) }

  /// Buys or sells shares; `equity` is that before the flow.
  mutating func move(_ flow: DatedFlow, wallet: Int, equity: Double) {
    let price = price(equity)
    flows[wallet].append(flow)
    // An account that is worth nothing can't be bought into: it begins anew.
    shares[wallet] = price > 0 ? max(0, shares[wallet] + flow.amount / price) : flow.amount
  }

  mutating func endBar(equity: Double) {
    guard keepsCurves else { return }
    for wallet in wallets.indices { curves[wallet].append(worth(wallet, equity: equity)) }
  }

  func outcomes(equity: Double, years: Double) -> [WalletOutcome] {
    wallets.indices.map { wallet in
      let final = worth(wallet, equity: equity)
      let paid = [DatedFlow(years: 0, amount: wallets[wallet].cash)] + flows[wallet]
      return WalletOutcome(
        name: wallets[wallet].name, initial: wallets[wallet].cash, final: final,
        netFlows: flows[wallet].reduce(0) { $0 + $1.amount },
        moneyWeightedReturn: DatedFlow.internalRate(of: paid, final: final, years: years),
        equity: curves[wallet])
    }
  }
}
