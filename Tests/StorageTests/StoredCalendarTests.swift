import HDF5
import Market
import Storage
import TestSupport
import Testing

@Suite struct StoredCalendarTests {
  private let scratch: ScratchFolder
  private let path: String

  init() throws {
    scratch = try ScratchFolder()
    path = scratch.path("prices.h5")
  }

  private func calendar(_ name: String = "mine", holiday: String = "12-25") throws -> Calendar {
    try Calendar(
      parsing: "calendar \(name)\nzone Asia/Tokyo\nyear 245\nhours regular mon-fri 09:00 to 15:00\n"
        + "closed \(holiday)  # ü\n")
  }

  private func draft(_ name: String, _ calendar: Calendar) -> PanelDraft {
    var draft = Samples.draft(name)
    draft.calendar = calendar
    return draft
  }

  @Test func aPanelCarriesItsCalendar() throws {
    try PriceStore.add(draft("a", try calendar()), to: path)
    try PriceStore.add(Samples.draft("b"), to: path)
    try PriceStore.add(draft("c", try calendar()), to: path)
    let store = try PriceStore.open(path)
    try store.verify()
    for name in ["a", "c"] {
      let panel = try store.loadPanel(name, verifyHash: true)
      #expect(panel.calendar == (try calendar()))
      #expect(panel.calendar.timeZone == "Asia/Tokyo" && panel.calendar.sessionsPerYear == 245)
    }
    #expect(try store.info("b").calendar == .usEquity)
    let text = try File.open(path).root().group("calendars").dataset("mine").readStrings()
    #expect(text == [try calendar().definition])
  }

  @Test func calendarsOfApusAreKnownByName() throws {
    for calendar in [Calendar.usEquity, .crypto, .fx] {
      try PriceStore.add(draft(calendar.name, calendar), to: path)
    }
    #expect(try File.open(path).root().kind(of: "calendars") == nil)
    #expect(try PriceStore.open(path).info("fx").calendar == .fx)
  }

  /// Hashed with the first version of the format, when there were no calendars of one's own.
  @Test func theHashOfAKnownCalendarIsWhatItWas() throws {
    try PriceStore.add(Samples.draft(), to: path)
    let hash = try PriceStore.open(path).info("us_equity_1d").contentHash
    #expect(hash == "7df1d38d48294c1a2a8623f24ea48fb41c222a96534c374f586eabe6b5f5644d")
  }

  @Test func theHashHoldsTheDefinition() throws {
    var hashes: Set<String> = []
    for holiday in ["12-25", "12-26"] {
      try PriceStore.add(draft("a", try calendar(holiday: holiday)), to: path, force: true)
      hashes.insert(try PriceStore.open(path).info("a").contentHash)
    }
    #expect(hashes.count == 2)
  }

  @Test func twoCalendarsOfOneNameAreRefused() throws {
    try PriceStore.add(draft("a", try calendar()), to: path)
    let before = try PriceStore.open(path).contentHash
    #expect(throws: StorageError.self) {
      try PriceStore.add(draft("b", try calendar(holiday: "12-26")), to: path)
    }
    #expect(try PriceStore.open(path).contentHash == before)
    try PriceStore.add(draft("b", try calendar("other", holiday: "12-26")), to: path)
    // The last panel of a calendar takes it along.
    try PriceStore.add(Samples.draft("a"), to: path, force: true)
    let names = try File.open(path).root().group("calendars").names()
    #expect(names == ["other"])
  }
}
