extension PricePanel {
  /// This panel with other values in the place of a field's.
  ///
  /// Traps unless it has the field and there are `T × N` values.
  public func replacing(field name: String, values: [Double]) -> PricePanel {
    guard let place = fieldIndex(name) else { preconditionFailure("no field '\(name)'") }
    precondition(values.count == barCount * symbolCount, "T × N values")
    return with(
      storage: PickedPanelStorage(
        storage, HeapPanelStorage(fields: [values]),
        places: fields.indices.map { $0 == place ? storage.fieldCount : $0 }))
  }

  /// The panel as it was after some bars: a view of the same memory.
  ///
  /// A symbol whose life goes on behind them lives to the last of them.
  public func prefix(bars count: Int) -> PricePanel {
    precondition(count >= 0 && count <= barCount, "no more bars than there are")
    let lives = lifetimes.map { life -> ClosedRange<Int>? in
      guard let life, life.lowerBound < count else { return nil }
      return life.lowerBound...min(life.upperBound, count - 1)
    }
    return PricePanel(
      name: name, time: TimeAxis(ns: Array(time.ns.prefix(count))), symbols: symbols,
      calendar: calendar, frequencyNs: frequencyNs, fields: fields, lifetimes: lives,
      contentHash: contentHash,
      storage: PrefixPanelStorage(base: storage, valuesPerField: count * symbolCount))
  }

  /// A copy whose values from a bar on are others; lifetimes stay.
  ///
  /// - Parameter change: takes the number of a field, the place of the value in it, `bar * N + symbol`, and the value.
  /// - Complexity: O(fields × T × N).
  public func changed(from bar: Int, by change: (Int, Int, Double) -> Double) -> PricePanel {
    let count = barCount * symbolCount
    let first = min(max(0, bar), barCount) * symbolCount
    let copy = HeapPanelStorage(fieldCount: fields.count, valuesPerField: count) { field, values in
      let source = storage.field(field)
      for place in 0..<first { values[place] = source[place] }
      for place in first..<max(first, count) { values[place] = change(field, place, source[place]) }
    }
    return with(storage: copy)
  }

  private func with(storage: any PanelStorage) -> PricePanel {
    PricePanel(
      name: name, time: time, symbols: symbols, calendar: calendar, frequencyNs: frequencyNs,
      fields: fields, lifetimes: lifetimes, contentHash: contentHash, storage: storage)
  }
}

/// Fields of two owners of memory, in an order of their own.
private struct PickedPanelStorage: PanelStorage {
  private let first: any PanelStorage
  private let second: any PanelStorage
  private let places: [Int]

  /// `places` counts the fields of the first owner, then those of the second.
  init(_ first: any PanelStorage, _ second: any PanelStorage, places: [Int]) {
    (self.first, self.second, self.places) = (first, second, places)
  }

  var fieldCount: Int { places.count }
  var valuesPerField: Int { first.valuesPerField }

  func field(_ index: Int) -> UnsafePointer<Double> {
    let place = places[index]
    return place < first.fieldCount ? first.field(place) : second.field(place - first.fieldCount)
  }
}

/// The first bars of another storage.
private struct PrefixPanelStorage: PanelStorage {
  let base: any PanelStorage
  let valuesPerField: Int

  var fieldCount: Int { base.fieldCount }
  func field(_ index: Int) -> UnsafePointer<Double> { base.field(index) }
}
