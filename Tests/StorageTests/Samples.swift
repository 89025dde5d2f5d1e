import Market

/// Small panels whose every value tells where it stands.
enum Samples {
  /// `bars` × `symbols` with open, close and cap; the last symbol is listed late, the first ends early.
  static func draft(
    _ name: String = "us_equity_1d", bars: Int = 7,
    symbols: [String] = ["AAPL", "BRK.B", "BTC/USD"],
    from: Int64 = 0, sector: String = "Energy"
  ) -> PanelDraft {
    let count = symbols.count
    let close = (0..<bars * count).map { i -> Double in
      let (bar, symbol) = (i / count, i % count)
      if symbol == count - 1 && bar < 2 { return .nan }
      if symbol == 0 && bar >= bars - 1 { return .nan }
      return Double(bar * 100 + symbol) + 0.25
    }
    return PanelDraft(
      name: name, timeNs: (0..<bars).map { (from + Int64($0)) * Calendar.dayNs },
      symbols: symbols.map { .init(symbol: $0, name: "\($0) Inc", sector: sector, lot: 1) },
      calendar: Calendar(.usEquity), frequencyNs: Calendar.dayNs,
      fields: [
        .init(name: "open", values: close.map { $0 - 0.125 }), .init(name: "close", values: close),
        .init(name: "market_cap", values: close.map { $0 * 1e9 }),
      ])
  }

  /// All values of a field, bar by bar.
  static func values(_ panel: PricePanel, _ field: String) -> [Double] {
    guard let index = panel.fieldIndex(field) else { return [] }
    return (0..<panel.barCount).flatMap { bar in
      (0..<panel.symbolCount).map { panel.value(field: index, bar: bar, symbol: $0) }
    }
  }

  /// Equality by bits, so that NaN equals NaN.
  static func bits(_ values: [Double]) -> [UInt64] { values.map(\.bitPattern) }
}
