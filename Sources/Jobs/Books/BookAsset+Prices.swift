import Books
import Market
import Metrics
import Storage

extension BookAsset {
  func quote(_ column: Int, _ closes: SymbolCloses) -> ResultGroup {
    let entry = session.market.panel.symbols[column]
    let last = closes.known.last
    let before = closes.known.dropLast().last
    func single(_ name: String, _ value: Double, unit: String, _ definition: String = "")
      -> ResultGroup.Variable
    { .init(name, [], [value], unit: unit, definition: definition) }
    func text(_ name: String, _ value: String) -> ResultGroup.Variable {
      .init(name, [], .texts([value]))
    }
    let price = last?.price ?? .nan
    return ResultGroup(
      "quote", title: "\(symbol)\(entry.name.isEmpty ? "" : ", \(entry.name)")", dimensions: [],
      variables: [
        text("symbol", symbol), text("name", entry.name), text("sector", entry.sector),
        text("industry", entry.industry), text("exchange", entry.exchange),
        text("currency", entry.currency),
        single("close", price, unit: "price", "the last"),
        .init("time", [], .times([last.map { closes.timeNs[$0.bar] } ?? .min])),
        single("previous_close", before?.price ?? .nan, unit: "price"),
        single("change", price / (before?.price ?? .nan) - 1, unit: "fraction"),
        single(
          "high_52_weeks", closes.high, unit: "price", "of the last 365 days, splits taken out"),
        single("low_52_weeks", closes.low, unit: "price", "of the last 365 days, splits taken out"),
        single(
          "average_volume",
          closes.volume.isEmpty
            ? .nan : closes.volume.reduce(0, +) / Double(closes.volume.count), unit: "count",
          "mean of the last 63 bars"),
        .init("first", [], .times([closes.known.first.map { closes.timeNs[$0.bar] } ?? .min])),
        single("bars", Double(closes.known.count), unit: "bars", "with a close"),
      ])
  }

  func trailing(_ closes: SymbolCloses) -> ResultGroup {
    let spans: [(String, Int64)] = [
      ("1 week", 7), ("1 month", 30), ("3 months", 91), ("6 months", 182), ("1 year", 365),
      ("3 years", 1_096), ("5 years", 1_826),
    ]
    let last = closes.known.last
    func grown(since instant: Int64) -> Double {
      guard let last, let base = closes.known.last(where: { closes.timeNs[$0.bar] <= instant })
      else { return .nan }
      return last.price / base.price - 1
    }
    let end = last.map { closes.timeNs[$0.bar] } ?? 0
    let year = CivilDate(daysSinceEpoch: Timestamp.split(end).day).year
    let newYear =
      (CivilDate(year: year, month: 1, day: 1)?.daysSinceEpoch ?? 0) * Calendar.dayNs - 1
    return ResultGroup(
      "returns", title: "Returns to the last close",
      dimensions: [.init("span", .texts(spans.map { $0.0 } + ["year to date", "all"]))],
      variables: [
        .init(
          "return", ["span"],
          spans.map { grown(since: end - $0.1 * Calendar.dayNs) } + [
            grown(since: newYear),
            (last?.price ?? .nan) / (closes.known.first?.price ?? .nan) - 1,
          ], unit: "fraction",
          definition: "last close over the last one at least that much earlier, less one")
      ])
  }

  func metricTable(_ lane: LaneSummary?) -> ResultGroup {
    let shown = options.metrics
    let values = shown.map { metric -> MetricValue in
      // A price is no account: nothing was deposited, traded or paid for.
      if !metric.needs.isDisjoint(with: [.tradeSums, .history]) { return .undefined(.notRecorded) }
      return HistoryMetrics.value(metric, of: lane)
    }
    var attributes = [ResultTable.Attribute("convention", options.convention.name)]
    if let benchmark = options.benchmark { attributes.append(.init("benchmark", benchmark)) }
    return ResultGroup(
      "metrics", title: "Metrics of its returns",
      dimensions: [.init("metric", .texts(shown.map(\.name)))],
      variables: [
        .init("value", ["metric"], values.map(\.number)),
        .init("unit", ["metric"], .texts(shown.map(\.unit.rawValue))),
        .init(
          "reason", ["metric"],
          .texts(
            values.map { if case .undefined(let reason) = $0 { reason.rawValue } else { "" } })),
      ], attributes: attributes)
  }

  func tables(_ lane: LaneSummary, _ closes: SymbolCloses) -> [ResultGroup] {
    guard let path = closes.path else { return [] }
    var spec = Spec.Tables()
    (spec.drawdowns, spec.monthly, spec.rolling) = (5, true, nil)
    return BacktestTables(
      spec, of: lane, barTimes: path.bars.map { closes.timeNs[$0] }, attributes: [])?.groups ?? []
  }
}
