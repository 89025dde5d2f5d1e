import Foundation
import Interchange
import Testing

private func parse(_ text: String) -> Int64? {
  Array(text.utf8).withUnsafeBufferPointer { TimeParser.parse($0) }
}

private let second: Int64 = 1_000_000_000

@Suite struct TimeParserTests {
  // Seconds from `date -u -d … +%s`.
  @Test(arguments: [
    ("1970-01-01", 0), ("2000-02-29", 951_782_400), ("2024-02-29", 1_709_164_800),
    ("1969-12-31", -86_400), ("1900-03-01", -2_203_891_200), ("2261-12-31", 9_214_560_000),
    ("2013-02-08 09:30", 1_360_315_800), ("2013-02-08T09:30:15", 1_360_315_815),
    ("2013-02-08T09:30:15Z", 1_360_315_815), ("2013-02-08T09:30:15+02:00", 1_360_308_615),
    ("2013-02-08 00:00:00-05:30", 1_360_301_400), (" 2013-02-08 ", 1_360_281_600),
  ])
  func reads(text: String, seconds: Int64) {
    #expect(parse(text) == seconds * second)
  }

  @Test(arguments: [
    ("2013-02-08 09:30:15.5", 500_000_000), ("2013-02-08 09:30:15.123456789Z", 123_456_789),
    ("2013-02-08T09:30:15.000001+00:00", 1_000),
  ])
  func readsFractions(text: String, ns: Int64) {
    #expect(parse(text) == 1_360_315_815 * second + ns)
  }

  @Test(
    arguments: [
      "", "2013", "2013-2-8", "2013-02-30", "2023-02-29", "1900-02-29", "2013-13-01", "2013-00-10",
      "2013-01-00", "1677-01-01", "2262-01-01", "2013/02/08", "08-02-2013", "2013-02-08X",
      "2013-02-08 24:00", "2013-02-08 09:60", "2013-02-08 09:30:60",
      "2013-02-08 9:30",
      "2013-02-08 09:30:15.", "2013-02-08 09:30:15.1234567890", "2013-02-08 09:30+0200",
      "2013-02-08 09:30ZZ", "2013-02-08 09:30z", "2013-02-08 09:30 UTC", "20130208", "2013-02-0a",
    ])
  func refuses(text: String) {
    #expect(parse(text) == nil)
  }

  @Test func agreesWithFoundationDayByDay() {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withFullDate]
    for day in stride(from: -100_000, to: 100_000, by: 137) {
      let text = formatter.string(from: Date(timeIntervalSince1970: Double(day) * 86_400))
      #expect(parse(text) == Int64(day) * 86_400 * second)
      #expect(TimeParser.format(Int64(day) * 86_400 * second) == text)
    }
  }

  @Test(arguments: [7] as [UInt64])
  func formatReadsBack(seed: UInt64) {
    var random = SplitMix(seed)
    for _ in 0..<10_000 {
      let ns = Int64(random.below(9_000_000_000_000_000_000)) - 4_000_000_000_000_000_000
      #expect(parse(TimeParser.format(ns)) == ns, "seed \(seed)")
    }
  }

  @Test func weekends() {
    // 2024-01-06 was a Saturday, 1969-12-27 too.
    for (text, expected) in [
      ("2024-01-05", false), ("2024-01-06", true), ("2024-01-07 23:59:59", true),
      ("2024-01-08", false), ("1969-12-26", false), ("1969-12-27 12:00", true),
      ("1969-12-28", true), ("1969-12-29", false),
    ] {
      #expect(parse(text).map(TimeParser.isWeekend) == expected, "\(text)")
    }
  }
}
