import Market

/// What a book's symbols and currencies are worth at each bar of a panel, and how often units were split.
///
/// Prices are raw: a split between a purchase and a valuation multiplies units instead. A mark is the last close of a bar
/// that ended by the instant asked for, however old.
public struct BookMarket: Sendable {
  /// A split of a symbol.
  public struct Split: Sendable, Equatable {
    /// The first instant that counts new units.
    public var timeNs: Int64
    /// New units for an old one, above zero.
    public var ratio: Double

    /// A split.
    public init(timeNs: Int64, ratio: Double) {
      self.timeNs = timeNs
      self.ratio = ratio
    }
  }

  /// Raw prices.
  public let panel: PricePanel
  /// Column of the panel for each symbol of the book; nil where it has none.
  public let columns: [Int?]
  /// Splits of each symbol of the book, in order of time.
  public let splits: [[Split]]
  /// Currency of each symbol of the book, in upper case; empty: that of whoever holds it.
  public let currencies: [String]
  /// Currency that `rates` are in.
  public let currency: String
  /// For each currency but `currency`: what one is worth, the last known when each bar ends, NaN before the first: `[T]`.
  public let rates: [String: [Double]]
  /// Sector of each symbol of the book, `unknown` where the store has none.
  public let sectors: [String]

  /// Finds bars of instants, for all portfolios.
  let barIndex: BarIndex
  private let close: Int
  /// Marks that were asked for, where they are remembered.
  var memory: MarkMemory?

  /// A market.
  ///
  /// - Parameters:
  ///   - panel: raw prices with a field `close`.
  ///   - instruments: the book's.
  ///   - splits: by symbol of the book.
  ///   - currency: what rates are in.
  ///   - rates: as `rates`.
  /// - Throws: `BooksError.noCloses`.
  public init(
    panel: PricePanel, instruments: [Book.Instrument], splits: [[Split]] = [],
    currency: String = "USD", rates: [String: [Double]] = [:]
  ) throws(BooksError) {
    guard let close = panel.fieldIndex("close") else { throw .noCloses(panel: panel.name) }
    self.close = close
    self.panel = panel
    barIndex = BarIndex(panel)
    columns = instruments.map { panel.symbols.index(of: $0.symbol) }
    self.splits = splits.isEmpty ? instruments.map { _ in [] } : splits
    precondition(self.splits.count == instruments.count, "splits of each symbol")
    precondition(rates.values.allSatisfy { $0.count == panel.barCount }, "a rate for each bar")
    currencies = zip(instruments, columns).map { instrument, column in
      let stored = column.map { panel.symbols[$0].currency } ?? ""
      return (stored.isEmpty ? instrument.currency : stored).uppercased()
    }
    self.currency = currency.uppercased()
    self.rates = rates
    sectors = columns.map { column in
      let sector = column.map { panel.symbols[$0].sector } ?? ""
      return sector.isEmpty ? "unknown" : sector
    }
  }

  /// The end of a bar: what is known by it is known at the bar.
  public func end(of bar: Int) -> Int64 { panel.time.ns[bar] + panel.frequencyNs }

  /// The last bar that has ended by an instant; nil before the first.
  public func bar(endedBy instant: Int64) -> Int? {
    let (start, isBeyond) = instant.subtractingReportingOverflow(panel.frequencyNs)
    if isBeyond { return nil }
    let (next, isLast) = start.addingReportingOverflow(1)
    let bar = isLast ? panel.barCount : panel.time.firstBar(atOrAfter: next)
    return bar > 0 ? bar - 1 : nil
  }

  /// The last close of a symbol by the end of a bar, and the bar it is of; nil if there is none.
  ///
  /// A close of before a split is told for one of the new units.
  ///
  /// - Parameter instant: splits before it count, though no bar shows them yet; nil for those that the bar shows.
  public func mark(
    _ instrument: Int, at bar: Int, before instant: Int64? = nil
  ) -> (price: Double, bar: Int)? {
    guard let column = columns[instrument], let life = panel.lifetimes[column] else { return nil }
    var last = min(bar, life.upperBound)
    while last >= life.lowerBound {
      var price = panel.value(field: close, bar: last, symbol: column)
      if price.isFinite {
        for split in splits[instrument] {
          let shown = self.bar(endingAfter: split.timeNs)
          if shown > last, shown <= bar || instant.map({ split.timeNs < $0 }) ?? false {
            price /= split.ratio
          }
        }
        return (price, last)
      }
      last -= 1
    }
    return nil
  }

  /// What one of a currency is worth in another at the end of a bar; 1 where either is empty or both are one, NaN if unknown.
  public func rate(from source: String, to target: String, at bar: Int) -> Double {
    if source == target || source.isEmpty || target.isEmpty { return 1 }
    func worth(_ name: String) -> Double {
      name == currency ? 1 : rates[name].map { $0[bar] } ?? .nan
    }
    return worth(source) / worth(target)
  }

  /// New units at one instant for an old one at an earlier.
  public func splitRatio(_ instrument: Int, after: Int64, upTo: Int64) -> Double {
    var ratio = 1.0
    for split in splits[instrument] where split.timeNs > after && split.timeNs <= upTo {
      ratio *= split.ratio
    }
    return ratio
  }
}
