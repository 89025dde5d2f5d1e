import Foundation
import TestSupport
import Testing

@Suite struct StrategiesTests {
  @Test func theListNamesThemAll() async throws {
    let place = try Workplace()
    let text = try await place.done("strategies")
    let json = try await place.json("strategies").list
    #expect(json.count >= 20)
    for entry in json {
      let name = try #require(entry["name"].string)
      #expect(text.contains("\n\(name)\n") || text.hasPrefix("\(name)\n"))
      #expect(entry["reference"].string?.isEmpty == false)
    }
  }

  /// Every strategy, written to a file and run as it is.
  @Test func everySpecRuns() async throws {
    let place = try Workplace()
    try await place.makeStore("prices.h5", "--bars 300 --symbols 6")
    var ran = 0
    for entry in try await place.json("strategies").list {
      let name = try #require(entry["name"].string)
      // Those that name symbols or fields of their own need a store that has them.
      if entry["fields"].list.isEmpty, entry["symbols"].isEmptyObject {
        let spec = try await place.done("strategies \(name)")
        #expect(spec.hasPrefix("// "))
        try place.folder.write(spec, to: "\(name).json5")
        let result = try await place.apus("sweep \(name).json5 --force --quiet")
        #expect(result.status == 0, "\(name): \(result.errors)")
        let audit = try await place.apus("audit \(name).json5 --lanes 2 --cuts 2 --quiet")
        #expect(audit.status == 0, "\(name): \(audit.output)\(audit.errors)")
        ran += 1
      }
    }
    #expect(ran >= 10)
  }

  @Test func aTemplateIsTheSpecThatIsWritten() async throws {
    let place = try Workplace()
    try await place.makeStore("prices.h5", "--bars 300 --symbols 3")
    let known = try await place.json("strategies").list.first { entry in
      entry["fields"].list.isEmpty && entry["symbols"].isEmptyObject
        && !entry["parameters"].list.isEmpty
    }
    let strategy = try #require(known)
    let name = try #require(strategy["name"].string)
    let parameter = strategy["parameters"].list[0]
    let values = parameter["sweep"].list.compactMap(\.number).prefix(2).map { "\($0)" }
    let setting = "\(try #require(parameter["name"].string)): [\(values.joined(separator: ", "))]"
    try place.folder.write(
      """
      { apus: 1, data: { store: "prices.h5" }, parameters: { \(setting) },
        strategy: { template: "\(name)" }, execution: { commission: { bps: 5 }, slippage: { bps: 2 } } }
      """, to: "mine.json5")
    let lines = try await place.done("sweep mine.json5 --json --quiet")
    #expect(
      try JSON(lines)["leaderboard"]["rows"].list.count == values.count
        * (strategy["is_portfolio"].bool == true ? 1 : 3))
    try await place.done("strategies \(name) --sweep")
  }

  @Test func mistakes() async throws {
    let place = try Workplace()
    let unknown = try await place.apus("strategies buy_and_hol")
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("Did you mean 'buy_and_hold'?"))
    try place.folder.write(
      "{ apus: 1, data: { store: 'p.h5' }, strategy: { template: 'momentun' } }", to: "a.json5")
    let template = try await place.apus("sweep a.json5")
    #expect(template.status == 2 && template.errors.contains("see all of them: apus strategies"))
  }
}

extension JSON {
  var isEmptyObject: Bool { if case .object(let members) = self { members.isEmpty } else { true } }
}
