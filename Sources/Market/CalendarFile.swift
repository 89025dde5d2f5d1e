/// The lines of a calendar file; `Sources/Market/README.md` describes the format.
struct CalendarFile {
  var name = ""
  var aliases: [String] = []
  var timeZone = ""
  var sessionsPerYear = Double.nan
  var week = [[TradingHours]](repeating: [], count: 7)
  var dated: [(day: Int64, exception: CalendarRules.Exception)] = []
  var yearly: [(DayRule, CalendarRules.Exception)] = []
  /// Days for which the dated lines are the whole truth.
  var listed: ClosedRange<Int64>?

  private var line = 0

  /// Reads a file, or says which line is wrong and how.
  init(parsing text: String) throws(MarketError) {
    for raw in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      line += 1
      let content = raw.prefix { $0 != "#" }
      let words = content.split { $0 == " " || $0 == "\t" }.map { $0.lowercased() }
      guard let key = words.first else { continue }
      // A zone is the one thing whose letters matter.
      let rest = key == "zone" ? content.split { $0 == " " || $0 == "\t" }.map(String.init) : words
      try read(key, Array(rest.dropFirst()))
    }
    try check()
  }

  private func fault(_ reason: String) -> MarketError {
    .invalidCalendar(line: line, reason: reason)
  }

  private mutating func read(_ key: String, _ words: [String]) throws(MarketError) {
    switch key {
    case "calendar":
      guard words.count == 1, Self.isName(words[0]) else {
        throw fault("'calendar' takes one name of at most 64 letters, digits, '_', '-' and '.'")
      }
      name = words[0]
    case "alias": aliases += words
    case "zone":
      guard words.count == 1 else { throw fault("'zone' takes one IANA name") }
      timeZone = words[0]
    case "year":
      guard words.count == 1, let count = Double(words[0]), count > 0, count <= 366 else {
        throw fault("'year' takes the sessions in a year, above 0 and at most 366")
      }
      sessionsPerYear = count
    case "hours": try readHours(words)
    case "listed":
      guard words.count == 3, words[1] == "to", let from = day(words[0]), let to = day(words[2]),
        from <= to
      else { throw fault("'listed' is written: listed 1990-01-01 to 2023-12-31") }
      listed = from...to
    case "closed": try readDays(words, CalendarRules.Exception(isClosed: true))
    case "open": try readDays(words, CalendarRules.Exception(isOpen: true))
    case "early":
      let times = words.prefix { $0.contains(":") && !$0.hasSuffix(":") }.map(time)
      guard let end = times.first ?? nil, times.count <= 2, !times.contains(nil) else {
        throw fault("'early' begins with the end of regular hours, and of after hours if any")
      }
      try readDays(
        Array(words.dropFirst(times.count)),
        CalendarRules.Exception(closesNs: end, postClosesNs: times.count == 2 ? times[1] : nil))
    case "late":
      guard let word = words.first, let start = time(word) else {
        throw fault("'late' begins with the start of regular hours")
      }
      try readDays(Array(words.dropFirst()), CalendarRules.Exception(opensNs: start))
    default:
      throw fault(
        "'\(key.prefix(40))' is not known; lines begin with calendar, alias, zone, year, hours, "
          + "listed, closed, open, early or late")
    }
  }

  // hours regular mon-fri [previous] 09:30 to 16:00
  private mutating func readHours(_ words: [String]) throws(MarketError) {
    var words = words[...]
    guard let kind = words.popFirst().flatMap(TradingHours.Kind.init(rawValue:)),
      let days = words.popFirst().flatMap(Self.weekdays)
    else {
      throw fault("'hours' is written: hours regular mon-fri 09:30 to 16:00 (or pre, post; every)")
    }
    let isPrevious = words.first == "previous"
    if isPrevious { words.removeFirst() }
    let rest = Array(words)
    guard rest.count == 3, rest[1] == "to", let from = time(rest[0]), let to = time(rest[2]) else {
      throw fault("hours are written: 09:30 to 16:00, or previous 17:00 to 17:00; times HH:MM")
    }
    let opens = isPrevious ? from - Calendar.dayNs : from
    guard opens < to, to - opens <= Calendar.dayNs else {
      throw fault("hours must end after they begin, within 24 hours")
    }
    for weekday in days {
      week[weekday].append(TradingHours(kind, opensNs: opens, closesNs: to))
    }
  }

  private mutating func readDays(_ words: [String], _ exception: CalendarRules.Exception)
    throws(MarketError)
  {
    guard let first = words.first else { throw fault("the days are missing") }
    if first.hasSuffix(":"), let year = Int(first.dropLast()) {
      guard words.count > 1 else { throw fault("the days of \(year) are missing") }
      for word in words.dropFirst() {
        guard let day = day("\(digits(year, 4))-\(word)") else {
          throw fault("'\(word.prefix(40))' is no day of \(year); write MM-DD")
        }
        dated.append((day, exception))
      }
    } else if words.count == 1, let day = day(first) {
      dated.append((day, exception))
    } else {
      yearly.append((try rule(words), exception))
    }
  }

  private func rule(_ words: [String]) throws(MarketError) -> DayRule {
    var words = words[...]
    guard let base = base(&words) else {
      throw fault(
        "'\(words.joined(separator: " ").prefix(60))' is no day; write 2024: 01-01 07-04, 12-25, "
          + "3rd monday of january, last monday of may or easter -2")
    }
    var rule = DayRule(base: base)
    while let word = words.popFirst() {
      if let shift = Int(word), abs(shift) <= 200, word.hasPrefix("+") || word.hasPrefix("-") {
        rule.shift = shift
      } else if let move = DayRule.Move(rawValue: word), move != .none {
        rule.move = move
      } else if word == "if", let days = words.popFirst().flatMap(Self.weekdays) {
        rule.weekdays = Set(days)
      } else if word == "from", let year = words.popFirst().flatMap({ Int($0) }),
        (1...rule.years.upperBound).contains(year)
      {
        rule.years = year...rule.years.upperBound
      } else if word == "until", let year = words.popFirst().flatMap({ Int($0) }),
        (rule.years.lowerBound...9999).contains(year)
      {
        rule.years = rule.years.lowerBound...year
      } else {
        throw fault(
          "'\(word.prefix(40))' can't follow a day; what can is +1, -2, observed, "
            + "sunday-to-monday, weekend-to-monday, if mon-thu, from 1998, until 2010")
      }
    }
    return rule
  }

  private func base(_ words: inout ArraySlice<String>) -> DayRule.Base? {
    guard let first = words.first else { return nil }
    if first == "easter" {
      words.removeFirst()
      return .easter
    }
    // 2024 is a leap year, so it has every day that a year can have.
    if first.utf8.count == 5, let day = day("2024-\(first)") {
      words.removeFirst()
      let date = CivilDate(daysSinceEpoch: day)
      return .fixed(month: date.month, day: date.day)
    }
    let counts = ["last": 0, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5]
    let parts = Array(words.prefix(4))
    guard parts.count == 4, let count = counts[parts[0]], parts[2] == "of",
      let weekday = Self.dayNames.firstIndex(where: { $0 == parts[1] }),
      let month = Self.monthNames.firstIndex(of: parts[3])
    else { return nil }
    words = words.dropFirst(4)
    return .nth(count, weekday: weekday, month: month + 1)
  }

  private mutating func check() throws(MarketError) {
    func need(_ holds: Bool, _ reason: String) throws(MarketError) {
      if !holds { throw fault(reason) }
    }
    try need(!name.isEmpty, "the file has no line 'calendar NAME'")
    try need(!timeZone.isEmpty, "the file has no line 'zone', such as: zone America/New_York")
    try need(
      !sessionsPerYear.isNaN, "the file has no line 'year' with the sessions in a year: year 252")
    try need(
      week.contains { $0.contains { $0.kind == .regular } },
      "the file has no regular hours, such as: hours regular mon-fri 09:30 to 16:00")
    for weekday in 0..<7 {
      week[weekday].sort { $0.opensNs < $1.opensNs }
      for (earlier, later) in zip(week[weekday], week[weekday].dropFirst()) {
        try need(
          earlier.closesNs <= later.opensNs, "two hours of \(Self.dayNames[weekday]) overlap")
      }
      let (evening, next) = (week[weekday].last, week[(weekday + 1) % 7].first)
      if let evening, let next {
        try need(
          evening.closesNs <= next.opensNs + Calendar.dayNs,
          "the hours of \(Self.dayNames[weekday]) and of the day after overlap")
      }
    }
  }

  // MARK: Words

  private static let dayNames = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ]
  private static let monthNames = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ]

  /// `mon`, `mon-fri`, `mon,wed,fri` or `every`.
  private static func weekdays(_ word: String) -> [Int]? {
    if word == "every" { return Array(0..<7) }
    func index(_ name: Substring) -> Int? {
      dayNames.firstIndex { $0 == name || (name.count == 3 && $0.hasPrefix(name)) }
    }
    var days: [Int] = []
    for part in word.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(index)
      guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first <= last,
        !days.contains(where: { (first...last).contains($0) })
      else { return nil }
      days += Array(first...last)
    }
    return days
  }

  /// `HH:MM`, up to 24:00.
  private func time(_ word: String) -> Int64? {
    let parts = word.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
      let hour = Int64(parts[0]), let minute = Int64(parts[1]), (0...24).contains(hour),
      (0...59).contains(minute), hour * 60 + minute <= 1440
    else { return nil }
    return (hour * 60 + minute) * 60_000_000_000
  }

  /// `YYYY-MM-DD`.
  private func day(_ word: String) -> Int64? {
    let parts = word.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2],
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
    else { return nil }
    return CivilDate(year: year, month: month, day: day)?.daysSinceEpoch
  }

  private static func isName(_ word: String) -> Bool {
    (1...64).contains(word.utf8.count) && !word.hasPrefix(".")
      && word.utf8.allSatisfy { byte in
        (97...122).contains(byte) || (48...57).contains(byte) || byte == 95 || byte == 45
          || byte == 46
      }
  }
}
