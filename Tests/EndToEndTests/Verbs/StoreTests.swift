import Foundation
import TestSupport
import Testing

@Suite struct StoreTests {
  private static func day(_ day: Int, _ close: Double) -> String {
    "date,symbol,close\n2024-01-0\(day),A,\(close)\n2024-01-0\(day),B,5\n"
  }

  @Test func appendingDayByDay() async throws {
    let place = try Workplace()
    for day in 2...4 { try place.folder.write(Self.day(day, Double(day)), to: "\(day).csv") }
    for store in ["s.h5", "s/"] {
      // The first day alone would be of no calendar and no frequency; the rest follow it.
      let made = try await place.apus("import 2.csv --store \(store) --append --calendar crypto")
      #expect(made.status == 0 && made.output.contains("added        1 bar\n"))
      for day in 3...4 {
        let json = try await place.json("import \(day).csv --store \(store) --append")
        #expect(json["panel"].string == "crypto_1d")
        #expect(json["appended"]["bars_added"].int == 1)
        #expect(json["appended"]["files_written"].list.count == 1)
      }
      let again = try await place.apus("import 2.csv 3.csv 4.csv --store \(store) --append")
      #expect(again.output.contains("added        nothing: the store has it all\n"))
      #expect(again.errors.hasSuffix("nothing was written\n"))
      let found = try await place.json("inspect \(store) --verify")
      #expect(found["panels"][0]["bars"].int == 3)
    }
  }

  @Test func contradictionsNameWhatToDo() async throws {
    let place = try Workplace()
    try place.folder.write(Self.day(2, 1) + "2024-01-04,A,1\n", to: "a.csv")
    try place.folder.write(Self.day(2, 1.5), to: "b.csv")
    try await place.done("import a.csv --store s.h5")
    let cases: [(String, Int32, String)] = [
      ("import a.csv --store s.h5", 2, "already"),
      ("import b.csv --store s.h5 --append", 3, "1 value differs"),
      ("import b.csv --store s.h5 --append --calendar crypto --panel us_equity_1d", 2, "calendar"),
      ("import b.csv --store s.h5 --revise", 2, "--append"),
      ("import b.csv --store s.h5 --append --force", 2, "--force"),
      ("import b.csv --store s.h5 --period year", 2, "slash"),
      ("import b.csv --store no/such/ --append", 3, "does not exist"),
      ("store pack s.h5", 2, "-o"), ("store migrate s.h5 -o x.h5", 2, "in place"),
      ("store squeeze s.h5", 2, "pack, unpack, migrate"), ("store pack a.csv -o x.h5", 3, "a.csv"),
      ("store pack s.h5 -o s.h5", 2, "exists"),
      ("inspect s.h5 --revisions --symbols", 2, "revisions"),
    ]
    let before = try place.bytes("s.h5")
    for (line, status, text) in cases {
      let result = try await place.apus(line)
      #expect(result.status == status && result.errors.contains(text), "\(line): \(result.errors)")
      #expect(try place.bytes("s.h5") == before)
    }
    #expect(try place.folder.names() == ["a.csv", "b.csv", "s.h5"])
    try await place.done("import b.csv --store s.h5 --append --revise")
    let rows = try await place.json("inspect s.h5 --revisions")
    #expect(rows[0]["old"].number == 1 && rows[0]["new"].number == 1.5)
    #expect(rows[0]["file"].string == "b.csv" && rows[0]["time"].string == "2024-01-02")
  }

  @Test func packedStoresRunTheSameSweep() async throws {
    let place = try Workplace()
    try await place.makeStore("prices.h5", "--bars 900 --symbols 4")
    try await place.done("generate --quiet --store folder/ --bars 900 --symbols 4")
    try await place.done("store pack prices.h5 -o packed.h5")
    try await place.done("store pack folder -o packed/")
    try await place.done("store unpack packed.h5 -o plain.h5")
    #expect(try place.bytes("plain.h5").count == place.bytes("prices.h5").count)
    #expect(try place.bytes("packed.h5").count < place.bytes("prices.h5").count)
    var boards: Set<String> = []
    for store in ["prices.h5", "packed.h5", "plain.h5", "folder", "folder/", "packed"] {
      try place.folder.write(Specs.cross(store: store), to: "a.json5")
      try await place.done("sweep a.json5 -o r.h5 --force")
      boards.insert(try await place.done("export r.h5"))
      try await place.done("inspect \(store) --verify")
    }
    #expect(boards.count == 1)
    #expect(try await place.done("store migrate prices.h5").contains("nothing: it is complete"))
  }
}
