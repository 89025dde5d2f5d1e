import TestSupport
import Testing

/// Corporate actions by hand, as a user brings them in.
@Suite struct ActionsTests {
  private let place: Workplace

  init() async throws {
    place = try Workplace()
    try place.folder.write(
      """
      date,symbol,open,high,low,close,volume
      2020-01-02,A,70,70,70,70,100
      2020-01-03,A,70,77,70,77,100
      2020-01-06,A,11,11,11,11,700
      2020-01-07,A,10,10,10,10,700
      2020-01-02,B,5,5,5,5,1
      2020-01-07,B,5,5,5,5,1

      """, to: "p.csv")
    try await place.done("import p.csv --store s.h5 --quiet")
    try place.folder.write(
      "date,symbol,type,value\n2020-01-06,A,split,7:1\n2020-01-07,A,dividend,1.1\n", to: "a.csv")
  }

  @Test func importAndInspect() async throws {
    let result = try await place.apus("import a.csv --format actions --store s.h5")
    #expect(result.status == 0)
    #expect(result.output.contains("actions      2 added, 0 there already, 0 replaced\n"))
    #expect(result.errors == "look at it: apus inspect s.h5 --actions\n")
    let list = try await place.done("inspect s.h5 --actions")
    #expect(
      list.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        == ["date symbol kind value factor", "2020-01-06 A split 7.0", "2020-01-07 A dividend 1.1"])
    let json = try await place.json("inspect s.h5 --actions")
    #expect(json[0]["kind"].string == "split" && json[0]["value"].number == 7)
    #expect(json[1]["date"].string == "2020-01-07")
    #expect(try await place.json("inspect s.h5")["actions"].int == 2)
    let again = try await place.json("import a.csv --format actions --store s.h5")
    #expect(again["actions_known"].int == 2 && again["actions_added"].int == 0)
  }

  @Test(arguments: [("none", 77.7 / 70 - 1), ("splits", 0), ("total_return", 1.0 / 9)])
  func runsSeeTheView(adjust: String, expected: Double) async throws {
    try await place.done("import a.csv --format actions --store s.h5 --quiet")
    try place.folder.write(
      """
      { apus: 1, data: { store: "s.h5", symbols: ["A"], adjust: "\(adjust)" },
        strategy: { long_entry: "close > 0" }, execution: { fill: "same_close" },
        metrics: ["total_return"] }
      """, to: "spec.json5")
    try await place.done("backtest spec.json5 -o r.h5 --quiet")
    let json = try JSON(try place.folder.read("r.json"))
    #expect(json["run"]["adjust"].string == adjust)
    let total = json["leaderboard"]["rows"][0]["metrics"]["total_return"].number ?? .nan
    // A share at 70 becomes seven at 10, each with 1.1 in cash; with adjustment 10 becomes 10, and 10 · (1 − 1.1/11) = 9 becomes 10.
    #expect(abs(total - expected) < 1e-12, "\(total)")
    try await place.done("replay r.h5 --lane 0 --quiet")
  }

  @Test func theMasterShowsWhatIsKnown() async throws {
    try place.folder.write("symbol,name,currency,lot,tick\nA,Alpha,USD,1,0.01\n", to: "m.csv")
    try await place.done("import m.csv --format symbols --store s.h5 --quiet")
    let list = try await place.done("inspect s.h5 --symbols").split(separator: "\n").map {
      $0.split(separator: " ").joined(separator: " ")
    }
    #expect(
      list == ["symbol name sector industry currency lot tick", "A Alpha USD 1.0 0.01", "B"])
    let json = try await place.json("inspect s.h5 --symbols")
    #expect(json[0]["tick"].number == 0.01 && json[1]["tick"] == .null)
  }

  @Test(arguments: [
    (
      "import a.csv --format action --store s.h5", 2,
      "'action' is not known. Did you mean 'actions'?"
    ),
    ("import a.csv --format actions --store none.h5", 3, "none.h5 does not exist"),
    ("import a.csv --format actions --store s.h5 --symbols a.csv", 2, "has no meaning with"),
    (
      "import a.csv --format actions --store s.h5 --columns ratio=x", 2,
      "names nothing that is read"
    ),
    ("import a.csv --format symbols --store s.h5 --map a.csv", 2, "has no meaning with"),
    ("import none.csv --format actions --store s.h5", 3, "none.csv cannot be read"),
    ("import p.csv --format lean-factors --store s.h5", 3, "no column for 'price_factor'"),
    ("import p.csv --store x.h5 --map a.csv", 3, "no column for 'ticker'"),
    ("import p.csv --store x.h5 --adjusted yes", 2, "'yes' is not known"),
    ("inspect s.h5 --actions --symbols", 2, "can't be joined with --symbols"),
  ])
  func mistakes(line: String, status: Int32, message: String) async throws {
    let before = try place.bytes("s.h5")
    let result = try await place.apus(line)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(try place.bytes("s.h5") == before)
    #expect(try !place.folder.names().contains("x.h5"))
  }
}
