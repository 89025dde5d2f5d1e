/// Which symbols belong to a choice of symbols at each bar, from what was known by then.
public struct Universe: Sendable {
  /// Name of the field that tells it in a panel.
  public static let field = "in_universe"
  /// 1 where the symbol belongs to the universe at the bar, else 0: `[T, N]`; 0 outside the bars asked for.
  public let isMember: [Double]
  /// Symbols that belong to it at any bar, in the order of the table.
  public let everMembers: [Int]

  /// The symbols of the largest values at each bar.
  ///
  /// A value counts from its bar on until a later one replaces it; a missing one replaces nothing. Symbols that
  /// have not begun or have ended don't count, nor do those without any value yet. Of equal values the symbol
  /// that comes first in the table goes first.
  ///
  /// - Parameters:
  ///   - count: members at a bar; fewer where fewer have a value.
  ///   - field: position of the field in the panel.
  ///   - panel: the panel.
  ///   - lifetimes: bars at which a symbol counts.
  ///   - bars: bars at which membership is asked for; values before them are known.
  /// - Complexity: O(T × N) on average.
  public static func top(
    _ count: Int, by field: Int, of panel: PricePanel, alive lifetimes: [ClosedRange<Int>?],
    bars: Range<Int>
  ) -> Universe {
    let width = panel.symbolCount
    let values = panel.storage.field(field)
    var isMember = [Double](repeating: 0, count: panel.barCount * width)
    var isEver = [Bool](repeating: false, count: width)
    var known = [Double](repeating: .nan, count: width)
    var candidates: [Int] = []
    for bar in 0..<bars.upperBound {
      for symbol in 0..<width where !values[bar * width + symbol].isNaN {
        known[symbol] = values[bar * width + symbol]
      }
      guard bars.contains(bar) else { continue }
      candidates.removeAll(keepingCapacity: true)
      for symbol in 0..<width where !known[symbol].isNaN {
        if lifetimes[symbol]?.contains(bar) == true { candidates.append(symbol) }
      }
      moveLargest(count, of: &candidates, known)
      for symbol in candidates.prefix(count) {
        isMember[bar * width + symbol] = 1
        isEver[symbol] = true
      }
    }
    return Universe(isMember: isMember, everMembers: isEver.indices.filter { isEver[$0] })
  }

  /// Brings the `count` largest to the front, in any order (Hoare's selection).
  private static func moveLargest(_ count: Int, of symbols: inout [Int], _ values: [Double]) {
    func precedes(_ a: Int, _ b: Int) -> Bool {
      values[a] != values[b] ? values[a] > values[b] : a < b
    }
    var low = 0
    var high = symbols.count - 1
    while low < high, count <= high {
      let pivot = symbols[(low + high) / 2]
      var (left, right) = (low, high)
      while left <= right {
        while precedes(symbols[left], pivot) { left += 1 }
        while precedes(pivot, symbols[right]) { right -= 1 }
        if left <= right {
          symbols.swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      if count <= right {
        high = right
      } else if count >= left {
        low = left
      } else {
        return
      }
    }
  }
}

extension PricePanel {
  /// This panel with a further field.
  ///
  /// Traps if it has a field of that name, or unless there are `T × N` values.
  public func adding(field: String, values: [Double]) -> PricePanel {
    precondition(fieldIndex(field) == nil, "the panel has a field '\(field)'")
    return PricePanel(
      name: name, time: time, symbols: symbols, calendar: calendar, frequencyNs: frequencyNs,
      fields: fields + [field], lifetimes: lifetimes, contentHash: contentHash,
      storage: ExtendedPanelStorage(storage, HeapPanelStorage(fields: [values])))
  }
}

/// The fields of one owner of memory, and behind them those of another.
private struct ExtendedPanelStorage: PanelStorage {
  private let front: any PanelStorage
  private let back: any PanelStorage

  init(_ front: any PanelStorage, _ back: any PanelStorage) {
    precondition(front.valuesPerField == back.valuesPerField, "fields of one panel")
    (self.front, self.back) = (front, back)
  }

  var fieldCount: Int { front.fieldCount + back.fieldCount }
  var valuesPerField: Int { front.valuesPerField }

  func field(_ index: Int) -> UnsafePointer<Double> {
    index < front.fieldCount ? front.field(index) : back.field(index - front.fieldCount)
  }
}
