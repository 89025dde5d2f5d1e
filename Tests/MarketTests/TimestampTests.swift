import Market
import Testing

@Suite struct TimestampTests {
  /// Values by `date -u +%s`, and by hand for the fractions.
  @Test(
    arguments: [
      ("1970-01-01", 0),
      ("1969-12-31T23:59:59.999999999Z", -1),
      ("2024-02-29", 1_709_164_800_000_000_000),
      ("2024-02-29T00:00Z", 1_709_164_800_000_000_000),
      ("2024-02-29 12:34:56", 1_709_210_096_000_000_000),
      ("2024-02-29T12:34:56.5Z", 1_709_210_096_500_000_000),
      ("2024-02-29T12:34:56.000000001", 1_709_210_096_000_000_001),
      ("2024-02-29Z", 1_709_164_800_000_000_000),
      ("2262-04-11T23:47:16.854775807Z", Int64.max),
    ] as [(String, Int64)])
  func textsAreRead(text: String, nanoseconds: Int64) throws {
    #expect(try Timestamp.nanoseconds(parsing: text) == nanoseconds)
    let bytes = Array(text.utf8)
    #expect(try Timestamp.nanoseconds(parsing: bytes.span) == nanoseconds)
  }

  @Test(
    arguments: [
      ("", .form), ("2024", .form), ("2024-1-01", .form), ("2024/01/01", .form),
      ("2024-01-01T", .form), ("2024-01-01T1:00", .form), ("2024-01-01T10:00:", .form),
      ("2024-01-01T10:00:00.", .form), ("2024-01-01T10:00:00+01:00", .form),
      ("2024-01-01x", .form), ("2024-01-01ZZ", .form), ("2٠24-01-01", .form), ("-024-01-01", .form),
      ("2024-01-01T10", .form), (" 2024-01-01", .form), ("2024-01-01 ", .form),
      ("2023-02-29", .noSuchDay), ("2024-00-10", .noSuchDay), ("2024-01-01T24:00", .noSuchTime),
      ("2024-01-01T23:60", .noSuchTime), ("2024-12-31T23:59:60Z", .noSuchTime),
      ("2024-01-01T10:00:00.1234567890", .tooFine), ("1600-01-01", .outOfRange),
      ("2262-04-12", .outOfRange), ("9999-12-31", .outOfRange),
    ] as [(String, MarketError.TimestampFault)])
  func otherTextsAreRefused(text: String, reason: MarketError.TimestampFault) {
    #expect(throws: MarketError.invalidTimestamp(text: text, reason: reason)) {
      try Timestamp.nanoseconds(parsing: text)
    }
    let bytes = Array(text.utf8)
    #expect(throws: MarketError.invalidTimestamp(text: text, reason: reason)) {
      try Timestamp.nanoseconds(parsing: bytes.span)
    }
  }

  @Test(
    arguments: [
      (0, "1970-01-01"), (-1, "1969-12-31T23:59:59.999999999Z"),
      (1_709_210_096_000_000_000, "2024-02-29T12:34:56Z"),
      (1_709_210_096_120_000_000, "2024-02-29T12:34:56.120Z"),
      (1_709_210_096_000_120_000, "2024-02-29T12:34:56.000120Z"),
      (Int64.max, "2262-04-11T23:47:16.854775807Z"),
    ] as [(Int64, String)])
  func instantsAreWritten(nanoseconds: Int64, text: String) {
    #expect(Timestamp.text(nanoseconds: nanoseconds) == text)
  }

  @Test func midnightCanBeWrittenInFull() {
    #expect(Timestamp.text(nanoseconds: 0, shortAtMidnight: false) == "1970-01-01T00:00:00Z")
  }

  @Test func randomInstantsComeBack() throws {
    let seed: UInt64 = .random(in: 0 ... .max)
    var state = seed
    for _ in 0..<10_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Not the first day of the range, whose midnight lies outside of it.
      let instant = max(Int64(bitPattern: state), Int64.min + Calendar.dayNs)
      let text = Timestamp.text(nanoseconds: instant)
      #expect(try Timestamp.nanoseconds(parsing: text) == instant, "seed \(seed)")
    }
  }
}
