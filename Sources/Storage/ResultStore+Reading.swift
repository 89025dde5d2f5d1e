import HDF5

extension ResultStore {
  /// Reads a result without its traces.
  ///
  /// - Throws: `fileMissing`, `wrongFormat`, `schemaTooNew`, `truncated`, `shapeMismatch`, `damaged`.
  public static func read(_ path: String) throws(StorageError) -> ResultTable {
    let file = try open(path)
    let root = try reading(path) { () throws(HDF5Error) in try file.root() }
    let part = PartReader(path: path)
    let lanes = try part.numbers(root, "lane", nil, of: Int64.self)
    let count = lanes.count
    let symbols = try part.places(root, "symbol", count)
    let reasons = try part.places(root, "reason", count)
    let table = ResultTable(
      attributes: try readAttributes(root, path), lanes: lanes,
      symbols: symbols.texts.filter { !$0.isEmpty }, symbolIndex: symbolIndex(symbols),
      labels: try labelNames(root, count, part).map { name throws(StorageError) in
        let found = try part.places(root, name, count)
        return ResultTable.Label(
          name: name, texts: found.texts.filter { !$0.isEmpty }, index: symbolIndex(found))
      },
      parameters: try readColumns(root, "parameter", count, part),
      status: try readStatus(root, count, part),
      reason: reasons.rows.map { reasons.texts[Int($0)] },
      metrics: try readColumns(root, "metric", count, part),
      leaderboard: try part.numbers(root, "leaderboard", count, of: Int64.self),
      leaderboardBy: try leaderboardAttribute(root, "by", part),
      leaderboardDirection: try leaderboardAttribute(root, "direction", part))
    do { try check(table) } catch {
      guard case .invalidContent(let name, let reason) = error else { throw error }
      throw .damaged(path: path, part: name, reason: reason)
    }
    return table
  }

  /// Reads where a result comes from, and nothing else.
  public static func attributes(_ path: String) throws(StorageError) -> ResultAttributes {
    let file = try open(path)
    let root = try reading(path) { () throws(HDF5Error) in try file.root() }
    return try readAttributes(root, path)
  }

  /// Lanes whose traces are in the file, in increasing order.
  public static func tracedLanes(_ path: String) throws(StorageError) -> [Int64] {
    let file = try open(path)
    return try tracedLanes(file, path)
  }

  /// Reads the trace of a lane.
  ///
  /// - Throws: `traceMissing`, and what `read` throws.
  public static func readTrace(_ path: String, lane: Int64) throws(StorageError) -> LaneTrace {
    let file = try open(path)
    let root = try reading(path) { () throws(HDF5Error) in try file.root() }
    let part = PartReader(path: path)
    let lanes = try tracedLanes(file, path)
    guard lanes.contains(lane) else {
      throw .traceMissing(lane: lane, path: path, available: lanes.count)
    }
    let group = try part.group(try part.group(root, "traces"), "lane_\(lane)")
    let timeNs = try part.numbers(group, "time", nil, of: Int64.self)
    return LaneTrace(
      lane: lane, timeNs: timeNs, equity: try part.numbers(group, "equity", timeNs.count),
      cash: try part.numbers(group, "cash", timeNs.count),
      exposure: try part.numbers(group, "exposure", timeNs.count),
      orders: try readTable(try part.group(group, "orders"), part),
      fills: try readTable(try part.group(group, "fills"), part),
      trades: try readTable(try part.group(group, "trades"), part))
  }

  static func open(_ path: String) throws(StorageError) -> File {
    try Header.open(path, format: "result", called: title, supported: version)
  }

  static func tracedLanes(_ file: borrowing File, _ path: String) throws(StorageError)
    -> [Int64]
  {
    let root = try reading(path) { () throws(HDF5Error) in try file.root() }
    guard root.kind(of: "traces") != nil else { return [] }
    let traces = try PartReader(path: path).group(root, "traces")
    let names = try reading(path) { () throws(HDF5Error) in try traces.names() }
    return names.compactMap { $0.hasPrefix("lane_") ? Int64($0.dropFirst(5)) : nil }.sorted()
  }

  static func readAttributes(_ root: borrowing Group, _ path: String) throws(StorageError)
    -> ResultAttributes
  {
    try reading(path) { () throws(HDF5Error) in
      var attributes = ResultAttributes()
      // Results of before there was a choice have all rows, and no adjustment.
      let later: Set = ["kept", "adjust", "route", "folder", "statistics", "benchmark"]
      for (name, key) in texts where !later.contains(name) || root.hasAttribute(name) {
        attributes[keyPath: key] = try root.textAttribute(name)
      }
      for (name, key) in reals {
        attributes[keyPath: key] = try root.numberAttribute(name, of: Double.self)
      }
      for (name, key) in counts {
        attributes[keyPath: key] = try root.numberAttribute(name, of: Int64.self)
      }
      return attributes
    }
  }

  private static func readColumns(
    _ root: borrowing Group, _ role: String, _ count: Int, _ part: PartReader
  ) throws(StorageError) -> [ResultTable.Column] {
    var columns: [ResultTable.Column] = []
    for var column in try readHeadings(root, role, count, part) {
      column.values = try part.numbers(root, column.name, count)
      columns.append(column)
    }
    return columns
  }

  /// The columns of a role without their values.
  static func readHeadings(
    _ root: borrowing Group, _ role: String, _ count: Int, _ part: PartReader
  ) throws(StorageError) -> [ResultTable.Column] {
    var columns: [ResultTable.Column] = []
    for name in try reading(part.path, { () throws(HDF5Error) in try root.names() })
    where !reserved.contains(name) && root.kind(of: name) == .dataset {
      let dataset = try part.dataset(root, name, [count])
      // A variable without a role is someone's own addition.
      guard dataset.hasAttribute("role") else { continue }
      let found = try reading(part.path) { () throws(HDF5Error) in try dataset.textAttribute("role")
      }
      if found != role { continue }
      let attributes = try reading(part.path) { () throws(HDF5Error) in try describe(dataset) }
      columns.append(ResultTable.Column(name: name, values: [], attributes: attributes))
    }
    return columns
  }

  /// Names of the text columns that tell lanes apart.
  static func labelNames(_ root: borrowing Group, _ count: Int, _ part: PartReader)
    throws(StorageError) -> [String]
  {
    var names: [String] = []
    for name in try reading(part.path, { () throws(HDF5Error) in try root.names() })
    where !reserved.contains(name) && root.kind(of: name) == .dataset {
      let dataset = try part.dataset(root, name, [count])
      guard dataset.hasAttribute("role") else { continue }
      let role = try reading(part.path) { () throws(HDF5Error) in
        try dataset.textAttribute("role")
      }
      if role == "label" { names.append(name) }
    }
    return names
  }

  /// The texts that were written with a column.
  static func describe(_ dataset: borrowing Dataset) throws(HDF5Error)
    -> [ResultTable.Attribute]
  {
    var attributes: [ResultTable.Attribute] = []
    for name in try dataset.attributeNames() where !reservedAttributes.contains(name) {
      attributes.append(.init(name, try dataset.textAttribute(name)))
    }
    return attributes
  }

  private static func readStatus(_ root: borrowing Group, _ count: Int, _ part: PartReader)
    throws(StorageError) -> [ResultTable.LaneStatus]
  {
    let found = try part.places(root, "status", count)
    let known = try statuses(found.texts, part.path)
    return found.rows.map { known[Int($0)] }
  }

  /// What texts say of how lanes ended.
  static func statuses(_ texts: [String], _ path: String) throws(StorageError)
    -> [ResultTable.LaneStatus]
  {
    var statuses: [ResultTable.LaneStatus] = []
    for text in texts {
      guard let status = ResultTable.LaneStatus(rawValue: text) else {
        throw .damaged(path: path, part: "status", reason: "'\(text)' is no status of a lane")
      }
      statuses.append(status)
    }
    return statuses
  }

  static func leaderboardAttribute(
    _ root: borrowing Group, _ name: String, _ part: PartReader
  ) throws(StorageError) -> String {
    let leaderboard = try part.dataset(root, "leaderboard", [nil])
    return try reading(part.path) { () throws(HDF5Error) in try leaderboard.textAttribute(name) }
  }

  /// Positions among the texts that are not empty; −1 for an empty one.
  static func symbolIndex(_ found: (texts: [String], rows: [Int32])) -> [Int32] {
    var next: Int32 = 0
    let places = found.texts.map { text -> Int32 in
      if text.isEmpty { return -1 }
      next += 1
      return next - 1
    }
    return found.rows.map { places[Int($0)] }
  }

  private static func readTable(_ group: borrowing Group, _ part: PartReader) throws(StorageError)
    -> [LaneTrace.Column]
  {
    let rows = try part.dataset(group, "row", [nil]).count
    var columns: [LaneTrace.Column] = []
    for name in try reading(part.path, { () throws(HDF5Error) in try group.names() })
    where name != "row" {
      let dataset = try part.dataset(group, name, [rows])
      let values = try reading(part.path) { () throws(HDF5Error) -> LaneTrace.Column.Values in
        if dataset.holdsText { return .texts(try dataset.readStrings()) }
        if dataset.holdsIntegers { return .integers(try dataset.read()) }
        return .doubles(try dataset.read())
      }
      columns.append(.init(name: name, values: values))
    }
    return columns
  }
}
