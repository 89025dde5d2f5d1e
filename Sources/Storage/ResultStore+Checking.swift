extension ResultStore {
  /// Throws unless every list of the table has its length and every name can be a variable.
  static func check(_ table: ResultTable) throws(StorageError) {
    let count = table.lanes.count
    func refuse(_ part: String, _ reason: String) -> StorageError {
      .invalidContent(part: part, reason: reason)
    }
    for (part, length) in [
      ("symbol", table.symbolIndex.count), ("status", table.status.count),
      ("reason", table.reason.count), ("leaderboard", table.leaderboard.count),
    ] where length != count {
      throw refuse(part, "it has \(length) rows for \(count) lanes")
    }
    for (lane, next) in zip(table.lanes, table.lanes.dropFirst()) where lane >= next {
      throw refuse("lane", "id \(next) follows \(lane)")
    }
    guard table.leaderboard.sorted() == table.lanes else {
      throw refuse("leaderboard", "it does not rank each lane once")
    }
    for index in table.symbolIndex where index < -1 || Int(index) >= table.symbols.count {
      throw refuse("symbol", "index \(index) of \(table.symbols.count) symbols")
    }
    for label in table.labels {
      guard label.index.count == count,
        label.index.allSatisfy({ $0 >= -1 && Int($0) < label.texts.count })
      else { throw refuse("'\(label.name)'", "its rows don't fit \(count) lanes or its texts") }
    }
    for column in table.parameters + table.metrics where column.values.count != count {
      throw refuse("'\(column.name)'", "it has \(column.values.count) rows for \(count) lanes")
    }
    try checkNames(table)
  }

  /// Throws unless every name of the table can be a variable, and its traces are whole.
  static func checkNames(_ table: ResultTable) throws(StorageError) {
    func refuse(_ part: String, _ reason: String) -> StorageError {
      .invalidContent(part: part, reason: reason)
    }
    var seen = Set(reserved)
    for label in table.labels {
      guard PanelInfo.isName(label.name), seen.insert(label.name).inserted else {
        throw refuse("'\(label.name)'", "it is no name for a variable, or taken")
      }
    }
    for column in table.parameters + table.metrics {
      guard PanelInfo.isName(column.name) else {
        throw refuse("'\(column.name)'", "it is no name for a variable")
      }
      guard seen.insert(column.name).inserted else {
        throw refuse("'\(column.name)'", "the name is taken; rename the parameter")
      }
      var names = Set(reservedAttributes + [""])
      for attribute in column.attributes where !names.insert(attribute.name).inserted {
        throw refuse("'\(column.name)'", "the attribute \(attribute.name) is taken")
      }
    }
    for group in table.groups {
      try group.check()
      guard seen.insert(group.name).inserted else {
        throw refuse("'\(group.name)'", "the name is taken")
      }
    }
    var traced: Set<Int64> = []
    for trace in table.traces {
      guard traced.insert(trace.lane).inserted else {
        throw refuse("traces", "lane \(trace.lane) stands twice")
      }
      try check(trace)
    }
  }

  private static func check(_ trace: LaneTrace) throws(StorageError) {
    let part = "trace of lane \(trace.lane)"
    let bars = trace.timeNs.count
    for (name, length) in [
      ("equity", trace.equity.count), ("cash", trace.cash.count),
      ("exposure", trace.exposure.count),
    ] where length != bars {
      throw .invalidContent(part: part, reason: "\(name) has \(length) values for \(bars) bars")
    }
    for (table, columns) in [
      ("orders", trace.orders), ("fills", trace.fills), ("trades", trace.trades),
    ] {
      var seen: Set = ["row"]
      for column in columns {
        guard PanelInfo.isName(column.name), seen.insert(column.name).inserted else {
          throw .invalidContent(part: part, reason: "\(table) can't have a column '\(column.name)'")
        }
        guard column.values.count == columns[0].values.count else {
          throw .invalidContent(
            part: part, reason: "the columns of \(table) differ in length at \(column.name)")
        }
      }
    }
  }
}
