/// Something that happens to a symbol beside its trading.
///
/// | kind | `value` | holds for |
/// |---|---|---|
/// | split | new shares for one old share: 7, 1.5, 0.1; above zero | prices and volumes before `timeNs` |
/// | dividend | cash for each share held at the close before, in the currency of the raw prices; from zero | prices before |
/// | rename | index of the ticker that the symbol's ticker becomes | the ticker's quotes from `timeNs` on |
/// | delist | return after the last close, from −1; 0 if unknown | bars after the day of `timeNs`: there are none |
public struct CorporateAction: Sendable {
  /// What happened.
  public enum Kind: String, Sendable, CaseIterable {
    /// One old share became `value` new ones.
    case split
    /// Each share earned cash.
    case dividend
    /// The ticker changed.
    case rename
    /// Trading ended for good.
    case delist
  }

  /// Index in the store's symbol table.
  public var symbol: Int
  /// The ex-date: the first instant without the old share, right or ticker; for a delisting the last day of trading.
  ///
  /// A date stands as 00:00 UTC of the exchange day, as daily bars do.
  public var timeNs: Int64
  /// What happened.
  public var kind: Kind
  /// How much; see the table above.
  public var value: Double
  /// What the source multiplies earlier prices by, above zero; NaN: it follows from `value`.
  ///
  /// For splits and dividends only. A source that has its own factors knows the close before the ex-date also where the
  /// store has none.
  public var factor: Double

  /// One action.
  public init(symbol: Int, timeNs: Int64, kind: Kind, value: Double, factor: Double = .nan) {
    self.symbol = symbol
    self.timeNs = timeNs
    self.kind = kind
    self.value = value
    self.factor = factor
  }
}

extension CorporateAction: Equatable {
  /// Equal bit by bit, so that an unknown factor equals another.
  public static func == (left: Self, right: Self) -> Bool {
    left.key == right.key && left.value.bitPattern == right.value.bitPattern
      && (left.factor == right.factor || left.factor.isNaN && right.factor.isNaN)
  }
}

extension CorporateAction {
  /// What makes an action one of its kind: no two of a table share it.
  struct Key: Hashable, Comparable {
    var timeNs: Int64
    var symbol: Int
    var kind: Int

    static func < (left: Key, right: Key) -> Bool {
      (left.timeNs, left.symbol, left.kind) < (right.timeNs, right.symbol, right.kind)
    }
  }

  var key: Key {
    Key(timeNs: timeNs, symbol: symbol, kind: Kind.allCases.firstIndex(of: kind) ?? 0)
  }

  /// The years 1678 to 2261, from which a day more or less is still an instant.
  public static let times: Range<Int64> = -106_650 * Calendar.dayNs..<106_651 * Calendar.dayNs

  /// What is wrong with the numbers; nil if nothing is.
  ///
  /// - Parameter symbolCount: length of the table that `symbol` and a rename's value point into.
  func fault(symbolCount: Int) -> MarketError.ActionFault? {
    guard (0..<symbolCount).contains(symbol) else { return .symbol }
    guard Self.times.contains(timeNs) else { return .time }
    let isPrice = kind == .split || kind == .dividend
    guard factor.isNaN || isPrice && factor > 0 && factor.isFinite else { return .factor }
    switch kind {
    case .split: return value > 0 && value.isFinite ? nil : .ratio
    case .dividend: return value >= 0 && value.isFinite ? nil : .cash
    case .rename:
      let isIndex =
        value == value.rounded() && value >= 0 && value < Double(symbolCount)
        && value != Double(symbol)
      return isIndex ? nil : .ticker
    case .delist: return value >= -1 && value.isFinite ? nil : .delistingReturn
    }
  }
}
