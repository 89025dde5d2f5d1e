import Books
import Kernels
import Market
import Metrics
import Simulation
import Storage

/// A challenge joined with its prices: what every verb but `board` begins with.
public struct ChallengeSession: Sendable {
  /// The rules as written.
  public let spec: ChallengeSpec
  /// The rules as accounts follow them.
  public let rules: ChallengeRules
  /// Prices of the window and, where it is revealed, of the hold-out.
  public let market: ChallengeMarket
  /// Whether the hold-out is scored.
  public let isRevealed: Bool
  /// Bars of the market that the window has; it begins at the first.
  public let window: Range<Int>
  /// Bars of the market that the hold-out has; nil if there is none, or it is hidden.
  public let holdOut: Range<Int>?
  /// Content of the prices.
  public let dataHash: String
  /// What the reader should know.
  public let warnings: [RunWarning]
  /// The panel.
  public let panel: PricePanel

  private let columns: [Int]
  private let places: [String: Int]
  private let firstBar: Int

  /// Opens the store and looks everything up.
  ///
  /// - Parameter today: 00:00 UTC of the day on which it is scored.
  /// - Throws: `SpecError`, `StorageError`, `BooksError`.
  public init(_ spec: ChallengeSpec, today: Int64) throws {
    self.spec = spec
    isRevealed = spec.holdOut.map { today >= $0.revealed } ?? false
    let store = try PriceStore.open(spec.storePath)
    var job = spec.spec
    job.from = spec.from
    job.to = spec.to
    let market = try PlanMarket(job, store, nil)
    let panel = market.panel
    self.panel = panel
    let first = try Self.window(job, panel, "window")
    columns = try RunPlan.symbols(job, panel, market.universe)
    // Who doesn't see the hold-out doesn't see its prices either.
    var bars = first
    var hold: Range<Int>?
    if isRevealed, let held = spec.holdOut {
      job.from = held.from
      job.to = held.to
      let last = panel.time.ns.last ?? held.from
      guard last >= held.from else {
        throw SpecError.value(
          path: "hold_out.from", line: 0, found: Timestamp.text(nanoseconds: held.from),
          expected:
            "prices of it, as it is revealed; panel \(panel.name) ends on \(Timestamp.text(nanoseconds: last))"
        )
      }
      let later = try Self.window(job, panel, "hold_out")
      bars = first.lowerBound..<later.upperBound
      hold = later.lowerBound - first.lowerBound..<bars.count
    }
    window = 0..<first.count
    holdOut = hold
    firstBar = first.lowerBound
    places = Dictionary(
      columns.enumerated().map { (panel.symbols[$1].symbol, $0) },
      uniquingKeysWith: { first, _ in first })
    try RunPlan.checkExecutionFields(spec.spec.execution, panel)
    try LaneDetail.checkBenchmark(spec.spec, panel)
    let actions = market.actions(columns, bars)
    dataHash = market.hash(acting: !actions.rows.isEmpty, weights: nil)
    var tradable = [spec.from...spec.to]
    if let held = spec.holdOut { tradable.append(held.from...held.to) }
    let ending = spec.spec.execution.delistingReturn
    self.market = try ChallengeMarket(
      panel: panel, columns: columns, bars: bars,
      events: actions.rows.map { row in
        let kind: ChallengeMarket.Event.Kind =
          switch row.event {
          case .split(let scale): .split(scale.ratio)
          case .dividend(let amount): .dividend(amount)
          case .end(let change): .end(change.map { $0.isNaN ? ending : $0 } ?? ending)
          }
        return .init(bar: row.bar, column: row.symbol, kind: kind)
      }, tradable: tradable)
    var limits = spec.limits
    limits.isAllowed = try Self.allowed(spec, panel, columns)
    let most = limits.isAllowed.count { $0 }
    guard most >= max(1, limits.minHoldings ?? 0) else {
      throw SpecError.value(
        path: "constraints", line: 0, found: "\(most) symbols that may be traded",
        expected: "at least \(max(1, limits.minHoldings ?? 0))")
    }
    rules = ChallengeRules(
      capital: spec.capital, fill: spec.spec.execution.fill,
      costs: PanelCosts(spec.spec.execution, panel, columns, bars), limits: limits)
    var warnings = market.warnings
    if spec.spec.execution.fill == .sameClose {
      warnings.append(
        RunWarning(
          code: "same_close", severity: .warning,
          message: "orders fill at the close that they may have been decided on"))
    }
    let traded = zip(columns, limits.isAllowed).filter(\.1)
    warnings += Self.currencyWarnings(
      spec.spec.currency, traded.map { panel.symbols[$0.0] })
    for (name, from, to, bars) in [("window", spec.from, spec.to, Optional(window))]
      + (spec.holdOut.map { [("hold_out", $0.from, $0.to, hold)] } ?? [])
    {
      guard let bars else { continue }
      if let gap = Self.gap(panel, from, to, first.lowerBound, bars) {
        warnings.append(
          RunWarning(
            code: "partial_\(name)", severity: .warning,
            message: "\(name) is scored in part: \(gap)"))
      }
    }
    self.warnings = warnings
  }

  /// Symbols that may be traded and are quoted in another currency, as if one were worth the other.
  private static func currencyWarnings(_ account: String, _ symbols: [SymbolTable.Entry])
    -> [RunWarning]
  {
    let foreign = symbols.filter {
      !$0.currency.isEmpty && $0.currency.uppercased() != account.uppercased()
    }
    if foreign.isEmpty { return [] }
    let names = foreign.prefix(3).map { "\($0.symbol) in \($0.currency)" }.joined(separator: ", ")
    return [
      RunWarning(
        code: "mixed_currencies", severity: .warning,
        message:
          "\(foreign.count) of \(symbols.count) symbols are not quoted in \(account), and are taken as if they were: "
          + "\(names)\(foreign.count > 3 ? ", …" : "")")
    ]
  }

  /// Bars of a window, which are named as rules name them if there are none.
  private static func window(_ spec: Spec, _ panel: PricePanel, _ key: String) throws(SpecError)
    -> Range<Int>
  {
    do {
      return try RunPlan.window(spec, panel)
    } catch {
      guard case .nothingToRun(let reason) = error else { throw error }
      throw .nothingToRun(
        reason: reason.replacing("data.from", with: "\(key).from").replacing(
          "data.to", with: "\(key).to"))
    }
  }

  /// What a window has no prices for, if that is more than a long weekend.
  private static func gap(
    _ panel: PricePanel, _ from: Int64, _ to: Int64, _ firstBar: Int, _ bars: Range<Int>
  ) -> String? {
    let slack = 5 * Calendar.dayNs + panel.frequencyNs
    let first = panel.time.ns[firstBar + bars.lowerBound]
    let last = panel.time.ns[firstBar + bars.upperBound - 1]
    if first - slack > from { return "prices begin at \(Timestamp.text(nanoseconds: first))" }
    if last + slack < to { return "prices end at \(Timestamp.text(nanoseconds: last))" }
    return nil
  }

  /// Position of a symbol in the market; nil for one that it doesn't have.
  public func column(of symbol: String) -> Int? { places[symbol] }

  /// Names of the symbols, for nearest names.
  public var symbols: [String] { market.symbols }

  /// Time base of metrics of some bars of the market.
  func scale(_ bars: Range<Int>) throws(SpecError) -> ChallengeCurve.Scale {
    let zone = ZoneOffsets(panel)
    let range = firstBar + bars.lowerBound..<firstBar + bars.upperBound
    let context = try LaneDetail.context(spec.spec, panel, range, zone)
    let compounds = LaneDetail.compounds(spec.spec, panel)
    let first = panel.time.ns[range.lowerBound]
    let last = panel.time.ns[range.upperBound - 1]
    return ChallengeCurve.Scale(
      perYear: panel.calendar.barsPerYear(
        frequencyNs: compounds ? Calendar.dayNs : panel.frequencyNs),
      calendarDays: (Double(last) - Double(first) + Double(panel.frequencyNs))
        / Double(Calendar.dayNs),
      riskFree: spec.spec.riskFree, dayBounds: compounds ? context.bounds(.day) : nil,
      context: compounds ? context.daily : context)
  }

  private static func allowed(_ spec: ChallengeSpec, _ panel: PricePanel, _ columns: [Int])
    throws(SpecError) -> [Bool]
  {
    let names = columns.map { panel.symbols[$0].symbol }
    let sectors = columns.map { panel.symbols[$0].sector }
    for (key, list) in [("symbols", spec.symbols), ("excluded_symbols", spec.excludedSymbols)] {
      for (index, name) in list.enumerated() where !names.contains(name) {
        throw .unknownName(
          path: "constraints.\(key)[\(index)]", line: 0, kind: "symbol", name: name,
          nearest: nearestName(to: name, among: names),
          hint: "the challenge has \(names.count) symbols: see data.symbols")
      }
    }
    let known = Set(sectors).subtracting([""]).sorted()
    for (key, list) in [("sectors", spec.sectors), ("excluded_sectors", spec.excludedSectors)] {
      for (index, name) in list.enumerated() where !known.contains(name) {
        throw .unknownName(
          path: "constraints.\(key)[\(index)]", line: 0, kind: "sector", name: name,
          nearest: nearestName(to: name, among: known),
          hint: known.isEmpty
            ? "the store knows no sectors: import with --symbols FILE"
            : "known: \(known.joined(separator: ", "))")
      }
    }
    return columns.indices.map { place in
      (spec.symbols.isEmpty || spec.symbols.contains(names[place]))
        && !spec.excludedSymbols.contains(names[place])
        && (spec.sectors.isEmpty || spec.sectors.contains(sectors[place]))
        && !spec.excludedSectors.contains(sectors[place])
    }
  }
}
