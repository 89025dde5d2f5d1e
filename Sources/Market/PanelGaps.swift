/// Bars that a panel lacks and bars that it has too many, by symbol, held against its calendar.
public struct PanelGaps: Sendable, Equatable {
  /// Neighbouring slots without a bar.
  public struct Run: Sendable, Equatable {
    /// Time of the first slot, nanoseconds UTC.
    public let from: Int64
    /// Time of the last slot.
    public let to: Int64
    /// Number of slots.
    public let bars: Int
  }

  /// A bar that lies in no slot.
  public struct Extra: Sendable, Equatable {
    /// Its start, nanoseconds UTC.
    public let time: Int64
    /// Why.
    public let fault: PanelSlots.Fault
  }

  /// What is known of a symbol, from its first bar to its last.
  public struct Symbol: Sendable, Equatable {
    /// The symbol.
    public let symbol: String
    /// Starts of its first and last bars; nil without any.
    public internal(set) var range: ClosedRange<Int64>?
    /// Bars with a value in any field.
    public internal(set) var bars = 0
    /// Slots from the first bar that lies in one to the last.
    public internal(set) var expected = 0
    /// Slots without a bar among them.
    public internal(set) var missing = 0
    /// Sessions without any bar in a slot among them; of longer bars, weeks or months.
    public internal(set) var emptySessions = 0
    /// Neighbouring slots without a bar, in order of time.
    public internal(set) var runs: [Run] = []
    /// Bars in no slot, in order of time, and daily bars that are not at midnight UTC.
    public internal(set) var extras: [Extra] = []
    /// Whether the panel has slots before its first bar.
    public internal(set) var startsLate = false
    /// Whether the panel has slots after its last bar.
    public internal(set) var endsEarly = false

    /// Number of bars with a fault.
    public func count(_ fault: PanelSlots.Fault) -> Int {
      extras.reduce(0) { $0 + ($1.fault == fault ? 1 : 0) }
    }
  }

  /// By symbol, in the panel's order.
  public private(set) var symbols: [Symbol] = []

  /// Holds a panel against its calendar.
  ///
  /// - Parameters:
  ///   - chosen: positions of symbols; nil for all.
  ///   - zone: the rules of the calendar's zone.
  /// - Complexity: O(T × N); each field is read up to its first value of a cell.
  public init(_ panel: PricePanel, symbols chosen: [Int]? = nil, zone: ZoneRules)
    throws(MarketError)
  {
    let slots = try PanelSlots(
      times: panel.time.ns, frequency: Frequency(ns: panel.frequencyNs), calendar: panel.calendar,
      zone: zone)
    let positions = chosen ?? Array(0..<panel.symbolCount)
    // A block of columns at a time, so that rows are read in runs.
    for start in stride(from: 0, to: positions.count, by: 64) {
      let block = Array(positions[start..<min(start + 64, positions.count)])
      let present = panel.presence(of: block)
      for (bit, position) in block.enumerated() {
        symbols.append(
          Self.symbol(panel.symbols[position].symbol, panel.time.ns, slots) {
            present[$0] & (1 << UInt64(bit)) != 0
          })
      }
    }
  }

  private static func symbol(
    _ name: String, _ times: [Int64], _ slots: PanelSlots, _ isPresent: (Int) -> Bool
  ) -> Symbol {
    var found = Symbol(symbol: name)
    var (first, last) = (-1, -1)
    for bar in times.indices where isPresent(bar) {
      found.bars += 1
      found.range = (found.range?.lowerBound ?? times[bar])...times[bar]
      let slot: Int
      switch slots.places[bar] {
      case .slot(let index): slot = index
      case .none(let fault):
        found.extras.append(Extra(time: times[bar], fault: fault))
        continue
      case .shifted(let index):
        if index != last { found.extras.append(Extra(time: times[bar], fault: .offGrid)) }
        slot = index
      }
      if slot == last {
        found.extras.append(Extra(time: times[bar], fault: .repeated))
        continue
      }
      if first < 0 {
        first = slot
      } else if slot > last + 1 {
        found.runs.append(
          Run(
            from: slots.time(of: last + 1), to: slots.time(of: slot - 1), bars: slot - last - 1))
        found.missing += slot - last - 1
        found.emptySessions += max(0, slots.session(of: slot) - slots.session(of: last) - 1)
      }
      last = slot
    }
    if first >= 0 { found.expected = last - first + 1 }
    found.startsLate = first > 0
    found.endsEarly = first >= 0 && last < slots.slotCount - 1
    return found
  }
}

extension PricePanel {
  /// Which of up to 64 symbols have a value in any field, a bit each by bar.
  fileprivate func presence(of symbols: [Int]) -> [UInt64] {
    let all: UInt64 = symbols.count == 64 ? .max : (1 << UInt64(symbols.count)) - 1
    return (0..<barCount).map { bar in
      var bits: UInt64 = 0
      for field in fields.indices where bits != all {
        let row = storage.field(field) + bar * symbolCount
        for (bit, symbol) in symbols.enumerated() where !row[symbol].isNaN {
          bits |= 1 << UInt64(bit)
        }
      }
      return bits
    }
  }
}
