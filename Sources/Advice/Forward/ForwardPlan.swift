/// What is done with portfolios on their way: when they are moved to their weights, what that costs, what is paid in.
public struct ForwardPlan: Sendable, Equatable {
  /// Bars from one move to the weights to the next; 0 for none.
  public var every = 0
  /// Whether the first move comes before the first bar, and not a period later.
  public var movesAtOnce = false
  /// What a trade costs, as a fraction of its money.
  public var costRate = 0.0
  /// Money that is paid in at the start of each period, in the portfolio's currency; below zero it is taken out.
  public var contribution = 0.0
  /// Bars of such a period; 0 for none.
  public var contributionEvery = 0
  /// Part of the first value that a portfolio shall not fall to; NaN for none.
  public var floor = Double.nan

  /// Everything stays as it is.
  public init() {}

  /// Number of payments over bars.
  public func contributions(over bars: Int) -> Int {
    contributionEvery > 0 ? (bars + contributionEvery - 1) / contributionEvery : 0
  }

  /// Whether money is paid in before a bar.
  func pays(before bar: Int) -> Bool { contributionEvery > 0 && bar % contributionEvery == 0 }

  /// Whether portfolios are moved to their weights before a bar.
  func moves(before bar: Int) -> Bool {
    bar == 0 ? movesAtOnce : every > 0 && bar % every == 0
  }

  /// Bars before which something is done, from 0 on, and last the number of bars.
  func stops(over bars: Int) -> [Int] {
    (0..<bars).filter { $0 == 0 || pays(before: $0) || moves(before: $0) } + [bars]
  }

  /// Rounds after which what trades cost, and so how much there is to trade, is known to 15 digits.
  var rounds: Int {
    if costRate <= 0 { return 0 }
    var (rounds, left) = (1, costRate)
    while left > 1e-15, rounds < 60 {
      left *= min(0.9, 2 * costRate)
      rounds += 1
    }
    return rounds
  }
}
