import Kernels
import Market
import Simulation

extension Spec {
  /// Money that enters or leaves an account, as a spec says it.
  public struct Flow: Sendable, Equatable {
    /// When it does.
    public enum Moment: Sendable, Equatable {
      /// At the first bar at or after an instant, nanoseconds UTC.
      case at(Int64)
      /// At the first bar of each period after the one that the run begins in.
      case every(Rebalance.Schedule)
    }
    /// When.
    public var moment: Moment
    /// Positive for a deposit, negative for a withdrawal.
    public var amount: Double
    /// First and last instant of repeated flows; nil for the run's.
    public var from, to: Int64?
  }

  /// One of several accounts that the same strategy trades, each by itself.
  public struct Wallet: Sendable, Equatable {
    /// Name; empty for the only account.
    public var name = ""
    /// Equity before the first bar.
    public var cash = 100_000.0
    /// Deposits and withdrawals.
    public var flows: [Flow] = []
  }

  private static let rate = "an annual rate from 0, below 10"

  mutating func readAccount(_ root: inout SpecReader) throws(SpecError) {
    guard var account = try root.object("account") else { return }
    let cash = try account.number("cash", "an amount above 0") { $0 > 0 }
    currency = try account.string("currency") ?? currency
    riskFree = try account.number("risk_free", "an annual rate above -1") { $0 > -1 } ?? 0
    minimumAcceptable =
      try account.number("minimum_acceptable", "an annual rate above -1") { $0 > -1 } ?? 0
    try readMargin(&account)
    var financing = Financing()
    financing.borrowRate = try account.number("borrow", Self.rate) { $0 >= 0 && $0 < 10 } ?? 0
    financing.cashRate =
      try account.number("cash_rate", "an annual rate above -1, below 10") { $0 > -1 && $0 < 10 }
      ?? 0
    financing.marginRate = try account.number("margin_rate", Self.rate) { $0 >= 0 && $0 < 10 } ?? 0
    execution.financing = financing
    execution.delistingReturn =
      try account.number("delisting_return", "a return from -1, such as -0.3") { $0 >= -1 } ?? 0
    let flows = try Self.readFlows(&account)
    wallets = try Self.readWallets(&account)
    if !wallets.isEmpty, cash != nil || !flows.isEmpty {
      throw .value(
        path: "account.wallets", line: account.place.line,
        found: "wallets together with cash or flows", expected: "cash and flows in each wallet")
    }
    if wallets.isEmpty { wallets = [Wallet(cash: cash ?? Wallet().cash, flows: flows)] }
    try account.finish()
  }

  private mutating func readMargin(_ account: inout SpecReader) throws(SpecError) {
    execution.leverage =
      try account.number("leverage", "a multiple of equity from 1 to 100") {
        (1...100).contains($0)
      }
      ?? 1
    execution.maintenanceMargin =
      try account.number("maintenance_margin", "a multiple of a short's value from 1 to 100") {
        (1...100).contains($0)
      } ?? execution.maintenanceMargin
    let least = execution.maintenanceMargin
    execution.initialMargin =
      try account.number(
        "initial_margin",
        "a multiple of a short's value from maintenance_margin, \(least.shortestText), to 100"
      ) { (least...100).contains($0) } ?? max(execution.initialMargin, least)
    execution.leverageMaintenance =
      try account.number("leverage_maintenance", "a fraction from 0, below 1") { $0 >= 0 && $0 < 1 }
      ?? execution.leverageMaintenance
    execution.allowsShort = try account.bool("short") ?? true
    // Bought at the leverage that would be liquidated at once, no position lives.
    let most = 1 / execution.leverageMaintenance
    if execution.leverage > 1, execution.leverage >= most {
      throw .value(
        path: "account.leverage", line: account.place.line, found: execution.leverage.shortestText,
        expected:
          "less than 1 / leverage_maintenance, \(most.shortestText), where positions are closed")
    }
  }

  private static func readWallets(_ account: inout SpecReader) throws(SpecError) -> [Wallet] {
    var wallets: [Wallet] = []
    for (index, json) in try account.list("wallets", "a list of { name, cash, flows }").enumerated()
    {
      var reader = try SpecReader(json, path: "\(account.at("wallets"))[\(index)]")
      guard let name = try reader.string("name", "a name in quotes") else {
        throw .missing(path: reader.at("name"), expected: "the wallet's name")
      }
      guard !name.isEmpty, name.utf8.count <= 100,
        !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
      else {
        throw .value(
          path: reader.at("name"), line: reader.place.line,
          found: "the text \"\(JSON5.excerpt(name))\"",
          expected: "a text of 1 to 100 bytes")
      }
      guard !wallets.contains(where: { $0.name == name }) else {
        throw .value(
          path: reader.at("name"), line: reader.place.line, found: "\"\(name)\" twice",
          expected: "each wallet once")
      }
      let cash = try reader.number("cash", "an amount above 0") { $0 > 0 }
      let flows = try readFlows(&reader)
      try reader.finish()
      wallets.append(Wallet(name: name, cash: cash ?? Wallet().cash, flows: flows))
    }
    return wallets
  }

  private static func readFlows(_ account: inout SpecReader) throws(SpecError) -> [Flow] {
    let elements = try account.list("flows", "a list of { date, amount } and { every, amount }")
    var flows: [Flow] = []
    for (index, json) in elements.enumerated() {
      var reader = try SpecReader(json, path: "\(account.at("flows"))[\(index)]")
      let rule = "an amount other than 0: above it for a deposit, below it for a withdrawal"
      guard let amount = try reader.number("amount", rule, where: { $0 != 0 }) else {
        throw .missing(path: reader.at("amount"), expected: rule)
      }
      let date = try readInstant(&reader, "date", isEnd: false)
      let every = try readSchedule(&reader)
      let from = try readInstant(&reader, "from", isEnd: false)
      let to = try readInstant(&reader, "to", isEnd: true)
      if let from, let to, to < from {
        throw .value(
          path: reader.at("to"), line: reader.place.line, found: Timestamp.text(nanoseconds: to),
          expected: "an instant not before from, \(Timestamp.text(nanoseconds: from))")
      }
      switch (date, every) {
      case (let date?, nil):
        guard from == nil, to == nil else {
          throw .value(
            path: reader.path, line: reader.place.line, found: "a date with from or to",
            expected: "from and to with every")
        }
        flows.append(Flow(moment: .at(date), amount: amount))
      case (nil, let every?):
        flows.append(Flow(moment: .every(every), amount: amount, from: from, to: to))
      case (nil, nil):
        throw .missing(
          path: reader.path, expected: "date: \"2015-03-01\", or every: \"month\"")
      case (.some, .some):
        throw .value(
          path: reader.path, line: reader.place.line, found: "both date and every",
          expected: "one of them")
      }
      try reader.finish()
    }
    return flows
  }

  /// Names of periods, as written.
  static let periods: [(name: String, schedule: Rebalance.Schedule)] = [
    ("day", .day), ("week", .week), ("month", .month), ("quarter", .quarter), ("year", .year),
  ]

  /// The key `every`: a period, or a number of bars.
  static func readSchedule(_ reader: inout SpecReader) throws(SpecError) -> Rebalance.Schedule? {
    guard let json = reader.optional("every") else { return nil }
    if case .number(let value) = json.value {
      guard value == value.rounded(), (1...1e9).contains(value) else {
        throw reader.wrong("every", json, "a whole number of bars of at least 1")
      }
      return .bars(Int(value))
    }
    let name = try reader.choice("every", "period", of: periods.map(\.name))
    return periods.first { $0.name == name }?.schedule
  }
}
