import Books
import Kernels
import Market

/// Makes up entries from a seed, for measuring and for trying rules: purchases and sales of symbols that were traded then.
public struct ChallengeGenerator: Sendable {
  /// Number of participants.
  public var participants = 100
  /// Trades of each, at most.
  public var trades = 40
  /// Share of participants who break a rule.
  public var breaches = 0.0
  /// Share of trades that name no price.
  public var marketOrders = 0.0
  /// Seed.
  public var seed: UInt64 = 1

  /// The defaults.
  public init() {}

  /// Writes entries as CSV, piece by piece.
  ///
  /// A participant holds up to four symbols, buys for a tenth to a third of its cash, and sells all it has of one. Prices are closes, and
  /// a twentieth of the cash is left for costs.
  public func write(_ session: ChallengeSession, to output: (String) throws -> Void) throws {
    let market = session.market
    let bars = session.window
    let days = bars.map { bar in
      Timestamp.text(nanoseconds: market.timeNs[bar], shortAtMidnight: true)
    }
    let width = String(participants).count
    try output("participant,time,side,symbol,quantity,price\n")
    for participant in 0..<participants {
      let digits = String(participant + 1)
      let name = "p" + String(repeating: "0", count: width - digits.count) + digits
      try output(rows(of: participant, name, market, bars, days, session))
    }
  }

  private func rows(
    of participant: Int, _ name: String, _ market: ChallengeMarket, _ bars: Range<Int>,
    _ days: [String], _ session: ChallengeSession
  ) -> String {
    let stream = PhiloxStream(seed: seed, stream: UInt32(truncatingIfNeeded: participant))
    var cash = session.rules.capital * 0.95
    var held: [(column: Int, units: Double)] = []
    var text = ""
    let isBad = stream.uniforms(step: .max)[0] < breaches
    let badTrade = Int(stream.uniforms(step: .max)[1] * Double(trades))
    var times = (0..<trades).map {
      min(bars.count - 1, Int(stream.uniforms(step: UInt32($0), draw: 0)[0] * Double(bars.count)))
    }
    times.sort()
    var today: (bar: Int, columns: Set<Int>) = (-1, [])
    for (index, bar) in times.enumerated() {
      let draw = stream.uniforms(step: UInt32(index), draw: 1)
      let size = stream.uniforms(step: UInt32(index), draw: 2)
      if bar != today.bar { today = (bar, []) }
      var column = min(market.symbolCount - 1, Int(draw[0] * Double(market.symbolCount)))
      var units = 0.0
      let sells = !held.isEmpty && (held.count >= 4 || draw[1] < 0.4)
      var place = 0
      if sells {
        place = min(held.count - 1, Int(size[0] * Double(held.count)))
        (column, units) = (held[place].column, -held[place].units)
      }
      guard let price = market.close(at: bar, column), price > 0,
        session.rules.limits.isAllowed[column],
        // Sales come first at one time, so nobody sells what was bought that day.
        today.columns.insert(column).inserted,
        sells || !held.contains(where: { $0.column == column })
      else { continue }
      if !sells {
        let money = cash * (0.1 + 0.2 * size[0])
        units = (money / price * 1000).rounded(.down) / 1000
        if session.rules.limits.lot > 0 {
          units = (units / session.rules.limits.lot).rounded(.down) * session.rules.limits.lot
        }
        guard units > 0 else { continue }
        // What a purchase is paid with is there by then: today's sales are not spent today.
        cash -= units * price
        held.append((column, units))
      } else {
        cash += 0.98 * held[place].units * price
        held.remove(at: place)
      }
      var named = price
      if isBad, index == badTrade { named = price * 2 }
      let isMarket = size[1] < marketOrders && named == price && !sells
      text +=
        "\(name),\(days[bar]),\(units < 0 ? "sell" : "buy"),\(market.symbols[column]),\(units.magnitude),"
        + (isMarket ? "" : "\(named)") + "\n"
    }
    return text
  }
}
