import Market

/// Makes a calendar of a list of trading days, as exchanges and data vendors publish them.
enum TradingDays {
  /// Reads a table with a column of dates, plain or gzip, and makes the calendar of exactly these days.
  ///
  /// Between the first and the last of them only listed days are sessions; before and after, the weekdays of which more
  /// than half are listed. Sessions last all day, as such lists hold no hours.
  ///
  /// - Throws: `ImportError` for a file that can't be read or holds no dates.
  static func calendar(_ path: String) throws(ImportError) -> Calendar {
    let table = try FactsTable(
      path, options: ImportOptions(),
      aliases: [("time", ["date", "day", "trading_day", "session", "time"])], headerless: ["date"])
    try table.need("time")
    var days: Set<Int64> = []
    while try table.next() {
      guard let ns = ExchangeDays.parse(table.text("time")) else {
        throw .badOption(
          option: "--calendar", value: path,
          reason:
            "line \(table.line): '\(table.text("time").prefix(40))' is no date like 2024-01-31")
      }
      days.insert(Timestamp.split(ns).day)
    }
    guard let first = days.min(), let last = days.max() else { throw .nothingToImport(path: path) }
    do throws(MarketError) {
      return try Calendar(parsing: definition(name(of: path), days, first...last))
    } catch {
      throw .badOption(option: "--calendar", value: path, reason: "is no calendar: \(error)")
    }
  }

  private static func definition(_ name: String, _ days: Set<Int64>, _ range: ClosedRange<Int64>)
    -> String
  {
    var weekdays = [(listed: Int, all: Int)](repeating: (0, 0), count: 7)
    for day in range {
      let weekday = CivilDate.weekday(daysSinceEpoch: day)
      weekdays[weekday].all += 1
      if days.contains(day) { weekdays[weekday].listed += 1 }
    }
    let usual = weekdays.map { $0.listed * 2 > $0.all }
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    let years = Double(range.count) / 365.2425
    let perYear = max(1, (Double(days.count) / years).rounded())
    var text = "# Made of \(days.count) trading days.\ncalendar \(name)\nzone UTC\n"
    text += "year \(Int(min(perYear, 366)))\n"
    text += "hours regular "
    text += zip(names, usual).filter(\.1).map(\.0).joined(separator: ",") + " 00:00 to 24:00\n"
    func date(_ day: Int64) -> String { CivilDate(daysSinceEpoch: day).description }
    text += "listed \(date(range.lowerBound)) to \(date(range.upperBound))\n"
    for (key, isOpen) in [("closed", false), ("open", true)] {
      let unusual = range.filter {
        usual[CivilDate.weekday(daysSinceEpoch: $0)] != isOpen && days.contains($0) == isOpen
      }
      let byYear = Dictionary(grouping: unusual) { CivilDate(daysSinceEpoch: $0).year }
      for (year, days) in byYear.sorted(by: { $0.key < $1.key }) {
        text += "\(key) \(year): " + days.map { date($0).suffix(5) }.joined(separator: " ") + "\n"
      }
    }
    return text
  }

  /// What is left of a file's name, in the letters of a calendar's name.
  private static func name(of path: String) -> String {
    let stem = FileName.symbol(of: path).lowercased()
    let letters = stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    return String(letters.prefix(64))
  }
}
