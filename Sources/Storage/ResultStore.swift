import HDF5

/// Files of results, netCDF-4 in style: `xarray.open_dataset("run.h5").to_dataframe()` has one row a lane.
///
///     run.h5                apus_format = "result", apus_version = 1, and ResultAttributes in snake case
///     ├─ lane               int64 [L]      the scale of everything at this level
///     ├─ symbol             text [L]
///     ├─ status reason      text [L]       ok, failed or ruined, and why
///     ├─ <label>            text [L]       role = "label": wallet, bound, where there are several
///     ├─ <parameter>        float64 [L]    role = "parameter"
///     ├─ <metric>           float64 [L]    role = "metric", unit, direction, definition
///     ├─ leaderboard        int64 [L]      all lane ids, best first; by, direction
///     ├─ <group>/           what is not one number a lane, with dimensions of its own: see `ResultGroup`
///     └─ traces/lane_<id>/  time int64 [T] is the scale; equity cash exposure float64 [T]
///          orders fills trades   groups: row int64 [n] is the scale, and a dataset for each column
///
/// A result of `kept` = "top" has the best lanes only, in the order of their ids; `lanes_ok` and `lanes_failed` count all.
///
/// The leaderboard ranks every lane, so that it shares the dimension `lane`: a dimension of its own would turn
/// the table into the product of the two. Its row k is the lane of rank k, not the rank of lane k.
///
/// Equal texts are stored once and shared by their rows, which is why a result is replaced and never edited in place.
public enum ResultStore {
  /// Version of the format that is written, and the last that is read.
  public static let version = 1

  static let title = "result"
  /// Names of variables and groups that every result has, and no column may take.
  package static let reserved = ["lane", "symbol", "status", "reason", "leaderboard", "traces"]
  /// Ours, and what dimension scales put on a variable.
  static let reservedAttributes = [
    "role", "CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST",
  ]

  /// Writes a result.
  ///
  /// - Parameters:
  ///   - table: the result, with the traces to keep.
  ///   - path: the file.
  ///   - force: whether an existing file may be replaced.
  ///   - beside: a text that goes with it, and its file: it takes its place when the result is on the disk too, just before it.
  /// - Throws: `invalidContent`, `fileExists`, `unwritable`; then nothing has changed.
  public static func write(
    _ table: ResultTable, to path: String, force: Bool = false,
    beside: (path: String, text: String)? = nil
  ) throws(StorageError) {
    try check(table)
    try write(table, rowCount: table.lanes.count, to: path, force: force, beside: beside) {
      writer throws(StorageError) in
      var rows = ResultRows(
        labels: table.labels.count, parameters: table.parameters.count,
        metrics: table.metrics.count)
      rows.labels = table.labels.map(\.index)
      rows.lanes = table.lanes
      rows.symbolIndex = table.symbolIndex
      rows.parameters = table.parameters.map(\.values)
      rows.status = table.status
      rows.reason = table.reason
      rows.metrics = table.metrics.map(\.values)
      try writer.append(rows)
      try writer.rank(table.leaderboard)
      return table.attributes
    }
  }

  /// Writes a result whose rows come part by part.
  ///
  /// - Parameters:
  ///   - heading: names, symbols, ranking and traces; rows that it has are not written.
  ///   - rowCount: number of rows.
  ///   - path: the file.
  ///   - force: whether an existing file may be replaced.
  ///   - beside: a text that goes with it, and its file.
  ///   - body: hands all rows and their ranking to the writer, and returns where they come from.
  /// - Throws: `invalidContent`, `fileExists`, `unwritable`, and what `body` throws; then nothing has changed.
  public static func write(
    _ heading: ResultTable, rowCount: Int, to path: String, force: Bool = false,
    beside: (path: String, text: String)? = nil,
    _ body: (ResultWriter) throws(StorageError) -> ResultAttributes
  ) throws(StorageError) {
    try checkNames(heading)
    let paths = (beside.map { [$0.path] } ?? []) + [path]
    try AtomicFile.write(to: paths, force: force) { place, temporary throws(StorageError) in
      if let beside, place == 0 {
        return try AtomicFile.fill(temporary, Array(beside.text.utf8), beside.path)
      }
      let file = try writing(path) { () throws(HDF5Error) in try File.create(temporary) }
      try fill(file, heading, rowCount, path, body)
      do throws(HDF5Error) { try file.close() } catch { throw unwritable(path, error) }
    }
  }

  private static func fill(
    _ file: borrowing File, _ heading: ResultTable, _ rowCount: Int, _ path: String,
    _ body: (ResultWriter) throws(StorageError) -> ResultAttributes
  ) throws(StorageError) {
    let root = try writing(path) { () throws(HDF5Error) in try file.root() }
    let writer = try writing(path) { () throws(HDF5Error) in
      try Header.write(root, format: "result", version: version)
      return try ResultWriter(heading, rowCount: rowCount, root: root, path: path)
    }
    let attributes = try body(writer)
    try writer.finish()
    var whole = heading
    whole.groups += writer.groups
    try checkNames(whole)
    try writing(path) { () throws(HDF5Error) in
      for (name, key) in Self.texts { try root.setAttribute(name, attributes[keyPath: key]) }
      for (name, key) in Self.reals { try root.setAttribute(name, attributes[keyPath: key]) }
      for (name, key) in Self.counts { try root.setAttribute(name, attributes[keyPath: key]) }
      try write(whole.groups, in: root)
      let traces = try root.createGroup("traces")
      for trace in heading.traces {
        try write(trace, in: try traces.createGroup("lane_\(trace.lane)"))
      }
    }
  }

  private static func write(_ trace: LaneTrace, in group: borrowing Group) throws(HDF5Error) {
    let time = try group.write("time", trace.timeNs)
    try time.setAttribute("units", "nanoseconds since 1970-01-01")
    try time.makeScale("time")
    try group.writeColumn("equity", trace.equity, along: time)
    try group.writeColumn("cash", trace.cash, along: time)
    try group.writeColumn("exposure", trace.exposure, along: time)
    try write(trace.orders, in: try group.createGroup("orders"))
    try write(trace.fills, in: try group.createGroup("fills"))
    try write(trace.trades, in: try group.createGroup("trades"))
  }

  private static func write(_ columns: [LaneTrace.Column], in group: borrowing Group)
    throws(HDF5Error)
  {
    let rows = try group.writeRows(columns.first?.values.count ?? 0)
    for column in columns {
      switch column.values {
      case .doubles(let values):
        try group.writeColumn(column.name, values, along: rows)
      case .texts(let texts): try group.writeColumn(column.name, texts, along: rows)
      case .integers(let values):
        let dataset = try group.write(column.name, values)
        if column.name == "time" || column.name.hasSuffix("_time") {
          try dataset.setAttribute("units", "nanoseconds since 1970-01-01")
        }
        try dataset.attach(rows, dimension: 0)
      }
    }
  }
}

extension ResultStore {
  // Computed, since key paths are not Sendable constants.
  static var texts: [(String, WritableKeyPath<ResultAttributes, String>)] {
    [
      ("spec", \.spec), ("spec_sha256", \.specSHA256), ("data_sha256", \.dataSHA256),
      ("engine_version", \.engineVersion), ("cpu", \.cpu), ("blas_core", \.blasCore),
      ("started_utc", \.startedUTC), ("convention", \.convention), ("store", \.store),
      ("statistics", \.statistics), ("benchmark", \.benchmark),
      ("panel", \.panel), ("fill", \.fill), ("from", \.from), ("to", \.to),
      ("warnings", \.warnings), ("kept", \.kept), ("adjust", \.adjust),
      ("route", \.route), ("folder", \.folder),
    ]
  }

  static var reals: [(String, WritableKeyPath<ResultAttributes, Double>)] {
    [("seconds", \.seconds), ("bars_per_year", \.barsPerYear)]
  }

  static var counts: [(String, WritableKeyPath<ResultAttributes, Int64>)] {
    [("lanes_ok", \.lanesOK), ("lanes_failed", \.lanesFailed), ("bars", \.bars)]
  }
}
