import Advice
import Books
import Market

/// Who is under the strategy.
extension SimulateStrategy {
  /// What an account may trade, and who it is.
  struct Share: Hashable {
    var columns: [Int]
    var currency: String
  }

  /// Accounts by what they trade, or the reason why they don't.
  mutating func sort(_ accounts: [ForwardAccount], _ factors: ForwardFactors) throws
    -> [(share: Share, places: [Int])]
  {
    let panel = session.market.panel
    var isTop = false
    if case .top = spec.symbols { isTop = true }
    let universe =
      isTop ? Array(0..<panel.symbolCount) : try RunPlan.symbols(spec, panel, nil)
    var allowed: [[[String]]: [Int]] = [:]
    var found: [Share: Int] = [:]
    var members: [(share: Share, places: [Int])] = []
    for (place, account) in accounts.enumerated() {
      let portfolio = session.book.portfolios[account.portfolio]
      let profile = portfolio.profile
      let key = [
        profile.allowedSymbols, profile.excludedSymbols, profile.allowedSectors,
        profile.excludedSectors,
      ]
      let columns =
        allowed[key] ?? universe.filter { profile.allows(factors.market.panel.symbols[$0]) }
      allowed[key] = columns
      let home = portfolio.currency.uppercased()
      let foreign = columns.first { column in
        let currency = factors.market.currencies[column]
        return !currency.isEmpty && currency != home
      }
      if columns.isEmpty {
        reasons[place] = "held: its profile allows none of the symbols of the spec"
      } else if isTop, columns.count < universe.count {
        reasons[place] =
          "held: its profile leaves symbols out, which data.symbols chooses bar by bar; name them there"
      } else if let foreign, spec.ratesPanel == nil {
        reasons[place] =
          "held: \(panel.symbols[foreign].symbol) is quoted in \(factors.market.currencies[foreign])"
          + ", the portfolio in \(home); data.fx of the spec names rates of currencies"
      } else {
        let share = Share(columns: columns == universe ? [] : columns, currency: home)
        if let old = found[share] {
          members[old].places.append(place)
        } else {
          found[share] = members.count
          members.append((share, [place]))
        }
      }
    }
    return members
  }

  /// Compiles the spec for each choice of symbols; who can't be under it is told why.
  ///
  /// - Returns: parts of an account, by choice; 0 where it can't be.
  mutating func check(_ members: [(share: Share, places: [Int])]) throws -> [Int] {
    var lanes = [Int](repeating: 0, count: members.count)
    var failure: (any Error)?
    var isFine = members.isEmpty
    let along = try firstPath()
    for (place, (share, places)) in members.enumerated() {
      do {
        let plan = try plan(group(of: share), path: 0, on: along)
        try plan.checkPolicy()
        if let drawn, !drawn.isWhole { try plan.checkCloses(on: market.name) }
        if !isFine { warnings += plan.warnings.filter { keeps($0) } }
        isFine = true
        lanes[place] = plan.laneCount
      } catch {
        failure = failure ?? error
        let text = "\(error)".split(separator: "\n").map {
          $0.trimmingPrefix { $0 == " " }
        }.joined(separator: " ")
        for place in places { reasons[place] = "held: \(text)" }
      }
    }
    if let failure, !isFine { throw failure }
    return lanes
  }

  /// What is said of the store's history holds for no random path.
  private func keeps(_ warning: RunWarning) -> Bool {
    drawn == nil || ["same_close", "days_of_utc", "no_quotes"].contains(warning.code)
  }

  private func group(of share: Share) -> Group {
    let names = session.market.panel.symbols.names
    return Group(
      symbols: share.columns.isEmpty ? nil : share.columns.map { names[$0] },
      currency: share.currency, cash: [spec.cash])
  }

  /// An account for everybody, or for each sum of money.
  mutating func settle(
    _ accounts: [ForwardAccount], _ members: [(share: Share, places: [Int])], _ lanes: [Int]
  ) {
    let isProportional = spec.isProportional
    for ((share, places), lanes) in zip(members, lanes) where lanes > 0 {
      var sums: [Double: Int] = [:]
      var group = group(of: share)
      (group.lanes, group.cash) = (lanes, [])
      group.first = count
      for place in places {
        let money = isProportional ? accounts[places[0]].equity : accounts[place].equity
        if sums[money] == nil {
          if group.cash.count == Self.most {
            groups.append(group)
            group.first += group.cash.count
            group.cash = []
          }
          sums[money] = group.first + group.cash.count
          group.cash.append(money)
        }
        curves[place] = sums[money]
      }
      groups.append(group)
    }
  }
}
