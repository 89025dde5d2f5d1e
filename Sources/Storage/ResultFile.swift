import HDF5

/// A result whose rows are read when they are asked for: its memory doesn't grow with the number of lanes.
///
/// Meant for one thread at a time.
public final class ResultFile {
  /// Rows that are read at a time.
  public static let batch = 1 << 16

  /// Path as given.
  public let path: String
  /// Where the result comes from.
  public let attributes: ResultAttributes
  /// Number of rows.
  public let rowCount: Int
  /// Names of the text columns that tell lanes apart.
  public let labels: [String]
  /// The parameters and the metrics, without values.
  public let parameters, metrics: [ResultTable.Column]
  /// Name of the metric that ranks, and its direction.
  public let leaderboardBy, leaderboardDirection: String
  /// Number of traces.
  public let traceCount: Int
  /// Names and titles of the groups of what is not one number a lane.
  public let groups: [(name: String, title: String)]
  private let file: File
  private let root: Group
  private let part: PartReader

  /// Opens a result.
  ///
  /// - Throws: `fileMissing`, `wrongFormat`, `schemaTooNew`, `truncated`, `shapeMismatch`, `damaged`.
  public init(_ path: String) throws(StorageError) {
    self.path = path
    file = try ResultStore.open(path)
    do throws(HDF5Error) { root = try file.root() } catch {
      throw .damaged(path: path, part: "/", reason: error.cause)
    }
    part = PartReader(path: path)
    rowCount = try part.dataset(root, "lane", [nil]).count
    attributes = try ResultStore.readAttributes(root, path)
    labels = try ResultStore.labelNames(root, rowCount, part)
    parameters = try ResultStore.readHeadings(root, "parameter", rowCount, part)
    metrics = try ResultStore.readHeadings(root, "metric", rowCount, part)
    leaderboardBy = try ResultStore.leaderboardAttribute(root, "by", part)
    leaderboardDirection = try ResultStore.leaderboardAttribute(root, "direction", part)
    traceCount = try ResultStore.tracedLanes(file, path).count
    groups = try ResultStore.groupTitles(root, part)
  }

  /// Values of a parameter or metric.
  public func values(_ name: String, _ rows: Range<Int>) throws(StorageError) -> [Double] {
    let dataset = try part.dataset(root, name, [rowCount])
    return try reading(path) { () throws(HDF5Error) in try dataset.read(rows) }
  }

  /// How lanes ended.
  public func status(_ rows: Range<Int>) throws(StorageError) -> [ResultTable.LaneStatus] {
    let found = try part.places(root, "status", rowCount, rows: rows)
    let known = try ResultStore.statuses(found.texts, path)
    return found.rows.map { known[Int($0)] }
  }

  /// Lane ids.
  public func lanes(_ rows: Range<Int>) throws(StorageError) -> [Int64] {
    let dataset = try part.dataset(root, "lane", [rowCount])
    return try reading(path) { () throws(HDF5Error) in try dataset.read(rows) }
  }

  /// Lane ids in rank order.
  public func leaderboard(_ ranks: Range<Int>) throws(StorageError) -> [Int64] {
    let dataset = try part.dataset(root, "leaderboard", [rowCount])
    return try reading(path) { () throws(HDF5Error) in try dataset.read(ranks) }
  }

  /// Row of a lane; nil if the result doesn't have it.
  ///
  /// O(log rows) reads.
  public func row(of lane: Int64) throws(StorageError) -> Int? {
    // In a result of all lanes they stand in their places.
    if let place = Int(exactly: lane), (0..<rowCount).contains(place),
      try lanes(place..<place + 1) == [lane]
    {
      return place
    }
    var (low, high) = (0, rowCount)
    while low < high {
      let middle = (low + high) / 2
      let found = try lanes(middle..<middle + 1)
      if found == [lane] { return middle }
      if found[0] < lane { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// Rows of the lanes at some ranks, best first; a rank of a lane that the result doesn't have is left out.
  ///
  /// O(ranks) memory in a result of all lanes; else 8 bytes a row too.
  public func rows(ranks: Range<Int>) throws(StorageError) -> [Int] {
    let wanted = try leaderboard(ranks)
    if rowCount == 0 { return [] }
    if try lanes(0..<1) == [0], try lanes(rowCount - 1..<rowCount) == [Int64(rowCount - 1)] {
      // Ids ascend, so that every lane stands in its place.
      return wanted.compactMap { lane in
        lane >= 0 && lane < Int64(rowCount) ? Int(lane) : nil
      }
    }
    let lanes = try lanes(0..<rowCount)
    return wanted.compactMap { lane in
      var (low, high) = (0, lanes.count)
      while low < high {
        let middle = (low + high) / 2
        if lanes[middle] < lane { low = middle + 1 } else { high = middle }
      }
      return low < lanes.count && lanes[low] == lane ? low : nil
    }
  }

  /// A table of some rows, ascending, ranked as given.
  ///
  /// O(rows) memory; parts of the file without any of them are not read.
  ///
  /// - Parameters:
  ///   - rows: positions, ascending.
  ///   - order: positions in `rows`, best first.
  ///   - by: name of what ranks.
  ///   - direction: its direction.
  public func table(rows: [Int], order: [Int], by: String, direction: String) throws(StorageError)
    -> ResultTable
  {
    // Blocks small enough that a few rows cost little, large enough that all of them are read fast.
    let block = 4096
    var table = ResultTable(
      attributes: attributes, lanes: [], symbols: [], symbolIndex: [],
      labels: labels.map { .init(name: $0, texts: [], index: []) }, parameters: parameters,
      status: [], reason: [], metrics: metrics, leaderboard: [], leaderboardBy: by,
      leaderboardDirection: direction)
    var symbols: [String: Int32] = [:]
    var known = [[String: Int32]](repeating: [:], count: labels.count)
    var next = 0
    while next < rows.count {
      let first = next
      let start = rows[first] / block * block
      let range = start..<min(start + block, rowCount)
      while next < rows.count, rows[next] < range.upperBound { next += 1 }
      let picked = rows[first..<next].map { $0 - start }
      func pick<Value>(_ values: [Value]) -> [Value] { picked.map { values[$0] } }
      table.lanes += pick(try lanes(range))
      table.status += pick(try status(range))
      let reasons = try part.places(root, "reason", rowCount, rows: range)
      table.reason += pick(reasons.rows).map { reasons.texts[Int($0)] }
      for column in parameters.indices {
        table.parameters[column].values += pick(try values(parameters[column].name, range))
      }
      for column in metrics.indices {
        table.metrics[column].values += pick(try values(metrics[column].name, range))
      }
      for (label, name) in labels.enumerated() {
        let found = try part.places(root, name, rowCount, rows: range)
        for place in pick(found.rows) {
          let text = found.texts[Int(place)]
          if !text.isEmpty, known[label][text] == nil {
            known[label][text] = Int32(table.labels[label].texts.count)
            table.labels[label].texts.append(text)
          }
          table.labels[label].index.append(known[label][text] ?? -1)
        }
      }
      let found = try part.places(root, "symbol", rowCount, rows: range)
      for place in pick(found.rows) {
        let symbol = found.texts[Int(place)]
        if !symbol.isEmpty, symbols[symbol] == nil {
          symbols[symbol] = Int32(table.symbols.count)
          table.symbols.append(symbol)
        }
        table.symbolIndex.append(symbols[symbol] ?? -1)
      }
    }
    table.leaderboard = order.map { table.lanes[$0] }
    return table
  }
}
