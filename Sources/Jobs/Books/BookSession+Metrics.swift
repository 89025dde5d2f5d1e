import Books
import Kernels
import Market
import Metrics
import Simulation
import Storage

extension BookSession {
  /// Metrics over the panel of the session: its calendar, a benchmark and rates.
  ///
  /// - Parameters:
  ///   - benchmark: a symbol of the panel, its prices adjusted by splits; nil for none.
  ///   - currency: that the benchmark's returns are told in; its own where the book has no rates of it, or if empty.
  ///   - rates: annual rates.
  /// - Throws: `BookMetricsError.unknownSymbol`, `StorageError`.
  func metrics(
    benchmark: String?, in currency: String = "", rates: HistoryMetrics.Rates
  ) throws -> HistoryMetrics {
    let panel = market.panel
    let zone = ZoneOffsets(panel)
    let periods = Periods(panel, zone)
    let bars = 0..<panel.barCount
    return HistoryMetrics(
      panel: panel,
      context: LaneContext(
        days: bars.map { Int32(periods.period(of: $0, .day) ?? 0) },
        months: bars.map { Int32(periods.period(of: $0, .month) ?? 0) },
        benchmark: try benchmark.map { try returns(of: $0, in: currency) },
        daysPerBar: Double(panel.frequencyNs) / Double(Calendar.dayNs)), rates: rates)
  }

  /// Returns of a symbol from close to close, splits taken out, in a currency that the book has rates of: NaN up to its first
  /// price; where it has no close its currency alone moves.
  private func returns(of symbol: String, in currency: String) throws -> [Double] {
    let panel = try splitAdjusted
    guard let column = panel.symbols.index(of: symbol) else {
      throw BookMetricsError.unknownSymbol(
        symbol, panel: panel.name, nearest: nearestName(to: symbol, among: panel.symbols.names))
    }
    var returns = LaneDetail.returns(of: column, panel, 0..<panel.barCount)
    let own = panel.symbols[column].currency.uppercased()
    let rates = market.rates(from: own, to: currency, bars: returns.indices)
    for bar in returns.indices.dropFirst() {
      let growth = rates[bar] / rates[bar - 1]
      // The same bits where nothing is to be converted.
      if growth.isFinite, growth != 1 { returns[bar] = (1 + returns[bar]) * growth - 1 }
    }
    return returns
  }

  /// The panel with splits taken out of its prices.
  var splitAdjusted: PricePanel {
    get throws {
      let days = DayStarts(try store.info(market.panel.name))
      return try store.loadPanel(market.panel.name, adjusted: .splits) { days.start(of: $0) }
    }
  }

  /// The bars of the panel that a span of time has: from the first that ends after its begin to the last that has ended.
  ///
  /// - Throws: `BookMetricsError.noBars`.
  func bars(in span: Range<Int64>) throws -> Range<Int> {
    let first = market.bar(endingAfter: span.lowerBound)
    guard let last = market.bar(endedBy: span.upperBound), first <= last else {
      throw BookMetricsError.noBars(
        panel: market.panel.name, first: market.panel.time.ns.first ?? 0,
        last: market.panel.time.ns.last ?? 0)
    }
    return first..<last + 1
  }
}

/// What can be wrong with what is asked of a book's history.
public enum BookMetricsError: Error, Equatable {
  /// The panel lacks a symbol.
  case unknownSymbol(String, panel: String, nearest: String?)
  /// The book never mentions a symbol.
  case notInBook(String, nearest: String?)
  /// No bar lies in the span of time.
  case noBars(panel: String, first: Int64, last: Int64)
  /// More numbers through time than a table should have.
  case tooMany(rows: Int, bars: Int)
  /// A folder has files that no report wrote.
  case foreignFolder(path: String)
}

extension BookMetricsError: CustomStringConvertible {
  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .unknownSymbol(let symbol, let panel, let nearest):
      "panel \(panel) has no symbol '\(symbol)'.\(didYouMean(nearest))\n"
        + "  see all of them: apus inspect STORE --symbols"
    case .notInBook(let symbol, let nearest):
      "neither the book nor the panel has a symbol '\(symbol)'."
        + didYouMean(nearest)
    case .noBars(let panel, let first, let last):
      "no bar of panel \(panel) lies in the time that is asked for.\n  its bars are of "
        + "\(Timestamp.text(nanoseconds: first)) to \(Timestamp.text(nanoseconds: last))"
    case .tooMany(let rows, let bars):
      "rolling metrics of \(rows) rows over \(bars) bars are more than a table should hold.\n"
        + "  name some with --portfolio or --client, or sum up with --by"
    case .foreignFolder(let path):
      "\(path) has files that no report of apus wrote.\n  name an empty folder, or use --force"
    }
  }
}
