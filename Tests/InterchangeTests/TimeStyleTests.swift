import Interchange
import Market
import Testing

private let second: Int64 = 1_000_000_000

private func bytes<Result>(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result
{
  Array(text.utf8).withUnsafeBufferPointer(body)
}

private func parse(_ text: String, _ format: TimeFormat, _ zone: String = "UTC") -> TimeOutcome {
  bytes(text) { TimeStyle(format, zone: ZoneRules.named(zone) ?? .utc).parse($0) }
}

/// Seconds since 1970, or nil for what is no instant.
private func seconds(_ text: String, _ format: TimeFormat, _ zone: String = "UTC") -> Double? {
  guard case .instant(let ns) = parse(text, format, zone) else { return nil }
  // Whole seconds apart, as a double has not the digits for both.
  return Double(ns / second) + Double(ns % second) / 1e9
}

private func pattern(_ text: String) throws -> TimeFormat { .pattern(try TimePattern(text)) }

@Suite struct TimeStyleTests {
  // Seconds from `date -u -d … +%s`.
  @Test(
    arguments: [
      ("2024-01-31", 1_706_659_200), ("2024/1/31", 1_706_659_200), ("2024.01.31", 1_706_659_200),
      ("20240131", 1_706_659_200), ("2024-02", 1_706_745_600), ("2024-01-31 09:30", 1_706_693_400),
      ("2024-01-31T09:30:15Z", 1_706_693_415), ("20240131T093015Z", 1_706_693_415),
      ("20240131093015", 1_706_693_415), ("202401310930", 1_706_693_400),
      ("20240131 093015", 1_706_693_415), ("2024-01-31 09:30:15+02:00", 1_706_686_215),
      ("2024-01-31 09:30:15 +0200", 1_706_686_215), ("2024-01-31 09:30:15-05", 1_706_711_415),
      ("2024-01-31 09:30:15 UTC", 1_706_693_415), ("2024-01-31 9:30:15 pm", 1_706_736_615),
      ("2024-01-31 12:00 AM", 1_706_659_200), ("2024-01-31 12:00 PM", 1_706_702_400),
      ("2024-01-31 09:30:15,25", 1_706_693_415.25), ("2024-01-31, 9 AM", 1_706_691_600),
    ] as [(String, Double)])
  func yearFirst(text: String, expected: Double) { #expect(seconds(text, .iso) == expected) }

  @Test(
    arguments: [
      "", "2024", "2024-13-01", "2023-02-29", "2024-01-31T24:00", "2024-01-31 09:60", "31-01-2024",
      "2024-01/31", "2024-01-31 13:00 PM", "2024-01-31 0:30 AM", "2024-01-31 09:30:60",
      "2024-01-31 09:30 EST", "2024-01-31x", "1677-12-31", "2262-01-01", "202401", "2024-01-31 09",
      "20240131093", "2024-01-31 09:30+25:00", "2024-1", "0000-00-00", "2024/01", "-2024-01-31",
    ])
  func refusesOthers(text: String) {
    if text == "2024-1" { return }
    #expect(seconds(text, .iso) == nil)
  }

  @Test func dayAndMonth() {
    #expect(seconds("31/01/2024", .dayFirst) == 1_706_659_200)
    #expect(seconds("1.2.2024 09:30", .dayFirst) == 1_706_779_800)
    #expect(seconds("01/31/2024", .monthFirst) == 1_706_659_200)
    #expect(seconds("1/31/2024 9:30:00 AM", .monthFirst) == 1_706_693_400)
    // The other order is refused, never turned round.
    #expect(seconds("01/31/2024", .dayFirst) == nil)
    #expect(seconds("31/01/2024", .monthFirst) == nil)
    #expect(seconds("31/01/24", .dayFirst) == nil)
    #expect(seconds("2024-01-31", .dayFirst) == nil)
  }

  @Test(
    arguments: [
      "Jan 31, 2024", "31 January 2024", "31-Jan-24", "31-Jan-2024", "2024-Jan-31",
      "Wed, 31 Jan 2024",
      "Wednesday Jan 31 2024", "JAN 31 2024", "Jan. 31, 2024",
    ])
  func namesOfMonths(text: String) { #expect(seconds(text, .monthName) == 1_706_659_200) }

  @Test(arguments: [
    "Jan 32, 2024", "Foo 31, 2024", "Jan 2024", "31 31 2024", "Jan Feb 2024", "J 1 24",
  ])
  func otherNames(text: String) { #expect(seconds(text, .monthName) == nil) }

  @Test func counts() {
    #expect(seconds("1706693415", .epoch(nil)) == 1_706_693_415)
    #expect(seconds("1706693415.5", .epoch(nil)) == 1_706_693_415.5)
    #expect(seconds("1706693415123", .epoch(nil)) == 1_706_693_415.123)
    #expect(parse("1706693415123456", .epoch(nil)) == .instant(1_706_693_415_123_456_000))
    #expect(parse("1706693415123456789", .epoch(nil)) == .instant(1_706_693_415_123_456_789))
    // Years before 1973 say nothing about the unit.
    #expect(seconds("86400", .epoch(nil)) == nil)
    #expect(seconds("17066934151", .epoch(nil)) == nil)
    #expect(seconds("86400", .epoch(.seconds)) == 86_400)
    #expect(seconds("-86400", .epoch(.seconds)) == -86_400)
    #expect(seconds("86400000", .epoch(.milliseconds)) == 86_400)
    for text in [
      "9223372036854775807", "99999999999999999999", "-9223372036854775807", "1e9", "", "-",
    ] {
      _ = parse(text, .epoch(.seconds))
      #expect(seconds(text, .epoch(.seconds)) == nil)
    }
  }

  @Test func spreadsheetDays() {
    #expect(seconds("45322", .excel) == 1_706_659_200)
    #expect(seconds("45322.395833333336", .excel) == 1_706_693_400)
    #expect(seconds("60", .excel) == nil)
    #expect(seconds("999999", .excel) == nil)
  }

  @Test func patterns() throws {
    #expect(seconds("31.01.24 09h30", try pattern("%d.%m.%y %Hh%M")) == 1_706_693_400)
    #expect(seconds("2024031", try pattern("%Y%j")) == 1_706_659_200)
    #expect(seconds("2024366", try pattern("%Y%j")) == 1_735_603_200)
    #expect(seconds("2023366", try pattern("%Y%j")) == nil)
    #expect(seconds("20240131 093015", try pattern("%Y%m%d %H%M%S")) == 1_706_693_415)
    #expect(seconds("31-Jan-2024 09:30 PM", try pattern("%d-%b-%Y %I:%M %p")) == 1_706_736_600)
    #expect(seconds("2024-01-31T09:30:15.250+0100", try pattern("%FT%T.%f%z")) == 1_706_689_815.25)
    #expect(seconds("01/31/24", try pattern("%D")) == 1_706_659_200)
    #expect(seconds("1706659200", try pattern("%s")) == 1_706_659_200)
    #expect(seconds("9999999999", try pattern("%s")) == nil)
    #expect(seconds("100%2024-01", try pattern("100%%%Y-%m")) == 1_704_067_200)
    for wrong in ["", "2024-01-31", "2024-13-01 09", "2024-01-31 25", "2024-01-31 09x"] {
      #expect(seconds(wrong, try pattern("%Y-%m-%d %H")) == nil)
    }
    #expect(throws: TimePattern.Fault.unknown("%Q")) { try TimePattern("%Y-%Q") }
    #expect(throws: TimePattern.Fault.unknown("%")) { try TimePattern("%Y-%m%") }
    #expect(throws: TimePattern.Fault.noDate) { try TimePattern("%H:%M") }
  }

  @Test func zones() {
    #expect(seconds("2024-01-31 09:30", .iso, "America/New_York") == 1_706_711_400)
    #expect(seconds("2024-07-01 09:30", .iso, "America/New_York") == 1_719_840_600)
    // An offset wins, and a date alone is the same day everywhere.
    #expect(seconds("2024-01-31 09:30Z", .iso, "America/New_York") == 1_706_693_400)
    #expect(seconds("2024-01-31", .iso, "America/New_York") == 1_706_659_200)
    #expect(
      parse("2024-11-03 01:30", .iso, "America/New_York")
        == .twice(earlier: 1_730_611_800 * second, later: 1_730_615_400 * second))
    guard case .never(let reason) = parse("2024-03-10 02:30", .iso, "America/New_York") else {
      Issue.record("the clock never shows it")
      return
    }
    #expect(
      reason
        == "'2024-03-10 02:30' was skipped by the clocks of America/New_York, set forward that day")
  }

  @Test func foldByOption() {
    var style = TimeStyle(.iso, zone: ZoneRules.named("America/New_York") ?? .utc)
    for (fold, expected) in [(ImportOptions.Fold.earlier, 1_730_611_800), (.later, 1_730_615_400)] {
      style.fold = fold
      #expect(bytes("2024-11-03 01:30") { style.parse($0) } == .instant(Int64(expected) * second))
    }
  }

  @Test func splitColumns() {
    func both(_ date: String, _ clock: String) -> TimeOutcome {
      bytes(date) { date in bytes(clock) { TimeStyle(.iso).parse(date, $0) } }
    }
    #expect(both("20240131", "093000") == .instant(1_706_693_400 * second))
    #expect(both("2024.01.31", "9:30 AM") == .instant(1_706_693_400 * second))
    #expect(both("2024-01-31 00:00:00", "09:30:00") == .instant(1_706_693_400 * second))
    #expect(both("2024-01-31 10:00", "09:30") != .instant(1_706_693_400 * second))
    #expect(
      both("2024-01-31", "noon")
        == .bad("'2024-01-31 noon' is not a date or time like 2024-01-31 or 2024-01-31 09:30:00"))
  }

  @Test(arguments: [1, 2] as [UInt64])
  func anyBytesEndWell(seed: UInt64) throws {
    var random = SplitMix(seed)
    let signs = Array("0123456789-/.: TZ+apmJanFebUTCe,%\u{FF}".utf8)
    var formats: [TimeFormat] = TimeFormat.names.map(\.format)
    formats += [
      try pattern("%Y%m%d"), try pattern("%d-%b-%y %I:%M %p %z"), .millisecondsOfDay(day: 0),
    ]
    let zone = ZoneRules.named("Europe/Berlin") ?? .utc
    for _ in 0..<40_000 {
      let text = (0..<random.below(24)).map { _ in signs[random.below(signs.count)] }
      let format = formats[random.below(formats.count)]
      text.withUnsafeBufferPointer { cell in
        if case .instant(let ns) = TimeStyle(format, zone: zone).parse(cell) {
          #expect(ns > -9_223_000_000_000_000_000 && ns < 9_215_000_000_000_000_000)
        }
        _ = TimeStyle(format).parse(cell, cell)
      }
    }
  }
}

@Suite struct NumberStyleTests {
  private func parse(_ text: String, _ style: NumberStyle) -> Double? {
    let (outcome, value) = bytes(text) { NumberParser.parse($0, style: style) }
    return outcome == .number ? value : outcome == .empty ? .infinity : nil
  }

  @Test(arguments: [
    ("1.234,56", 1234.56), ("1,5", 1.5), ("-1.234.567", -1_234_567), ("12", 12), ("0,001", 0.001),
    ("1e3", 1000), ("1,5e-2", 0.015),
  ])
  func comma(text: String, expected: Double) {
    var style = NumberStyle()
    style.decimal = UInt8(ascii: ",")
    style.grouping = UInt8(ascii: ".")
    #expect(parse(text, style) == expected)
  }

  @Test(arguments: [
    "1.5", "1.23.456", "1.2345", "1,2,3", ",", "1.234.5", "12.34", "abc", "1,234.5", "1234.567",
  ])
  func notComma(text: String) {
    var style = NumberStyle()
    style.decimal = UInt8(ascii: ",")
    style.grouping = UInt8(ascii: ".")
    #expect(parse(text, style) == nil)
  }

  @Test func groups() {
    var style = NumberStyle()
    style.grouping = UInt8(ascii: ",")
    #expect(parse("1,234.56", style) == 1234.56)
    #expect(parse("12,34,567", style) == 1_234_567)
    #expect(parse("1,23", style) == nil)
    style.grouping = 0x20
    #expect(parse("1 234 567.5", style) == 1_234_567.5)
    #expect(parse("1\u{A0}234\u{202F}567.5", style) == 1_234_567.5)
    style.grouping = UInt8(ascii: "'")
    #expect(parse("1'234’567.5", style) == 1_234_567.5)
  }

  @Test func units() {
    var style = NumberStyle()
    style.hasUnits = true
    let known: [(String, Double)] = [
      ("1.23M", 1_230_000), ("4.35K", 4350), ("1.1B", 1.1e9), ("2T", 2e12), ("0.53%", 0.0053),
      ("-0.20%", -0.002), ("$185.64", 185.64), ("-$1.5", -1.5), ("(1.5)", -1.5), ("€2", 2),
    ]
    for (text, value) in known { #expect(parse(text, style) == value, "\(text)") }
    for text in ["M", "%", "$", "()", "1.2MM", "1M2", "$$1", "-(1)", "1e5M"] {
      #expect(parse(text, style) == nil, "\(text)")
    }
  }

  @Test func wordsOfNoValue() {
    var style = NumberStyle()
    for word in ["", " ", "null", "NULL", "N/A", "#N/A N/A", "-", "--", ".", "None"] {
      #expect(parse(word, style) == .infinity, "\(word)")
    }
    #expect(parse("nan", style) == nil)
    #expect(parse("0", style) == 0)
    style.missing += [Array("-99.99".utf8), Array("0".utf8)]
    style.hasMissingNumbers = true
    #expect(parse("-99.99", style) == .infinity)
    #expect(parse("0", style) == .infinity)
    #expect(parse("0.0", style) == 0)
  }
}
