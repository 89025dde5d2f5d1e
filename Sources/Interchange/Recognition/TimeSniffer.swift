import Kernels
import Market

/// A file that can be read once more, for what its head leaves open.
protocol WholeColumns {
  /// Calls with the cells of a column, row by row, until it returns true.
  func cells(
    of column: Int, _ dialect: Dialect, until isDone: (UnsafeBufferPointer<UInt8>) -> Bool
  ) throws(ImportError)
}

/// Tells how times are written, by the cells that can be read in one way only.
enum TimeSniffer {
  /// Where the cells of time stand.
  struct Columns {
    var date: Int
    var timeOfDay: Int?
    /// Name of the column of the date, for messages.
    var name: String
  }

  /// The zone that an option names, by its IANA name or as `±hh:mm`.
  static func zone(_ name: String) throws(ImportError) -> ZoneRules {
    if let known = ZoneRules.named(name) { return known }
    let signs: [Character: Int64] = ["+": 1, "-": -1]
    let digits = name.dropFirst().split(separator: ":").compactMap { Int64($0) }
    if let sign = name.first.flatMap({ signs[$0] }), (1...2).contains(digits.count),
      digits[0] <= 14, digits.last.map({ (0..<60).contains($0) }) == true
    {
      let minutes = digits[0] * 60 + (digits.count > 1 ? digits[1] : 0)
      return ZoneRules(name: name, changes: [], offsets: [sign * minutes * 60_000_000_000])
    }
    let nearest =
      nearestName(to: name, among: ZoneRules.knownNames)
      ?? ZoneRules.knownNames.first { $0.lowercased().hasSuffix("/" + name.lowercased()) }
    throw .badOption(
      option: "--time-zone", value: name,
      reason: "is no time zone; an IANA name such as America/New_York is." + didYouMean(nearest))
  }

  /// The format that an option names.
  static func format(_ text: String) throws(ImportError) -> TimeFormat {
    if let known = TimeFormat.names.first(where: { $0.name == text }) { return known.format }
    guard text.contains("%") else {
      let names = TimeFormat.names.map(\.name)
      let nearest = nearestName(to: text, among: names)
      throw .badOption(
        option: "--date-format", value: text,
        reason: "is neither a pattern like %Y-%m-%d nor one of \(names.joined(separator: ", "))."
          + didYouMean(nearest))
    }
    do throws(TimePattern.Fault) {
      return .pattern(try TimePattern(text))
    } catch {
      let reason =
        switch error {
        case .unknown(let sign):
          "holds \(sign), which is not known; these are: \(TimePattern.known)"
        case .noDate: "has no year and month"
        }
      throw .badOption(option: "--date-format", value: text, reason: reason)
    }
  }

  /// Tells the style of a column.
  ///
  /// - Parameters:
  ///   - rows: records of values.
  ///   - isWhole: whether these are all rows of the file.
  ///   - whole: the rest of the file, used only when the head leaves day and month open.
  static func style(
    _ table: HeadTable, rows: Range<Int>, columns: Columns, path: String, options: ImportOptions,
    isWhole: Bool, notes: inout [String],
    whole: (any WholeColumns)?, dialect: Dialect
  ) throws(ImportError) -> TimeStyle {
    var style = TimeStyle(.iso)
    let named = ColumnAliases.zone(of: ColumnName.canonical(columns.name))
    if let name = options.timeZone {
      style.zone = try zone(name)
      if let named, named != style.zone.name {
        notes.append(
          "the column '\(columns.name)' is read as \(style.zone.name), as --time-zone says")
      }
    } else if let named, named != "UTC" {
      style.zone = try zone(named)
      notes.append("times are of \(named), as the column's name '\(columns.name)' says")
    }
    style.fold = options.fold
    if let text = options.dateFormat {
      style.format = try format(text)
    } else {
      var sample = Sample(table, rows, columns)
      style.format = try sample.format(
        path: path, isWhole: isWhole, notes: &notes, whole: whole, dialect: dialect,
        column: columns.date)
    }
    style.isMidnightADay = isMidnightADay(table, rows, columns, style)
    if options.timeZone == nil, named == nil, isOfNoZone(table, rows, columns, style) {
      notes.append("times have no offset and are taken as UTC; --time-zone says otherwise")
    }
    if style.isMidnightADay {
      notes.append("all times are midnight on the clock, so they are taken as days")
    }
    return style
  }

  /// Whether there are times of day that neither they nor anything else puts into a zone.
  private static func isOfNoZone(
    _ table: HeadTable, _ rows: Range<Int>, _ columns: Columns, _ style: TimeStyle
  ) -> Bool {
    rows.contains { row in
      let wall = table.with(table.records[row], columns.date) { date in
        columns.timeOfDay.map { column in
          table.with(table.records[row], column) { style.format.wallTime(date, $0) }
        } ?? style.format.wallTime(date)
      }
      return wall.map { ($0.time ?? 0) != 0 && $0.offset == nil } ?? false
    }
  }

  /// Whether all cells are midnight in a zone or at an offset that is not UTC.
  private static func isMidnightADay(
    _ table: HeadTable, _ rows: Range<Int>, _ columns: Columns, _ style: TimeStyle
  ) -> Bool {
    var isElsewhere = style.zone != .utc
    var seen = 0
    for row in rows {
      let wall = table.with(table.records[row], columns.date) { date in
        columns.timeOfDay.map { column in
          table.with(table.records[row], column) { style.format.wallTime(date, $0) }
        } ?? style.format.wallTime(date)
      }
      guard let wall, let time = wall.time else { continue }
      if style.format.isInstant {
        let instant = wall.day * Calendar.dayNs + time
        if (instant + style.zone.offset(at: instant)) % Calendar.dayNs != 0 { return false }
      } else {
        if time != 0 { return false }
        if let offset = wall.offset, offset != 0 { isElsewhere = true }
      }
      seen += 1
    }
    return seen > 0 && isElsewhere
  }

  // How many cells each format reads.
  private struct Sample {
    var name: String
    var filled = 0
    var digitsOnly = 0
    var iso = 0
    var epoch = 0
    var monthName = 0
    var yearLast = 0
    var yearMonth = 0
    var shortDate = 0
    var hourStamp = 0
    var shortYears = 0
    var dayFirst: String?
    var monthFirst: String?
    var hasDots = false
    var example = ""
    var units: [EpochUnit] = []

    init(_ table: HeadTable, _ rows: Range<Int>, _ columns: Columns) {
      name = columns.name
      for row in rows {
        table.with(table.records[row], columns.date) { bytes in
          if !bytes.isEmpty { add(bytes) }
        }
      }
    }

    private mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
      filled += 1
      if example.isEmpty { example = String(decoding: bytes.prefix(60), as: UTF8.self) }
      if bytes.allSatisfy({ $0 &- 48 < 10 || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }),
        bytes.dropFirst().allSatisfy({ $0 != UInt8(ascii: "-") }),
        bytes.filter({ $0 == 0x2E }).count < 2
      {
        addNumber(bytes)
        return
      }
      if TimeFormat.iso.wallTime(bytes) != nil { iso += 1 }
      if TimeFormat.monthName.wallTime(bytes) != nil { monthName += 1 }
      if !weigh(bytes), isShort(bytes) { shortYears += 1 }
    }

    /// Whether it is a date of three numbers of one or two digits.
    private func isShort(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
      let date = bytes.prefix { $0 != 0x20 }
      let parts = date.split(omittingEmptySubsequences: false) { [0x2D, 0x2E, 0x2F].contains($0) }
      return parts.count == 3 && parts.allSatisfy { (1...2).contains($0.count) }
        && parts.joined().allSatisfy { $0 &- 48 < 10 }
    }

    private mutating func addNumber(_ bytes: UnsafeBufferPointer<UInt8>) {
      digitsOnly += 1
      if TimeFormat.iso.wallTime(bytes) != nil { iso += 1 }
      var cursor = ByteCursor(bytes)
      if EpochUnit.wallTime(&cursor, nil) != nil {
        epoch += 1
        let whole = bytes.prefix { $0 != UInt8(ascii: ".") }
        if let count = Int64(String(decoding: whole, as: UTF8.self)),
          let unit = EpochUnit.ofMagnitude(count), !units.contains(unit)
        {
          units.append(unit)
        }
      }
      cursor = ByteCursor(bytes)
      switch bytes.count {
      case 6:
        guard let first = cursor.digits(4), let second = cursor.digits(2) else { return }
        if WallTime(year: first, month: second, day: 1) != nil { yearMonth += 1 }
        if WallTime(year: 2000 + first / 100, month: first % 100, day: second) != nil {
          shortDate += 1
        }
      case 10:
        guard let year = cursor.digits(4), year >= 1900, let month = cursor.digits(2),
          let day = cursor.digits(2), let hour = cursor.digits(2)
        else { return }
        if WallTime(year: year, month: month, day: day) != nil, hour < 24 { hourStamp += 1 }
      default: break
      }
    }

    /// Takes what a date with the year last tells; true once both orders were seen.
    mutating func weigh(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
      var cursor = ByteCursor(bytes)
      guard let (first, second, year) = DateText.threeNumbers(&cursor) else { return false }
      yearLast += 1
      if bytes.contains(UInt8(ascii: ".")) { hasDots = true }
      if first > 12, dayFirst == nil, WallTime(year: year, month: second, day: first) != nil {
        dayFirst = String(decoding: bytes.prefix(40), as: UTF8.self)
      }
      if second > 12, monthFirst == nil, WallTime(year: year, month: first, day: second) != nil {
        monthFirst = String(decoding: bytes.prefix(40), as: UTF8.self)
      }
      return dayFirst != nil && monthFirst != nil
    }

    func isMost(_ count: Int) -> Bool { count > 0 && count * 10 >= filled * 7 }

    mutating func format(
      path: String, isWhole: Bool, notes: inout [String],
      whole: (any WholeColumns)?, dialect: Dialect, column: Int
    ) throws(ImportError) -> TimeFormat {
      if isMost(digitsOnly) { return try numbers(path, &notes) }
      if isMost(yearLast) {
        if dayFirst == nil, monthFirst == nil, !isWhole, let whole {
          var found = self
          try whole.cells(of: column, dialect) { cell in
            found.weigh(cell) || found.dayFirst != nil || found.monthFirst != nil
          }
          self = found
        }
        return try order(path, &notes)
      }
      if isMost(shortYears) {
        throw .timeUnclear(
          path: path, column: name, found: example, choices: ["%d/%m/%y", "%m/%d/%y", "%y/%m/%d"])
      }
      if monthName > iso { return .monthName }
      return .iso
    }

    private func order(_ path: String, _ notes: inout [String]) throws(ImportError) -> TimeFormat {
      switch (dayFirst, monthFirst) {
      case (let day?, let month?):
        throw .dateOrderUnclear(
          path: path, column: name, found: "'\(day)' and '\(month)'", contradicts: true)
      case (let day?, nil):
        notes.append("the day comes first, as '\(day)' shows")
        return .dayFirst
      case (nil, let month?):
        notes.append("the month comes first, as '\(month)' shows")
        return .monthFirst
      case (nil, nil):
        if hasDots {
          notes.append("the day comes first, as is usual with dots")
          return .dayFirst
        }
        throw .dateOrderUnclear(path: path, column: name, found: example, contradicts: false)
      }
    }

    private func numbers(_ path: String, _ notes: inout [String]) throws(ImportError) -> TimeFormat
    {
      if isMost(iso), isMost(epoch) {
        throw .timeUnclear(
          path: path, column: name, found: example, choices: ["a date (iso)", "a count (epoch)"])
      }
      if isMost(iso) { return .iso }
      if isMost(epoch) {
        if hourStamp == filled {
          throw .timeUnclear(
            path: path, column: name, found: example, choices: ["%Y%m%d%H", "epoch-s"])
        }
        notes.append("times are \(units.map(\.rawValue).joined(separator: " and ")) since 1970")
        return .epoch(nil)
      }
      if isMost(yearMonth), shortDate < filled, let months = try? TimePattern("%Y%m") {
        return .pattern(months)
      }
      throw .timeUnclear(path: path, column: name, found: example, choices: [])
    }
  }
}
