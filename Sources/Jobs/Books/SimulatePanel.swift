import Advice
import Kernels
import Market
import Risk
import Storage

/// The panel that a strategy sees on a random path: what was until `--at`, and then the path's bars.
///
/// Bars of the bootstrap are whole; see `DrawnMarket`. Those of normal paths have closes alone. They are stamped as sessions of the calendar are.
struct SimulatePanel: Sendable {
  /// Bars of the past, and behind them room for those of a path.
  private let base: PricePanel
  /// Factors of the symbols and of their currencies, by column of `base`; nil for one that is in no currency.
  private let factors: [(symbol: Int, currency: Int?)]
  /// Factors that are drawn: others have no price on a path.
  private let members: Set<Int>
  private let source: MonteCarlo
  /// Bar of the panel that the first row of returns is of.
  private let offset: Int
  private let start: Int

  /// Whether bars have opens, highs and lows of their own.
  var isWhole: Bool { source.bars(path: 0) != nil }
  /// Stamps of the first bar and of the last.
  var first: Int64 { base.time.ns[start] }
  var last: Int64 { base.time.ns[base.barCount - 1] }

  init(
    _ spec: Spec, _ factors: ForwardFactors, _ market: SimulateMarket,
    _ drawn: SimulateMarket.Drawn, _ session: BookSession
  ) throws {
    let info = try session.store.info(session.market.panel.name)
    let days = DayStarts(info)
    let panel = try session.store.loadPanel(info.name, adjusted: spec.adjustment) {
      days.start(of: $0)
    }
    (source, members) = (drawn.source, drawn.members)
    offset = drawn.firstBar
    start = factors.bar + 1
    let columns = try Self.columns(spec, panel)
    self.factors = columns.map { column in
      guard let symbol = factors.factor(column: column) else {
        preconditionFailure("a factor for each symbol of the spec")
      }
      let currency = factors.market.currencies[column]
      return (symbol, currency.isEmpty ? nil : factors.cash(factors.currency(currency)))
    }
    let times = panel.time.ns[..<start] + Self.times(after: start - 1, market.paths.bars, panel)
    base = panel.part(columns, bars: start, time: TimeAxis(ns: Array(times)))
  }

  /// The panel of a path.
  ///
  /// - Parameter growths: of the market's factors, `[bars, N]`.
  func panel(path: Int, along growths: Matrix) -> PricePanel {
    var own = Matrix(rows: growths.rows, columns: factors.count)
    for bar in 0..<growths.rows {
      for (place, factor) in factors.enumerated() {
        // Prices are in the symbol's currency, growths in the market's.
        let rate = factor.currency.map { growths[bar, $0] } ?? 1
        own[bar, place] =
          members.contains(factor.symbol) ? growths[bar, factor.symbol] / rate : .nan
      }
    }
    return DrawnMarket(
      first: start, symbols: Array(factors.indices), growths: own,
      sources: source.bars(path: UInt32(path))?.map { offset + $0 }
    ).apply(to: base)
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
  private static func times(after bar: Int, _ count: Int, _ panel: PricePanel) -> [Int64] {
    let (step, calendar) = (panel.frequencyNs, panel.calendar)
    var times: [Int64] = []
    var last = panel.time.ns[bar]
    let zone = ZoneOffsets.rules(of: panel) ?? .utc
    var hours: ArraySlice<SessionRange> = []
    while times.count < count {
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
  /// Some columns of the first bars, with missing ones behind them as far as the time axis goes.
  fileprivate func part(_ columns: [Int], bars: Int, time: TimeAxis) -> PricePanel {
    let width = columns.count
    let storage = HeapPanelStorage(
      fieldCount: fields.count, valuesPerField: time.count * width
    ) { field, values in
      let source = self.field(field)
      for bar in 0..<bars {
        for (place, column) in columns.enumerated() {
          values[bar * width + place] = source[bar * symbolCount + column]
        }
      }
    }
    return PricePanel(
      name: name, time: time, symbols: SymbolTable(columns.map { symbols[$0] }),
      calendar: calendar, frequencyNs: frequencyNs, fields: fields,
      lifetimes: columns.map { lifetimes[$0] }, contentHash: contentHash, storage: storage)
  }
}
