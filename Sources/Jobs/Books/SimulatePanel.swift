import Advice
import Kernels
import Market
import Risk
import Storage

/// The panels that a strategy sees on random paths: what was until `--at`, and then the bars of a path.
///
/// Bars of the bootstrap are whole; see `DrawnMarket`, of which these are the bits. Those of normal paths have closes alone. They are stamped as
/// sessions of the calendar are.
struct SimulatePanel: Sendable {
  /// Bars of the past, and lifetimes as they are on paths: those of symbols that are drawn go on.
  let past: PricePanel
  /// Times of the past and of a path.
  private let time: TimeAxis
  private let columns: [Column]
  private let source: MonteCarlo
  /// Bar of the panel that the first row of returns is of.
  private let offset: Int
  /// Bars that paths of the bootstrap are made of: what they take of each field, `[bars, symbols]`; nil for normal paths.
  private let drawn: HeapPanelStorage?
  /// Number of bars of a path.
  private let barCount: Int

  /// A symbol of the spec.
  private struct Column: Sendable {
    /// Its factor; nil if it is not drawn: such a symbol has no price on a path.
    var factor: Int?
    /// That of its currency; nil if it is in none.
    var currency: Int?
    /// The last close before `--at`.
    var close = Double.nan
    /// The first bar with a close, and the last before `--at`.
    var life: ClosedRange<Int>?
  }

  /// What a path takes of a field.
  private enum Kind {
    case close
    /// Its ratio to the close.
    case price
    /// Its value.
    case other
  }

  private static func kind(_ field: String) -> Kind {
    field == "close" ? .close : ["open", "high", "low"].contains(field) ? .price : .other
  }

  /// Whether bars have opens, highs and lows of their own.
  var isWhole: Bool { drawn != nil }
  /// Stamps of the first bar of a path and of the last.
  var first: Int64 { time.ns[past.barCount] }
  var last: Int64 { time.ns[time.count - 1] }

  init(
    _ spec: Spec, _ factors: ForwardFactors, _ market: SimulateMarket,
    _ drawn: SimulateMarket.Drawn, _ session: BookSession
  ) throws {
    let info = try session.store.info(session.market.panel.name)
    let days = DayStarts(info)
    let panel = try session.store.loadPanel(info.name, adjusted: spec.adjustment) {
      days.start(of: $0)
    }
    (source, offset, barCount) = (drawn.source, drawn.firstBar, market.paths.bars)
    let start = factors.bar + 1
    let places = try Self.columns(spec, panel)
    let close = panel.fieldIndex("close").map { panel.field($0) }
    let columns = places.map { place in
      guard let symbol = factors.factor(column: place) else {
        preconditionFailure("a factor for each symbol of the spec")
      }
      let name = factors.market.currencies[place]
      var column = Column(
        factor: drawn.members.contains(symbol) ? symbol : nil,
        currency: name.isEmpty ? nil : factors.cash(factors.currency(name)))
      guard let close else { return column }
      let known = (0..<start).filter { close[$0 * panel.symbolCount + place].isFinite }
      if let first = known.first, let last = known.last {
        column.life = first...last
        column.close = close[last * panel.symbolCount + place]
      }
      return column
    }
    self.columns = columns
    let times = try panel.time.ns[..<start] + Self.times(after: start - 1, barCount, panel)
    time = TimeAxis(ns: Array(times))
    let count = time.count
    past = panel.part(
      places, bars: start,
      lifetimes: columns.map { column in
        column.life.map { $0.lowerBound...(column.factor == nil ? $0.upperBound : count - 1) }
      })
    self.drawn =
      drawn.source.bars(path: 0) == nil ? nil : Self.drawn(past, bars: offset..<start)
  }

  /// What paths of the bootstrap take of bars of the past.
  private static func drawn(_ past: PricePanel, bars: Range<Int>) -> HeapPanelStorage? {
    guard let close = past.fieldIndex("close") else { return nil }
    let first = bars.lowerBound * past.symbolCount
    return HeapPanelStorage(
      fieldCount: past.fields.count, valuesPerField: bars.count * past.symbolCount
    ) { field, values in
      let (from, closes) = (past.field(field) + first, past.field(close) + first)
      let isPrice = kind(past.fields[field]) == .price
      for place in values.indices {
        values[place] = isPrice ? from[place] / closes[place] : from[place]
      }
    }
  }

  /// A worker's panel: the past once, and behind it the bars of one path after another.
  final class Room {
    private let panels: SimulatePanel
    private let storage: Storage
    /// The last close of each symbol.
    private var closes: [Double]

    init(_ panels: SimulatePanel) {
      self.panels = panels
      storage = Storage(panels.past, bars: panels.time.count)
      closes = []
    }

    /// The panel of a path, good until that of the next is asked for.
    ///
    /// - Parameter growths: of the market's factors, `[bars, N]`.
    /// - Returns: the panel, and whether lifetimes over the past are those that `past` tells.
    func panel(path: Int, along growths: Matrix) -> (panel: PricePanel, knowsLifetimes: Bool) {
      let (past, columns) = (panels.past, panels.columns)
      let width = columns.count
      let sources = panels.source.bars(path: UInt32(path))
      let kinds = past.fields.map(SimulatePanel.kind)
      closes = columns.map(\.close)
      var lasts = columns.map { $0.life?.upperBound ?? -1 }
      guard let close = past.fieldIndex("close") else { return (past, true) }
      for bar in 0..<growths.rows {
        let first = (past.barCount + bar) * width
        let prices = storage.field(changing: close) + first
        for (place, column) in columns.enumerated() {
          // Prices are in the symbol's currency, growths in the market's.
          let rate = column.currency.map { growths[bar, $0] } ?? 1
          let price = column.factor.map { closes[place] * (growths[bar, $0] / rate) } ?? .nan
          let isPrice = price.isFinite && price > 0
          prices[place] = isPrice ? price : .nan
          if !isPrice { continue }
          closes[place] = price
          lasts[place] = past.barCount + bar
        }
        for (field, kind) in kinds.enumerated() where kind != .close {
          let values = storage.field(changing: field) + first
          guard let sources, let drawn = panels.drawn else {
            if kind == .price { values.update(from: prices, count: width) }
            continue
          }
          let from = drawn.field(field) + sources[bar] * width
          if kind == .price {
            for place in 0..<width { values[place] = prices[place] * from[place] }
          } else {
            for place in 0..<width { values[place] = prices[place].isNaN ? .nan : from[place] }
          }
        }
      }
      let lives = zip(columns, lasts).map { column, last in
        column.life.map { $0.lowerBound...last }
      }
      let panel = PricePanel(
        name: past.name, time: panels.time, symbols: past.symbols, calendar: past.calendar,
        frequencyNs: past.frequencyNs, fields: past.fields, lifetimes: lives,
        contentHash: past.contentHash, storage: storage)
      let knows = zip(columns, lasts).allSatisfy { column, last in
        column.factor == nil || last >= past.barCount - 1
      }
      return (panel, knows)
    }
  }

  /// Memory of a room's panels.
  private final class Storage: PanelStorage, @unchecked Sendable {
    // Safe as it is one worker's: bars of a path are written before the panel is handed out, and read by that worker alone.
    let fieldCount: Int
    let valuesPerField: Int
    private let buffer: AlignedBuffer<Double>

    init(_ past: PricePanel, bars: Int) {
      fieldCount = past.fields.count
      valuesPerField = bars * past.symbolCount
      buffer = AlignedBuffer(repeating: .nan, count: fieldCount * valuesPerField)
      for index in 0..<fieldCount {
        field(changing: index).update(
          from: past.field(index), count: past.barCount * past.symbolCount)
      }
    }

    func field(changing index: Int) -> UnsafeMutablePointer<Double> {
      precondition(index >= 0 && index < fieldCount, "no field \(index)")
      return buffer.base + index * valuesPerField
    }

    func field(_ index: Int) -> UnsafePointer<Double> { UnsafePointer(field(changing: index)) }
  }

  /// The symbols that a spec trades or names, by column of the panel.
  static func columns(_ spec: Spec, _ panel: PricePanel) throws(SpecError) -> [Int] {
    var columns = Set(try RunPlan.symbols(spec, panel, nil))
    let texts = spec.strategy.texts.compactMap(\.text) + spec.strategy.parts.values
    let names =
      texts.flatMap { $0.split { "\"'".contains($0) }.map(String.init) } + spec.roles.map(\.symbol)
    for name in names { if let column = panel.symbols.index(of: name) { columns.insert(column) } }
    return columns.sorted()
  }

  /// Stamps of the sessions, or of the bars in them, that come after a bar by the calendar.
  ///
  /// - Throws: `AdviceError.setting` for more than there is time for.
  private static func times(after bar: Int, _ count: Int, _ panel: PricePanel) throws(AdviceError)
    -> [Int64]
  {
    let (step, calendar) = (panel.frequencyNs, panel.calendar)
    var times: [Int64] = []
    var last = panel.time.ns[bar]
    let zone = ZoneOffsets.rules(of: panel) ?? .utc
    var hours: ArraySlice<SessionRange> = []
    while times.count < count {
      // Nanoseconds end in 2262; no session is so far from the next.
      guard last < .max - 400 * Calendar.dayNs - step else {
        throw .setting(
          name: "horizon", found: "\(count) bars",
          expected: "at most \(times.count) for a spec: the next would be after 2262")
      }
      if step == Calendar.dayNs {
        let (day, part) = Timestamp.split(last)
        last = calendar.nextSession(after: day) * Calendar.dayNs + part
      } else if step > Calendar.dayNs {
        last += step
      } else {
        let next = last + step
        while let range = hours.first, range.closes <= next { hours.removeFirst() }
        if hours.isEmpty {
          let day = Timestamp.split(next).day
          hours =
            calendar.sessions(days: day - 1...day + 370, zone: zone).filter {
              $0.kind == .regular && $0.closes > next
            }[...]
        }
        last = max(next, hours.first?.opens ?? next)
      }
      times.append(last)
    }
    return times
  }
}

extension PricePanel {
  /// Some columns of the first bars.
  fileprivate func part(_ columns: [Int], bars: Int, lifetimes: [ClosedRange<Int>?]) -> PricePanel {
    let width = columns.count
    let storage = HeapPanelStorage(fieldCount: fields.count, valuesPerField: bars * width) {
      field, values in
      let source = self.field(field)
      for bar in 0..<bars {
        for (place, column) in columns.enumerated() {
          values[bar * width + place] = source[bar * symbolCount + column]
        }
      }
    }
    return PricePanel(
      name: name, time: TimeAxis(ns: Array(time.ns.prefix(bars))),
      symbols: SymbolTable(columns.map { symbols[$0] }), calendar: calendar,
      frequencyNs: frequencyNs, fields: fields, lifetimes: lifetimes, contentHash: contentHash,
      storage: storage)
  }
}
