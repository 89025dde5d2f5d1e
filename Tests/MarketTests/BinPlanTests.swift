import Market
import Testing

@Suite struct BinPlanTests {
  private static let minute: Int64 = 60_000_000_000

  private func plan(
    _ times: [String], _ from: String, _ to: String, _ calendar: Calendar = .crypto,
    anchor: BinPlan.Anchor = .open, sessions: BinPlan.Sessions = .regular
  ) throws -> BinPlan {
    try BinPlan(
      times: times.map { try Timestamp.nanoseconds(parsing: $0) },
      from: try #require(Frequency(label: from)), to: try #require(Frequency(label: to)),
      calendar: calendar, zone: .utc, anchor: anchor, sessions: sessions)
  }

  private func texts(_ plan: BinPlan) -> [String] {
    plan.stamps.map { Timestamp.text(nanoseconds: $0) }
  }

  /// A calendar in UTC with a lunch break and hours before and after.
  private func broken() throws -> Calendar {
    try Calendar(
      parsing: """
        calendar broken
        zone UTC
        year 250
        hours pre mon-fri 08:00 to 09:15
        hours regular mon-fri 09:15 to 11:30
        hours regular mon-fri 12:30 to 15:00
        hours post mon-fri 15:00 to 16:00
        closed 2024-01-01
        """)
  }

  @Test func binsRestartAfterABreak() throws {
    let times = ["09:15", "10:15", "11:15", "12:15", "12:30", "13:15", "14:45", "15:00"].map {
      "2024-01-02T\($0)Z"
    }
    let plan = try plan(times, "15m", "1h", try broken())
    #expect(
      texts(plan) == ["09:15", "10:15", "11:15", "12:30", "14:30"].map { "2024-01-02T\($0):00Z" })
    #expect(plan.outsideCount == 2 && plan.straddlingCount == 0)
    #expect(plan.runs.map(\.bin) == [0, 1, 2, 3, 4])
    #expect(plan.runs[3].bars == 4..<6)
  }

  @Test func midnightAnchorStampsTheOpenOfAShortBin() throws {
    let times = ["08:00", "09:00", "09:15", "09:45", "10:00", "15:45"].map { "2024-01-02T\($0)Z" }
    let plan = try plan(times, "15m", "1h", try broken(), anchor: .midnight, sessions: .all)
    #expect(
      texts(plan)
        == ["08:00", "09:00", "09:15", "10:00", "15:00"].map { "2024-01-02T\($0):00Z" })
    #expect(plan.outsideCount == 0)
  }

  @Test func barsOutsideAllHoursKeepToThemselves() throws {
    let times = [
      "2024-01-01T10:00Z", "2024-01-02T07:45Z", "2024-01-02T08:00Z", "2024-01-02T11:45Z",
    ]
    let plan = try plan(times, "15m", "1h", try broken(), sessions: .all)
    #expect(
      texts(plan) == [
        "2024-01-01T10:00:00Z", "2024-01-02T07:00:00Z", "2024-01-02T08:00:00Z",
        "2024-01-02T11:30:00Z",
      ])
    let days = try self.plan(times, "15m", "1d", try broken(), sessions: .all)
    #expect(texts(days) == ["2024-01-01", "2024-01-02"])
  }

  @Test func aBarOverTheOpenIsOfTheSession() throws {
    let times = ["09:00", "10:00", "11:00", "12:00", "13:00", "14:00"].map { "2024-01-02T\($0)Z" }
    let plan = try plan(times, "1h", "1d", try broken())
    #expect(texts(plan) == ["2024-01-02"] && plan.runs.map(\.bars) == [0..<6])
    // At the open's anchor hours would hold prices of the next bin.
    #expect(throws: MarketError.self) { try self.plan(times, "1h", "2h", try broken()) }
    #expect(try self.plan(times, "1h", "2h", try broken(), anchor: .midnight).stamps.count == 4)
  }

  @Test func weeksAndMonthsBearTheirFirstSession() throws {
    let days = ["2023-12-29", "2024-01-01", "2024-01-02", "2024-01-15", "2024-01-16", "2024-09-03"]
    let weeks = try plan(days, "1d", "1w", .usEquity)
    #expect(texts(weeks) == ["2023-12-26", "2024-01-02", "2024-01-16", "2024-09-03"])
    #expect(weeks.outsideCount == 2)
    let months = try plan(days, "1d", "1mo", .usEquity)
    #expect(texts(months) == ["2023-12-01", "2024-01-02", "2024-09-03"])
    // A bar on a holiday may come before the first session.
    let all = try plan(days, "1d", "1mo", .usEquity, sessions: .all)
    #expect(texts(all) == ["2023-12-01", "2024-01-01", "2024-09-03"])
    #expect(
      texts(try plan(days, "1d", "3mo", .usEquity)) == ["2023-10-02", "2024-01-02", "2024-07-01"])
  }

  @Test(
    arguments: [
      ("5m", "5m"), ("5m", "1m"), ("2m", "5m"), ("1d", "1h"), ("1d", "2d"), ("2d", "1w"),
      ("1w", "1mo"), ("1mo", "1w"), ("2mo", "3mo"), ("1h", "5mo"), ("1d", "24mo"),
    ])
  func lengthsThatDoNotFitAreRefused(from: String, to: String) {
    #expect(throws: MarketError.self) { try plan(["2024-01-02"], from, to) }
  }

  @Test func monthsMakeQuarters() throws {
    let plan = try plan(["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"], "1mo", "3mo")
    #expect(texts(plan) == ["2024-01-01", "2024-04-01"] && plan.runs.map(\.bars.count) == [3, 1])
  }

  @Test(arguments: ["1h", "1d", "1w", "1mo"], BinPlan.Sessions.allCases)
  func theEndsOfTimeDoNotTrap(to: String, sessions: BinPlan.Sessions) throws {
    let times = [Int64.min, .min + 1, .min + Calendar.dayNs, 0, .max - Calendar.dayNs, .max]
    let zone = ZoneRules(
      name: "X", changes: [0], offsets: [-50_000_000_000_000, 50_000_000_000_000])
    for calendar in [Calendar.usEquity, .crypto, .fx] {
      for anchor in BinPlan.Anchor.allCases {
        let plan = try BinPlan(
          times: times, from: Frequency(ns: Self.minute), to: try #require(Frequency(label: to)),
          calendar: calendar, zone: zone, anchor: anchor, sessions: sessions)
        #expect(plan.stamps.count <= times.count)
      }
      for label in ["1m", "1d", "1w", "1mo"] {
        let slots = try PanelSlots(
          times: times, frequency: try #require(Frequency(label: label)), calendar: calendar,
          zone: zone)
        #expect(slots.places.count == times.count)
      }
    }
    #expect(Frequency.infer(times) == Frequency(ns: 1))
  }

  @Test func anEmptyAxisHasNoBins() throws {
    #expect(try plan([], "1m", "5m").stamps.isEmpty)
  }

  /// Every bar is in one bin or counted, no bin begins after its first bar's end, and bins increase.
  @Test(arguments: [Calendar.usEquity, .crypto, .fx], BinPlan.Sessions.allCases)
  func noBarIsLost(calendar: Calendar, sessions: BinPlan.Sessions) throws {
    var state: UInt64 = 7
    var time = try Timestamp.nanoseconds(parsing: "2024-03-01")
    var times: [Int64] = []
    for _ in 0..<5000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      time += Self.minute * Int64(1 + (state >> 33) % 7)
      times.append(time)
    }
    for to in ["5m", "1h", "1d", "1w", "1mo"] {
      for anchor in BinPlan.Anchor.allCases {
        let plan = try BinPlan(
          times: times, from: Frequency(ns: Self.minute), to: try #require(Frequency(label: to)),
          calendar: calendar, zone: .utc, anchor: anchor, sessions: sessions)
        let used = plan.runs.reduce(0) { $0 + $1.bars.count }
        #expect(used + plan.outsideCount + plan.straddlingCount == times.count)
        if sessions == .all { #expect(plan.outsideCount == 0) }
        #expect(zip(plan.stamps, plan.stamps.dropFirst()).allSatisfy { $0 < $1 })
        #expect(
          zip(plan.runs, plan.runs.dropFirst()).allSatisfy {
            $0.bars.upperBound <= $1.bars.lowerBound && $0.bin <= $1.bin
          })
      }
    }
  }
}
