import Arguments
import Interchange
import Market

/// `apus calendar`: the calendars, and the sessions of one.
enum CalendarCommand: Command {
  static let spec = CommandSpec(
    "calendar", group: "Data",
    summary: "List calendars, or the sessions of one",
    discussion: [
      "A calendar of your own is a text file that ends in .calendar; --definition prints one to begin with. Give it a"
        + " name of its own, look at its sessions here, and use it: apus import … --calendar FILE.calendar"
    ],
    examples: [
      Example(
        "apus calendar XNYS --from 2024-11-25 --to 2024-11-29", "Sessions of a week, in UTC."),
      Example("apus calendar us_equity --definition > mine.calendar", "A file to change."),
    ],
    positionals: [
      PositionalSpec(
        "CALENDAR",
        help: "A name such as us_equity, a file that ends in .calendar, or a .csv of trading days.",
        count: .optional, completion: .files)
    ],
    options: [
      .value("from", "DATE", help: "First day of the list; a week before --to unless given."),
      .value("to", "DATE", help: "Last day of the list; a week after --from unless given."),
      .flag("definition", help: "Print the calendar's file."),
    ],
    common: [CommonOptions.json, CommonOptions.quiet])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    guard let word = arguments.positionals("CALENDAR").first else {
      for name in ["from", "to", "definition"] where arguments.isGiven(name) {
        throw ArgumentsError.badValue(
          name: "--\(name)", value: "",
          reason: .other("needs a calendar", next: "such as: apus calendar us_equity --\(name)"))
      }
      try list(arguments, console)
      return .done
    }
    let calendar = try CalendarSource.calendar(word)
    if arguments.flag("definition") {
      try console.write(calendar.definition)
      return .done
    }
    guard let days = try days(arguments) else {
      try describe([calendar], arguments, console)
      return .done
    }
    guard let zone = ZoneRules.named(calendar.timeZone) else {
      preconditionFailure("the source of calendars checks the zone")
    }
    try sessions(calendar, days, zone, arguments, console)
    return .done
  }

  private static func days(_ arguments: ParsedArguments) throws(ArgumentsError) -> ClosedRange<
    Int64
  >? {
    func day(_ name: String) throws(ArgumentsError) -> Int64? {
      guard let text = arguments.optionalString(name) else { return nil }
      do throws(MarketError) {
        return Timestamp.split(try Timestamp.nanoseconds(parsing: text)).day
      } catch {
        throw .badValue(
          name: "--\(name)", value: text,
          reason: .other("'\(text)' is not a date", next: "write it like 2024-01-31"))
      }
    }
    let (from, to) = (try day("from"), try day("to"))
    guard let first = from ?? to.map({ $0 - 6 }), let last = to ?? from.map({ $0 + 6 }) else {
      return nil
    }
    guard first <= last else {
      throw .badValue(
        name: "--to", value: arguments.string("to"),
        reason: .other("lies before --from", next: "exchange the two"))
    }
    return first...last
  }

  // MARK: Calendars

  private struct Description: Encodable {
    let name: String
    let aliases: [String]
    let timeZone: String
    let sessionsPerYear: Double
    let hours: [String: [String]]
  }

  private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

  private static func list(_ arguments: ParsedArguments, _ console: Console) throws {
    try describe(Calendar.Kind.allCases.map { Calendar($0) }, arguments, console)
  }

  private static func describe(
    _ calendars: [Calendar], _ arguments: ParsedArguments, _ console: Console
  ) throws {
    if arguments.flag("json") {
      let list = calendars.map { calendar in
        Description(
          name: calendar.name, aliases: calendar.aliases, timeZone: calendar.timeZone,
          sessionsPerYear: calendar.sessionsPerYear,
          hours: Dictionary(
            uniqueKeysWithValues: weekdays.indices.map { weekday in
              (
                weekdays[weekday].lowercased(),
                calendar.usualHours(weekday: weekday).map { "\($0.kind.rawValue) \(text($0))" }
              )
            }))
      }
      try console.print(try list.json())
      return
    }
    for (index, calendar) in calendars.enumerated() {
      if index > 0 { try console.print("") }
      let aliases = calendar.aliases.map { $0.uppercased() }.joined(separator: ", ")
      try console.print("calendar     \(calendar.name)\(aliases.isEmpty ? "" : " (\(aliases))")")
      try console.print("zone         \(calendar.timeZone)")
      try console.print("sessions     \(NumberText.text(calendar.sessionsPerYear, .plain)) a year")
      for kind in TradingHours.Kind.allCases { try hours(calendar, kind, console) }
    }
  }

  /// Weekdays with the same hours, in one line.
  private static func hours(
    _ calendar: Calendar, _ kind: TradingHours.Kind, _ console: Console
  ) throws {
    var groups: [(hours: String, days: [Int])] = []
    for weekday in 0..<7 {
      let hours = calendar.usualHours(weekday: weekday).filter { $0.kind == kind }.map(text)
        .joined(separator: ", ")
      if hours.isEmpty { continue }
      if groups.last?.hours == hours {
        groups[groups.count - 1].days.append(weekday)
      } else {
        groups.append((hours, [weekday]))
      }
    }
    for (hours, days) in groups {
      let (first, last) = (weekdays[days[0]], weekdays[days[days.count - 1]])
      let title = kind.rawValue + String(repeating: " ", count: 13 - kind.rawValue.count)
      try console.print("\(title)\(first == last ? first : "\(first) to \(last)") \(hours)")
    }
  }

  private static func text(_ hours: TradingHours) -> String {
    func clock(_ ns: Int64) -> String {
      let (day, rest) = Timestamp.split(ns)
      let minutes = rest / 60_000_000_000
      if day == 1 && minutes == 0 { return "24:00" }
      let time =
        "\(minutes / 60 < 10 ? "0" : "")\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60)"
      return day < 0 ? "the day before \(time)" : time
    }
    return "\(clock(hours.opensNs)) to \(clock(hours.closesNs))"
  }

  // MARK: Sessions

  private struct Session: Encodable {
    let day: String
    let weekday: String
    let hours: String
    let opens: String
    let closes: String
    let note: String
  }

  private static func sessions(
    _ calendar: Calendar, _ days: ClosedRange<Int64>, _ zone: ZoneRules,
    _ arguments: ParsedArguments, _ console: Console
  ) throws {
    var rows: [Session] = []
    for day in days {
      let ranges = calendar.sessions(days: day...day, zone: zone)
      let weekday = CivilDate.weekday(daysSinceEpoch: day)
      let isUnusual = calendar.hasUnusualHours(day: day)
      func add(_ hours: String, _ opens: String, _ closes: String, _ note: String) {
        rows.append(
          Session(
            day: "\(CivilDate(daysSinceEpoch: day))", weekday: weekdays[weekday], hours: hours,
            opens: opens, closes: closes, note: note))
      }
      if ranges.isEmpty && isUnusual { add("", "", "", "closed") }
      for range in ranges {
        add(
          range.kind.rawValue, Timestamp.text(nanoseconds: range.opens, shortAtMidnight: false),
          Timestamp.text(nanoseconds: range.closes, shortAtMidnight: false),
          isUnusual && range.kind == .regular ? "other hours than usual" : "")
      }
    }
    if arguments.flag("json") {
      try console.print(try rows.json())
      return
    }
    var table = Table([
      .text("day"), .text(""), .text("hours"), .text("opens"), .text("closes"), .text(""),
    ])
    for row in rows {
      table.add([
        .text(row.day), .text(row.weekday), .text(row.hours), .text(row.opens), .text(row.closes),
        .text(row.note),
      ])
    }
    try console.print(table)
  }
}
