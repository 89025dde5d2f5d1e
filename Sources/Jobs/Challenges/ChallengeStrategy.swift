import Books
import Kernels
import Market
import Metrics
import Simulation
import Storage

/// A strategy spec that was entered, run by the engine under the rules' data, account and execution.
struct ChallengeStrategy {
  let session: ChallengeSession
  private let text: String
  private let path: String
  private let variant: KernelVariant

  /// - Parameters:
  ///   - text: the spec.
  ///   - path: where it stands, for paths in it.
  init(_ text: String, path: String, _ session: ChallengeSession, _ variant: KernelVariant) {
    self.text = text
    self.path = path
    self.session = session
    self.variant = variant
  }

  /// Most sets of parameters, before `where` has chosen one.
  private static let setLimit = 4096.0

  /// Paths of the files that a spec reads: its scores and weights.
  static func files(of text: String, in path: String) -> [String] {
    let folder = SpecFile.folder(of: path)
    func files(_ json: JSON5) -> [String] {
      switch json.value {
      case .array(let list): list.flatMap(files)
      case .object(let members):
        members.flatMap { member in
          guard member.key == "file", case .string(let file) = member.value.value else {
            return files(member.value)
          }
          return [file.hasPrefix("/") ? file : folder + file]
        }
      default: []
      }
    }
    return (try? Spec.parse(text)).map(files) ?? []
  }

  /// The curve over some bars of the market, as of an account's replay.
  func curve(bars: Int, scored: Range<Int>) -> ChallengeCurve {
    do {
      let plan = try plan(isWhole: bars > session.window.count)
      guard plan.laneCount == 1 else {
        return broken(
          .strategy,
          "the spec makes \(plan.laneCount) lanes, and a participant is one: one symbol and one parameter"
            + " set, or strategy.weights over many symbols")
      }
      let record = try plan.simulator(variant: variant, workers: 1).replay(lane: 0)
      var curve = curve(record, plan, scored)
      curve.add(record.summary, 1)
      if scored.lowerBound > 0 {
        // What the window before paid is not the hold-out's.
        let before = try self.plan(isWhole: false)
        curve.add(
          try before.simulator(variant: variant, workers: 1).replay(lane: 0).summary, -1)
      }
      return curve
    } catch let error as SpecError {
      return broken(.strategy, "\(error)")
    } catch {
      return broken(.strategy, "\(error)")
    }
  }

  private func broken(_ reason: ChallengeBreach.Reason, _ text: String) -> ChallengeCurve {
    var curve = ChallengeCurve(initialEquity: session.rules.capital)
    // What somebody wrote in a spec is shown on another's terminal.
    let text = String(
      text.map { $0 != "\n" && !ChallengeSpec.isName(String($0)) ? "\u{FFFD}" : $0 })
    curve.breach = ChallengeBreach(
      reason,
      text.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }.joined(separator: " "))
    return curve
  }

  // MARK: - The spec under the rules

  private func plan(isWhole: Bool) throws -> RunPlan {
    let entry = try SpecReader(try Spec.parse(text), path: "")
    let own = entry.all.first { $0.key == "data" }
    var data = session.spec.data
    if case .object(let members)? = own?.value.value {
      for member in members where ["symbols", "scores", "lags", "warm_up"].contains(member.key) {
        data.removeAll { $0.key == member.key }
        data.append(member)
      }
    }
    func json(_ value: JSON5.Value) -> JSON5 { JSON5(value: value, place: entry.place) }
    func day(_ ns: Int64) -> JSON5 { json(.string(Timestamp.text(nanoseconds: ns))) }
    let rules = session.spec
    data.append(.init(key: "from", value: day(rules.from)))
    data.append(
      .init(key: "to", value: day(isWhole ? rules.holdOut?.to ?? rules.to : rules.to)))
    var members: [JSON5.Member] = [
      .init(key: "apus", value: json(.number(1))),
      .init(key: "data", value: json(.object(data))),
      .init(
        key: "account",
        value: json(
          .object(
            [
              .init(key: "currency", value: json(.string(rules.spec.currency))),
              .init(key: "short", value: json(.bool(rules.limits.allowsShort))),
            ] + account.map { .init(key: $0, value: json(.number($1))) }))),
      .init(key: "metrics", value: json(.array([json(.string("total_return"))]))),
    ]
    if let execution = rules.execution { members.append(.init(key: "execution", value: execution)) }
    for key in ["parameters", "where", "strategy", "seed"] {
      if let member = entry.all.first(where: { $0.key == key }) { members.append(member) }
    }
    var spec = try Spec(json(.object(members)), text: text)
    spec.folder = SpecFile.folder(of: path)
    guard spec.hasStrategy else {
      throw SpecError.missing(path: "strategy", expected: "what to trade")
    }
    // Whoever enters a million sets would have all others wait while they are told from one another.
    let sets = spec.axes.reduce(1.0) { $0 * Double($1.values.count) }
    guard sets <= Self.setLimit else {
      throw SpecError.value(
        path: "parameters", line: 0, found: "\(Int(min(sets, 1e15))) sets of parameters",
        expected: "at most \(Int(Self.setLimit)), of which where leaves one")
    }
    return try RunPlan(spec: spec, storePath: rules.storePath)
  }

  /// The rules' account as the engine says it.
  ///
  /// Margins are such that positions of `max_leverage` times equity may be opened, longs and shorts counted alike, and that
  /// none is closed before all is lost: what entries of trades are held to.
  private var account: [(key: String, value: Double)] {
    let rules = session.spec
    let leverage = max(1, rules.limits.maxLeverage)
    return [
      ("cash", rules.capital), ("risk_free", rules.spec.riskFree), ("leverage", leverage),
      ("initial_margin", 1 + 1 / leverage), ("maintenance_margin", 1), ("leverage_maintenance", 0),
      ("borrow", rules.financing.borrowRate), ("cash_rate", rules.financing.cashRate),
      ("margin_rate", rules.financing.marginRate),
    ]
  }

  // MARK: - What came of it

  private func curve(_ record: LaneRecord, _ plan: RunPlan, _ scored: Range<Int>) -> ChallengeCurve
  {
    let capital = session.rules.capital
    let names = plan.symbolNames(lane: 0)
    let columns = names.map { session.column(of: $0) }
    guard record.equity.count >= scored.upperBound else {
      return broken(.strategy, "it ran \(record.equity.count) bars of \(scored.upperBound)")
    }
    var curve = ChallengeCurve(
      initialEquity: scored.lowerBound == 0 ? capital : record.equity[scored.lowerBound - 1])
    curve.equity = Array(record.equity[scored])
    let width = names.count
    for bar in scored {
      let held = (0..<width).count { record.units[bar * width + $0] != 0 }
      if held > 0 { curve.barsInPosition += 1 }
    }
    if let first = record.fills.first(where: { $0.cause != .rejection }) {
      curve.firstFillNs = session.market.fillInstant(session.rules.fill, at: first.bar)
    }
    for fill in record.fills where fill.cause != .rejection && scored.contains(fill.bar) {
      curve.fills += 1
      curve.tradedNotional += fill.units.magnitude * fill.fillPrice
      curve.fees += fill.commission
      curve.slippage += (fill.fillPrice - fill.price) * fill.units
    }
    for trade in record.trades {
      guard let exit = trade.exitBar else {
        curve.openTrades += 1
        continue
      }
      if scored.contains(exit) { curve.closed.add(trade.profit) }
    }
    curve.breach =
      breach(record, names, columns, scored)
      ?? curve.breach(of: session.rules.limits, endNs: session.market.timeNs[scored.upperBound - 1])
    return curve
  }
}

extension ChallengeCurve {
  /// Adds, or with −1 takes away, what a run paid and got in time.
  fileprivate mutating func add(_ summary: LaneSummary, _ sign: Double) {
    dividends += sign * summary.dividends
    borrowFees += sign * summary.borrowFees
    interestPaid += sign * summary.interestPaid
    interestEarned += sign * summary.interestEarned
  }
}
