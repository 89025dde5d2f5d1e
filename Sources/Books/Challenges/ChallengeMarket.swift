import Kernels
import Market

/// Prices of a challenge's symbols over its bars, and what happens to their units.
public struct ChallengeMarket: Sendable {
  /// What happens to a symbol before the trades of a bar.
  public struct Event: Sendable, Equatable {
    /// What happens.
    public enum Kind: Sendable, Equatable {
      /// New units for an old one.
      case split(Double)
      /// Money for a unit.
      case dividend(Double)
      /// The symbol has ended: what is held is sold at its last mark times one plus this.
      case end(Double)
    }
    /// Which bar.
    public var bar: Int
    /// Which symbol.
    public var column: Int
    /// What happens.
    public var kind: Kind

    /// An event.
    public init(bar: Int, column: Int, kind: Kind) {
      self.bar = bar
      self.column = column
      self.kind = kind
    }
  }

  /// Start of each bar, nanoseconds UTC: `[T]`.
  public let timeNs: [Int64]
  /// Length of a bar.
  public let frequencyNs: Int64
  /// Names: `[N]`.
  public let symbols: [String]
  /// Events in order of bars.
  public let events: [Event]
  /// Instants at which trades are taken: first and last of each window.
  public var tradable: [ClosedRange<Int64>]

  /// `[T, N]`: prices of bars, NaN where there is none; without highs and lows the bar reaches from open to close.
  let open, high, low, close: [Double]
  /// `[T, N]`: last close by the end of a bar, NaN before the first.
  let mark: [Double]

  /// Number of bars.
  public var barCount: Int { timeNs.count }
  /// Number of symbols.
  public var symbolCount: Int { symbols.count }

  /// A market.
  ///
  /// - Parameters:
  ///   - panel: prices, with a field `close`.
  ///   - columns: its symbols that the challenge is about.
  ///   - bars: the bars that it takes; marks know closes before them.
  ///   - events: bars counted from the first of `bars`, columns by place in `columns`.
  ///   - tradable: as `tradable`.
  /// - Throws: `BooksError.noCloses`.
  public init(
    panel: PricePanel, columns: [Int], bars: Range<Int>, events: [Event] = [],
    tradable: [ClosedRange<Int64>]? = nil
  ) throws(BooksError) {
    guard let closes = panel.fieldIndex("close") else { throw .noCloses(panel: panel.name) }
    let opens = panel.fieldIndex("open")
    timeNs = Array(panel.time.ns[bars])
    frequencyNs = panel.frequencyNs
    symbols = columns.map { panel.symbols[$0].symbol }
    self.events = events.sorted { ($0.bar, $0.column) < ($1.bar, $1.column) }
    let (first, last) = (timeNs.first ?? 0, (timeNs.last ?? 0) + (panel.frequencyNs - 1))
    self.tradable = tradable ?? [first...last]
    func values(_ field: Int) -> [Double] {
      var values: [Double] = []
      values.reserveCapacity(bars.count * columns.count)
      for bar in bars {
        for column in columns {
          values.append(panel.value(field: field, bar: bar, symbol: column))
        }
      }
      return values
    }
    let close = values(closes)
    let open = opens.map(values) ?? close
    func extreme(_ name: String, _ pick: (Double, Double) -> Double) -> [Double] {
      if let field = panel.fieldIndex(name) { return values(field) }
      return zip(open, close).map { $0.isNaN ? $1 : $1.isNaN ? $0 : pick($0, $1) }
    }
    high = extreme("high", max)
    low = extreme("low", min)
    self.open = open
    self.close = close
    var last1 = columns.map { column in
      for bar in stride(from: bars.lowerBound - 1, through: 0, by: -1) {
        let price = panel.value(field: closes, bar: bar, symbol: column)
        if !price.isNaN { return price }
      }
      return Double.nan
    }
    var mark = close
    for place in mark.indices {
      let column = place % columns.count
      if mark[place].isNaN { mark[place] = last1[column] } else { last1[column] = mark[place] }
    }
    self.mark = mark
  }

  /// The last bar that has begun by an instant; nil before the first.
  func bar(begunBy instant: Int64) -> Int? {
    var (low, high) = (0, timeNs.count)
    while low < high {
      let middle = (low + high) / 2
      if timeNs[middle] <= instant { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : low - 1
  }

  /// The bar that an instant lies in; nil between bars.
  func bar(at instant: Int64) -> Int? {
    guard let bar = bar(begunBy: instant), instant - timeNs[bar] < frequencyNs else { return nil }
    return bar
  }

  /// When orders without a price fill at a bar: at its start, or at its end.
  public func fillInstant(_ fill: FillMoment, at bar: Int) -> Int64 {
    fill == .nextOpen ? timeNs[bar] : timeNs[bar] + (frequencyNs - 1)
  }

  /// The close of a bar; nil where there is none.
  public func close(at bar: Int, _ column: Int) -> Double? {
    let price = close[index(bar, column)]
    return price.isNaN ? nil : price
  }

  /// The last close by the end of a bar; NaN before the first.
  public func mark(at bar: Int, _ column: Int) -> Double { mark[index(bar, column)] }

  func index(_ bar: Int, _ column: Int) -> Int { bar * symbols.count + column }
}
