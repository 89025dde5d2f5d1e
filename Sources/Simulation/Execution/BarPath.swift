/// The way of a price through a bar, as far as it is decided: where it stands, and which extremes lie ahead.
///
/// Four prices don't tell the order of events, so the rule does. Where an order opens a position inside the bar, the extreme that
/// it was on its way to lies ahead for certain; the other may lie behind. The worst rule takes an adverse extreme that may lie
/// ahead as one that does, and a favourable one only if it is certain; the best rule the other way round.
struct BarPath {
  enum Ahead { case done, possible, certain }
  enum End { case high, low, close }

  let rule: Intrabar
  let high, low, close: Double
  /// Where the price stands.
  var price: Double
  var highAhead = Ahead.certain
  var lowAhead = Ahead.certain
  var isOver = false

  init(rule: Intrabar, open: Double, high: Double, low: Double, close: Double) {
    self.rule = rule
    self.high = high
    self.low = low
    self.close = close
    price = open
  }

  /// The next extreme, or the close, for an account that is long (side 1) or short (-1).
  @inline(__always)
  func next(side: Double) -> End {
    switch rule {
    case .highFirst: highAhead != .done ? .high : lowAhead != .done ? .low : .close
    case .lowFirst: lowAhead != .done ? .low : highAhead != .done ? .high : .close
    case .best:
      side > 0
        ? (highAhead != .done ? .high : lowAhead == .certain ? .low : .close)
        : (lowAhead != .done ? .low : highAhead == .certain ? .high : .close)
    case .worst, .finer:
      side > 0
        ? (lowAhead != .done ? .low : highAhead == .certain ? .high : .close)
        : (highAhead != .done ? .high : lowAhead == .certain ? .low : .close)
    }
  }

  func price(of end: End) -> Double {
    switch end {
    case .high: high
    case .low: low
    case .close: close
    }
  }

  func ahead(_ end: End) -> Ahead {
    switch end {
    case .high: highAhead
    case .low: lowAhead
    case .close: .certain
    }
  }

  /// Goes there.
  mutating func reach(_ end: End) {
    price = price(of: end)
    switch end {
    case .high: highAhead = .done
    case .low: lowAhead = .done
    case .close: isOver = true
    }
  }

  /// Stops at a price on the way to an extreme, where a position was opened: the other extreme may lie behind.
  mutating func enter(towards end: End) {
    if rule == .highFirst || rule == .lowFirst { return }
    if end == .high, lowAhead == .certain { lowAhead = .possible }
    if end == .low, highAhead == .certain { highAhead = .possible }
  }

  /// Whether the favourable extreme of a side is known to come before the adverse one, so that it moves a trailing stop first.
  static func trailsEarly(_ rule: Intrabar, side: Double) -> Bool {
    side > 0 ? rule == .highFirst : rule == .lowFirst
  }
}
