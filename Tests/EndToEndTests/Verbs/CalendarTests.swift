import Foundation
import TestSupport
import Testing

@Suite struct CalendarVerbTests {
  private static let mine = """
    calendar mine
    zone Europe/London
    year 253
    hours regular mon-fri 08:00 to 16:30
    closed 12-25
    """

  @Test func calendarsAndTheirSessionsAreListed() async throws {
    let place = try Workplace()
    let list = try await place.json("calendar")
    #expect(list.list.map { $0["name"].string } == ["us_equity", "crypto", "fx"])
    let rows = try await place.json("calendar XNYS --from 2024-11-28 --to 2024-11-29").list
    #expect(rows.map { $0["hours"].string } == ["", "pre", "regular", "post"])
    #expect(rows[0]["note"].string == "closed")
    #expect(rows[2]["opens"].string == "2024-11-29T14:30:00Z")
    #expect(rows[2]["closes"].string == "2024-11-29T18:00:00Z")
    let text = try await place.done("calendar fx --from 2024-03-11")
    #expect(text.contains("2024-03-11  Mon  regular  2024-03-10T21:00:00Z  2024-03-11T21:00:00Z"))
    #expect(text.split(separator: "\n").count == 6)
  }

  @Test func aCalendarOfOnesOwnStaysWithTheStore() async throws {
    let place = try Workplace()
    try place.folder.write(Self.mine, to: "mine.calendar")
    try place.folder.write(
      "date,symbol,close\n2023-12-22,A,1\n2023-12-25,A,1\n2023-12-27,A,2\n", to: "a.csv")
    let said = try await place.done("import a.csv --store s.h5 --calendar mine.calendar")
    #expect(said.hasPrefix("panel        mine_1d  (calendar mine)"))
    try FileManager.default.removeItem(atPath: place.folder.path("mine.calendar"))
    let panel = try await place.json("inspect s.h5")["panels"][0]
    #expect(panel["calendar"].string == "mine" && panel["time_zone"].string == "Europe/London")
    let gaps = try await place.json("inspect s.h5 --gaps")[0]["symbols"][0]
    #expect(gaps["missing"].int == 1 && gaps["gaps"][0]["from"].string == "2023-12-26")
    #expect(gaps["out_of_place"][0]["why"].string == "holiday")
    try await place.done("inspect s.h5 --verify")
    try await place.done("resample s.h5 --to 1w")
    #expect(try await place.json("inspect s.h5")["panels"][1]["calendar"].string == "mine")
  }

  @Test func definitionsMakeCalendars() async throws {
    let place = try Workplace()
    let text = try await place.done("calendar us_equity --definition")
    try place.folder.write(text, to: "same.calendar")
    #expect(try await place.json("calendar same.calendar").list[0]["name"].string == "us_equity")
    try place.folder.write(text + "closed 05-05\n", to: "other.calendar")
    let refused = try await place.apus("calendar other.calendar")
    #expect(refused.status == 2 && refused.errors.contains("taken by a built-in calendar"))
  }

  @Test(arguments: [
    ("calendar us_equty", "error: --calendar: 'us_equty' is not known. Did you mean 'us_equity'?"),
    ("calendar --from 2024-01-01", "error: --from: needs a calendar"),
    ("calendar fx --from 2024-02-01 --to 2024-01-01", "error: --to: lies before --from"),
    ("calendar fx --from soon", "error: --from: 'soon' is not a date"),
  ])
  func mistakesEndInTwo(line: String, message: String) async throws {
    let result = try await Workplace().apus(line)
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
  }
}
