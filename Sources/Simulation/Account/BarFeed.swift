import Kernels
import Market

/// Where the prices of a run lie: pointers into the panel, which it keeps alive.
///
/// Bars count from the first of the window; those before it are below 0. Nothing changes after `init`, and the panel owns what is
/// pointed to, so it may be shared.
@usableFromInline
final class BarFeed: @unchecked Sendable {
  /// Fields with places of their own, which come first.
  static let named = ["open", "high", "low", "close", "volume"]

  let run: AccountRun
  /// Values of each field, `[T, N]`; nil for a field that the panel lacks.
  let fields: UnsafePointer<UnsafePointer<Double>?>
  /// Column of each symbol.
  let columns: UnsafePointer<Int>
  let stride: Int
  /// First bar of the history; at most 0.
  let firstBar: Int
  private let table: AlignedBuffer<UnsafePointer<Double>?>
  private let columnTable: AlignedBuffer<Int>
  private let windowStart: Int
  private let finerPanel: FinerPanel?
  private let bidField, askField: Int?

  init(_ run: AccountRun) {
    self.run = run
    let panel = run.panel
    table = AlignedBuffer(repeating: nil, count: Self.named.count + panel.fields.count)
    for (index, name) in Self.named.enumerated() {
      table.base[index] = panel.fieldIndex(name).map { panel.field($0) }
    }
    for index in panel.fields.indices { table.base[Self.named.count + index] = panel.field(index) }
    columnTable = AlignedBuffer(repeating: 0, count: run.symbols.count)
    for (index, column) in run.symbols.enumerated() { columnTable.base[index] = column }
    fields = UnsafePointer(table.base)
    columns = UnsafePointer(columnTable.base)
    stride = panel.symbolCount
    windowStart = run.window.lowerBound
    firstBar = run.historyStart - windowStart
    finerPanel = run.rules.intrabar == .finer ? run.finer.map { FinerPanel($0, for: run) } : nil
    bidField = panel.fieldIndex("bid").map { $0 + Self.named.count }
    askField = panel.fieldIndex("ask").map { $0 + Self.named.count }
  }

  /// Place of a bar's value in each field.
  @inline(__always)
  func place(bar: Int, symbol: Int) -> Int { (windowStart + bar) * stride + columns[symbol] }

  /// One value; NaN for a field that the panel lacks.
  @inline(__always)
  func value(_ field: Int, _ place: Int) -> Double { fields[field]?[place] ?? .nan }

  /// Whether any symbol has a close at a bar.
  func hasPrice(_ bar: Int) -> Bool {
    (0..<run.symbols.count).contains { !value(3, place(bar: bar, symbol: $0)).isNaN }
  }

  /// The last bar of the exchange day of a bar; bars of a day or longer are days of their own.
  func dayEnd(of bar: Int) -> Int {
    let panel = run.panel
    if panel.frequencyNs >= Calendar.dayNs || windowStart + bar >= panel.barCount { return bar }
    var last = bar
    let day = day(windowStart + bar)
    while windowStart + last + 1 < panel.barCount && self.day(windowStart + last + 1) == day {
      last += 1
    }
    return last
  }

  private func day(_ index: Int) -> Int64 {
    let ns = run.panel.time.ns[index]
    let local = ns + run.zoneOffset(ns)
    let day = local / Calendar.dayNs
    return local < 0 && day * Calendar.dayNs != local ? day - 1 : day
  }

  // MARK: - What slippage asks for

  /// What of a bar and the ones before it slippage reads.
  ///
  /// Bars shorter than a day stand for days by their number in a session: σ grows with its square root.
  func slippageBar(bar: Int, symbol: Int, rules: ExecutionRules, _ actions: LedgerActions)
    -> Slippage.Bar
  {
    var result = Slippage.Bar()
    let place = place(bar: bar, symbol: symbol)
    if rules.tick > 0 { result.tick = rules.tick }
    if let bidField { result.bid = value(bidField, place) }
    if let askField { result.ask = value(askField, place) }
    result.volume = value(4, place)
    guard let model = rules.slippage.almgrenChriss else { return result }
    let perDay = max(1, (run.barsPerYear / run.panel.calendar.sessionsPerYear).rounded())
    let bars = model.window * Int(perDay)
    var (count, sum, squares, volumes, days) = (0.0, 0.0, 0.0, 0.0, 0.0)
    // Walking back, a split rescales what lies before it.
    var scale = 1.0
    var splits = actions.rows.filter { $0.symbol == symbol && $0.bar <= bar }
    var later = Double.nan
    // A return more needs a close more.
    for back in 1...bars + 1 where bar - back >= firstBar {
      while let last = splits.last, last.bar > bar - back {
        if case .split(let split) = last.event { scale *= split.ratio }
        splits.removeLast()
      }
      let place = self.place(bar: bar - back, symbol: symbol)
      let volume = value(4, place) * scale
      if volume >= 0, back <= bars {
        volumes += volume
        days += 1
      }
      let close = value(3, place) / scale
      if later > 0 && close > 0 {
        let change = later / close - 1
        count += 1
        sum += change
        squares += change * change
      }
      if close > 0 { later = close }
    }
    if days > 0 { result.meanVolume = volumes / days * perDay }
    if count > 1 {
      let variance = max(0, squares - sum * sum / count) / (count - 1)
      result.volatility = (variance * perDay).squareRoot()
    }
    return result
  }

  // MARK: - Shorter bars

  /// The shorter bars of a bar; nil if there are none.
  func finerBars(bar: Int, symbol: Int) -> Range<Int>? {
    finerPanel?.bars(in: windowStart + bar, symbol: symbol)
  }

  /// One shorter bar, cut to what the bar itself reaches; nil if nothing traded in it.
  func finer(_ index: Int, symbol: Int, low: Double, high: Double) -> FinerPanel.Bar? {
    finerPanel?.bar(index, symbol: symbol, low: low, high: high)
  }
}
