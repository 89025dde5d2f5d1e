/// Trades in the order in which they are made: sales, money between wallets, purchases.
public struct TradePlan: Sendable, Equatable {
  /// How trades are chosen.
  public enum Kind: String, Sendable, CaseIterable {
    /// All is sold, then the target is bought.
    case full
    /// Only differences are traded.
    case net
    /// As little as limits and bands allow.
    case minimal
  }

  /// How they were chosen.
  public var kind: Kind
  /// Sales.
  public internal(set) var sales: [PlannedTrade] = []
  /// Money between wallets.
  public internal(set) var moves: [PlannedMove] = []
  /// Purchases.
  public internal(set) var purchases: [PlannedTrade] = []
  /// Commissions, in the portfolio's currency.
  public internal(set) var commission = 0.0
  /// What fills are worse than marks, in the portfolio's currency.
  public internal(set) var slippage = 0.0
  /// What exchanges of currencies cost.
  public internal(set) var exchange = 0.0
  /// What the account is afterwards.
  public internal(set) var after: SwitchAccount
  /// What the reader should know.
  public internal(set) var notes: [String] = []

  init(_ kind: Kind, _ account: SwitchAccount) {
    self.kind = kind
    after = account
  }

  /// All costs, in the portfolio's currency.
  public var cost: Double { commission + slippage + exchange }
  /// Number of purchases and sales.
  public var tradeCount: Int { sales.count + purchases.count }
  /// Money traded at marks, both sides, in the portfolio's currency.
  public var turnover: Double {
    (sales + purchases).reduce(0) { $0 + ($1.units * after.lines[$1.line].unitValue).magnitude }
  }
  /// Weights afterwards, of the equity that is left; 0 where a line can't be traded.
  public var weights: [Double] {
    let equity = after.equity
    return after.lines.map { $0.isTradable && equity > 0 ? $0.value / equity : 0 }
  }

  /// Trades units of a line, and notes what it costs.
  mutating func trade(_ line: Int, _ units: Double, _ costs: TradeCosts) {
    let of = after.lines[line]
    guard units != 0 else { return }
    guard let wallet = after.wallet(of: of.currency) else {
      notes.append("\(of.symbol) is not traded: no wallet has \(of.currency)")
      return
    }
    let trade = PlannedTrade(
      line: line, units: units, price: costs.price(units, mark: of.price),
      fee: costs.fee(units, mark: of.price), wallet: wallet)
    after.wallets[wallet].balance += trade.cash
    after.lines[line].units += units
    commission += trade.fee * of.rate
    slippage += units * (trade.price - of.price) * of.rate
    if units < 0 { sales.append(trade) } else { purchases.append(trade) }
  }

  /// Sells, moves money to where it will be needed, and buys what money is there for.
  ///
  /// - Parameters:
  ///   - sold: units to sell by line, at least 0.
  ///   - bought: units to buy by line, at least 0.
  mutating func execute(sold: [Double], bought: [Double], _ costs: TradeCosts) {
    for line in sold.indices where sold[line] > 0 { trade(line, -sold[line], costs) }
    settle(bought, costs)
    // The dearest first, so that what a lack of money cuts is the least.
    let order = bought.indices.filter { bought[$0] > 0 }.sorted {
      (bought[$1] * after.lines[$1].unitValue, $0) < (bought[$0] * after.lines[$0].unitValue, $1)
    }
    for line in order {
      let units = affordable(line, bought[line], costs)
      if units < bought[line] * (1 - 1e-9) {
        notes.append(
          "\(after.lines[line].symbol): \(units) units in place of \(bought[line]), as there is no more money in \(after.lines[line].currency)"
        )
      }
      trade(line, units, costs)
    }
  }

  /// Units that the wallet pays for, at most so many.
  private func affordable(_ line: Int, _ units: Double, _ costs: TradeCosts) -> Double {
    let of = after.lines[line]
    guard let wallet = after.wallet(of: of.currency) else { return 0 }
    if after.mayBorrow { return units }
    let money = after.wallets[wallet].balance
    func cost(_ units: Double) -> Double {
      units * costs.price(units, mark: of.price) + costs.fee(units, mark: of.price)
    }
    if cost(units) <= money { return units }
    var most = costs.commission.affordable(
      budget: money, price: costs.price(1, mark: of.price))
    most = min(units, most)
    if of.lot > 0 { most = (most / of.lot * (1 + 1e-12)).rounded(.down) * of.lot }
    // The closed form may be off by its last digits.
    while most > 0, cost(most) > money {
      most = of.lot > 0 ? most - of.lot : most * (1 - 1e-15) - most.ulp
    }
    return max(0, most)
  }

  /// Moves money to the wallets that purchases are paid from: of the same currency first, then in the book's order.
  private mutating func settle(_ bought: [Double], _ costs: TradeCosts) {
    var needed = [Double](repeating: 0, count: after.wallets.count)
    for line in bought.indices where bought[line] > 0 {
      let of = after.lines[line]
      guard let wallet = after.wallet(of: of.currency) else { continue }
      needed[wallet] +=
        bought[line] * costs.price(bought[line], mark: of.price)
        + costs.fee(bought[line], mark: of.price)
    }
    for to in needed.indices where needed[to] > after.wallets[to].balance {
      let target = after.wallets[to]
      let others = after.wallets.indices.filter { $0 != to }
      let same = others.filter { after.wallets[$0].currency == target.currency }
      for from in same + others.filter({ !same.contains($0) }) {
        let source = after.wallets[from]
        let short = needed[to] - after.wallets[to].balance
        let free = source.balance - needed[from]
        let isSame = source.currency == target.currency
        let kept = isSame ? 1 : 1 - costs.exchangeRate
        let rate = isSame ? 1 : source.rate / target.rate * kept
        // Dust is no reason for a transfer.
        guard short * target.rate > 1e-9, free * source.rate > 1e-9, rate > 0, rate.isFinite else {
          continue
        }
        let amount = min(free, short / rate)
        moves.append(PlannedMove(from: from, to: to, amount: amount, received: amount * rate))
        after.wallets[from].balance -= amount
        after.wallets[to].balance += amount * rate
        exchange += amount * source.rate * (1 - kept)
      }
    }
  }
}
