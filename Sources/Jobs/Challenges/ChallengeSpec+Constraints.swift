import Kernels
import Simulation

extension ChallengeSpec {
  mutating func readExecution(_ root: inout SpecReader) throws(SpecError) {
    execution = root.optional("execution")
    let known = ["fill", "commission", "slippage", "lot", "tick"]
    for member in try root.object("execution")?.all ?? [] where !known.contains(member.key) {
      guard
        ["intrabar", "limit_touch", "min_notional", "max_volume_share", "finer_panel", "bounds"]
          .contains(member.key)
      else { continue }
      throw .unsupported(
        path: "execution.\(member.key)", line: member.value.place.line,
        what: "\(member.key) in a challenge",
        instead: "It knows \(known.joined(separator: ", ")).")
    }
    try spec.readExecution(&root)
    spec.execution.financing = financing
    let costs = spec.execution
    for (key, value) in [
      ("lot", costs.lot), ("tick", costs.tick), ("commission.per_share", costs.commission.perUnit),
      ("commission.minimum", costs.commission.minimum),
      ("commission.fixed", costs.commission.fixed),
      ("slippage.ticks", costs.slippage.ticks),
    ] where value > 1e12 {
      throw .value(
        path: "execution.\(key)", line: 0, found: value.shortestText, expected: "at most 1e12")
    }
    if case .amount(let half)? = costs.slippage.halfSpread, half > 1e12 {
      throw .value(
        path: "execution.slippage.half_spread", line: 0, found: half.shortestText,
        expected: "at most 1e12, as it is money for a unit; slippage.bps is a part of the price")
    }
    if let share = costs.slippage.volumeShare, share.k > 1 {
      throw .value(
        path: "execution.slippage.volume_share.k", line: 0, found: share.k.shortestText,
        expected:
          "at most 1, the part of the price that an order of a whole bar's volume moves it by; "
          + "0.1 is usual")
    }
    if spec.execution.slippage.almgrenChriss != nil {
      throw .unsupported(
        path: "execution.slippage.almgren_chriss", line: 0, what: "almgren_chriss in a challenge",
        instead: "Use bps, ticks, half_spread or volume_share.")
    }
    limits.lot = spec.execution.lot
  }

  mutating func readConstraints(_ root: inout SpecReader) throws(SpecError) {
    guard var reader = try root.object("constraints") else { return }
    limits.maxWeight =
      try reader.number("max_weight", "a part of equity above 0, at most 100") {
        $0 > 0 && $0 <= 100
      } ?? .nan
    limits.maxLeverage =
      try reader.number("max_leverage", "a multiple of equity above 0, at most 100") {
        $0 > 0 && $0 <= 100
      } ?? 1
    limits.allowsShort = try reader.bool("allow_short") ?? false
    func count(_ key: String, from least: Int) throws(SpecError) -> Int? {
      let most = 1_000_000_000
      return try reader.integer(key, "a whole number from \(least) to \(most)", in: least...most)
    }
    limits.maxTrades = try count("max_trades", from: 1)
    limits.minTrades = try count("min_trades", from: 0)
    limits.maxTurnover =
      try reader.number("max_turnover", "a multiple of equity above 0, at most 1e9") {
        $0 > 0 && $0 <= 1e9
      } ?? .nan
    limits.minHoldings = try count("min_holdings", from: 0)
    limits.maxHoldings = try count("max_holdings", from: 1)
    limits.maxDrawdown =
      try reader.number("max_drawdown", "a fraction above 0, at most 1") { $0 > 0 && $0 <= 1 }
      ?? .nan
    symbols = try Self.names(&reader, "symbols")
    excludedSymbols = try Self.names(&reader, "excluded_symbols")
    sectors = try Self.names(&reader, "sectors")
    excludedSectors = try Self.names(&reader, "excluded_sectors")
    let prices = try reader.choice("prices", "use of prices", of: ["in_bar", "refused"])
    limits.takesPrices = prices != "refused"
    try reader.finish()
    for (low, high, name) in [
      (limits.minTrades, limits.maxTrades, "trades"),
      (limits.minHoldings, limits.maxHoldings, "holdings"),
    ] {
      guard let low, let high, low > high else { continue }
      throw .value(
        path: "constraints.max_\(name)", line: reader.place.line, found: "\(high)",
        expected: "at least min_\(name), \(low)")
    }
  }

  private static func names(_ reader: inout SpecReader, _ key: String) throws(SpecError)
    -> [String]
  {
    var names: [String] = []
    for (index, json) in try reader.list(key, "a list of names in quotes").enumerated() {
      guard case .string(let name) = json.value else {
        throw .value(
          path: "\(reader.at(key))[\(index)]", line: json.place.line, found: json.kind,
          expected: "a name in quotes")
      }
      names.append(name)
    }
    return names
  }
}
