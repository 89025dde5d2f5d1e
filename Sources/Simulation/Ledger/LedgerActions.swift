/// Corporate actions by bar of a run and position of its symbols, as the ledger applies them.
public struct LedgerActions: Sendable, Equatable {
  /// What happens to a symbol before the fills of a bar's open.
  public enum Event: Sendable, Equatable {
    /// Money for each share held at the close before, in the symbol's currency and the shares of then.
    case dividend(Double)
    /// Shares rescale.
    case split(ActionScale)
    /// The symbol has ended: a position closes at its last mark times one plus this; nil or NaN for the account's rule.
    case end(Double?)
  }

  /// One action.
  public struct Row: Sendable, Equatable {
    /// Bar of the run's window.
    public var bar: Int
    /// Position of the symbol in the run.
    public var symbol: Int
    /// What happens.
    public var event: Event

    /// An action.
    public init(bar: Int, symbol: Int, event: Event) {
      self.bar = bar
      self.symbol = symbol
      self.event = event
    }
  }

  /// The actions by bar; those of a bar by symbol; those of a symbol as they were given.
  public let rows: [Row]

  /// No actions.
  public static let none = LedgerActions([])

  /// Takes actions in any order, but for those of one bar and symbol, which are applied as they stand.
  public init(_ rows: [Row]) {
    self.rows = rows.sorted { ($0.bar, $0.symbol) < ($1.bar, $1.symbol) }
  }

  /// The rows of a bar.
  ///
  /// O(log n).
  public func rows(of bar: Int) -> ArraySlice<Row> {
    let first = first(atOrAfter: bar)
    var end = first
    while end < rows.count && rows[end].bar == bar { end += 1 }
    return rows[first..<end]
  }

  /// Place of the first row of a bar or a later one.
  func first(atOrAfter bar: Int) -> Int {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].bar < bar { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
