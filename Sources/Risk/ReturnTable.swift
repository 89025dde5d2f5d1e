import Kernels
import Market

/// What a return is.
public enum ReturnKind: String, Sendable, CaseIterable {
  /// p₁ / p₀ − 1: portfolios add up over symbols.
  case simple
  /// log(p₁ / p₀): adds up over time.
  case log
}

/// Returns of symbols, computed once and shared by whatever needs them.
public struct ReturnTable: Sendable {
  /// Names of the symbols: `[N]`.
  public let symbols: [String]
  /// Stamps of the bars at which returns were earned, nanoseconds UTC: `[T]`.
  public let timeNs: [Int64]
  /// `[T, N]`, fractions a bar; NaN where a symbol has none.
  public let values: Matrix
  /// Bars a year, from the calendar.
  public let barsPerYear: Double
  /// What a return is.
  public let kind: ReturnKind

  /// Number of bars, `T`.
  public var barCount: Int { values.rows }
  /// Number of symbols, `N`.
  public var symbolCount: Int { values.columns }

  /// A table of given returns.
  public init(
    symbols: [String], timeNs: [Int64], values: Matrix, barsPerYear: Double,
    kind: ReturnKind = .simple
  ) {
    precondition(values.rows == timeNs.count && values.columns == symbols.count, "shape of returns")
    self.symbols = symbols
    self.timeNs = timeNs
    self.values = values
    self.barsPerYear = barsPerYear
    self.kind = kind
  }

  /// Returns of closes: from the last known close of a symbol to that of a bar which has one.
  ///
  /// The first bar of the window has returns if the panel has a close before it; else the table starts one bar later.
  ///
  /// - Parameters:
  ///   - panel: with the field `close`.
  ///   - symbols: columns of the panel.
  ///   - window: bars.
  public init(
    panel: PricePanel, symbols: [Int], window: Range<Int>, barsPerYear: Double,
    kind: ReturnKind = .simple
  ) {
    guard let field = panel.fieldIndex("close") else { preconditionFailure("a panel with closes") }
    let start = window.lowerBound > 0 ? window.lowerBound : min(1, window.upperBound)
    var values = Matrix(
      rows: max(window.upperBound - start, 0), columns: symbols.count, repeating: .nan)
    for (column, symbol) in symbols.enumerated() {
      var last = Double.nan
      for bar in 0..<window.upperBound {
        let close = panel.value(field: field, bar: bar, symbol: symbol)
        guard close.isFinite else { continue }
        if bar >= start, last.isFinite {
          let ratio = close / last
          values[bar - start, column] =
            kind == .simple ? ratio - 1 : ratio > 0 ? DeterministicMath.log(ratio) : .nan
        }
        last = close
      }
    }
    self.init(
      symbols: symbols.map { panel.symbols[$0].symbol },
      timeNs: (start..<max(start, window.upperBound)).map { panel.time.ns[$0] }, values: values,
      barsPerYear: barsPerYear, kind: kind)
  }

  /// Some of the bars.
  public func bars(_ range: Range<Int>) -> ReturnTable {
    ReturnTable(
      symbols: symbols, timeNs: Array(timeNs[range]),
      values: Matrix(
        rows: range.count, columns: symbolCount,
        Array(values.values[range.lowerBound * symbolCount..<range.upperBound * symbolCount])),
      barsPerYear: barsPerYear, kind: kind)
  }
}
