import Kernels

/// Proof that an account's books add up, worked out beside the ledger from nothing but prices, fills and marks.
///
/// After each bar it holds that
///
/// - cash + Σ units · mark · rate = equity, and
/// - Δequity = Σ over symbols of what units held gained by price + Σ over fills of what they gained from fill price to mark
///   − commissions − borrow − interest + dividends + flows,
///
/// to 1e-9 of the largest equity so far. Tests check every bar, an audit the bars it samples.
public struct LedgerIdentity: Sendable {
  /// An identity that does not hold.
  public struct Fault: Error, Sendable, Equatable {
    /// Bar of the run's window.
    public var bar: Int
    /// Which one: `value` or `change`.
    public var identity: String
    /// What the ledger says.
    public var found: Double
    /// What it should be.
    public var expected: Double
  }

  /// The largest error so far, as a fraction of the largest equity so far.
  public private(set) var largestError = 0.0

  private var equity: Double
  private var largest: Double
  private var value: [Double]
  private var flows = 0.0
  private var dividends = 0.0
  private var financing = 0.0
  private var fills = 0

  /// Begins before the first bar of a ledger that keeps its record.
  public init(_ ledger: Ledger) {
    precondition(ledger.record != nil, "an identity is checked against the record")
    equity = ledger.equity
    largest = max(ledger.equity, 1e-300)
    value = Array(repeating: 0, count: ledger.symbolCount)
  }

  /// Checks the bar that has just ended.
  ///
  /// - Throws: `Fault` for what is off by more than `tolerance` of the largest equity so far.
  public mutating func check(_ ledger: Ledger, bar: Int, tolerance: Double = 1e-9) throws(Fault) {
    guard let record = ledger.record else { return }
    let summary = ledger.summary
    let flow = summary.netFlows - flows
    let net = summary.interestEarned - summary.interestPaid - summary.borrowFees
    var expected = equity + flow + (summary.dividends - dividends) + (net - financing)
    largest = max(largest, equity + max(0, flow))
    // Fills at once: units change hands at the fill price, and what is there at the end is worth its mark.
    for fill in record.fills[fills...] where fill.cause != .rejection {
      expected -= fill.units * fill.fillPrice * ledger.rate(fill.symbol) + fill.commission
    }
    var held = 0.0
    for symbol in 0..<ledger.symbolCount {
      let isHeld = ledger.units(symbol) != 0
      let now = isHeld ? ledger.units(symbol) * ledger.mark(symbol) * ledger.rate(symbol) : 0
      held += now
      expected += now - value[symbol]
      value[symbol] = now
    }
    if !ledger.isRuined || ledger.equity != equity {
      try hold("value", ledger.cash + held, ledger.equity, bar, tolerance)
    }
    if !ledger.isRuined { try hold("change", ledger.equity, expected, bar, tolerance) }
    equity = ledger.equity
    largest = max(largest, equity)
    flows = summary.netFlows
    dividends = summary.dividends
    financing = net
    fills = record.fills.count
  }

  private mutating func hold(
    _ identity: String, _ found: Double, _ expected: Double, _ bar: Int, _ tolerance: Double
  ) throws(Fault) {
    let error = (found - expected).magnitude / largest
    // Not NaN either.
    guard error <= tolerance else {
      throw Fault(bar: bar, identity: identity, found: found, expected: expected)
    }
    largestError = max(largestError, error)
  }
}
