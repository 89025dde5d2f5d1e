import HDF5

/// Rows of a result, column by column.
public struct ResultRows: Sendable, Equatable {
  /// Lane ids, strictly increasing.
  public var lanes: [Int64] = []
  /// Position of the symbol in the heading, by row; −1 for a lane over a whole portfolio.
  public var symbolIndex: [Int32] = []
  /// Position of the text of each label in the heading, by row.
  public var labels: [[Int32]]
  /// Values of each parameter, by row.
  public var parameters: [[Double]]
  /// How each lane ended.
  public var status: [ResultTable.LaneStatus] = []
  /// Why it failed or a metric is undefined; empty for most.
  public var reason: [String] = []
  /// Values of each metric, by row; NaN where undefined.
  public var metrics: [[Double]]

  /// No rows yet.
  public init(labels: Int = 0, parameters: Int, metrics: Int) {
    self.labels = Array(repeating: [], count: labels)
    self.parameters = Array(repeating: [], count: parameters)
    self.metrics = Array(repeating: [], count: metrics)
  }

  /// Number of rows.
  public var count: Int { lanes.count }

  mutating func removeAll() {
    lanes.removeAll(keepingCapacity: true)
    symbolIndex.removeAll(keepingCapacity: true)
    status.removeAll(keepingCapacity: true)
    reason.removeAll(keepingCapacity: true)
    for column in labels.indices { labels[column].removeAll(keepingCapacity: true) }
    for column in parameters.indices { parameters[column].removeAll(keepingCapacity: true) }
    for column in metrics.indices { metrics[column].removeAll(keepingCapacity: true) }
  }
}

/// Writes the rows of a result part by part, so that none has to be in memory but those of the current part.
///
/// O(part) memory. Texts are stored once each, and rows refer to them.
public final class ResultWriter {
  /// Rows that are handed to the library at a time.
  private static let batch = 1 << 16

  /// Groups beside the rows, which may follow from them.
  public var groups: [ResultGroup] = []

  private let path: String
  private let heading: ResultTable
  private let rowCount: Int
  private let lane: Column
  private let labels: [Column]
  private let parameters: [Column]
  private let symbol: Column
  private let status: Column
  private let reason: Column
  private let metrics: [Column]
  private let leaderboard: Column
  private var symbols: SharedTexts
  private var labelTexts: [SharedTexts]
  private var statuses = SharedTexts(ResultTable.LaneStatus.allCases.map(\.rawValue))
  private var reasons = SharedTexts()
  private var reasonPlaces: [String: Int32] = [:]
  private var pending: ResultRows
  private var written = 0
  private var ranked = 0
  private var lastLane = Int64.min

  /// An array can't hold what can't be copied.
  private final class Column {
    let dataset: Dataset
    init(_ dataset: consuming Dataset) { self.dataset = dataset }
  }

  init(_ heading: ResultTable, rowCount: Int, root: borrowing Group, path: String)
    throws(HDF5Error)
  {
    self.path = path
    self.heading = heading
    self.rowCount = rowCount
    // Held by an object: nested functions may not capture what can't be copied.
    let scale = Column(try root.createDataset("lane", of: Int64.self, shape: [rowCount]))
    try scale.dataset.makeScale("lane")
    func numbers(_ column: ResultTable.Column, _ role: String) throws(HDF5Error) -> Column {
      let dataset = try root.createDataset(column.name, of: Double.self, shape: [rowCount])
      try dataset.setAttribute("role", role)
      for attribute in column.attributes {
        try dataset.setAttribute(attribute.name, attribute.value)
      }
      try dataset.attach(scale.dataset, dimension: 0)
      return Column(dataset)
    }
    func texts(_ name: String) throws(HDF5Error) -> Column {
      let dataset = try root.createTextDataset(name, shape: [rowCount])
      try dataset.attach(scale.dataset, dimension: 0)
      return Column(dataset)
    }
    var columns: [Column] = []
    for column in heading.parameters { columns.append(try numbers(column, "parameter")) }
    parameters = columns
    columns = []
    for label in heading.labels {
      let column = try texts(label.name)
      try column.dataset.setAttribute("role", "label")
      columns.append(column)
    }
    labels = columns
    labelTexts = heading.labels.map { SharedTexts($0.texts) }
    symbol = try texts("symbol")
    status = try texts("status")
    reason = try texts("reason")
    columns = []
    for column in heading.metrics { columns.append(try numbers(column, "metric")) }
    metrics = columns
    let board = try root.createDataset("leaderboard", of: Int64.self, shape: [rowCount])
    try board.setAttribute("by", heading.leaderboardBy)
    try board.setAttribute("direction", heading.leaderboardDirection)
    try board.attach(scale.dataset, dimension: 0)
    leaderboard = Column(board)
    lane = scale
    symbols = SharedTexts(heading.symbols)
    pending = ResultRows(
      labels: labels.count, parameters: parameters.count, metrics: metrics.count)
  }

  /// Appends rows, whose lanes follow those before.
  ///
  /// - Throws: `invalidContent`, `unwritable`.
  public func append(_ rows: ResultRows) throws(StorageError) {
    try check(rows)
    pending.lanes += rows.lanes
    pending.symbolIndex += rows.symbolIndex
    pending.status += rows.status
    pending.reason += rows.reason
    for column in labels.indices { pending.labels[column] += rows.labels[column] }
    for column in parameters.indices { pending.parameters[column] += rows.parameters[column] }
    for column in metrics.indices { pending.metrics[column] += rows.metrics[column] }
    if pending.count >= Self.batch { try flush() }
  }

  /// Appends lane ids of the leaderboard, best first.
  ///
  /// Over all calls each lane once: who ranks answers for that.
  public func rank(_ lanes: [Int64]) throws(StorageError) {
    guard ranked + lanes.count <= rowCount else {
      throw .invalidContent(part: "leaderboard", reason: "more than \(rowCount) lanes")
    }
    try writing(path) { () throws(HDF5Error) in try leaderboard.dataset.write(lanes, at: ranked) }
    ranked += lanes.count
  }

  /// Writes what is pending and checks that all rows are there.
  func finish() throws(StorageError) {
    try flush()
    for (part, count) in [("lane", written), ("leaderboard", ranked)] where count != rowCount {
      throw .invalidContent(part: part, reason: "it has \(count) rows of \(rowCount)")
    }
  }

  private func check(_ rows: ResultRows) throws(StorageError) {
    let lengths =
      [rows.symbolIndex.count, rows.status.count, rows.reason.count]
      + (rows.parameters + rows.metrics).map(\.count) + rows.labels.map(\.count)
    guard lengths.allSatisfy({ $0 == rows.count }), rows.parameters.count == parameters.count,
      rows.labels.count == labels.count,
      rows.metrics.count == metrics.count, written + pending.count + rows.count <= rowCount
    else {
      throw .invalidContent(part: "rows", reason: "their columns don't fit the result")
    }
    for lane in rows.lanes {
      guard lane > lastLane else {
        throw .invalidContent(part: "lane", reason: "id \(lane) follows \(lastLane)")
      }
      lastLane = lane
    }
    for (label, places) in zip(heading.labels, rows.labels) {
      guard places.allSatisfy({ $0 >= -1 && Int($0) < label.texts.count }) else {
        throw .invalidContent(part: label.name, reason: "a row without one of its texts")
      }
    }
    for index in rows.symbolIndex where index < -1 || Int(index) >= heading.symbols.count {
      throw .invalidContent(
        part: "symbol", reason: "index \(index) of \(heading.symbols.count) symbols")
    }
  }

  private func flush() throws(StorageError) {
    if pending.count == 0 { return }
    let reasonPlaces = pending.reason.map { place(of: $0) }
    let statusPlaces = pending.status.map { status -> Int32 in
      switch status {
      case .ok: 0
      case .failed: 1
      case .ruined: 2
      }
    }
    try writing(path) { () throws(HDF5Error) in
      try lane.dataset.write(pending.lanes, at: written)
      for (column, values) in zip(parameters + metrics, pending.parameters + pending.metrics) {
        try column.dataset.write(values, at: written)
      }
      for column in labels.indices {
        try labels[column].dataset.write(
          pending.labels[column], of: &labelTexts[column], at: written)
      }
      try symbol.dataset.write(pending.symbolIndex, of: &symbols, at: written)
      try status.dataset.write(statusPlaces, of: &statuses, at: written)
      try reason.dataset.write(reasonPlaces, of: &reasons, at: written)
    }
    written += pending.count
    pending.removeAll()
  }

  private func place(of reason: String) -> Int32 {
    if reason.isEmpty { return -1 }
    if let place = reasonPlaces[reason] { return place }
    let place = reasons.append(reason)
    reasonPlaces[reason] = place
    return place
  }
}
