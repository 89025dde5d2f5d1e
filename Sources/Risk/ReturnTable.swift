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
  /// Whether every symbol has a return at every bar.
  public let isComplete: Bool
  /// What copies of a table share, and no other table has.
  let identity = Identity()

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
    isComplete = values.isFinite
  }

  /// Returns of closes: from the last known close of a symbol to that of a bar which has one.
  ///
  /// The first bar of the window has returns if the panel has a close before it; else the table starts one bar later. A close
  /// that is not above 0 counts as missing.
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
    precondition(
      window.lowerBound >= 0 && window.upperBound <= panel.time.count, "bars of the panel")
    let start = window.lowerBound > 0 ? window.lowerBound : min(1, window.upperBound)
    let (closes, stride, width) = (panel.field(field), panel.symbolCount, symbols.count)
    var last = symbols.map { symbol -> Double in
      var bar = start - 1
      while bar >= 0, !Self.isPrice(closes[bar * stride + symbol]) { bar -= 1 }
      return bar >= 0 ? closes[bar * stride + symbol] : .nan
    }
    let rows = max(window.upperBound - start, 0)
    let values = [Double](unsafeUninitializedCapacity: rows * width) { output, count in
      for bar in start..<max(start, window.upperBound) {
        for (column, symbol) in symbols.enumerated() {
          let close = closes[bar * stride + symbol]
          var value = Double.nan
          if Self.isPrice(close) {
            let ratio = close / last[column]
            value = kind == .simple ? ratio - 1 : DeterministicMath.log(ratio)
            last[column] = close
          }
          output.initializeElement(at: count, to: value)
          count += 1
        }
      }
    }
    withExtendedLifetime(panel) {}
    self.init(
      symbols: symbols.map { panel.symbols[$0].symbol },
      timeNs: (start..<max(start, window.upperBound)).map { panel.time.ns[$0] },
      values: Matrix(rows: rows, columns: width, values), barsPerYear: barsPerYear, kind: kind)
  }

  private static func isPrice(_ close: Double) -> Bool { close > 0 && close.isFinite }

  /// Some of the bars.
  public func bars(_ range: Range<Int>) -> ReturnTable {
    if range == 0..<barCount { return self }
    return ReturnTable(
      symbols: symbols, timeNs: Array(timeNs[range]),
      values: Matrix(
        rows: range.count, columns: symbolCount,
        Array(values.values[range.lowerBound * symbolCount..<range.upperBound * symbolCount])),
      barsPerYear: barsPerYear, kind: kind)
  }

  final class Identity: Sendable {}
}
