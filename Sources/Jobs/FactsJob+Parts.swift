import Market
import Storage

extension SymbolTable.Entry {
  /// This row with what another knows; with `onlyUnknown`, only where this one knows nothing.
  func updated(by other: SymbolTable.Entry, onlyUnknown: Bool) -> SymbolTable.Entry {
    var row = self
    for path in [\Self.name, \.sector, \.industry, \.exchange, \.currency]
    where !other[keyPath: path].isEmpty && (!onlyUnknown || row[keyPath: path].isEmpty) {
      row[keyPath: path] = other[keyPath: path]
    }
    for path in [\Self.lot, \.tick]
    where !other[keyPath: path].isNaN && (!onlyUnknown || row[keyPath: path].isNaN) {
      row[keyPath: path] = other[keyPath: path]
    }
    return row
  }

  /// Equality in which an unknown number equals another.
  func isSame(as other: SymbolTable.Entry) -> Bool {
    func same(_ a: Double, _ b: Double) -> Bool { a == b || a.isNaN && b.isNaN }
    return name == other.name && sector == other.sector && industry == other.industry
      && exchange == other.exchange && currency == other.currency && same(lot, other.lot)
      && same(tick, other.tick)
  }
}

extension PanelDraft {
  /// A stored panel, to be changed.
  init(_ panel: PricePanel, _ info: PanelInfo) {
    let cells = panel.barCount * panel.symbolCount
    self.init(
      name: panel.name, timeNs: panel.time.ns, symbols: panel.symbols.entries,
      calendar: panel.calendar, frequencyNs: panel.frequencyNs,
      allowsNegativePrices: info.allowsNegativePrices,
      fields: panel.fields.indices.map { field in
        var values = [Double](repeating: .nan, count: cells)
        var column = [Double](repeating: .nan, count: panel.barCount)
        for symbol in 0..<panel.symbolCount {
          column.withUnsafeMutableBufferPointer { target in
            guard let base = target.baseAddress else { return }
            panel.copyColumn(field: field, symbol: symbol, bars: 0..<panel.barCount, into: base)
          }
          for bar in 0..<panel.barCount { values[bar * panel.symbolCount + symbol] = column[bar] }
        }
        return Field(name: panel.fields[field], values: values)
      })
    adjusted = info.adjusted
  }
}
