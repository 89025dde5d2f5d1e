extension ColumnPlan {
  /// Columns that by name hold times, best first.
  private var timeColumns: [Int] {
    let letters = ColumnAliases.hasLetters(canonical)
    let ranked = ColumnAliases.all[0].names
    return canonical.indices.filter { index in
      !taken[index] && !canonical[index].isEmpty
        && ColumnAliases.meaning(of: canonical[index], withLetters: letters) == "time"
    }.sorted { left, right in
      let rank = [left, right].map { ranked.firstIndex(of: canonical[$0]) ?? ranked.count }
      return (rank[0], left) < (rank[1], right)
    }
  }

  mutating func takeTime() {
    if let given = roles.firstIndex(of: .time) {
      meanings.insert("time")
      var columns = TimeSniffer.Columns(date: given, timeOfDay: nil, name: names[given])
      columns.timeOfDay = roles.firstIndex(of: .timeOfDay) ?? clockColumn(for: given)
      take(columns)
      return
    }
    let named = timeColumns
    let clocks = canonical.indices.filter { !taken[$0] && isClock($0) }
    if let date = named.first(where: { !clocks.contains($0) }) {
      take(.init(date: date, timeOfDay: clockColumn(for: date), name: names[date]))
    } else if named.isEmpty, let date = onlyDates() {
      notes.append("times are in column \(date + 1), '\(names[date])', the only one of dates")
      take(.init(date: date, timeOfDay: clockColumn(for: date), name: names[date]))
    } else if let date = named.first {
      take(.init(date: date, timeOfDay: nil, name: names[date]))
    }
  }

  private func onlyDates() -> Int? {
    let found = canonical.indices.filter { !taken[$0] && isMostly($0, .time) }
    if found.count == 1 { return found[0] }
    // Statistics packages leave the name of the index out.
    return found.isEmpty && canonical.first == "" && !taken[0] && isNumericTime(0) ? 0 : nil
  }

  /// Whether all cells are digits of a date or a month, or counts since 1970.
  private func isNumericTime(_ column: Int) -> Bool {
    let formats: [TimeFormat] = [.iso, .epoch(nil)]
    let months = try? TimePattern("%Y%m")
    return form.rows.prefix(40).allSatisfy { row in
      form.table.with(form.table.records[row], column) { bytes in
        formats.contains { $0.wallTime(bytes) != nil } || months?.wallTime(bytes, nil) != nil
      }
    }
  }

  private static let clockNames: Set<String> = [
    "time", "minute", "hour", "time_of_day", "timeofday", "clock", "zeit", "uhrzeit", "heure",
    "hora",
  ]

  /// Whether the cells of a column are times of day, and its name or a colon in each says so.
  private func isClock(_ column: Int) -> Bool {
    let isNamed = Self.clockNames.contains(canonical[column])
    return isClockCells(column, withColon: !isNamed)
  }

  private func isClockCells(_ column: Int, withColon: Bool) -> Bool {
    var seen = 0
    for row in form.rows.prefix(50) {
      let record = form.table.records[row]
      let isClock: Bool? = form.table.with(record, column) { bytes in
        if bytes.isEmpty { return nil }
        guard bytes.count <= 16, var wall = WallTime(year: 2000, month: 1, day: 1) else {
          return false
        }
        if withColon, !bytes.contains(UInt8(ascii: ":")) { return false }
        var cursor = ByteCursor(bytes)
        return DateText.timeOfDay(&cursor, &wall)
      }
      if isClock == false { return false }
      if isClock == true { seen += 1 }
    }
    return seen > 0
  }

  /// The time of day that goes with a column of dates alone.
  private func clockColumn(for date: Int) -> Int? {
    guard let found = canonical.indices.first(where: { $0 != date && !taken[$0] && isClock($0) })
    else { return nil }
    let formats: [TimeFormat] = [.iso, .dayFirst, .monthFirst, .monthName]
    let hasDates = form.rows.prefix(20).contains { row in
      form.table.with(form.table.records[row], date) { bytes in
        formats.contains { format in format.wallTime(bytes).map { $0.time == nil } ?? false }
      }
    }
    return hasDates || options.dateFormat != nil ? found : nil
  }

  private mutating func take(_ columns: TimeSniffer.Columns) {
    time = columns
    taken[columns.date] = true
    roles[columns.date] = .time
    meanings.insert("time")
    if let clock = columns.timeOfDay {
      taken[clock] = true
      roles[clock] = .timeOfDay
    }
  }

  /// Other columns of times are passed over, as one row has one time.
  mutating func settleTime() {
    for index in roles.indices where roles[index] == .ignored && reasons[index].isEmpty {
      reasons[index] = canonical[index].isEmpty ? "it has no name" : "its cells are text"
    }
  }
}
