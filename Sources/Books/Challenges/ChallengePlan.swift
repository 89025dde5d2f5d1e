import Kernels
import Market

/// Orders and targets of an entry, each at the bar and moment at which it is carried out.
struct ChallengePlan {
  enum Moment: Int {
    case open, inside, close
  }

  enum Deed {
    case order(ChallengeEntry.Order)
    case target(Int)
    case breach(ChallengeBreach)
  }

  struct Step {
    var bar: Int
    var moment: Moment
    var timeNs: Int64
    /// Of the participant's trades by time, from 1.
    var number: Int
    var deed: Deed

    /// Sales before purchases where both fill at one moment.
    var isPurchase: Bool { if case .order(let order) = deed { order.units > 0 } else { false } }
  }

  private(set) var steps: [Step] = []
  private(set) var unfilled = 0

  private let market: ChallengeMarket
  private let rules: ChallengeRules
  private let end: Int

  /// Plans what happens before bar `end`.
  init(_ entry: ChallengeEntry, _ market: ChallengeMarket, _ rules: ChallengeRules, end: Int) {
    self.market = market
    self.rules = rules
    self.end = end
    for flaw in entry.flaws { add(flaw, flaw.timeNs ?? .min, 0) }
    for (place, order) in entry.ordersByTime.enumerated() { add(order, place + 1) }
    let targets = entry.targets.indices.sorted {
      entry.targets[$0].timeNs < entry.targets[$1].timeNs
    }
    for (place, index) in targets.enumerated() { add(entry.targets[index], index, place + 1) }
    steps.sort { a, b in
      if a.bar != b.bar { return a.bar < b.bar }
      if a.moment != b.moment { return a.moment.rawValue < b.moment.rawValue }
      if a.moment == .inside, a.timeNs != b.timeNs { return a.timeNs < b.timeNs }
      if a.isPurchase != b.isPurchase { return b.isPurchase }
      return a.number < b.number
    }
  }

  private mutating func add(_ breach: ChallengeBreach, _ timeNs: Int64, _ number: Int) {
    // Where it would have been carried out, so that of several breaches the first in time counts.
    let bar = min(max(0, end - 1), market.bar(begunBy: timeNs) ?? 0)
    if isLater(timeNs) { return }
    steps.append(
      Step(bar: bar, moment: .open, timeNs: timeNs, number: number, deed: .breach(breach)))
  }

  private func isTradable(_ timeNs: Int64) -> Bool {
    market.tradable.contains { $0.contains(timeNs) }
  }

  private func isOutside(_ timeNs: Int64, _ number: Int, _ line: Int32) -> ChallengeBreach? {
    if isTradable(timeNs) { return nil }
    let windows = market.tradable.map {
      "\(Timestamp.text(nanoseconds: $0.lowerBound)) to \(Timestamp.text(nanoseconds: $0.upperBound))"
    }.joined(separator: ", and ")
    return ChallengeBreach(
      .outsideWindow, timeNs: timeNs, trade: number, line: Int(line),
      "outside the window, \(windows)")
  }

  private mutating func add(_ order: ChallengeEntry.Order, _ number: Int) {
    func breach(_ reason: ChallengeBreach.Reason, _ detail: String) -> ChallengeBreach {
      ChallengeBreach(
        reason, timeNs: order.timeNs, trade: number, line: Int(order.line), detail)
    }
    let column = Int(order.column)
    let name = market.symbols[column]
    let limits = rules.limits
    if let breach = isOutside(order.timeNs, number, order.line) {
      return add(breach, order.timeNs, number)
    }
    if !limits.allows(column) {
      return add(breach(.symbolNotAllowed, "the rules exclude \(name)"), order.timeNs, number)
    }
    if limits.lot > 0 {
      let lots = order.units / limits.lot
      if (lots - lots.rounded()).magnitude > 1e-9 * max(1, lots.magnitude) {
        return add(
          breach(
            .lot, "\(order.units.magnitude.told) \(name) are not whole lots of \(limits.lot.told)"),
          order.timeNs, number)
      }
    }
    if order.price.isNaN {
      guard let (bar, moment) = fill(order.timeNs, column) else {
        if !isLater(order.timeNs) { unfilled += 1 }
        return
      }
      steps.append(
        Step(bar: bar, moment: moment, timeNs: order.timeNs, number: number, deed: .order(order)))
      return
    }
    if isLater(order.timeNs) { return }
    if !limits.takesPrices {
      return add(
        breach(.priceNotAllowed, "it names a price, where the rules fill all orders by themselves"),
        order.timeNs, number)
    }
    guard let bar = market.bar(at: order.timeNs), bar < end,
      case let index = market.index(bar, column),
      !market.low[index].isNaN, !market.high[index].isNaN
    else {
      return add(
        breach(.noPrice, "\(name) was not traded then"), order.timeNs, number)
    }
    let (low, high) = (market.low[index], market.high[index])
    // Prices come as decimals, and adjusted ones as quotients.
    let slack = 1e-9 * high.magnitude
    guard order.price >= low - slack, order.price <= high + slack else {
      return add(
        breach(
          .priceOutsideBar,
          "\(name) at \(order.price.told), which is not from \(low.told) to \(high.told), its low and high"
        ),
        order.timeNs, number)
    }
    steps.append(
      Step(bar: bar, moment: .inside, timeNs: order.timeNs, number: number, deed: .order(order)))
  }

  private mutating func add(_ target: ChallengeEntry.Target, _ index: Int, _ number: Int) {
    func breach(_ reason: ChallengeBreach.Reason, _ detail: String) {
      add(
        ChallengeBreach(
          reason, timeNs: target.timeNs, trade: number, line: Int(target.line), detail),
        target.timeNs, number)
    }
    let limits = rules.limits
    if let breach = isOutside(target.timeNs, number, target.line) {
      return add(breach, target.timeNs, number)
    }
    var gross = 0.0
    for (column, weight) in zip(target.columns, target.weights) where weight != 0 {
      let name = market.symbols[Int(column)]
      if !limits.allows(Int(column)) {
        return breach(.symbolNotAllowed, "the rules exclude \(name)")
      }
      if weight < 0, !limits.allowsShort {
        return breach(.shortSale, "\(name) has a weight of \(weight.told); the rules forbid shorts")
      }
      if weight.magnitude > limits.maxWeight + 1e-9 {
        return breach(
          .maxWeight,
          "\(name) has a weight of \(weight.told); the rules allow \(limits.maxWeight.told)")
      }
      gross += weight.magnitude
    }
    if gross > limits.maxLeverage + 1e-9 {
      return breach(
        .maxLeverage, "weights sum to \(gross.told); the rules allow \(limits.maxLeverage.told)")
    }
    guard let (bar, moment) = fill(target.timeNs, nil) else {
      if !isLater(target.timeNs) { unfilled += 1 }
      return
    }
    steps.append(
      Step(
        bar: bar, moment: moment, timeNs: target.timeNs, number: number, deed: .target(index)))
  }

  /// Whether an instant lies in a window that is not looked at yet.
  private func isLater(_ timeNs: Int64) -> Bool {
    guard end > 0 else { return false }
    let last = market.timeNs[end - 1]
    return market.tradable.contains { $0.contains(timeNs) && $0.lowerBound > last }
  }

  /// The bar and moment at which an order without a price fills: it waits for a bar that has one.
  private func fill(_ timeNs: Int64, _ column: Int?) -> (bar: Int, moment: Moment)? {
    let begun = market.bar(begunBy: timeNs)
    var bar = begun.map { $0 + 1 } ?? 0
    let prices = rules.fill == .nextOpen ? market.open : market.close
    if rules.fill == .sameClose, let same = market.bar(at: timeNs) { bar = same }
    while bar < end {
      if let column {
        if !prices[market.index(bar, column)].isNaN { break }
      } else if (0..<market.symbolCount).contains(where: { !prices[market.index(bar, $0)].isNaN }) {
        break
      }
      bar += 1
    }
    return bar < end ? (bar, rules.fill == .nextOpen ? .open : .close) : nil
  }
}
