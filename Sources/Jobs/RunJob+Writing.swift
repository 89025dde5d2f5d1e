import FoundationEssentials
import Metrics
import Simulation
import Storage

extension RunJob {
  /// About how large a run is.
  ///
  /// - Returns: memory that grows with the lanes, and the result file without traces.
  public static func size(of plan: RunPlan, keepsTopOnly: Bool) -> (
    memoryBytes: Int, fileBytes: Int
  ) {
    let lanes = plan.laneCount
    let rows = keepsTopOnly ? min(plan.spec.top, lanes) : lanes
    let (metrics, parameters) = (plan.metrics.count, plan.grid.axes.count)
    let tiles = min(FinishedLanes.memoryLimit, rows * (metrics * 9 + 1))
    // Numbers of 8 bytes, texts of 16, and the heads of datasets.
    let file = rows * ((2 + parameters + metrics) * 8 + 3 * 16) + (5 + parameters + metrics) * 4096
    return (tiles + rows * 33, file)
  }

  /// Rows that are ranked or handed to the file at a time.
  private static let batch = 1 << 16

  /// Writes the finished lanes, ranked, and returns the best of them.
  func write(
    _ finished: FinishedLanes, isComplete: Bool, _ origin: ResultOrigin, blasCore: String?,
    force: Bool, seconds: () -> Double
  ) throws -> (best: ResultTable, warnings: [RunWarning]) {
    let warnings = warnings(finished, isComplete)
    var text = ReasonTexts(plan.metrics)
    func attributes() -> ResultAttributes {
      let failed = finished.tally.failed
      return origin.attributes(
        lanes: .init(ok: finished.count - failed, failed: failed), seconds: seconds(),
        blasCore: blasCore, warnings: warnings)
    }
    if options.keepsTopOnly {
      var best = table(finished.best(), &text)
      best.attributes = attributes()
      try ResultStore.write(best, to: options.output, force: force)
      return (best, warnings)
    }
    var heading = table([], &text)
    if options.keepsTraces && isComplete {
      let simulator = plan.simulator(variant: options.variant, workers: 1)
      heading.traces = try (0..<plan.laneCount).map {
        try trace(simulator.replay(lane: $0), lane: Int64($0))
      }
      heading.groups = try tables(finished)
    }
    let count = finished.count
    let rank = plan.rankMetric
    let direction = plan.metrics[rank].direction
    var best = BestRows<RunRow>(limit: plan.spec.top)
    var written = ResultAttributes()
    try ResultStore.write(heading, rowCount: count, to: options.output, force: force) {
      writer throws(StorageError) in
      var ranking = Ranking(direction: direction, capacity: count)
      try finished.forEachTile { tile throws(StorageError) in
        try writer.append(rows(tile, &text))
        for row in 0..<tile.rowCount {
          let key = tile.key(row, by: rank, direction)
          ranking.append(key)
          if best.takes(key) { best.insert(RunRow(tile, row), key) }
        }
      }
      try writeLeaderboard(ranking.order(), finished, writer)
      written = attributes()
      return written
    }
    var table = table(best.sorted(), &text)
    table.attributes = written
    table.groups = heading.groups
    return (table, warnings)
  }

  /// Writes the leaderboard: the lanes of the rows in an order.
  private func writeLeaderboard(
    _ order: [UInt32], _ finished: FinishedLanes, _ writer: ResultWriter
  ) throws(StorageError) {
    // The rows of a complete run are its lanes.
    let ranges = finished.lanes.ranges
    let lanes = ranges.count > 1 ? ranges.flatMap { Array($0) } : nil
    let first = ranges.first?.lowerBound ?? 0
    for start in stride(from: 0, to: order.count, by: Self.batch) {
      try writer.rank(
        order[start..<min(start + Self.batch, order.count)].map { row in
          Int64(lanes?[Int(row)] ?? first + Int(row))
        })
    }
  }

  /// A tile as rows of a file.
  private func rows(_ tile: LaneTile, _ text: inout ReasonTexts) -> ResultRows {
    var rows = ResultRows(
      labels: plan.labels.count, parameters: plan.grid.axes.count, metrics: plan.metrics.count)
    let places = tile.lanes.map { plan.layout.place(of: $0) }
    let points = points(places)
    rows.lanes = tile.lanes.map { Int64($0) }
    rows.symbolIndex = places.map { Int32($0.group) }
    rows.labels = plan.labels.map { label in places.map { label.index($0.variant) } }
    for (axis, entry) in plan.grid.axes.enumerated() {
      rows.parameters[axis] = points.map {
        entry.values[plan.grid.index(axis: axis, point: $0)]
      }
    }
    rows.status = (0..<tile.rowCount).map { tile.status($0) }
    rows.reason = (0..<tile.rowCount).map { row in
      text.text(tile.status(row), tile.codes(row))
    }
    for metric in plan.metrics.indices {
      rows.metrics[metric] = Array(tile.column(metric: metric))
    }
    return rows
  }

  /// Grid points of lanes; those of a file's portfolios all have the only one.
  private func points(_ places: [(group: Int, set: Int, variant: Int)]) -> [Int] {
    guard let first = places.first, let last = places.last else { return [] }
    guard first.group == last.group else { return places.map { plan.grid.points[$0.set] } }
    let list = plan.grid.points.list(first.set..<last.set + 1)
    return places.map { list[$0.set - first.set] }
  }

  /// A table of some rows, given best first.
  private func table(_ ranked: [RunRow], _ text: inout ReasonTexts) -> ResultTable {
    let rank = plan.metrics[plan.rankMetric]
    let rows = ranked.sorted { $0.lane < $1.lane }
    let parameters = plan.grid.axes.enumerated().map { axis, entry in
      ResultTable.Column(
        name: entry.name,
        values: rows.map { row in
          let point = plan.grid.points[plan.layout.place(of: row.lane).set]
          return entry.values[plan.grid.index(axis: axis, point: point)]
        })
    }
    let metrics = plan.metrics.enumerated().map { position, metric in
      ResultTable.Column(metric, rows.map { $0.values[position] }, by: plan.spec.convention)
    }
    return ResultTable(
      attributes: ResultAttributes(), lanes: rows.map { Int64($0.lane) },
      symbols: plan.layout.groups,
      symbolIndex: rows.map { Int32(plan.layout.place(of: $0.lane).group) },
      labels: plan.labels.map { label in
        ResultTable.Label(
          name: label.name, texts: label.texts,
          index: rows.map { label.index(plan.layout.place(of: $0.lane).variant) })
      },
      parameters: parameters,
      status: rows.map(\.status), reason: rows.map { text.text($0.status, $0.codes) },
      metrics: metrics, leaderboard: ranked.map { Int64($0.lane) }, leaderboardBy: rank.name,
      leaderboardDirection: rank.direction.rawValue)
  }
}

/// The undefined metrics of a lane as text: `sharpe: no_variation; win_rate: no_trades`.
///
/// Lanes of a large run have few different texts, and share them.
struct ReasonTexts {
  private let metrics: [String]
  private var known: [[UInt8]: String] = [:]

  init(_ metrics: [any Metric]) { self.metrics = metrics.map(\.name) }

  mutating func text(_ status: ResultTable.LaneStatus, _ codes: [UInt8]?) -> String {
    if status == .failed { return "no_price_in_window" }
    guard let codes else { return "" }
    if let text = known[codes] { return text }
    let text = zip(metrics, codes).compactMap { name, code in
      LaneTile.reason(code).map { "\(name): \($0.rawValue)" }
    }.joined(separator: "; ")
    known[codes] = text
    return text
  }
}
