import Kernels
import Simulation

extension Spec {
  private static let amount = "a number from 0"
  private static let points = "basis points from 0, below 10000"

  mutating func readExecution(_ root: inout SpecReader) throws(SpecError) {
    guard var reader = try root.object("execution") else { return }
    if let fill = try reader.choice("fill", "fill", of: Self.fillNames.map(\.name)) {
      execution.fill = Self.fillNames.first { $0.name == fill }?.moment ?? .nextOpen
    }
    if let commission = try reader.object("commission") {
      execution.commission = try Self.readCommission(commission)
    }
    if let slippage = try reader.object("slippage") {
      execution.slippage = try Self.readSlippage(slippage)
    }
    try readIntrabar(&reader)
    execution.limitTouch = try reader.bool("limit_touch") ?? false
    execution.lot = try reader.number("lot", Self.amount) { $0 >= 0 } ?? 0
    execution.tick = try reader.number("tick", Self.amount) { $0 >= 0 } ?? 0
    execution.minNotional = try reader.number("min_notional", Self.amount) { $0 >= 0 } ?? 0
    execution.maxVolumeShare =
      try reader.number(
        "max_volume_share", "a fraction of a bar's volume above 0, at most 1"
      ) { $0 > 0 && $0 <= 1 } ?? .infinity
    if execution.slippage.ticks > 0, execution.tick == 0 {
      throw .missing(
        path: "execution.tick", expected: "the size of a tick, as execution.slippage.ticks needs it"
      )
    }
    try reader.finish()
  }

  private mutating func readIntrabar(_ reader: inout SpecReader) throws(SpecError) {
    let names = Intrabar.allCases.map(\.rawValue)
    let name = try reader.choice("intrabar", "intrabar rule", of: names)
    execution.intrabar = name.flatMap { Intrabar(rawValue: $0) } ?? .worst
    finerPanel = try reader.string("finer_panel", "the name of a panel of shorter bars")
    bounds = try reader.bool("bounds") ?? false
    if bounds, let name {
      throw .value(
        path: "execution.bounds", line: reader.place.line, found: "true with intrabar '\(name)'",
        expected: "one of them: bounds: true runs worst and best")
    }
    if execution.intrabar == .finer, finerPanel == nil {
      throw .missing(
        path: "execution.finer_panel",
        expected: "the panel of shorter bars that intrabar 'finer' looks into")
    }
    if execution.intrabar != .finer, finerPanel != nil {
      throw .value(
        path: "execution.finer_panel", line: reader.place.line, found: "a panel without its use",
        expected: "intrabar: \"finer\" with it")
    }
  }

  static func readCommission(_ given: SpecReader) throws(SpecError) -> Commission {
    var reader = given
    var commission = Commission()
    commission.rate = (try reader.number("bps", points) { $0 >= 0 && $0 < 10_000 } ?? 0) / 10_000
    commission.perUnit = try reader.number("per_share", amount) { $0 >= 0 } ?? 0
    commission.minimum = try reader.number("minimum", amount) { $0 >= 0 } ?? 0
    commission.fixed = try reader.number("fixed", amount) { $0 >= 0 } ?? 0
    for (index, json) in try reader.list("tiers", "a list of { from, bps }").enumerated() {
      var tier = try SpecReader(json, path: "\(reader.at("tiers"))[\(index)]")
      let last = commission.tiers.last?.from
      let rule =
        last.map { "a notional above \($0.shortestText), where the tier before begins" }
        ?? "0, where the first tier begins"
      guard
        let from = try tier.number(
          "from", rule, where: { value in last.map { value > $0 } ?? (value == 0) })
      else { throw .missing(path: tier.at("from"), expected: rule) }
      guard let bps = try tier.number("bps", points, where: { $0 >= 0 && $0 < 10_000 }) else {
        throw .missing(path: tier.at("bps"), expected: points)
      }
      try tier.finish()
      commission.tiers.append(.init(from: from, rate: bps / 10_000))
    }
    if !commission.tiers.isEmpty, commission.rate > 0 {
      throw .value(
        path: reader.at("tiers"), line: reader.place.line, found: "both bps and tiers",
        expected: "one of them")
    }
    try reader.finish()
    return commission
  }

  static func readSlippage(_ given: SpecReader) throws(SpecError) -> Slippage {
    var reader = given
    var slippage = Slippage()
    slippage.rate = (try reader.number("bps", points) { $0 >= 0 && $0 < 10_000 } ?? 0) / 10_000
    slippage.ticks = try reader.number("ticks", amount) { $0 >= 0 } ?? 0
    if let json = reader.optional("half_spread") {
      switch json.value {
      case .number(let value) where value.isFinite && value >= 0:
        slippage.halfSpread = .amount(value)
      case .string("quotes"): slippage.halfSpread = .quotes
      default:
        throw reader.wrong(
          "half_spread", json, "money for a unit from 0, or \"quotes\" for the fields bid and ask")
      }
    }
    if var share = try reader.object("volume_share") {
      guard let k = try share.number("k", amount, where: { $0 >= 0 }) else {
        throw .missing(path: share.at("k"), expected: "the fraction of the price at a share of 1")
      }
      let exponent = try share.number("exponent", "0.5 or 2") { $0 == 0.5 || $0 == 2 }
      try share.finish()
      slippage.volumeShare = .init(k: k, exponent: exponent ?? 0.5)
    }
    if var impact = try reader.object("almgren_chriss") {
      var model = Slippage.AlmgrenChriss()
      model.gamma = try impact.number("gamma", amount) { $0 >= 0 } ?? model.gamma
      model.eta = try impact.number("eta", amount) { $0 >= 0 } ?? model.eta
      model.beta =
        try impact.number("beta", "an exponent above 0, at most 2") { $0 > 0 && $0 <= 2 }
        ?? model.beta
      model.window =
        try impact.integer("window", "a whole number of bars from 2 to 10000", in: 2...10_000)
        ?? model.window
      try impact.finish()
      slippage.almgrenChriss = model
    }
    try reader.finish()
    return slippage
  }

  /// The part of the execution rules that the vector kernel knows.
  public var rules: LaneRules {
    var rules = LaneRules()
    rules.fill = execution.fill
    rules.commissionRate = execution.commission.rate
    rules.commissionPerUnit = execution.commission.perUnit
    rules.commissionFixed = execution.commission.fixed
    rules.commissionMinimum = execution.commission.minimum
    rules.slippageRate = execution.slippage.rate
    rules.maintenance = execution.maintenanceMargin
    // A path through high and low is favourable or adverse by side.
    let intrabar = execution.intrabar
    rules.favourableFirstLong = intrabar == .best || intrabar == .highFirst
    rules.favourableFirstShort = intrabar == .best || intrabar == .lowFirst
    rules.trailsBeforeCheck = intrabar == .highFirst || intrabar == .lowFirst
    return rules
  }
}
