import Kernels
import Market
import Simulation

/// Holds the record of one lane against the prices that it traded at.
struct LaneAudit {
  private let subject: AuditSubject
  private let lane: Int
  private let record: LaneRecord
  private let columns: [Int]
  private(set) var report = AuditReport()

  init(_ subject: AuditSubject, lane: Int, record: LaneRecord) {
    self.subject = subject
    self.lane = lane
    self.record = record
    columns = subject.columns(lane)
    report.fills = record.fills.count
    report.warmBars = record.summary.warmBars
    checkFills()
    checkWarmUp()
    checkValue()
    checkCash()
  }

  private mutating func find(_ question: AuditReport.Question, _ bar: Int?, _ what: String) {
    report[question].add(.init(lane: lane, time: bar.map { subject.time($0) } ?? "", what: what))
  }

  private func value(_ field: String, _ bar: Int, _ symbol: Int) -> Double {
    guard let index = subject.panel.fieldIndex(field), columns.indices.contains(symbol) else {
      return .nan
    }
    return subject.panel.value(
      field: index, bar: subject.window.lowerBound + bar, symbol: columns[symbol])
  }

  // MARK: - Fills

  private mutating func checkFills() {
    let hasVolume = subject.panel.fieldIndex("volume") != nil
    for fill in record.fills {
      // What a split leaves over and what an ended symbol is worth is no trade at a market.
      if [.rejection, .delisting, .cashInLieu].contains(fill.cause) { continue }
      report[.staleFill].checked += 1
      let close = value("close", fill.bar, fill.symbol)
      let open = value("open", fill.bar, fill.symbol)
      if close.isNaN || open.isNaN && subject.panel.fieldIndex("open") != nil {
        find(.staleFill, fill.bar, "\(fill.cause.name) at a bar without open or close")
        continue
      }
      if hasVolume, value("volume", fill.bar, fill.symbol) == 0 { report.fillsWithoutVolume += 1 }
      report[.fillRange].checked += 1
      let prices = [
        open, close, value("high", fill.bar, fill.symbol), value("low", fill.bar, fill.symbol),
      ].filter { !$0.isNaN && $0 > 0 }
      guard let low = prices.min(), let high = prices.max() else { continue }
      let tolerance = 1e-12 * high
      if fill.price < low - tolerance || fill.price > high + tolerance || fill.price.isNaN {
        find(
          .fillRange, fill.bar,
          "\(fill.cause.name) at \(fill.price), where the bar has \(low) to \(high)")
      }
    }
  }

  private mutating func checkWarmUp() {
    report[.warmUp].checked += record.orders.count
    for order in record.orders where order.bar < record.summary.warmBars {
      find(
        .warmUp, order.bar, "\(order.kind.rawValue) while \(record.summary.warmBars) bars warm up")
    }
  }

  // MARK: - Books

  private mutating func checkValue() {
    let width = columns.count
    guard record.units.count == record.equity.count * width else { return }
    var marks = [Double](repeating: .nan, count: width)
    var largest = subject.cash(lane)
    var next = 0
    for symbol in 0..<width { marks[symbol] = lastClose(before: 0, symbol) }
    for bar in record.equity.indices {
      while next < subject.actions.rows.count, subject.actions.rows[next].bar <= bar {
        let row = subject.actions.rows[next]
        let symbol = row.symbol - subject.firstSymbol(lane)
        if case .split(let scale) = row.event, marks.indices.contains(symbol) {
          marks[symbol] = scale.price(marks[symbol])
        }
        next += 1
      }
      var held = 0.0
      for symbol in 0..<width {
        let close = value("close", bar, symbol)
        if !close.isNaN { marks[symbol] = close }
        let units = record.units[bar * width + symbol]
        if units != 0 { held += units * marks[symbol] * closingRate(bar, symbol) }
      }
      let equity = record.equity[bar]
      largest = max(largest, equity.magnitude)
      // After ruin equity stays where it ended, whatever the books say.
      if record.summary.isRuined && equity <= 1e-9 * largest { return }
      report[.value].checked += 1
      let error = (record.cash[bar] + held - equity).magnitude
      if !(error <= 1e-9 * largest) {
        if record.summary.isRuined, equity == record.summary.finalEquity { return }
        find(.value, bar, "equity \(equity), cash and positions \(record.cash[bar] + held)")
        return
      }
    }
  }

  /// Account currency for one of a symbol's.
  private func closingRate(_ bar: Int, _ symbol: Int) -> Double {
    let place = subject.window.lowerBound + bar
    guard let currencies = subject.currencies else { return 1 }
    return place < 0 ? .nan : currencies.close(of: symbol + subject.firstSymbol(lane), at: place)
  }

  /// What a fill takes from cash: at the rate of its moment.
  ///
  /// What is no order of a rebalance is worth what the account's books say before it, those of the last close or of this
  /// bar's open: the one that fits better.
  private func outlay(_ fill: FillRecord, cashBefore: Double) -> Double {
    let value = fill.units * fill.fillPrice
    guard let currencies = subject.currencies else { return value + fill.commission }
    let place = subject.window.lowerBound + fill.bar
    let opening = currencies.open(of: fill.symbol + subject.firstSymbol(lane), at: place)
    if fill.cause == .rebalance {
      let rate = subject.fillsAtClose ? closingRate(fill.bar, fill.symbol) : opening
      return value * rate + fill.commission
    }
    let paid = cashBefore - fill.cashAfter
    return [closingRate(fill.bar - 1, fill.symbol), opening].filter { !$0.isNaN }
      .map { value * $0 + fill.commission }
      .min { ($0 - paid).magnitude < ($1 - paid).magnitude } ?? .nan
  }

  /// The last close before a bar of the window, for a mark that begins stale.
  private func lastClose(before bar: Int, _ symbol: Int) -> Double {
    guard let close = subject.panel.fieldIndex("close") else { return .nan }
    for place in (0..<subject.window.lowerBound + bar).reversed() {
      let value = subject.panel.value(field: close, bar: place, symbol: columns[symbol])
      if !value.isNaN { return value }
    }
    return .nan
  }

  private mutating func checkCash() {
    let summary = record.summary
    if summary.isRuined { return }
    let start = subject.cash(lane)
    var cash = start
    var largest = start
    var next = 0
    let flows = summary.missedWithdrawals == 0 ? subject.flows(lane) : []
    let isExact = !subject.accrues && summary.missedWithdrawals == 0
    for bar in record.cash.indices {
      for flow in flows where flow.bar == bar { cash += flow.amount }
      while next < record.fills.count, record.fills[next].bar <= bar {
        let fill = record.fills[next]
        if fill.cause != .rejection { cash -= outlay(fill, cashBefore: cash) }
        next += 1
      }
      largest = max(largest, record.equity[bar].magnitude, record.cash[bar].magnitude)
      guard isExact else { continue }
      report[.cash].checked += 1
      if !((cash - record.cash[bar]).magnitude <= 1e-9 * largest) {
        find(.cash, bar, "cash \(record.cash[bar]), by fills and flows \(cash)")
        return
      }
    }
    guard !isExact, let last = record.cash.last else { return }
    report[.cash].checked += 1
    let moved =
      cash - flows.reduce(0) { $0 + $1.amount } + summary.netFlows + summary.dividends
      + summary.interestEarned - summary.interestPaid - summary.borrowFees
    if !((moved - last).magnitude <= 1e-9 * largest) {
      find(.cash, record.cash.count - 1, "cash \(last), by fills, accruals and flows \(moved)")
    }
  }
}

extension LaneRecord {
  /// The first thing in which another record differs up to a bar; nil if none does.
  ///
  /// - Parameter settledOnly: whether orders that were not settled by then are left out, as those of a portfolio, whose sides
  ///   and sizes follow from weights at the prices of their fills.
  func difference(_ other: LaneRecord, through bar: Int, settledOnly: Bool) -> (
    bar: Int, text: String
  )? {
    func bits(_ a: Double, _ b: Double) -> Bool {
      a.bitPattern == b.bitPattern || a.isNaN && b.isNaN
    }
    func isKnown(_ order: Order) -> Bool {
      order.bar <= bar && (!settledOnly || order.settledBar ?? .max <= bar)
    }
    let (orders, others) = (orders.filter(isKnown), other.orders.filter(isKnown))
    for (a, b) in zip(orders, others) {
      // The stop and target of an entry get their prices by its fill.
      let isPriced = a.kind != .exit || a.settledBar ?? .max <= bar
      let isSame =
        a.bar == b.bar && a.kind == b.kind && a.symbol == b.symbol && a.type == b.type
        && (!isPriced || bits(a.limit, b.limit) && bits(a.stop, b.stop))
      if !isSame {
        return (min(a.bar, b.bar), "order \(a.kind.rawValue) became \(b.kind.rawValue)")
      }
    }
    if orders.count != others.count {
      let extra = (orders.count > others.count ? orders : others)[min(orders.count, others.count)]
      let verb = orders.count > others.count ? "is gone" : "is new"
      return (extra.bar, "order \(extra.kind.rawValue) \(verb)")
    }
    let (fills, fillsOfOther) = (
      fills.filter { $0.bar <= bar }, other.fills.filter { $0.bar <= bar }
    )
    for (a, b) in zip(fills, fillsOfOther) {
      let isSame =
        a.bar == b.bar && a.cause == b.cause && a.symbol == b.symbol && bits(a.price, b.price)
        && bits(a.fillPrice, b.fillPrice) && bits(a.units, b.units)
        && bits(a.commission, b.commission) && bits(a.cashAfter, b.cashAfter)
      if isSame { continue }
      return (
        min(a.bar, b.bar),
        "fill of \(a.units) at \(a.fillPrice) became \(b.units) at \(b.fillPrice)"
      )
    }
    if fills.count != fillsOfOther.count {
      let extra = (fills.count > fillsOfOther.count ? fills : fillsOfOther)[
        min(fills.count, fillsOfOther.count)]
      return (extra.bar, "fill \(extra.cause.name) of \(extra.units) is in one run only")
    }
    for place in 0...bar where place < equity.count {
      guard place < other.equity.count else { return (place, "the run ends earlier") }
      if !bits(equity[place], other.equity[place]) {
        return (place, "equity \(equity[place]) became \(other.equity[place])")
      }
    }
    return nil
  }
}
